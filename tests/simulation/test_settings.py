"""Settings of a running model: any spelling, the right kind, nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.entities import Settings
from sts_tui.simulation.settings import UnknownSettingError, changed_setting, setting_names


def test_every_setting_can_be_named_and_kept_as_it_is() -> None:
    for name in setting_names():
        settings, field, kept = changed_setting(Settings(), name, getattr(Settings(), _field(name)))
        assert settings == Settings()
        assert getattr(settings, field) == kept


def _field(name: str) -> str:
    return {"revoke-padding": "revoke_padding_seconds", "propagation": "propagation_seconds"}.get(
        name, name.replace("-", "_")
    )


@pytest.mark.parametrize(
    ("name", "value", "field", "kept"),
    [
        ("revoke-padding", "0", "revoke_padding_seconds", 0),
        ("propagation_seconds", "1.5", "propagation_seconds", 1.5),
        ("RequestLogSize", 10, "request_log_size", 10),
        ("opt-in-regions", "me-south-1, eu-south-1", "opt_in_regions", ("me-south-1", "eu-south-1")),
        ("UserSessionsCallSts", "Never", "user_sessions_call_sts", "Never"),
        ("allow-with-not-principal", "all-but-listed", "allow_with_not_principal", "all-but-listed"),
        ("resource-wildcards-cross-colons", "false", "trailing_wildcard_crosses_colons", False),
    ],
)
def test_values_are_kept_in_their_own_kind(name: str, value: Any, field: str, kept: Any) -> None:
    assert getattr(changed_setting(Settings(), name, value)[0], field) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [("revoke-padding", "soon"), ("propagation", -1), ("propagation", "inf"), ("request-log-size", 0),
     ("role-sessions-keep-mfa", "perhaps"), ("user-sessions-call-sts", "Always"),
     ("allow-with-not-principal", "true")],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        changed_setting(Settings(), name, value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownSettingError, match="no setting extra; there are revoke-padding, propagation"):
        changed_setting(Settings(), "extra", 1)
