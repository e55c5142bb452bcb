"""Which session policies limit guests? Cognito adds two to every guest session of the enhanced flow. A
request that neither allows is denied, even if the role allows it. In the basic flow the app assumes the role
itself, and nothing is added.
https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonCognitoUnAuthedIdentitiesSessionPolicy.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.issuing.session_policies import SessionPolicies

_INLINE: Final = (
    *("cloudwatch:*", "logs:*", "dynamodb:*", "kinesis:*", "mobileanalytics:*", "s3:*", "ses:*", "sns:*"),
    *("sqs:*", "lambda:*", "machinelearning:*", "execute-api:*", "iot:*", "gamelift:*"),
    *("cognito-identity:*", "cognito-idp:*", "lex:*", "polly:*", "comprehend:*", "translate:*"),
    *("transcribe:*", "rekognition:*", "mobiletargeting:*", "firehose:*", "appsync:*", "personalize:*"),
    *("sagemaker:InvokeEndpoint", "cognito-sync:*", "codewhisperer:*", "textract:DetectDocumentText"),
    *("textract:AnalyzeDocument", "sdb:*"),
)
SESSION_NAME: Final = "CognitoIdentityCredentials"
"""The name of every session of the enhanced flow, also for signed-in users: ARNs of these sessions do not
distinguish visitors.
"""
MANAGED: Final = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"
GUEST_POLICIES: Final = SessionPolicies(
    inline=WrittenPolicy(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(_INLINE), "Resource": ["*"]}],
        }
    ),
    arns=(MANAGED,),
)
