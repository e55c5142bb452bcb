"""What is put into words grows with what is shown, not with the statements that exist: counted, not timed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import mixed
from sts_tui.iam import explain
from sts_tui.iam.explaining import layer_explanation, near_misses
from sts_tui.iam.explaining.explanation import MOST_NEAR_MISSES


@pytest.mark.parametrize("count", [500, 2_000])
def test_text_of_an_explanation_compares_what_it_shows(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = {"statements": 0, "elements": 0, "distances": 0}

    def counted(name: str, original: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            calls[name] += 1
            return original(*given, **named)

        return call

    monkeypatch.setattr(
        layer_explanation,
        "_explained_statement",
        counted("statements", layer_explanation._explained_statement),
    )
    monkeypatch.setattr(
        layer_explanation, "explained_elements", counted("elements", layer_explanation.explained_elements)
    )
    monkeypatch.setattr(near_misses, "_failure", counted("distances", near_misses._failure))
    request, policies = mixed.mixed(count)
    found = explain(request, policies)
    lines = found.lines()
    assert any(f"{count - 1 - MOST_NEAR_MISSES} more" in line for line in lines)
    assert calls == {"statements": 1, "elements": 1, "distances": MOST_NEAR_MISSES}
    assert len(found.to_json()["nearMisses"]) == count - 1  # type: ignore[arg-type]
    assert calls["distances"] == count - 1, "those that were in words are kept"
