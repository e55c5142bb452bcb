"""Which session tags follow from a certificate? According to the attribute mappings of the profile.

`*` maps every attribute of a subject, an issuer or a directory name; `DNS` and `URI` map the first such
alternative name. A value that cannot be a tag fails the request. Repeated attributes are joined by `/`.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/attribute-mapping.html
https://github.com/aws/rolesanywhere-credential-helper/issues/188
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from sts_tui.identity_providers.certificates import CertificateFacts

DEFAULT_MAPPINGS: Final[Mapping[str, Sequence[str]]] = {
    "x509Issuer": ("*",),
    "x509SAN": ("DNS", "URI", "Name/*"),
    "x509Subject": ("*",),
}
_LONGEST: Final = 256
_PUNCTUATION: Final = frozenset("_.:/=+-@")
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html"""
_SHOWN_AS: Final = {"x509Issuer": "Issuer", "x509Subject": "Subject", "x509SAN": "SAN"}


class CertificateTags(Struct, frozen=True):
    """Session tags, and the attributes that cannot be tags."""

    tags: tuple[tuple[str, str], ...]
    failed: Mapping[str, tuple[str, ...]]
    """The failed attributes by the field of the certificate."""

    @property
    def failure(self) -> str:
        """AWS's message about what could not be mapped; empty if nothing failed."""
        if not any(self.failed.values()):
            return ""
        lists = "; ".join(
            f"{_SHOWN_AS[field]}: [ {' '.join(self.failed.get(field, ()))} ]"
            for field in ("x509Issuer", "x509Subject", "x509SAN")
        )
        return f"Some attributes failed to be mapped into session tags. {lists}"


def certificate_tags(facts: CertificateFacts, mappings: Mapping[str, Sequence[str]]) -> CertificateTags:
    """The tags of a session that the certificate gets, in the order of the mappings."""
    tags: dict[str, str] = {}
    failed: dict[str, tuple[str, ...]] = {}
    for field, specifiers in mappings.items():
        values = _values(field, facts)
        for specifier in specifiers:
            for attribute in _mapped(specifier, values):
                value = values.get(attribute)
                if value is None or not _can_be_a_tag(value):
                    failed[field] = (*failed.get(field, ()), attribute)
                else:
                    tags[f"{field}/{attribute}"] = value
    return CertificateTags(tuple(tags.items()), failed)


def _mapped(specifier: str, values: Mapping[str, str]) -> list[str]:
    """The attributes that a specifier names. A single name, unlike `*`, has to be in the certificate."""
    prefix = "Name/" if specifier in ("Name", "Name/", "Name/*") else ""
    if specifier == "*" or prefix:
        return [one for one in values if one.startswith("Name/") == bool(prefix)]
    return [specifier] if specifier in values or specifier not in ("DNS", "URI") else []


def _values(field: str, facts: CertificateFacts) -> dict[str, str]:
    match field:
        case "x509Subject":
            return _joined(facts.subject)
        case "x509Issuer":
            return _joined(facts.issuer)
        case _:
            first = {"DNS": facts.dns[:1], "URI": facts.uri[:1]}
            names = {f"Name/{name}": value for name, value in _joined(facts.name).items()}
            return {**{name: one[0] for name, one in first.items() if one}, **names}


def _joined(attributes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Attributes by name; repeated ones are joined in the order of the certificate."""
    joined: dict[str, str] = {}
    for name, value in attributes:
        joined[name] = f"{joined[name]}/{value}" if name in joined else value
    return joined


def _can_be_a_tag(value: str) -> bool:
    return len(value) <= _LONGEST and all(
        one in _PUNCTUATION or unicodedata.category(one)[0] in "LZN" for one in value
    )
