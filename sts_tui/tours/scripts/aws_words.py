"""How does a call of a script change in a tour? It is on one line, with a new MFA code, and `revoke` replaces
a revocation.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.sts.revoke import POLICY_NAME
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_STATEMENT: Final = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}


def on_one_line(word: str) -> str:
    """A word without line ends: JSON is compacted. Raises NotTranslatedError for other text."""
    if "\n" not in word:
        return word
    try:
        return json.dumps(json.loads(word), ensure_ascii=False)
    except ValueError:
        raise NotTranslatedError("a value has several lines and is not JSON") from None


def with_fresh_code(words: Sequence[str], acting: str) -> list[str]:
    """The words with a substitution in place of an MFA code: a code is valid once, so the tour needs a new
    one of the device or acting user.
    """
    found = list(words)
    if "--token-code" in found[:-1]:
        device = found[found.index("--serial-number") + 1] if "--serial-number" in found[:-1] else acting
        found[found.index("--token-code") + 1] = f"${{mfa:{device if ':mfa/' in device else acting}}}"
    return found


def as_revocation(words: Sequence[str]) -> str | None:
    """`revoke ROLE` for the call that the console's *Revoke active sessions* makes; None for any other.

    The script's cutoff is a fixed time, whereas `revoke` uses the time of the tour.
    """
    if list(words[:2]) != ["iam", "put-role-policy"]:
        return None
    given = dict(zip(words[2::2], words[3::2], strict=False))
    if given.keys() != {"--role-name", "--policy-name", "--policy-document"}:
        return None
    if given["--policy-name"] != POLICY_NAME or not _is_dated_deny(given["--policy-document"]):
        return None
    return f"revoke {shlex.quote(given['--role-name'])}"


def _is_dated_deny(text: str) -> bool:
    try:
        document: Json = json.loads(text)
    except ValueError:
        return False
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or len(statements) != 1 or not isinstance(statements[0], dict):
        return False
    statement = {name: value for name, value in statements[0].items() if name != "Sid"}
    condition = statement.pop("Condition", None)
    is_everything = all(statement.get(name) in (value, value[0]) for name, value in _STATEMENT.items())
    is_dated = isinstance(condition, dict) and list(condition) == ["DateLessThan"]
    return is_everything and is_dated and list(condition["DateLessThan"]) == ["aws:TokenIssueTime"]
