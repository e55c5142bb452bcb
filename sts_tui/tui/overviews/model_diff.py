"""What have calls changed since the start, as a diff of account files?

Only entities that differ are written and compared: with ten thousand roles a line diff of two whole files
would take minutes. Entities that no call has touched are the same objects, so finding the others is quick.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import fields, replace

from sts_tui.account.entities import Account, AccountModel
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.background import Progress
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line

CONTEXT: Final = 3
_NUMBERS: Final = re.compile(r"@@ .* @@")
"""Line numbers of the two texts, which are not lines of a file."""


def diff_lines(simulation: Simulation, progress: Progress | None = None) -> list[tuple[Line, int]]:
    """A unified diff, or a sentence if nothing changed."""
    from sts_tui.account.configuration import model_of
    from sts_tui.account.writing.export import export

    model, configuration = simulation.model, simulation.world.configuration
    first, last = _what_differs(
        model_of(simulation.opened.configuration, model), model_of(configuration, model)
    )
    before, after = export(first).splitlines(), export(last).splitlines()
    if progress is not None:
        progress(1, 2)
    rows = list(difflib.unified_diff(before, after, "at the start", "now", lineterm="", n=CONTEXT))
    if not rows:
        return [(line(("No call has changed the model.", "muted")), 0)]
    return [((Span(one_line(_NUMBERS.sub("@@", row)) or " ", _style_of(row)),), 4) for row in rows]


def _what_differs(before: AccountModel, after: AccountModel) -> tuple[AccountModel, AccountModel]:
    """Both models without the entities that are the same in both."""
    old = {account.account_id: account for account in before.accounts}
    new = {account.account_id: account for account in after.accounts}
    pairs = [_both(old.get(id), new.get(id)) for id in dict.fromkeys((*old, *new))]
    return (
        replace(before, accounts=tuple(one for one, _ in pairs if one is not None)),
        replace(after, accounts=tuple(one for _, one in pairs if one is not None)),
    )


def _both(old: Account | None, new: Account | None) -> tuple[Account | None, Account | None]:
    if old is None or new is None or old == new:
        return (None, None) if old == new else (old, new)
    names = [field.name for field in fields(Account) if isinstance(getattr(old, field.name), tuple)]
    left: dict[str, tuple[Any, ...]] = {}
    right: dict[str, tuple[Any, ...]] = {}
    for name in names:
        left[name], right[name] = _without_shared(getattr(old, name), getattr(new, name))
    return replace(old, **left), replace(new, **right)


def _without_shared(old: Sequence[Any], new: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What is not in both. After a resume, objects are equal without being identical."""
    ours, theirs = {_key(one): one for one in old}, {_key(one): one for one in new}

    def is_in(others: Mapping[object, Any], one: Any) -> bool:
        other = others.get(_key(one))
        return other is one or other == one

    return (
        tuple(one for one in old if not is_in(theirs, one)),
        tuple(one for one in new if not is_in(ours, one)),
    )


def _key(entity: Any) -> object:
    return getattr(entity, "arn", None) or getattr(entity, "name", None) or id(entity)


def _style_of(row: str) -> Style:
    if row.startswith(("+++", "---", "@@")):
        return "muted"
    return "allow" if row.startswith("+") else "deny" if row.startswith("-") else "plain"
