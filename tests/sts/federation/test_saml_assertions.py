"""What a SAML assertion says, and until when it can be redeemed, to the second."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from sts_tui.account.sign_in import SAML_ATTRIBUTE_PREFIX
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.saml_assertions import (
    SamlAssertion,
    _instant,
    _read,
    parse_response,
    refuse_audience,
    refuse_stale,
    stated_issuer,
    stated_text,
)

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ISSUED = datetime(2026, 1, 15, 9, tzinfo=UTC)
PLAIN = SamlAssertion(
    issuer="https://sso.acme.example/idp", subject="dana", name_id_format=FORMAT, recipient="",
    issued_at=ISSUED, redeemable_until=ISSUED + timedelta(hours=1), session_ends_at=None, audiences=(),
    attributes={}, certificate="",
)  # fmt: skip


def written(
    name_id: str = f'<NameID Format="{FORMAT}">dana</NameID>',
    confirmation: str = '<SubjectConfirmationData NotOnOrAfter="2026-01-15T09:05:00Z" Recipient="r"/>',
    more: str = "",
) -> Any:
    return etree.fromstring(
        f'<Assertion xmlns="{SAML}" IssueInstant="2026-01-15T09:00:00Z"><Issuer> idp </Issuer><Subject>'
        f"{name_id}<SubjectConfirmation>{confirmation}</SubjectConfirmation></Subject>{more}</Assertion>"
    )


@pytest.mark.parametrize(
    ("after", "until", "good"),
    [(299.9, 3600, True), (300, 3600, False), (59.9, 60, True), (60, 60, False), (-1000, 60, True)],
)
def test_an_assertion_is_redeemed_within_five_minutes_and_before_its_end(
    after: float, until: float, good: bool
) -> None:
    assertion = replace(PLAIN, redeemable_until=ISSUED + timedelta(seconds=until))
    now = ISSUED + timedelta(seconds=after)
    if good:
        refuse_stale(assertion, now)
        return
    with pytest.raises(AwsError, match="within 5 minutes") as refused:
        refuse_stale(assertion, now)
    assert (refused.value.code, refused.value.status) == ("ExpiredTokenException", 400)


@pytest.mark.parametrize(
    ("audiences", "good"),
    [
        ((), True),
        (("urn:amazon:webservices",), True),
        (("other", "https://signin.aws.amazon.com/saml"), True),
        (("other",), False),
    ],
)
def test_one_of_the_audiences_is_aws(audiences: tuple[str, ...], good: bool) -> None:
    assertion = replace(PLAIN, audiences=audiences)
    if good:
        refuse_audience(assertion)
        return
    with pytest.raises(AwsError, match="required audience"):
        refuse_audience(assertion)


@pytest.mark.parametrize(
    ("name_id_format", "subject_type", "sub_type"),
    [
        (FORMAT, "persistent", "persistent"),
        (FORMAT.replace("persistent", "transient"), "transient", "transient"),
        (FORMAT.replace("persistent", "kerberos"), "kerberos", FORMAT.replace("persistent", "kerberos")),
        ("urn:other", "urn:other", "urn:other"),
    ],
)
def test_the_format_of_the_name_is_shortened(name_id_format: str, subject_type: str, sub_type: str) -> None:
    assertion = replace(PLAIN, name_id_format=name_id_format)
    assert (assertion.subject_type, assertion.sub_type) == (subject_type, sub_type)


def test_attributes_have_several_values_one_or_none() -> None:
    attributes = {"mail": ("a",), "groups": ("a", "b"), f"{SAML_ATTRIBUTE_PREFIX}Role": ("r1", "r2")}
    assertion = replace(PLAIN, attributes=attributes)
    assert [assertion.single(name) for name in ("mail", "groups", "other")] == ["a", None, None]
    assert (assertion.aws("Role"), assertion.aws("mail")) == (("r1", "r2"), ())
    assert (assertion.one("Role"), assertion.one("mail")) == ("r1", None)


def test_everything_that_an_assertion_says_is_read() -> None:
    found = _read(
        written(
            more="<Conditions><AudienceRestriction><Audience>a</Audience><Audience> b </Audience>"
            '</AudienceRestriction></Conditions><AuthnStatement SessionNotOnOrAfter="2026-01-15T12:00:00"/>'
            '<AttributeStatement><Attribute Name="x"><AttributeValue>1</AttributeValue></Attribute>'
            '<Attribute Name="x"><AttributeValue>2<!-- not the end -->3</AttributeValue></Attribute>'
            "<Attribute><AttributeValue>nameless</AttributeValue></Attribute></AttributeStatement>"
        ),
        "certificate",
    )
    assert found == SamlAssertion(
        issuer="idp", subject="dana", name_id_format=FORMAT, recipient="r", issued_at=ISSUED,
        redeemable_until=ISSUED + timedelta(minutes=5), session_ends_at=ISSUED + timedelta(hours=3),
        audiences=("a", "b"), attributes={"x": ("1", "23"), "": ("nameless",)}, certificate="certificate",
    )  # fmt: skip
    bare = _read(written(confirmation='<SubjectConfirmationData NotOnOrAfter="2026-01-15T09:05:00Z"/>'), "")
    assert (bare.recipient, bare.session_ends_at, bare.audiences, dict(bare.attributes)) == ("", None, (), {})


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"name_id": ""}, "the NameID is missing"),
        ({"name_id": "<NameID>dana</NameID>"}, "the NameID is missing"),
        ({"name_id": f'<NameID Format="{FORMAT}"> </NameID>'}, "the NameID is missing"),
        ({"confirmation": ""}, "the SubjectConfirmationData has no NotOnOrAfter"),
        ({"confirmation": "<SubjectConfirmationData/>"}, "the SubjectConfirmationData has no NotOnOrAfter"),
        ({"confirmation": '<SubjectConfirmationData NotOnOrAfter="soon"/>'}, "soon is not an instant"),
    ],
)
def test_an_assertion_that_lacks_something_is_refused(changes: dict[str, str], hint: str) -> None:
    with pytest.raises(AwsError) as refused:
        _read(written(**changes), "")
    assert (refused.value.hint or "").startswith(hint)


def test_an_instant_without_a_zone_is_utc() -> None:
    assert _instant("2026-01-15T09:00:00") == ISSUED
    assert _instant("2026-01-15T10:00:00+01:00") == ISSUED
    with pytest.raises(AwsError):
        _instant(None)


def test_a_response_is_base64_of_xml_with_an_assertion() -> None:
    text = f'<Response xmlns:a="{SAML}"><a:Assertion><a:Issuer> me </a:Issuer></a:Assertion></Response>'
    encoded = b64encode(text.encode()).decode()
    assert stated_issuer(parse_response(encoded)) == "me"
    assert stated_issuer(parse_response("\n ".join((encoded[:10], encoded[10:])))) == "me"
    nameless = b64encode(text.replace("<a:Issuer> me </a:Issuer>", "").encode()).decode()
    assert stated_issuer(parse_response(nameless)) == ""
    empty = b64encode(text.replace(" me ", "").encode()).decode()
    assert stated_issuer(parse_response(empty)) == ""
    assert stated_text(None) == ""
    for wrong in (f"<!DOCTYPE Response>{text}", "<Response/>", "<Response", ""):
        with pytest.raises(AwsError) as refused:
            parse_response(b64encode(wrong.encode()).decode())
        assert refused.value.code == "InvalidIdentityToken"
    with pytest.raises(AwsError, match="Invalid base64"):
        parse_response(encoded[:-1] + "!")
