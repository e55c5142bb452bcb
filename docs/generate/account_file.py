"""How is `docs/account-file.md` generated? From the table that the loader uses for its checks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sts_tui.account.format.file_format import DUMP, FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.managed_policies import BUILT_IN, VERSIONS
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS

_PROSE = Path(__file__).with_suffix(".md")

_ORDER = (
    "AccountModel", "Account", "User", "Group", "Role", "ManagedPolicy", "PolicyVersion",
    "InstanceProfile", "SAMLProvider", "OpenIDConnectProvider", "Resource", "TrustAnchor",
    "Profile", "Crl", "PodIdentityAssociation", "Region", "UserPolicy",
    "GroupPolicy", "RolePolicy", "AttachedPolicy", "PermissionsBoundary", "AccessKey", "MFADevice",
    "LoginProfile",
    "Tag", "Organization", "OrganizationalUnit", "OrganizationAccount", "ServiceControlPolicy",
    "ResourceControlPolicy", "IdentityCenter", "IdentityCenterInstance", "AccessControlAttribute",
    "AttributeSource", "IdentityCenterUser", "IdentityCenterGroup", "GroupMembership", "MemberId",
    "PermissionSet", "PermissionSetPolicy", "CustomerManagedPolicyReference", "PermissionSetBoundary",
    "AccountAssignment", "IdentityProvider", "DirectoryUser", "IdentityPool", "UserPoolClient", "Workload",
    "WorkloadHop",
    "WorkloadRequest", "Settings",
)  # fmt: skip

_TITLES = {
    "AccountModel": "The file",
    "DirectoryUser": "A user of an identity provider",
    "WorkloadHop": "One hop of a workload: the parameters of AssumeRole",
    "WorkloadRequest": "One request of a workload",
    "MFADevice": "MFADevice",
}
_BEFORE = {
    "Workload": "The next request of `Requests` in rotation is made every `EverySeconds`, the first at\n"
    "`StartTime`. A failed AssumeRole is repeated at the next tick. `workload:NAME` as `Identity` uses\n"
    "that workload's current credentials from elsewhere and never renews them: stolen keys.\n\n",
    "Settings": "What each changes, with sources: [the operations of STS](sts-operations.md).\n\n",
}


def account_file() -> str:
    """The complete page as Markdown."""
    keys = "\n".join(_shape(FORMATS[name]) for name in _ORDER)
    sizes = "".join(f"| {kind.value} | {limit:,} |\n" for kind, limit in SIZE_LIMITS.items())
    names = ", ".join(f"`{name}`{_version(name)}" for name in BUILT_IN)
    prose = _PROSE.read_text(encoding="utf-8")
    prose = prose.replace("{sizes}", f"| kind | at most |\n| --- | --- |\n{sizes}".rstrip())
    return f"{prose.replace('{built_in}', names)}{keys}\n{_dump()}"


def _version(name: str) -> str:
    """` (v3 of 2026-03-16)` if the version matters, else empty."""
    if name not in VERSIONS:
        return ""
    version, dated = VERSIONS[name]
    return f" ({version} of {dated:%Y-%m-%d})"


def _shape(object_format: ObjectFormat) -> str:
    title = _TITLES.get(object_format.name, object_format.name)
    about = f"{object_format.about}\n\n" if object_format.about else ""
    head = "| key | holds | |\n| --- | --- | --- |\n"
    return f"### {title}\n\n{about}{_BEFORE.get(object_format.name, '')}{head}{''.join(_rows(object_format))}"


def _rows(object_format: ObjectFormat) -> Iterable[str]:
    for key_format in object_format.keys.values():
        key = f"**`{key_format.key}`**" if key_format.required else f"`{key_format.key}`"
        yield f"| {key} | {_holds(key_format)} | {_about(key_format)} |\n"


def _holds(key_format: KeyFormat) -> str:
    anchor = f"#{_anchor(key_format.format)}" if key_format.format else ""
    return key_format.kind.describe(key_format).replace("{anchor}", anchor)


def _anchor(object_format: str) -> str:
    title = _TITLES.get(object_format, object_format).lower()
    return "".join("-" if c == " " else c for c in title if c.isalnum() or c in " -")


def _about(key_format: KeyFormat) -> str:
    notes = [key_format.about] if key_format.about else []
    if key_format.minimum is not None and key_format.maximum is not None:
        notes.append(f"{key_format.minimum:,} to {key_format.maximum:,}.")
    elif key_format.minimum is not None:
        notes.append(f"At least {key_format.minimum:g}.")
    if key_format.most is not None:
        notes.append(f"At most {key_format.most:,} {key_format.kind.counted}.")
    return " ".join(notes).replace("|", "\\|")


def _dump() -> str:
    rows = "".join(f"| `{key}` | {_holds(key_format)} | |\n" for key, key_format in DUMP.keys.items())
    return f"### A raw dump\n\n{DUMP.about}\n\n| key | holds | |\n| --- | --- | --- |\n{rows}"
