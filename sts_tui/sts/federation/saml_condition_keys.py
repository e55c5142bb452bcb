"""Which attributes of an assertion are condition keys, and which of these are multivalued?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha1
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.sts.federation.saml_assertions import SamlAssertion

_EDU_PERSON: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_EDU_ORG: Final = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_X500: Final = "urn:oid:2.5.4."

SINGLE_VALUED: Final = {
    "edupersonorgdn": f"{_EDU_PERSON}3",
    "edupersonprimaryaffiliation": f"{_EDU_PERSON}5",
    "edupersonprimaryorgunitdn": f"{_EDU_PERSON}8",
    "edupersonprincipalname": f"{_EDU_PERSON}6",
    "edupersonscopedaffiliation": f"{_EDU_PERSON}9",
}
"""Condition key without `saml:` → name of the attribute if it differs."""

MULTI_VALUED: Final = {
    "edupersonaffiliation": f"{_EDU_PERSON}1",
    "edupersonassurance": f"{_EDU_PERSON}11",
    "edupersonentitlement": f"{_EDU_PERSON}7",
    "edupersonnickname": f"{_EDU_PERSON}2",
    "edupersonorgunitdn": f"{_EDU_PERSON}4",
    "edupersontargetedid": f"{_EDU_PERSON}10",
    "eduorghomepageuri": f"{_EDU_ORG}2",
    "eduorgidentityauthnpolicyuri": f"{_EDU_ORG}3",
    "eduorglegalname": f"{_EDU_ORG}4",
    "eduorgsuperioruri": f"{_EDU_ORG}5",
    "eduorgwhitepagesuri": f"{_EDU_ORG}6",
    "cn": f"{_X500}3",
    "commonName": "http://schemas.xmlsoap.org/claims/CommonName",
    "givenName": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "mail": "urn:oid:0.9.2342.19200300.100.1.3",
    "name": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "organizationStatus": "urn:oid:0.9.2342.19200300.100.1.45",
    "primaryGroupSID": "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
    "surname": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "uid": "urn:oid:0.9.2342.19200300.100.1.1",
    "x500UniqueIdentifier": f"{_X500}45",
}


def name_qualifier(issuer: str, account: str, provider_name: str) -> str:
    """Distinguishes the same subject in two accounts: a digest, not a secret."""
    text = f"{issuer}{account}/{provider_name}"
    return b64encode(sha1(text.encode(), usedforsecurity=False).digest()).decode()


def trust_context(assertion: SamlAssertion, account: str, provider_name: str) -> dict[str, Json]:
    """The `saml:` keys while the trust policy is evaluated."""
    context: dict[str, Json] = {
        "saml:aud": assertion.recipient,
        "saml:iss": assertion.issuer,
        "saml:doc": f"{account}/{provider_name}",
        **session_context(assertion, account, provider_name),
    }
    for key, values in _stated(assertion, SINGLE_VALUED).items():
        context[key] = values[0]
    return context | {key: list(values) for key, values in _stated(assertion, MULTI_VALUED).items()}


def session_context(assertion: SamlAssertion, account: str, provider_name: str) -> dict[str, str]:
    """The keys in requests of the session."""
    return {
        "saml:namequalifier": name_qualifier(assertion.issuer, account, provider_name),
        "saml:sub": assertion.subject,
        "saml:sub_type": assertion.sub_type,
    }


def _stated(assertion: SamlAssertion, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    by_name = {name.lower(): values for name, values in assertion.attributes.items() if values}
    found = {key: by_name.get(name.lower()) or by_name.get(key.lower()) for key, name in names.items()}
    return {f"saml:{key}": values for key, values in found.items() if values}
