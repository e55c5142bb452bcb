"""Whether a single value is of the kind that its key holds.

Each check gives the value back, or `Unusable` in its place where nothing can be made of it.
"""

from __future__ import annotations

from typing import Any

from sts_tui.account.checks.file_check import FileCheck
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.object_format import ARN, Holds, KeyFormat
from sts_tui.account.values import (
    FIRST_INSTANT,
    LAST_INSTANT,
    MOST_NESTING,
    Unusable,
    is_shallow,
    read_instant,
    unusable,
)


def check_text(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if key_format.key == "Arn" and not (isinstance(value, str) and ARN.fullmatch(value)):
        check.error_even_in_dump(
            steps, f"{shown(value)} is no ARN", "like arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
        )
        return Unusable(value)
    if not isinstance(value, str):
        return check.wrong(value, key_format, steps, in_quotes(value))
    if key_format.most is not None and len(value) > key_format.most:
        check.error(steps, f"{len(value)} characters are more than the {key_format.most} that AWS takes")
    elif key_format.choices and value not in key_format.choices:
        choices = ", ".join(key_format.choices)
        check.error(steps, f"{shown(value)} is none of {choices}", did_you_mean(value, key_format.choices))
    elif key_format.pattern is not None and key_format.pattern.fullmatch(value) is None:
        check.error(steps, f"{shown(value)} does not match {key_format.pattern.pattern}")
    else:
        return value
    return Unusable(value) if key_format.choices else value


def in_quotes(value: Any) -> str:
    """A hint where a number stands for a text, such as an account id."""
    return f'write "{value}"' if isinstance(value, int) and not isinstance(value, bool) else ""


def check_number(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    kinds = int if key_format.holds is Holds.INTEGER else int | float
    if isinstance(value, bool) or not isinstance(value, kinds):
        return check.wrong(value, key_format, steps)
    too_small = key_format.minimum is not None and value < key_format.minimum
    if too_small or (key_format.maximum is not None and value > key_format.maximum):
        upper = f" to {key_format.maximum:g}" if key_format.maximum is not None else " or more"
        lower = f"{key_format.minimum:g}" if key_format.minimum is not None else ""
        check.error(steps, f"{shown(value)} is outside {lower}{upper}")
        return Unusable(value)
    return value


def check_boolean(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    return value if isinstance(value, bool) else check.wrong(value, key_format, steps)


def check_instant(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            if FIRST_INSTANT <= read_instant(value) <= LAST_INSTANT:
                return value
        except (ValueError, OverflowError, OSError):
            pass
    return check.wrong(value, key_format, steps, "like 2026-01-15T09:00:00Z")


def check_texts(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, list):
        return check.wrong(value, key_format, steps)
    check_length(check, value, key_format, steps)
    for index, text in enumerate(value):
        if not isinstance(text, str):
            check.error((*steps, index), f"{shown(text)} is not text", in_quotes(text))
            value[index] = unusable(text)
        elif key_format.choices and text not in key_format.choices:
            choices = ", ".join(key_format.choices)
            hint = did_you_mean(text, key_format.choices)
            check.error((*steps, index), f"{shown(text)} is none of {choices}", hint)
    return value


def check_length(check: FileCheck, value: list[Any], key_format: KeyFormat, steps: Steps) -> None:
    """A list has no more entries than AWS takes."""
    if key_format.most is not None and len(value) > key_format.most:
        check.error(steps, f"{len(value)} entries are more than the {key_format.most} that AWS takes")


def check_object(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, dict):
        return check.wrong(value, key_format, steps)
    if not is_shallow(value):
        check.error(steps, f"is nested more than {MOST_NESTING} deep")
        return Unusable({})
    return value


def check_objects(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, list):
        return check.wrong(value, key_format, steps)
    check_length(check, value, key_format, steps)
    for index, item in enumerate(value):
        if not isinstance(item, dict) or not is_shallow(item):
            check.error((*steps, index), f"{shown(item)} is not a plain object")
            value[index] = unusable(item)
    return value


def check_text_by_key(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, dict):
        return check.wrong(value, key_format, steps)
    for key, text in value.items():
        if not isinstance(text, str):
            check.error((*steps, key), f"{shown(text)} is not text")
            return unusable(value)
    return value


def check_texts_by_key(check: FileCheck, value: Any, key_format: KeyFormat, steps: Steps) -> Any:
    if not isinstance(value, dict):
        return check.wrong(value, key_format, steps)
    for key, texts in value.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            check.error((*steps, key), f"{shown(texts)} is not a list of texts")
            return unusable(value)
    return value
