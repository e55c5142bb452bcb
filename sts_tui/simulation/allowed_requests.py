"""Which requests was a session once allowed? The last hundred distinct ones decide whether it is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

KEPT: Final = 100
"""Distinct requests remembered for each session."""

Question: TypeAlias = Any
"""An `authorizer.LoggedQuestion`; this module is below that one."""

Signature: TypeAlias = tuple[object, ...]
"""(action, resource, Region, context, context of the operation): what makes two requests the same."""


class AllowedRequests:
    """The last `KEPT` distinct questions that were allowed, oldest first."""

    __slots__ = ("_by_signature",)

    def __init__(self) -> None:
        self._by_signature: dict[Signature, Question] = {}

    def note(self, question: Question) -> bool:
        """Whether it is a new one. A repeated request becomes the newest."""
        signature = signature_of(question)
        is_new = self._by_signature.pop(signature, None) is None
        self._by_signature[signature] = question
        if len(self._by_signature) > KEPT:
            del self._by_signature[next(iter(self._by_signature))]
        return is_new

    def __iter__(self) -> Iterator[tuple[Signature, Question]]:
        return iter(self._by_signature.items())

    def __len__(self) -> int:
        return len(self._by_signature)


def signature_of(question: Question) -> Signature:
    """What of a question makes it the same request as another one of its session."""
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
