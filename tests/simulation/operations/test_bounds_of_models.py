"""Each bound of AWS's models holds for each parameter: at it a request passes, past it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape as ModelShape

from sts_tui.simulation.operations import OPERATIONS, check_request, shape_of
from sts_tui.sts.errors import AwsError
from sts_tui.sts.shapes import violations

pytestmark = pytest.mark.long
MODELS = {"access-analyzer": "accessanalyzer", "sso": "sso-admin"}
"""Where botocore calls a service otherwise than its actions do."""
LARGEST = 200_000
"""Longer texts (documents of a megabyte or two) are left to their own tests."""
AT_MOST = "failed to satisfy constraint: Member must have {measure} less than or equal to {bound}"
AT_LEAST = "failed to satisfy constraint: Member must have {measure} greater than or equal to {bound}"


@lru_cache(maxsize=1)
def bounded() -> list[tuple[str, str, ModelShape]]:
    """(action, parameter, AWS's shape of it) for every parameter that has a bound."""
    return list(_bounded())


def _bounded() -> Iterator[tuple[str, str, ModelShape]]:
    session = botocore.session.get_session()
    known = set(session.get_available_services())
    for action in OPERATIONS:
        service, _, name = action.partition(":")
        service = MODELS.get(service, service)
        if service not in known:
            continue
        model = session.get_service_model(service)
        given = model.operation_model(name).input_shape if name in model.operation_names else None
        for parameter, shape in (given.members if given else {}).items():
            if {"min", "max"} & shape.metadata.keys() and shape.type_name in ("string", "integer", "list"):
                yield action, parameter, shape


def of_size(shape: ModelShape, size: int) -> Any:
    if shape.type_name == "integer":
        return size
    return "a" * size if shape.type_name == "string" else ["a"] * size


def is_refused(action: str, parameter: str, value: Any, clause: str) -> bool:
    """Whether that bound is among what AWS would say of the value."""
    shown = f"{parameter[0].lower()}{parameter[1:]}' {clause}"
    found = any(text.endswith(shown) for text in violations(shape_of(action), {parameter: value}))
    if found:
        with pytest.raises(AwsError) as error:
            check_request(action, {parameter: value})
        assert error.value.status == 400
    return found


def test_what_is_at_the_largest_bound_passes_and_what_is_past_it_is_refused() -> None:
    wrong = []
    for action, parameter, shape in bounded():
        most = shape.metadata.get("max")
        if most is None or most > LARGEST and shape.type_name != "integer" or most >= 2**31 - 1:
            continue
        measure = "value" if shape.type_name == "integer" else "length"
        clause = AT_MOST.format(measure=measure, bound=most)
        at, past = (is_refused(action, parameter, of_size(shape, size), clause) for size in (most, most + 1))
        if (at, past) != (False, True):
            wrong.append(f"{action} {parameter} {most}")
    assert wrong == []


def test_what_is_at_the_smallest_bound_passes_and_what_is_below_it_is_refused() -> None:
    wrong = []
    for action, parameter, shape in bounded():
        least = shape.metadata.get("min")
        if least is None or least < 1:
            continue
        measure = "value" if shape.type_name == "integer" else "length"
        clause = AT_LEAST.format(measure=measure, bound=least)
        at, past = (
            is_refused(action, parameter, of_size(shape, size), clause) for size in (least, least - 1)
        )
        if (at, past) != (False, True):
            wrong.append(f"{action} {parameter} {least}")
    assert wrong == []


def test_there_are_many_bounds() -> None:
    assert len(bounded()) > 500
