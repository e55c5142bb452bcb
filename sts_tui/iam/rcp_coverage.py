"""Can a resource control policy restrict this request? The services that support them, and the exemptions.

The list is Organizations' own, as of September 2026; a Deny on any other service in an RCP has no effect.
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
"""Prefixes of actions, in lower case."""


def why_beyond_rcps(request: Request) -> str:
    """Why no RCP restricts the request, whatever it says; empty where RCPs count.

    Sessions of service-linked roles and the management account's resources, both exempt, are not asked here.
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
