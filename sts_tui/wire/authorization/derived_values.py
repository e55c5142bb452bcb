"""Which values of a template are not members of the request? The values of `{$name}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from sts_tui.account.arn import is_account_id
from sts_tui.account.configuration import Configuration
from sts_tui.wire.authorization.templates import texts
from sts_tui.wire.messages import HttpRequest


class Facts(Struct, frozen=True, kw_only=True):
    """The known facts in addition to the members."""

    request: HttpRequest
    members: Mapping[str, object]
    region: str
    account: str
    """The caller's account, which owns resources that are named without an account."""
    configuration: Configuration

    @property
    def partition(self) -> str:
        return self.configuration.partition_of(self.account)


def derived(name: str, facts: Facts) -> list[str]:
    """The values of `{$name}`; empty if they are not known. Raises KeyError for an unknown name."""
    match name:
        case "region":
            return [facts.region]
        case "account":
            return [facts.account]
        case "partition":
            return [facts.partition]
        case "path":
            return [unquote(facts.request.path)]
    return _DERIVED[name](facts)


def _copy_source(facts: Facts) -> list[str]:
    """`/bucket/key?versionId=…`, percent-encoded, or the ARN of an access point."""
    written = unquote(facts.request.header("x-amz-copy-source").partition("?")[0]).lstrip("/")
    return [written] if written else []


def _queue(facts: Facts) -> list[str]:
    """`https://sqs.us-east-1.amazonaws.com/123456789012/name`."""
    url = facts.members.get("QueueUrl")
    parts = url.rstrip("/").split("/") if isinstance(url, str) else []
    if len(parts) < 2 or not is_account_id(parts[-2]):
        return []
    return [f"arn:{facts.partition}:sqs:{facts.region}:{parts[-2]}:{parts[-1]}"]


def _phone(facts: Facts) -> list[str]:
    """A text message is sent to a phone number, and the resource is `*`."""
    return ["*"] if facts.members.get("PhoneNumber") else []


_STATEMENT: Final = re.compile(
    r"""\b(?:from|into|update)\s+"?([\w.-]+)"?(?:\."?([\w.-]+)"?)?""", re.IGNORECASE
)


def _partiql(facts: Facts) -> list[str]:
    """The tables that PartiQL statements name."""
    members = facts.members
    given: list[object] = [members]
    for name in ("Statements", "TransactStatements"):
        if isinstance(listed := members.get(name), list):
            given += listed
    found = []
    for one in given:
        text = one.get("Statement") if isinstance(one, Mapping) else None
        if isinstance(text, str) and (named := _STATEMENT.search(text)):
            index = f"/index/{named[2]}" if named[2] else ""
            found.append(
                f"arn:{facts.partition}:dynamodb:{facts.region}:{facts.account}:table/{named[1]}{index}"
            )
    return found


def _instance_profile_role(facts: Facts) -> list[str]:
    """The role inside the instance profile that a call names."""
    given = facts.members.get("IamInstanceProfile")
    if not isinstance(given, Mapping):
        return []
    arn, name = given.get("Arn"), given.get("Name")
    for profile in facts.configuration.instance_profiles.values():
        is_named = profile.instance_profile_name == name and profile.arn.split(":")[4] == facts.account
        if profile.arn == arn or is_named:
            return list(profile.roles)
    return []


_EC2_KINDS: Final = {
    "i": "instance", "ami": "image", "vol": "volume", "snap": "snapshot", "vpc": "vpc", "subnet": "subnet",
    "sg": "security-group", "eni": "network-interface", "rtb": "route-table", "igw": "internet-gateway",
    "nat": "natgateway", "acl": "network-acl", "lt": "launch-template", "eipalloc": "elastic-ip",
    "vpce": "vpc-endpoint", "tgw": "transit-gateway", "key": "key-pair", "fl": "vpc-flow-log",
    "dopt": "dhcp-options", "pcx": "vpc-peering-connection", "r": "reserved-instances", "h": "dedicated-host",
}  # fmt: skip


def _ec2_resources(facts: Facts) -> list[str]:
    """CreateTags names ids of any resource type; the type follows from the id's prefix."""
    listed = facts.members.get("ResourceId")
    arns = []
    for one in listed if isinstance(listed, list) else [listed]:
        kind = _EC2_KINDS.get(one.partition("-")[0]) if isinstance(one, str) else None
        if kind is None:
            return []
        owner = "" if kind in ("image", "snapshot") else facts.account
        arns.append(f"arn:{facts.partition}:ec2:{facts.region}:{owner}:{kind}/{one}")
    return arns


def _ec2_import_task(facts: Facts) -> list[str]:
    """`import-ami-…` or `import-snap-…`: two kinds of resource."""
    task = _text(facts, "ImportTaskId")
    kinds = {"import-ami-": "import-image-task", "import-snap-": "import-snapshot-task"}
    return [
        _regional(facts, "ec2", f"{kind}/{task}") for start, kind in kinds.items() if task.startswith(start)
    ]


_SSM_KINDS: Final = {"i-": ("ec2", "instance"), "mi-": ("ssm", "managed-instance")}


def _ssm_target(facts: Facts) -> list[str]:
    """Nodes are instances (`i-…`) or managed instances (`mi-…`), named by one member or as values of targets.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-managed-nodes.html
    """
    listed = facts.members.get("Targets")
    targets = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, Mapping)]
    values = [*texts("Target", facts.members), *texts("ResourceId", facts.members)]
    values += [
        one for target in targets if target.get("Key") == "InstanceIds" for one in texts("Values[]", target)
    ]
    arns = []
    for value in values:
        kind = next((kind for start, kind in _SSM_KINDS.items() if value.startswith(start)), None)
        if kind is None:
            return []
        arns.append(_regional(facts, kind[0], f"{kind[1]}/{value}"))
    return arns


def _glue_schema(facts: Facts) -> list[str]:
    """A schema by its ARN, or by the names of its registry and itself."""
    if arn := texts("SchemaId.SchemaArn", facts.members):
        return arn
    name = texts("SchemaId.SchemaName", facts.members)
    registry = texts("SchemaId.RegistryName", facts.members) or ["default-registry"]
    return [_regional(facts, "glue", f"schema/{registry[0]}/{one}") for one in name]


_EVENT_DATA_STORE: Final = re.compile(r"\bfrom\s+([0-9a-f]{8}-[0-9a-f-]{27})", re.IGNORECASE)


def _event_data_store(facts: Facts) -> list[str]:
    """A query of CloudTrail Lake names its event data stores after FROM, by id.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-limitations.html
    """
    stores = _EVENT_DATA_STORE.findall(_text(facts, "QueryStatement"))
    return [_regional(facts, "cloudtrail", f"eventdatastore/{one.lower()}") for one in dict.fromkeys(stores)]


def _codebuild_projects(facts: Facts) -> list[str]:
    """The id of a build, a batch or a sandbox is `project:uuid`, or an ARN with it."""
    names = [one.rpartition("/")[2].partition(":") for one in texts("ids[]", facts.members)]
    if not all(colon and name for name, colon, _ in names):
        return []
    return [_regional(facts, "codebuild", f"project/{name}") for name, _, _ in names]


_ORGANIZATION_KINDS: Final = (("r-", "root"), ("ou-", "ou"))


def _organizations_entity(facts: Facts) -> list[str]:
    """Root, unit or account by its id, if the files have the organization that the ARN names. The type of a
    policy is not in its id, so that a policy is not derived.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    """
    organization = facts.configuration.organization
    members = ("ParentId", "ChildId", "TargetId", "ResourceId", "Target.Id")
    given = next((found[0] for name in members if (found := texts(name, facts.members))), "")
    kind = next((kind for start, kind in _ORGANIZATION_KINDS if given.startswith(start)), "")
    kind = kind or ("account" if is_account_id(given) else "")
    if organization is None or not kind:
        return []
    owner = organization.management_account_id
    return [f"arn:{facts.partition}:organizations::{owner}:{kind}/{organization.id}/{given}"]


def _text(facts: Facts, name: str) -> str:
    value = facts.members.get(name)
    return value if isinstance(value, str) else ""


def _regional(facts: Facts, service: str, resource: str) -> str:
    return f"arn:{facts.partition}:{service}:{facts.region}:{facts.account}:{resource}"


_DERIVED: Final[Mapping[str, Callable[[Facts], list[str]]]] = {
    "copy-source": _copy_source,
    "queue": _queue,
    "phone": _phone,
    "partiql": _partiql,
    "instance-profile-role": _instance_profile_role,
    "ec2-resources": _ec2_resources,
    "ec2-import-task": _ec2_import_task,
    "ssm-target": _ssm_target,
    "glue-schema": _glue_schema,
    "event-data-store": _event_data_store,
    "codebuild-projects": _codebuild_projects,
    "organizations-entity": _organizations_entity,
}
