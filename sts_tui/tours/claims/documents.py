"""How do claims write policy documents?

A document may be written in four ways: a whole policy document; a single statement, which means a 2012-10-17
document with that statement; `{"name": …, "document": …}` if its name matters; or the name of a well-known
AWS managed policy (`FullAWSAccess`, `RCPFullAWSAccess`, `AdministratorAccess`). Documents without a name are
named after their policy type: `identity policy`, `session policy`, `boundary` …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator

NamedDocument: TypeAlias = tuple[str, dict[str, Any]]

_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
WELL_KNOWN: Mapping[str, dict[str, Any]] = {
    "FullAWSAccess": {"Version": "2012-10-17", "Statement": [_EVERYTHING]},
    "AdministratorAccess": {"Version": "2012-10-17", "Statement": [_EVERYTHING]},
    "RCPFullAWSAccess": {"Version": "2012-10-17", "Statement": [{**_EVERYTHING, "Principal": "*"}]},
}


def named(written: object, name: str) -> NamedDocument:
    """A document for the engine; raises ValueError if it has none of the four forms."""
    if isinstance(written, str) and written in WELL_KNOWN:
        return written, WELL_KNOWN[written]
    if isinstance(written, dict):
        if written.keys() == {"name", "document"}:
            return str(written["name"]), named(written["document"], "")[1]
        if "Statement" in written:
            return name, written
        if "Effect" in written:
            return name, {"Version": "2012-10-17", "Statement": [written]}
    raise ValueError(f"neither a policy document nor a statement, name and document, or name: {written!r}")


def numbered(documents: Sequence[object], layer: str) -> list[NamedDocument]:
    """The documents with names: the second unnamed document of a layer is `… 2`. Raises ValueError."""
    return [named(doc, layer if n == 1 else f"{layer} {n}") for n, doc in enumerate(documents, 1)]


def _in_one_of_four_forms(written: dict[str, Any] | str) -> dict[str, Any] | str:
    named(written, "")
    return written


WrittenDocument: TypeAlias = Annotated[dict[str, Any] | str, AfterValidator(_in_one_of_four_forms)]
