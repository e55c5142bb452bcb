"""Named tuples behave as those of `typing`, and are compiled when the first value is made."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from sts_tui.start_up.named_tuple import NamedTuple


class Hop(NamedTuple):
    """One step of a chain."""

    source: str
    target: str
    hops: int = 1
    tags: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.source} to {self.target}"

    def longer(self) -> Hop:
        return self._replace(hops=self.hops + 1)


class OfTyping(typing.NamedTuple):
    source: str
    target: str
    hops: int = 1
    tags: tuple[str, ...] = ()


class Empty(NamedTuple):
    """Without fields."""


def test_values_are_tuples_with_names_and_defaults() -> None:
    hop = Hop("a", target="b")
    source, target, hops, tags = hop
    assert (source, target, hops, tags) == ("a", "b", 1, ()) == hop
    assert (hop.source, hop.target, hop.hops, hop.label, hop.longer().hops) == ("a", "b", 1, "a to b", 2)
    assert hash(hop) == hash(("a", "b", 1, ()))
    assert hop < Hop("b", "a")
    assert Hop.__doc__ == "One step of a chain."
    assert type(Hop) is type
    assert Empty() == ()


def test_what_typing_gives_is_the_same() -> None:
    ours, theirs = Hop("a", "b"), OfTyping("a", "b")
    assert ours._asdict() == theirs._asdict()
    assert (Hop._fields, Hop._field_defaults) == (OfTyping._fields, OfTyping._field_defaults)
    assert repr(ours).removeprefix("Hop") == repr(theirs).removeprefix("OfTyping")
    assert Hop._make(theirs) == ours
    assert typing.get_type_hints(Hop)["tags"] == typing.get_type_hints(OfTyping)["tags"]
    match ours:
        case Hop(source, target):
            assert (source, target) == ("a", "b")


def test_values_cannot_be_changed_and_take_no_other_attributes() -> None:
    hop = Hop("a", "b")
    with pytest.raises(AttributeError):
        hop.hops = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        hop.weight = 3  # type: ignore[attr-defined]


def test_wrong_arguments_are_refused_the_first_time_and_later() -> None:
    class Fresh(NamedTuple):
        name: str

    for _ in range(2):
        with pytest.raises(TypeError):
            Fresh()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Fresh("a", "b")  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Fresh(nome="a")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="weight"):
        Hop("a", "b")._replace(weight=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Hop._make(["a"])


def test_values_are_copied_and_pickled() -> None:
    hop = Hop("a", "b", 3, ("x",))
    for again in (copy.copy(hop), copy.deepcopy(hop), pickle.loads(pickle.dumps(hop))):
        assert again == hop
        assert type(again) is Hop


def test_a_default_before_a_field_without_one_is_an_error() -> None:
    with pytest.raises(TypeError, match="follows"):

        class Wrong(NamedTuple):
            hops: int = 1
            name: str  # type: ignore[misc]


def test_nothing_is_compiled_before_the_first_value() -> None:
    class Fresh(NamedTuple):
        name: str

    before = Fresh.__new__
    assert Fresh("a").name == "a"
    compiled = Fresh.__new__
    assert before is not compiled
    assert Fresh("b").name == "b"
    assert Fresh.__new__ is compiled
