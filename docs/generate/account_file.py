"""`docs/account-file.md`, from the table that the loader itself checks by."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sts_tui.account.format.file_format import DUMP, SHAPES
from sts_tui.account.format.object_format import Holds, Member, Shape
from sts_tui.account.managed_policies import BUILT_IN
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS

_PROSE = Path(__file__).with_suffix(".md")

_ORDER = (
    "AccountModel", "Account", "User", "Group", "Role", "ManagedPolicy", "PolicyVersion",
    "InstanceProfile", "SAMLProvider", "OpenIDConnectProvider", "Resource", "Region", "UserPolicy",
    "GroupPolicy", "RolePolicy", "AttachedPolicy", "PermissionsBoundary", "AccessKey", "MFADevice",
    "Tag", "Organization", "OrganizationalUnit", "OrganizationAccount", "ServiceControlPolicy",
    "ResourceControlPolicy", "IdentityProvider", "DirectoryUser", "Workload", "WorkloadHop",
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
    "`StartTime`. A failed AssumeRole is tried again at the next tick. `workload:NAME` as `Identity` uses\n"
    "that workload's current credentials from elsewhere and never renews them: stolen keys.\n\n",
    "Settings": "What each changes, and how sure we are: [the operations of STS](sts-operations.md).\n\n",
}


def account_file() -> str:
    """The whole page as Markdown."""
    keys = "\n".join(_shape(SHAPES[name]) for name in _ORDER)
    sizes = "".join(f"| {kind.value} | {limit:,} |\n" for kind, limit in SIZE_LIMITS.items())
    names = ", ".join(f"`{name}`" for name in BUILT_IN)
    prose = _PROSE.read_text(encoding="utf-8")
    prose = prose.replace("{sizes}", f"| kind | at most |\n| --- | --- |\n{sizes}".rstrip())
    return f"{prose.replace('{built_in}', names)}{keys}\n{_dump()}"


def _shape(shape: Shape) -> str:
    title = _TITLES.get(shape.name, shape.name)
    about = f"{shape.about}\n\n" if shape.about else ""
    head = "| key | holds | |\n| --- | --- | --- |\n"
    return f"### {title}\n\n{about}{_BEFORE.get(shape.name, '')}{head}{''.join(_rows(shape))}"


def _rows(shape: Shape) -> Iterable[str]:
    for member in shape.members.values():
        key = f"**`{member.key}`**" if member.required else f"`{member.key}`"
        yield f"| {key} | {_holds(member)} | {_about(member)} |\n"


def _holds(member: Member) -> str:
    match member.holds:
        case Holds.ENTITY:
            return f"[{member.shape}](#{_anchor(member.shape)})"
        case Holds.ENTITIES:
            return f"list of [{member.shape}](#{_anchor(member.shape)})"
        case Holds.DOCUMENT if member.policy is not None:
            return f"policy document ({member.policy.value})"
        case Holds.TEXT if member.choices:
            return " or ".join(f"`{choice}`" for choice in member.choices)
        case Holds.TEXTS if member.choices:
            return "list of " + ", ".join(f"`{choice}`" for choice in member.choices)
        case _:
            return member.holds.value


def _anchor(shape: str) -> str:
    title = _TITLES.get(shape, shape).lower()
    return "".join("-" if c == " " else c for c in title if c.isalnum() or c in " -")


def _about(member: Member) -> str:
    notes = [member.about] if member.about else []
    if member.minimum is not None and member.maximum is not None:
        notes.append(f"{member.minimum:,} to {member.maximum:,}.")
    elif member.minimum is not None:
        notes.append(f"At least {member.minimum:g}.")
    if member.most is not None:
        what = "characters" if member.holds is Holds.TEXT else "entries"
        notes.append(f"At most {member.most:,} {what}.")
    return " ".join(notes).replace("|", "\\|")


def _dump() -> str:
    rows = "".join(f"| `{key}` | {_holds(member)} | |\n" for key, member in DUMP.members.items())
    return f"### A raw dump\n\n{DUMP.about}\n\n| key | holds | |\n| --- | --- | --- |\n{rows}"
