"""SAML responses, verified here with signxml as any service provider would."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidInput, InvalidSignature
from signxml.verifier import XMLVerifier

from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.account.sign_in import SAML_ATTRIBUTE_PREFIX
from sts_tui.identity_providers.saml import ASSERTION, issue_saml, saml_certificate

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
ROLE = "arn:aws:iam::111122223333:role/Staff"
USER = DirectoryUser(
    name="dana",
    roles=(ROLE,),
    role_session_name="dana@acme.example",
    session_duration=1800,
    principal_tags={"team": "web"},
    transitive_tag_keys=("team",),
    source_identity="dana",
    attributes={"mail": "dana@acme.example", "eduPersonAffiliation": ["staff", "member"]},
)
PROVIDER = IdentityProvider(name="sso", type="SAML", issuer="https://sso.example", users=(USER,))


def issue(**overrides: Any) -> str:
    return issue_saml(PROVIDER, USER, now=NOW, overrides=overrides)


def verified(response: str) -> Any:
    """The signed assertion."""
    return XMLVerifier().verify(b64decode(response), x509_cert=saml_certificate(PROVIDER)).signed_xml


def attributes(assertion: Any) -> dict[str, list[str]]:
    found = assertion.iterfind(f".//{{{ASSERTION}}}Attribute")
    return {each.get("Name"): [value.text for value in each] for each in found}


def test_signature_covers_the_assertion() -> None:
    assertion = verified(issue())
    assert assertion.tag == f"{{{ASSERTION}}}Assertion"
    assert assertion.find(f".//{{{ASSERTION}}}NameID").text == "dana"


def test_directory_fields_become_awss_attributes() -> None:
    assert attributes(verified(issue())) == {
        f"{SAML_ATTRIBUTE_PREFIX}Role": [f"{ROLE},arn:aws:iam::111122223333:saml-provider/sso"],
        f"{SAML_ATTRIBUTE_PREFIX}RoleSessionName": ["dana@acme.example"],
        f"{SAML_ATTRIBUTE_PREFIX}SessionDuration": ["1800"],
        f"{SAML_ATTRIBUTE_PREFIX}SourceIdentity": ["dana"],
        f"{SAML_ATTRIBUTE_PREFIX}PrincipalTag:team": ["web"],
        f"{SAML_ATTRIBUTE_PREFIX}TransitiveTagKeys": ["team"],
        "mail": ["dana@acme.example"],
        "eduPersonAffiliation": ["staff", "member"],
    }


def test_account_may_call_the_provider_otherwise() -> None:
    arn = "arn:aws:iam::111122223333:saml-provider/corporate"
    response = issue_saml(PROVIDER, USER, now=NOW, provider_arns={"111122223333": [arn]})
    assert attributes(verified(response))[f"{SAML_ATTRIBUTE_PREFIX}Role"] == [f"{ROLE},{arn}"]


def test_every_provider_of_an_account_that_trusts_it_is_offered() -> None:
    arns = [f"arn:aws:iam::111122223333:saml-provider/{name}" for name in ("corporate", "legacy")]
    response = issue_saml(PROVIDER, USER, now=NOW, provider_arns={"111122223333": arns})
    assert attributes(verified(response))[f"{SAML_ATTRIBUTE_PREFIX}Role"] == [f"{ROLE},{arn}" for arn in arns]


def test_same_input_gives_the_same_response() -> None:
    assert issue() == issue()


def test_times_are_seconds_from_now() -> None:
    data = verified(issue(NotOnOrAfter="-600")).find(f".//{{{ASSERTION}}}SubjectConfirmationData")
    assert data.get("NotOnOrAfter") == "2026-01-15T08:50:00Z"


def test_attributes_can_be_overridden_added_and_left_out() -> None:
    said = attributes(
        verified(issue(**{"PrincipalTag:team": "data", "SourceIdentity": "", "surname": "Doe"}))
    )
    assert said[f"{SAML_ATTRIBUTE_PREFIX}PrincipalTag:team"] == ["data"]
    assert f"{SAML_ATTRIBUTE_PREFIX}SourceIdentity" not in said
    assert said["surname"] == ["Doe"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("NotOnOrAfter", "soon"), ("Color", "red"), ("signature", "perfect"), ("NotBefore", "9" * 30)],
)
def test_override_that_makes_no_sense_is_reported(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        issue(**{name: value})


def test_forged_signature_is_not_the_providers() -> None:
    with pytest.raises(InvalidSignature):
        verified(issue(signature="forged"))


def test_broken_assertion_was_changed_after_it_was_signed() -> None:
    with pytest.raises((InvalidDigest, InvalidSignature)):
        verified(issue(signature="broken"))


def test_unsigned_assertion_has_no_signature() -> None:
    with pytest.raises(InvalidInput):
        verified(issue(signature="none"))


def test_text_from_the_directory_is_never_markup() -> None:
    user = DirectoryUser(name='<x a="1">&amp;</x>', role_session_name="a<b")
    assertion = verified(issue_saml(PROVIDER, user, now=NOW))
    assert assertion.find(f".//{{{ASSERTION}}}NameID").text == '<x a="1">&amp;</x>'


def test_response_is_well_formed() -> None:
    assert etree.fromstring(b64decode(issue())).get("Version") == "2.0"
