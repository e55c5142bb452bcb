"""Which AWS managed policies are built in? Those with short and stable documents.

A file that attaches one of them need not contain its document. For any other AWS managed policy without a
document, there is a warning that its permissions are unknown.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from sts_tui.account.arn import Arn
from sts_tui.account.deny_policies.identity_context import IDENTITY_CONTEXT, POLICY_NAME
from sts_tui.account.deny_policies.quarantine import QUARANTINE_V2, QUARANTINE_V3
from sts_tui.account.entities import ManagedPolicy, PolicyVersion
from sts_tui.account.identifiers import MANAGED_POLICY_PREFIX, derive_unique_id
from sts_tui.account.json_value import JsonObject
from sts_tui.account.policy_document import WrittenPolicy


def _allows(actions: str | list[str]) -> JsonObject:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


BUILT_IN: Final[Mapping[str, JsonObject]] = {
    "AdministratorAccess": _allows("*"),
    "IAMFullAccess": _allows(
        [
            "iam:*",
            "organizations:DescribeAccount",
            "organizations:DescribeOrganization",
            "organizations:DescribeOrganizationalUnit",
            "organizations:DescribePolicy",
            "organizations:ListChildren",
            "organizations:ListParents",
            "organizations:ListPoliciesForTarget",
            "organizations:ListRoots",
            "organizations:ListPolicies",
            "organizations:ListTargetsForPolicy",
        ]
    ),
    "IAMReadOnlyAccess": _allows(
        [
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
        ]
    ),
    "AmazonS3FullAccess": _allows(["s3:*", "s3-object-lambda:*"]),
    "AmazonS3ReadOnlyAccess": _allows(
        ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"]
    ),
    "AmazonSQSFullAccess": _allows(["sqs:*"]),
    "service-role/AWSLambdaBasicExecutionRole": _allows(
        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    ),
    "SignInLocalDevelopmentAccess": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"],
                "Resource": "arn:aws:signin:*:*:oauth2/public-client/*",
            }
        ],
    },
    "AmazonCognitoUnAuthedIdentitiesSessionPolicy": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CognitoUnAuthedIdentitiesSessionPolicy",
                "Effect": "Allow",
                "Action": [
                    "rum:PutRumEvents",
                    "sagemaker:InvokeEndpoint",
                    "polly:*",
                    "comprehend:*",
                    "translate:*",
                    "transcribe:*",
                    "rekognition:*",
                    "mobiletargeting:*",
                    "firehose:*",
                    "personalize:*",
                    "geo:GetMap*",
                    "geo:ListMaps",
                    "geo:SearchPlaceIndex*",
                    "geo:GetPlace",
                    "geo:CalculateRoute*",
                    "geo:*Geofence",
                    "geo:*Geofences",
                    "geo:*DevicePosition*",
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncryptTo",
                    "kms:ReEncryptFrom",
                    "kms:GenerateDataKey",
                    "kms:GenerateDataKeyPair",
                    "kms:GenerateDataKeyPairWithoutPlaintext",
                    "kms:GenerateDataKeyWithoutPlaintext",
                ],
                "Resource": "*",
            }
        ],
    },
    "AWSDenyAll": {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "DenyAll", "Effect": "Deny", "Action": ["*"], "Resource": "*"}],
    },
    POLICY_NAME: IDENTITY_CONTEXT,
    "AWSCompromisedKeyQuarantineV2": QUARANTINE_V2,
    "AWSCompromisedKeyQuarantineV3": QUARANTINE_V3,
}
"""Path and name, as they follow `policy/` in the ARN → document."""
VERSIONS: Final[Mapping[str, tuple[str, datetime]]] = {
    "AmazonCognitoUnAuthedIdentitiesSessionPolicy": ("v4", datetime(2026, 5, 1, tzinfo=UTC)),
    POLICY_NAME: ("v12", datetime(2024, 10, 1, tzinfo=UTC)),
    "AWSDenyAll": ("v2", datetime(2023, 12, 18, tzinfo=UTC)),
    "AWSCompromisedKeyQuarantineV2": ("v5", datetime(2024, 10, 2, tzinfo=UTC)),
    "AWSCompromisedKeyQuarantineV3": ("v3", datetime(2026, 3, 16, tzinfo=UTC)),
}
"""The version of a built-in document and its date, for policies where they matter; `v1` without a date for
the others.
"""


def built_in_document(arn: str) -> JsonObject | None:
    """The document of an AWS managed policy by its ARN; None if it is not one of `BUILT_IN`."""
    _, _, name = arn.partition(":iam::aws:policy/")
    return BUILT_IN.get(name)


def built_in_policies(partition: str) -> tuple[ManagedPolicy, ...]:
    """All built-in policies, as entities of the account `aws`."""
    return tuple(_managed_policy(f"arn:{partition}:iam::aws:policy/{name}") for name in BUILT_IN)


@lru_cache(maxsize=64)
def _managed_policy(arn: str) -> ManagedPolicy:
    document = built_in_document(arn)
    assert document is not None
    parsed = Arn.parse(arn)
    version_id, dated = VERSIONS.get(parsed.name, ("v1", None))
    version = PolicyVersion(
        version_id=version_id, document=WrittenPolicy(document), is_default_version=True, create_date=dated
    )
    return ManagedPolicy(
        arn=arn,
        policy_name=parsed.name,
        path=parsed.path,
        default_version_id=version_id,
        policy_id=derive_unique_id(MANAGED_POLICY_PREFIX, arn),
        policy_version_list=(version,),
    )
