"""Can a resource control policy restrict this request? That depends on the service and on exemptions.

The list of services is that of Organizations, as of September 2026. A Deny for any other service in an RCP
has no effect.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.iam.request import Request

_WRITTEN: Final = """
    aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch
    cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend
    comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose
    fis fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications
    opensearch pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3 secretsmanager
    servicediscovery signin sqs sts support swf textract timestream-influxdb transcribe transfer translate
    wafv2 workspaces xray
"""
RCP_SERVICES: Final = frozenset(_WRITTEN.split())
"""Service prefixes of actions, in lower case."""


def why_exempt_from_rcps(request: Request) -> str:
    """Why no RCP can restrict the request; empty if RCPs apply.

    Sessions of service-linked roles and the management account's resources are exempt too, but are not
    checked here.
    """
    action = request.action_key
    service = action.partition(":")[0]
    if service not in RCP_SERVICES:
        return f"resource control policies do not cover {service}"
    if service == "sts" and ":role/aws-service-role/" in request.resource:
        return "the trust policies of service-linked roles are exempt"
    if service != "kms":
        return ""
    if action == "kms:retiregrant":
        return "kms:RetireGrant is exempt"
    return "AWS managed keys are exempt" if ":alias/aws/" in request.resource else ""
