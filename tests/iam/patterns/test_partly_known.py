"""Keys of a request that are not known: what they certainly are not."""

from __future__ import annotations

from sts_tui.iam.patterns.partly_known import PartlyKnown, UnknownKeys, cannot_be, is_unknown

ORGANIZATION = "aws:principalorgid"


def context() -> PartlyKnown:
    return PartlyKnown.of({"aws:username": "ana"}, UnknownKeys.of([ORGANIZATION], {ORGANIZATION: "o-files"}))


def test_an_unknown_key_is_none_of_the_texts_that_belong_to_the_files() -> None:
    assert cannot_be(ORGANIZATION, context(), ["o-files", "o-files/r-1/ou-2"])
    assert not cannot_be(ORGANIZATION, context(), ["o-files", "o-other"])
    assert not cannot_be(ORGANIZATION, context(), ["o-files2"])
    assert not cannot_be("aws:sourcevpc", context(), ["o-files"])


def test_of_a_context_that_is_known_nothing_is_excluded() -> None:
    assert not cannot_be(ORGANIZATION, {"aws:username": "ana"}, ["o-files"])
    assert not is_unknown(ORGANIZATION, {"aws:username": "ana"})
