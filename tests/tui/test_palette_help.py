"""Help texts of the palette are markup to Textual; whatever a name holds, it is shown as it is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from sts_tui.account.diagnostics.printable import one_line
from sts_tui.tui.palette import literal
from tests.support.examples import examples
from tests.support.hostile_models import PAYLOAD


@given(st.text(st.sampled_from(["[", "]", "\\", "/", "@", "=", "'", '"', "$", "#", "(", "\x1b", "a", "r"])))
@settings(max_examples=examples(200), deadline=None)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert Content.from_markup(literal(text)).plain == one_line(text)


def test_a_hostile_name_is_shown_as_it_is() -> None:
    assert Content.from_markup(literal(f"role [{PAYLOAD}]")).plain == one_line(f"role [{PAYLOAD}]")
