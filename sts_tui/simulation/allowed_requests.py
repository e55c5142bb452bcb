"""Which requests were once allowed to a session? The last hundred distinct ones decide whether it is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

KEPT: Final = 100
"""How many distinct requests are kept for each session."""

Question: TypeAlias = Any
"""An `authorizer.LoggedQuestion`, which this module cannot import."""

Signature: TypeAlias = tuple[object, ...]
"""(action, resource, Region, context, context of the operation): what makes two requests the same."""


class AllowedRequests:
    """The last `KEPT` distinct questions that were allowed, oldest first."""

    __slots__ = ("_by_signature", "_first")

    def __init__(self) -> None:
        self._by_signature: dict[Signature, Question] = {}
        self._first: dict[Signature, datetime] = {}
        """When each request was first allowed."""

    def note(self, question: Question, at: datetime) -> bool:
        """Add an allowed request; return whether it is new. A repeated request becomes the newest."""
        signature = signature_of(question)
        is_new = self._by_signature.pop(signature, None) is None
        self._by_signature[signature] = question
        if is_new:
            self._first[signature] = at
            if len(self._by_signature) > KEPT:
                oldest = next(iter(self._by_signature))
                del self._by_signature[oldest], self._first[oldest]
        return is_new

    def up_to(self, instant: datetime) -> AllowedUpTo:
        """The requests that had been allowed by this time."""
        return AllowedUpTo(self, instant)

    def first_allowed(self) -> Iterator[tuple[Signature, Question, datetime]]:
        """(signature, question, time at which it was first allowed) for each request."""
        for signature, question in self._by_signature.items():
            yield signature, question, self._first[signature]

    def __iter__(self) -> Iterator[tuple[Signature, Question]]:
        return iter(self._by_signature.items())

    def __len__(self) -> int:
        return len(self._by_signature)


class AllowedUpTo(AllowedRequests):
    """The requests that had been allowed by a past time, looked up on first use: a view of the past has one
    of these for each session, but needs the requests of only a few.
    """

    __slots__ = ("_instant", "_present")

    def __init__(self, present: AllowedRequests, instant: datetime) -> None:
        self._present: AllowedRequests | None = present
        self._instant = instant

    def note(self, question: Question, at: datetime) -> bool:
        self._look_up()
        return super().note(question, at)

    def first_allowed(self) -> Iterator[tuple[Signature, Question, datetime]]:
        self._look_up()
        return super().first_allowed()

    def __iter__(self) -> Iterator[tuple[Signature, Question]]:
        self._look_up()
        return super().__iter__()

    def __len__(self) -> int:
        self._look_up()
        return super().__len__()

    def _look_up(self) -> None:
        if self._present is None:
            return
        present, self._present = self._present, None
        super().__init__()
        for signature, question, first in present.first_allowed():
            if first <= self._instant:
                self._by_signature[signature] = question
                self._first[signature] = first


def signature_of(question: Question) -> Signature:
    """The parts of a question that identify it among the requests of its session."""
    return (
        question.action,
        question.resource,
        question.region,
        _frozen(question.context),
        _frozen(question.operation_context),
    )


def _frozen(context: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    if not context:
        return ()
    return tuple(sorted((key, _hashable(value)) for key, value in context.items()))


def _hashable(value: object) -> object:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else str(value)
