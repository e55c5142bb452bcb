"""How is a setting of a running model changed, by the names that tours and account files use?"""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import replace

from sts_tui.account.entities import Settings
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import KeyFormat
from sts_tui.account.json_value import Json

_FORMAT: Final = FORMATS["Settings"]
_EARLIER_NAMES: Final = {earlier.lower(): key.lower() for earlier, key in _FORMAT.renamed.items()}

_SHORT_NAMES: Final = {"revoke-padding": "revoke_padding_seconds", "propagation": "propagation_seconds"}


class UnknownSettingError(LookupError):
    """There is no setting with this name; `names`: the existing ones."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        super().__init__(f"no setting {name}; there are {', '.join(names)}")
        self.name = name
        self.names = names


def setting_names() -> tuple[str, ...]:
    """The names of all settings as tours spell them."""
    long = (row.field.replace("_", "-") for row in _FORMAT.keys.values())
    shortened = {field: short for short, field in _SHORT_NAMES.items()}
    return tuple(shortened.get(name.replace("-", "_"), name) for name in long)


def changed_setting(settings: Settings, name: str, value: Json) -> tuple[Settings, str, Json]:
    """(the settings with one changed, its field name, the value as stored).

    `name` is in any spelling (`propagation`, `propagation-seconds`, `PropagationSeconds`). Raises
    UnknownSettingError, or ValueError for a value of the wrong kind.
    """
    field = _SHORT_NAMES.get(name.lower()) or _field_named(name)
    if field is None:
        raise UnknownSettingError(name, setting_names())
    kept = _fitting(name, value, getattr(settings, field), _format_of(field))
    return replace(settings, **{field: kept}), field, kept


def _field_named(name: str) -> str | None:
    plain = name.replace("-", "").replace("_", "").lower()
    plain = _EARLIER_NAMES.get(plain, plain)
    return next(
        (one for one in Settings.__struct_fields__ if one.replace("_", "") == plain and plain != "extra"),
        None,
    )


def _format_of(field: str) -> KeyFormat:
    """The format of the setting in an account file, whose limits and choices apply to changes too."""
    return next(each for each in _FORMAT.keys.values() if each.field == field)


def _number(name: str, value: object) -> float:
    try:
        if isinstance(value, str | int | float):
            return float(value)
    except (OverflowError, ValueError):
        pass
    raise ValueError(f"{name} is a number, not {value!r}")


def _fitting(name: str, value: Json, present: object, key_format: KeyFormat) -> Json:
    """The value converted to the type of the present value. Raises ValueError."""
    if isinstance(present, bool):
        words = {"true": True, "false": False}
        if isinstance(value, bool):
            return value
        if str(value).lower() in words:
            return words[str(value).lower()]
        raise ValueError(f"{name} is true or false, not {value!r}")
    if isinstance(present, int | float):
        number = _number(name, value)
        least, most = key_format.minimum or 0, key_format.maximum or math.inf
        if not least <= number <= most or math.isinf(number):
            upper = f" to {most:.0f}" if math.isfinite(most) else " or more"
            raise ValueError(f"{name} is {least:g}{upper}, not {value}")
        return int(number) if number == int(number) else number
    if isinstance(present, tuple):
        listed = (
            value.split(",")
            if isinstance(value, str)
            else value
            if isinstance(value, list | tuple)
            else [value]
        )
        return tuple(one for one in (str(each).strip() for each in listed) if one)
    if key_format.choices and value not in key_format.choices:
        raise ValueError(f"{name} is one of {', '.join(key_format.choices)}, not {value!r}")
    return value
