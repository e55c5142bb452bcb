"""Which condition keys does the request itself have: defaults, those the caller sets, and their consequences?

AWS sets some keys together: a request through CloudFormation was made by a service, and a request through a
VPC endpoint has no public address. So a key that the caller sets also sets or removes others.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import OF_AN_ENDPOINT
from sts_tui.account.regions import DEFAULT_REGION, REGION
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.context import Context, ContextPart, Origin, stacked
from sts_tui.simulation.authorization.organization import organization_keys
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.regions import GLOBAL_ENDPOINT

DEFAULT_SOURCE_IP: Final = "203.0.113.10"
"""An address of a range reserved for documentation."""
DEFAULT_USER_AGENT: Final = "sts-tui"
HOME_REGION: Final = DEFAULT_REGION
_GLOBAL_SERVICES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("account", "billingconductor", "budgets", "ce", "chime", "cloudfront", "health", "iam"),
            *("importexport", "notifications-contacts", "organizations", "route53", "savingsplans"),
            *("shield", "support", "tax", "waf"),
        ),
        HOME_REGION,
    ),
    **dict.fromkeys(("globalaccelerator", "networkmanager"), "us-west-2"),
}
"""Services with one endpoint for all Regions of the partition `aws`, and the endpoint's Region, which is
their `aws:RequestedRegion` for every client.

https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
"""
_GLOBAL_REGION_OF_PARTITION: Final[Mapping[str, str]] = {
    "cn-": "cn-northwest-1",
    "us-gov-": "us-gov-west-1",
    "us-iso-": "us-iso-east-1",
    "us-isob-": "us-isob-east-1",
    "eu-isoe-": "eu-isoe-west-1",
    "us-isof-": "us-isof-south-1",
    "eusc-": "eusc-de-east-1",
}
"""The same for the other partitions, by the prefix of their Regions: AWS's SDKs call it the implicit global
Region of a partition.

https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
"""
_IAM_IN_CHINA: Final = "cn-north-1"
_OF_AN_ENDPOINT: Final = frozenset((*OF_AN_ENDPOINT, "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"))
"""Only requests through a VPC endpoint have these keys; such requests have no `aws:SourceIp`."""

_TRUE: Final = (True, "true")


def request_part(
    action: str,
    region: str,
    context: Mapping[str, Json],
    caller: CallerIdentity,
    configuration: Configuration,
) -> ContextPart:
    """The defaults of every request, overridden by the consequences of the caller's keys, and these by the
    caller's keys.
    """
    said = {key.lower(): value for key, value in context.items()}
    service = action.lower().partition(":")[0]
    defaults: Context = {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": requested_region(service, region),
        "aws:UserAgent": DEFAULT_USER_AGENT,
    }
    if service == "kms" and (account := caller.caller.account or caller.account):
        defaults["kms:CallerAccount"] = account
    network = {} if _OF_AN_ENDPOINT & said.keys() else {"aws:SourceIp": DEFAULT_SOURCE_IP}
    return stacked(
        (
            ContextPart.of(Origin.REQUEST, defaults),
            ContextPart.of(Origin.NETWORK, network),
            ContextPart.of(Origin.REQUEST, _on_the_callers_behalf(said, caller)),
            _for_a_resource(said, caller, configuration),
            ContextPart.of(Origin.REQUEST, context),
        )
    )


def endpoint_region(resource: object, default: str) -> str:
    """The Region whose endpoint a request goes to, if none is given.

    Most services refuse a resource of another Region, so that a request for a resource whose ARN has a Region
    goes to that Region; all others go to the Region that the client works in, `default`.
    """
    return (_region_in(resource) if isinstance(resource, str) else None) or default


@lru_cache(maxsize=4096)
def _region_in(resource: str) -> str | None:
    """The Region in an ARN; None if it has none."""
    segments = resource.split(":", 5)
    if len(segments) == 6 and segments[0] == "arn" and REGION.fullmatch(segments[3]):
        return segments[3]
    return None


def requested_region(service: str, region: str) -> str:
    """The value of `aws:RequestedRegion`: the Region of the endpoint.

    `service` is in lower case; `region` is the Region that the request is sent to.
    """
    if region == GLOBAL_ENDPOINT:
        return HOME_REGION
    home = _GLOBAL_SERVICES.get(service)
    if home is None:
        return region
    if service == "iam" and region.startswith("cn-"):
        return _IAM_IN_CHINA
    elsewhere = (other for start, other in _GLOBAL_REGION_OF_PARTITION.items() if region.startswith(start))
    return next(elsewhere, home)


def endpoint_part(endpoint: str | None, configuration: Configuration) -> ContextPart:
    """The keys that a request through a VPC endpoint has. `endpoint`: the ARN of a configured endpoint."""
    entry = configuration.resources.get(endpoint) if endpoint else None
    if entry is None:
        return ContextPart({}, {})
    owner = organization_keys("Vpce", entry.account, configuration)
    return ContextPart.of(Origin.NETWORK, {"aws:VpceAccount": entry.account, **owner})


def _on_the_callers_behalf(said: Mapping[str, Json], caller: CallerIdentity) -> Context:
    """The keys of a request that a service makes with the caller's credentials. From a user's long-term keys
    the service derives temporary ones, which say that no MFA was used.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """
    context = _chain_of_services(said)
    if caller.caller.kind is CallerKind.USER and said.get("aws:viaawsservice", bool(context)) in _TRUE:
        context["aws:MultiFactorAuthPresent"] = "false"
    return context


def _chain_of_services(said: Mapping[str, Json]) -> Context:
    """The keys that follow from `aws:CalledVia`, the chain of services in order."""
    chain = _listed(said.get("aws:calledvia"))
    if chain:
        return {
            "aws:ViaAWSService": "true",
            "aws:CalledViaFirst": chain[0],
            "aws:CalledViaLast": chain[-1],
        }
    is_via_service = any(
        said.get(key) for key in ("aws:calledviafirst", "aws:calledvialast", "kms:viaservice")
    )
    return {"aws:ViaAWSService": "true"} if is_via_service else {}


def _for_a_resource(
    said: Mapping[str, Json], caller: CallerIdentity, configuration: Configuration
) -> ContextPart:
    """The keys of a service principal that calls on behalf of a resource: the account and organization of
    that resource.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    arn, account = said.get("aws:sourcearn"), said.get("aws:sourceaccount")
    if caller.caller.kind is not CallerKind.SERVICE or not (arn or account):
        return ContextPart({}, {})
    if account is None:
        account = account_of(str(arn))
        if not (account and account.isdigit()):
            return ContextPart({}, {})  # a bucket's ARN has no account
    part = ContextPart.of(Origin.REQUEST, {"aws:SourceAccount": account})
    owner = organization_keys("Source", str(account), configuration)
    return ContextPart.of(Origin.ORGANIZATION, owner).over(part)


def _listed(value: Json) -> list[Json]:
    if value is None or isinstance(value, list | tuple):
        return list(value or ())
    return [value]
