"""What can be done with a row of pane 1? One menu for every noun; a table says which entries apply.

An entry makes one AWS call, which undo reverts, or leads to another list, a dialog or an overview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.json_value import Json
from sts_tui.simulation.identities import IdentityKind, operator_identity, root_identity
from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.nouns.policies import attachments, guardrail_key, uses_of_policies
from sts_tui.simulation.views.nouns.table import NOUNS, ROLES
from sts_tui.tui.dialogs.choose import Choice, ChooseScreen

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


class RowAction(Struct, frozen=True, kw_only=True):
    """One entry of the menu."""

    label: str
    note: str
    perform: Callable[[Host], object]
    edits: bool = False
    """It makes a call that changes the model: missing in a read-only explorer."""


_Offers = Callable[["Host", NounRow], Iterator[RowAction]]


def actions_of(app: Host) -> list[RowAction]:
    """The entries for the subject of the selection; empty where nothing is selected."""
    row = app.selection.subject_row()
    if row is None:
        return []
    offered = _OFFERS[app.selection.subject.noun](app, row) if isinstance(row, NounRow) else iter(_ROLE)
    return [one for one in offered if not (one.edits and app.options.is_readonly)]


def open_menu(app: Host) -> None:
    """Shows the menu, and performs the entry that is chosen."""
    row, found = app.selection.subject_row(), actions_of(app)
    if row is None:
        return
    noun = app.selection.subject.noun
    one = "role" if noun == ROLES else NOUNS[noun].one

    def chosen(number: str | None) -> None:
        if number is not None:
            found[int(number)].perform(app)
            app.presenter.refresh()

    choices: list[Choice] = [(str(place), each.label, each.note) for place, each in enumerate(found)]
    app.ask(ChooseScreen(f"{one} {row.name}", choices), chosen)


# What the entries do -------------------------------------------------------------------------------------


def _by_key(action: str, label: str, note: str, *, edits: bool = False) -> RowAction:
    """An action that has a key of its own, as an entry."""
    return RowAction(label=label, note=note, edits=edits, perform=lambda app: app.perform(action))


def _call(app: Host, action: str, params: Mapping[str, Json], account: str, done: str) -> None:
    caller = operator_identity(account) if app.acting.kind is IdentityKind.OPERATOR else app.acting
    if app.call(action, params, caller=caller) is not None:
        app.say(f"{done}.")


def _call_action(
    label: str, note: str, action: str, params: Mapping[str, Json], account: str, done: str
) -> RowAction:
    return RowAction(
        label=label,
        note=note,
        edits=True,
        perform=lambda app: _call(app, action, params, account, done),
    )


def _filtered(noun: str, text: str) -> Callable[[Host], None]:
    def show(app: Host) -> None:
        app.presenter.show_noun(noun)
        app.main.roles.keep_filter(text)

    return show


def _choose_target(title: str, found: list[tuple[str, str, str]]) -> Callable[[Host], None]:
    """`found`: (noun, key, label). The chosen one is selected in its list."""

    def ask(app: Host) -> None:
        if not found:
            app.say(f"{title}: none.")
            return

        def chosen(number: str | None) -> None:
            if number is not None:
                noun, key, _ = found[int(number)]
                app.presenter.go_to_noun(noun, key)

        choices = [(str(place), name, key) for place, (_, key, name) in enumerate(found)]
        app.ask(ChooseScreen(title, choices), chosen)

    return ask


def _go_to(noun: str, key: str, app: Host) -> None:
    app.presenter.go_to_noun(noun, key)


def _act_as(who: str) -> Callable[[Host], None]:
    return lambda app: app.act_as(app.simulation.resolve(who))


_INCIDENT: Final = _by_key("incident", "incident desk", "whose credentials, and what each cut would do")
_ACCESS: Final = _by_key("access", "what it can do", "its access matrix, and how an edit changes it")
_EDIT: Final = _by_key("edit_policy", "edit the policy", "the one that pane 2 shows", edits=True)
_ROLE: Final = (
    _by_key("assume", "assume", "the form shows whether AWS would allow it", edits=True),
    _by_key("revoke", "revoke active sessions", "denies every session issued before now", edits=True),
    _INCIDENT,
    _ACCESS,
    _by_key("reach", "reach", "who can assume it, and which roles its sessions can assume"),
    _EDIT,
)


# What fits each noun -------------------------------------------------------------------------------------


def _of_user(app: Host, row: NounRow) -> Iterator[RowAction]:
    yield RowAction(label="act as", note="your calls use its credentials", perform=_act_as(row.key))
    yield _by_key("cut_off_user", "revoke its sessions", "a dated Deny; access keys still work", edits=True)
    yield _INCIDENT
    yield _ACCESS
    yield _by_key("reach", "reach", "which roles it can assume")
    yield RowAction(label="access keys", note="lists its keys", perform=_filtered("keys", row.name))
    yield _EDIT


def _of_group(app: Host, row: NounRow) -> Iterator[RowAction]:
    yield RowAction(label="members", note="lists the users", perform=_filtered("users", f"groups:{row.name}"))
    yield _EDIT


def _of_key(app: Host, row: NounRow) -> Iterator[RowAction]:
    user = row.cells[0]
    account = account_of(row.owner) or ""
    params: dict[str, Json] = {"UserName": user, "AccessKeyId": row.key}
    is_active = row.cells[1] == "Active"
    status, verb = ("Inactive", "deactivate") if is_active else ("Active", "activate")
    note = "its requests are denied until it is activated" if is_active else "it works again"
    yield _call_action(
        verb, note, "iam:UpdateAccessKey", {**params, "Status": status}, account, f"{row.key} is {status}"
    )
    yield _call_action(
        "delete", "permanently; undo restores it", "iam:DeleteAccessKey", params, account,
        f"{row.key} deleted",
    )  # fmt: skip
    yield RowAction(label="act as", note=f"act as {user} with this key", perform=_act_as(row.key))
    yield _INCIDENT
    yield RowAction(
        label=f"user {user}",
        note="go to it",
        perform=lambda app: app.presenter.go_to_noun("users", row.owner),
    )


def _of_policy(app: Host, row: NounRow) -> Iterator[RowAction]:
    uses = uses_of_policies(app.simulation.world.configuration).get(row.key, [])
    found = [(_noun_of(name), arn, name) for name, arn in uses]
    yield RowAction(
        label="who uses it",
        note=f"{len(uses)} users, groups and roles",
        perform=_choose_target(f"{row.name} is attached to", found),
    )
    yield _EDIT


def _noun_of(name: str) -> str:
    return f"{name.removeprefix('boundary of ').partition(' ')[0]}s"


def _of_resource(app: Host, row: NounRow) -> Iterator[RowAction]:
    def requests(app: Host) -> None:
        app.main.go_to("requests")
        app.main.requests.keep_filter(row.name)

    yield RowAction(label="requests", note="filters the requests by it", perform=requests)
    yield _EDIT


def _of_guardrail(app: Host, row: NounRow) -> Iterator[RowAction]:
    world = app.simulation.world
    organization = world.configuration.organization
    management = organization.management_account_id if organization is not None else ""
    for type_name, policy, where, id in attachments(world.configuration):
        if guardrail_key(policy, type_name) != row.key:
            continue
        params: dict[str, Json] = {"PolicyId": row.key.partition(" ")[2], "TargetId": id}
        yield _call_action(
            f"detach from {where}", id, "organizations:DetachPolicy", params, management,
            f"{row.name} detached from {where}",
        )  # fmt: skip
    yield _EDIT


def _of_workload(app: Host, row: NounRow) -> Iterator[RowAction]:
    world = app.simulation.world
    is_paused = row.key in world.paused_workloads
    yield RowAction(
        label="resume" if is_paused else "pause",
        note="it makes requests again" if is_paused else "it makes no requests until it is resumed",
        edits=True,
        perform=partial(_pause, name=row.key, is_paused=not is_paused),
    )
    yield RowAction(
        label="requests", note="shows its requests", perform=lambda app: app.presenter.show_workload(row.key)
    )
    workload = world.workloads.get(row.key)
    if workload is not None and workload.assume_roles:
        arn = workload.assume_roles[-1].role_arn
        name = arn.rsplit("/", 1)[-1]
        yield RowAction(
            label=f"role {name}", note="go to it", perform=lambda app: app.presenter.go_to_role(arn)
        )


def _pause(app: Host, *, name: str, is_paused: bool) -> None:
    from sts_tui.tours.reading.steps import PauseWorkload

    text = f"{'pause' if is_paused else 'resume'} {name}"
    if app.is_left_to_steps(text) or app.is_unchangeable():
        return
    app.say(f"{app.command_log.perform(PauseWorkload(name, is_paused), text).message}.")


def _of_provider(app: Host, row: NounRow) -> Iterator[RowAction]:
    names = [name for name in row.cells[1].split(", ") if name]
    yield RowAction(
        label="roles that trust it",
        note=row.cells[1] or "none",
        perform=_choose_target(f"Roles that trust {row.name}", list(_trusting(app, row, names))),
    )
    yield _EDIT


def _trusting(app: Host, row: NounRow, names: list[str]) -> Iterator[tuple[str, str, str]]:
    for policy in app.row_cache.policies("providers", row.key):
        yield ROLES, policy.holder, f"role {policy.name}"


def _of_account(app: Host, row: NounRow) -> Iterator[RowAction]:
    account = row.cells[0] if app.selection.subject.noun == "accounts" else row.key
    configuration = app.simulation.world.configuration
    if account not in configuration.accounts:
        return
    root = root_identity(account, configuration)
    yield RowAction(label="act as the root user", note=root.label, perform=_act_as(root.label))
    operator = operator_identity(account)
    yield RowAction(
        label="act as the operator", note="bypasses IAM in this account", perform=_act_as(operator.who)
    )
    for noun, title in ((ROLES, "roles"), ("users", "users"), ("resources", "resources")):
        yield RowAction(
            label=title, note=f"lists its {title}", perform=_filtered(noun, f"account:{row.name}")
        )
    yield _EDIT


def _of_node(app: Host, row: NounRow) -> Iterator[RowAction]:
    yield from _of_account(app, row)
    for policy in app.row_cache.policies("organization", row.key):
        key = f"{policy.kind} {policy.holder}"
        if app.row_cache.noun_row("guardrails", key) is not None:
            yield RowAction(
                label=f"{policy.kind} {policy.name}",
                note="go to it",
                perform=partial(_go_to, "guardrails", key),
            )


_OFFERS: Final[Mapping[str, _Offers]] = {
    "users": _of_user,
    "groups": _of_group,
    "keys": _of_key,
    "policies": _of_policy,
    "resources": _of_resource,
    "guardrails": _of_guardrail,
    "workloads": _of_workload,
    "providers": _of_provider,
    "accounts": _of_account,
    "organization": _of_node,
}
