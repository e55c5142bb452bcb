"""AssumeRoleWithSAML. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sts_tui.identity_providers.keys import FORGER, certificate, key_of_provider, rsa_key
from sts_tui.identity_providers.saml import issue_saml, saml_certificate
from sts_tui.identity_providers.saml_metadata import METADATA
from sts_tui.sts.denials import NOT_VALIDATED
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.saml_assertions import SamlAssertion, parse_response
from sts_tui.sts.federation.saml_condition_keys import name_qualifier, trust_context
from tests.accounts.organization import MODEL, SSO_ARN, Desk, one_violation, seconds_of
from tests.accounts.organization import working_role as written_role
from tests.accounts.policies import MAIN, role_arn, trust

DENIED = "Not authorized to perform sts:AssumeRoleWithSAML"
EXPIRED = ("ExpiredTokenException", 400, "Token must be redeemed within 5 minutes of issuance")


def assertion(desk: Desk, **overrides: Any) -> str:
    provider = desk.sim.world.identity_providers["sso"]
    return issue_saml(provider, provider.users[0], now=desk.now, overrides=overrides)


def arguments(desk: Desk, **overrides: Any) -> dict[str, Any]:
    return {
        "by": "anonymous",
        "RoleArn": role_arn("Staff"),
        "PrincipalArn": SSO_ARN,
        "SAMLAssertion": assertion(desk, **overrides),
    }


def redeem(desk: Desk, given: dict[str, Any] | None = None, **overrides: Any) -> dict[str, Any]:
    return desk.call("AssumeRoleWithSAML", **{**arguments(desk, **overrides), **(given or {})})


def refused(desk: Desk, given: dict[str, Any] | None = None, **overrides: Any) -> AwsError:
    return desk.refusal("AssumeRoleWithSAML", **{**arguments(desk, **overrides), **(given or {})})


def error_of(refusal: AwsError) -> tuple[str, int, str]:
    return refusal.code, refusal.status, refusal.message


def invalid(message: str) -> tuple[str, int, str]:
    return "InvalidIdentityToken", 400, message


# the happy way


def test_response_has_awss_members(desk: Desk) -> None:
    response = redeem(desk)
    qualifier = name_qualifier("https://sso.acme.example/idp", MAIN, "sso")
    assert response["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MAIN}:assumed-role/Staff/dana@acme.example"
    assert {
        name: response[name] for name in ("Subject", "SubjectType", "Issuer", "Audience", "NameQualifier")
    } == {
        "Subject": "dana",
        "SubjectType": "persistent",
        "Issuer": "https://sso.acme.example/idp",
        "Audience": "https://signin.aws.amazon.com/saml",
        "NameQualifier": qualifier,
    }
    assert seconds_of(desk, response) == 3600


def test_name_qualifier_is_the_documented_digest() -> None:
    from hashlib import sha1

    digest = sha1(b"https://example.com/saml123456789012/MySAMLIdP").digest()
    expected = b64encode(digest).decode()
    assert name_qualifier("https://example.com/saml", "123456789012", "MySAMLIdP") == expected


def test_session_keeps_subject_type_and_qualifier(desk: Desk) -> None:
    session = desk.session(redeem(desk))
    assert set(session.context) == {"saml:sub", "saml:sub_type", "saml:namequalifier"}
    assert session.context["saml:sub"] == "dana"
    assert session.parent_label == "sso/dana"


@pytest.mark.parametrize(("setting", "expected"), [(False, None), (True, SSO_ARN)])
def test_federated_provider_is_a_setting(setting: bool, expected: str | None) -> None:
    desk = Desk(settings={"FederatedProviderForSaml": setting})
    assert desk.session(redeem(desk)).context.get("aws:FederatedProvider") == expected


def test_same_moment_gives_the_same_assertion(desk: Desk) -> None:
    assert assertion(desk) == assertion(Desk())


def test_transient_and_other_name_formats_are_stripped_of_their_prefix(desk: Desk) -> None:
    prefix = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
    assert redeem(desk, NameIDFormat=f"{prefix}transient")["SubjectType"] == "transient"
    email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    assert redeem(desk, NameIDFormat=email)["SubjectType"] == email


@pytest.mark.parametrize(
    ("name_format", "subject_type", "sub_type"),
    [
        ("2.0:nameid-format:persistent", "persistent", "persistent"),
        ("2.0:nameid-format:transient", "transient", "transient"),
        ("2.0:nameid-format:kerberos", "kerberos", "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"),
    ],
)
def test_sub_type_is_the_whole_format_unless_persistent_or_transient(
    desk: Desk, name_format: str, subject_type: str, sub_type: str
) -> None:
    answer = redeem(desk, NameIDFormat=f"urn:oasis:names:tc:SAML:{name_format}")
    assert answer["SubjectType"] == subject_type
    assert desk.session(answer).context["saml:sub_type"] == sub_type


def test_same_assertion_can_be_redeemed_twice(desk: Desk) -> None:
    given = {"SAMLAssertion": assertion(desk)}
    assert redeem(desk, given)["Credentials"] != redeem(desk, given)["Credentials"]


def test_not_before_in_the_future_is_accepted(desk: Desk) -> None:
    assert "Credentials" in redeem(desk, NotBefore="3600")


# durations


def test_roles_maximum_holds_at_it_and_refuses_past_it(desk: Desk) -> None:
    assert seconds_of(desk, redeem(desk, {"DurationSeconds": 7200})) == 7200
    assert error_of(refused(desk, {"DurationSeconds": 7201})) == (
        "ValidationError",
        400,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


def test_session_duration_attribute_only_shortens(desk: Desk) -> None:
    assert seconds_of(desk, redeem(desk, SessionDuration="1800")) == 1800
    assert seconds_of(desk, redeem(desk, SessionDuration="7200")) == 3600
    assert seconds_of(desk, redeem(desk, {"DurationSeconds": 7200}, SessionDuration="5000")) == 5000


@pytest.mark.parametrize("value", ["899", "43201", "soon", "-900", "3600.5", "\u0663\u0666\u0660\u0660"])
def test_session_duration_attribute_has_bounds(desk: Desk, value: str) -> None:
    assert refused(desk, SessionDuration=value).code == "InvalidIdentityToken"


def test_session_not_on_or_after_caps_below_the_shortest_duration(desk: Desk) -> None:
    assert seconds_of(desk, redeem(desk, SessionNotOnOrAfter="100")) == 100
    assert seconds_of(desk, redeem(desk, SessionNotOnOrAfter="36000")) == 3600


# the assertion


def test_stale_assertion(desk: Desk) -> None:
    assert error_of(refused(desk, NotOnOrAfter="-600")) == EXPIRED
    assert error_of(refused(desk, NotOnOrAfter="0")) == EXPIRED
    assert error_of(refused(desk, NotOnOrAfter="3600", IssueInstant="-300")) == EXPIRED


def test_window_is_five_minutes_of_the_simulated_clock(desk: Desk) -> None:
    given = {"SAMLAssertion": assertion(desk)}
    desk.sim.advance(299)
    assert "Credentials" in redeem(desk, given)
    desk.sim.advance(1)
    assert error_of(refused(desk, given)) == EXPIRED


@pytest.mark.parametrize("signature", ["forged", "broken", "none"])
def test_assertion_has_to_be_signed_by_the_provider(desk: Desk, signature: str) -> None:
    assert error_of(refused(desk, signature=signature)) == invalid("Response signature invalid")


def test_assertion_wrapped_around_the_signed_one_is_not_read(desk: Desk) -> None:
    from lxml import etree

    root = etree.fromstring(b64decode(assertion(desk)))
    signed = next(child for child in root if child.tag.endswith("}Assertion"))
    forged = deepcopy(signed)
    forged.set("ID", "_forged")
    for child in list(forged):
        if child.tag.endswith("}Signature"):
            forged.remove(child)
        if child.tag.endswith("}Subject"):
            child[0].text = "mallory"
    root.insert(list(root).index(signed), forged)
    answer = b64encode(etree.tostring(root)).decode()
    assert redeem(desk, {"SAMLAssertion": answer})["Subject"] == "dana"


def test_comment_inside_a_name_does_not_cut_it_off(desk: Desk) -> None:
    """`admin<!-- -->.mallory` is never read as `admin`."""
    text = b64decode(assertion(desk, NameID="admin.mallory")).decode()
    changed = text.replace("admin.mallory", "admin<!---->.mallory")
    answer = b64encode(changed.encode()).decode()
    assert redeem(desk, {"SAMLAssertion": answer})["Subject"] == "admin.mallory"


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        "<x/>",
        "not xml",
        "",
        "<x>\x00</x>",
    ],
)
def test_hostile_xml_is_refused(desk: Desk, xml: str) -> None:
    answer = b64encode(xml.encode()).decode() or "===="
    refusal = refused(desk, {"SAMLAssertion": answer})
    assert (refusal.code, refusal.status) == ("InvalidIdentityToken", 400)


def test_no_file_is_opened_for_an_external_entity() -> None:
    """A document type is refused after the XML was read: reading it must not have opened anything."""
    reader, writer = os.pipe()
    os.write(writer, b"secret")
    os.close(writer)
    document = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///dev/fd/{reader}">]>'
        '<x xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Assertion>&e;</Assertion></x>'
    )
    with pytest.raises(AwsError) as refusal:
        parse_response(b64encode(document.encode()).decode())
    assert refusal.value.hint == "the response has a document type, or no assertion"
    assert os.read(reader, 100) == b"secret", "still in the pipe"
    os.close(reader)


@pytest.mark.parametrize(("depth", "hint"), [(200, ""), (300, "the response is not well-formed XML")])
def test_xml_that_is_nested_without_end_is_not_read(depth: int, hint: str) -> None:
    document = (
        '<r xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Assertion/>'
        + "<a>" * depth
        + "</a>" * depth
        + "</r>"
    )
    encoded = b64encode(document.encode()).decode()
    if not hint:
        assert parse_response(encoded).tag.endswith("}r")
        return
    with pytest.raises(AwsError) as refusal:
        parse_response(encoded)
    assert refusal.value.hint == hint


def test_of_several_values_of_an_attribute_the_first_fills_its_key() -> None:
    now = datetime(2026, 1, 15, 9, tzinfo=UTC)
    read = SamlAssertion(
        issuer="https://sso.example", subject="ana", name_id_format="", recipient="", issued_at=now,
        redeemable_until=now, session_ends_at=None, audiences=(), certificate="",
        attributes={"eduPersonPrincipalName": ("first", "second"), "cn": ("one", "two")},
    )  # fmt: skip
    context = trust_context(read, MAIN, "Corp")
    assert context["saml:edupersonprincipalname"] == "first"
    assert context["saml:cn"] == ["one", "two"]


def test_what_is_no_base64(desk: Desk) -> None:
    assert error_of(refused(desk, {"SAMLAssertion": "!!!!"})) == invalid("Invalid base64 SAMLResponse")


@pytest.mark.parametrize("arn", [role_arn("Staff"), f"arn:aws:iam::{MAIN}:oidc-provider/sso", "x" * 20])
def test_principal_arn_of_no_saml_provider_is_invalid(desk: Desk, arn: str) -> None:
    refusal = refused(desk, {"PrincipalArn": arn})
    assert error_of(refusal) == ("ValidationError", 400, "Principal ARN is invalid")


def test_role_and_provider_swapped_are_refused_for_the_role(desk: Desk) -> None:
    refusal = refused(desk, {"RoleArn": SSO_ARN, "PrincipalArn": role_arn("Staff")})
    assert error_of(refusal) == ("ValidationError", 400, "Request ARN is invalid")


def test_provider_that_does_not_exist(desk: Desk) -> None:
    given = {"PrincipalArn": f"arn:aws:iam::{MAIN}:saml-provider/none"}
    assert error_of(refused(desk, given)) == invalid("Specified provider doesn't exist.")


def test_issuer_that_the_provider_does_not_know(desk: Desk) -> None:
    message = "Issuer not present in specified provider"
    assert error_of(refused(desk, Issuer="https://evil.example")) == invalid(message)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("RoleSessionName", "", "RoleSessionName is required in AuthnResponse"),
        ("RoleSessionName", "a", "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        ("RoleSessionName", "n" * 65, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        ("RoleSessionName", "a b", "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        (
            "SourceIdentity",
            "aws:x",
            'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,256} and not begin with "aws:"',
        ),
        ("NameIDFormat", "", NOT_VALIDATED),
        ("NameID", "", NOT_VALIDATED),
        ("NotOnOrAfter", "", NOT_VALIDATED),
    ],
)
def test_attributes_that_aws_refuses(desk: Desk, name: str, value: str, message: str) -> None:
    assert error_of(refused(desk, **{name: value})) == invalid(message)


@pytest.mark.parametrize(("enforced", "code"), [(False, ""), (True, "InvalidIdentityToken")])
def test_whether_the_audience_is_enforced_is_a_setting(enforced: bool, code: str) -> None:
    desk = Desk(settings={"EnforceSamlAudience": enforced})
    assert "Credentials" in redeem(desk)
    if code:
        message = "Response does not contain the required audience."
        assert error_of(refused(desk, Audience="https://other.example")) == invalid(message)
    else:
        assert "Credentials" in redeem(desk, Audience="https://other.example")


# the trust policy


def test_role_that_the_assertion_does_not_offer(desk: Desk) -> None:
    assert error_of(refused(desk, Role=role_arn("Other"))) == ("AccessDenied", 403, DENIED)


def test_pair_of_role_and_provider_can_be_in_either_order(desk: Desk) -> None:
    assert "Credentials" in redeem(desk, Role=f"{SSO_ARN},{role_arn('Staff')}")


def test_role_that_does_not_exist_is_refused_alike(desk: Desk) -> None:
    assert error_of(refused(desk, {"RoleArn": role_arn("Nobody")})) == ("AccessDenied", 403, DENIED)


def with_condition(condition: dict[str, Any]) -> Desk:
    model = deepcopy(MODEL)
    statement = trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML", Condition=condition)
    model["Accounts"][0]["RoleDetailList"].append(written_role("Extra", statement))
    model["IdentityProviders"][0]["Users"][0]["Roles"].append(role_arn("Extra"))
    model["IdentityProviders"][0]["Users"][0]["Attributes"] = {
        "eduPersonAffiliation": ["staff", "member"],
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6": "dana@acme.example",
        "mail": "dana@acme.example",
    }
    return Desk(model=model)


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "SAML:aud", "https://signin.aws.amazon.com/saml", True),
        ("StringEquals", "SAML:aud", "https://other.example", False),
        ("StringEquals", "saml:iss", "https://sso.acme.example/idp", True),
        ("StringEquals", "saml:doc", f"{MAIN}/sso", True),
        ("StringEquals", "saml:sub", "dana", True),
        ("StringEquals", "saml:sub_type", "persistent", True),
        ("StringEquals", "sts:RoleSessionName", "dana@acme.example", True),
        ("StringEquals", "saml:edupersonprincipalname", "dana@acme.example", True),
        ("ForAnyValue:StringEquals", "saml:edupersonaffiliation", "staff", True),
        ("StringEquals", "saml:edupersonaffiliation", "staff", False),
        ("ForAnyValue:StringEquals", "saml:mail", "dana@acme.example", True),
    ],
)
def test_assertion_fills_the_saml_keys(operator: str, key: str, value: str, expected: bool) -> None:
    desk = with_condition({operator: {key: value}})
    if expected:
        assert "Credentials" in redeem(desk, {"RoleArn": role_arn("Extra")})
    else:
        assert refused(desk, {"RoleArn": role_arn("Extra")}).code == "AccessDenied"


def test_recipient_is_for_the_trust_policy_to_check() -> None:
    desk = with_condition({"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}})
    assert (
        error_of(refused(desk, {"RoleArn": role_arn("Extra")}, Recipient="https://evil.example"))[0]
        == "AccessDenied"
    )
    assert redeem(desk, Recipient="https://evil.example")["Audience"] == "https://evil.example"


# tags and source identity


def test_principal_tags_become_session_tags(desk: Desk) -> None:
    response = redeem(desk, **{"PrincipalTag:team": "web", "TransitiveTagKeys": "team"})
    session = desk.session(response)
    assert (session.tags, session.transitive_tag_keys) == ((("team", "web"),), ("team",))
    assert response["PackedPolicySize"] > 0


def test_tags_need_tag_session_in_the_trust_policy(desk: Desk) -> None:
    refusal = refused(desk, {"RoleArn": role_arn("StaffPlain")}, **{"PrincipalTag:team": "web"})
    assert error_of(refusal) == ("AccessDenied", 403, "Not authorized to perform sts:TagSession")


def test_source_identity_is_kept(desk: Desk) -> None:
    assert redeem(desk, SourceIdentity="dana")["SourceIdentity"] == "dana"
    refusal = refused(desk, {"RoleArn": role_arn("StaffPlain")}, SourceIdentity="dana")
    assert refusal.message == "Not authorized to perform sts:SetSourceIdentity"


# parameters


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("PrincipalArn", "short", "Member must have length greater than or equal to 20"),
        ("RoleArn", "short", "Member must have length greater than or equal to 20"),
        ("DurationSeconds", 899, "Member must have value greater than or equal to 900"),
        ("DurationSeconds", 43_201, "Member must have value less than or equal to 43200"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, bad: Any, constraint: str) -> None:
    assert refused(desk, {name: bad}).message == one_violation(
        str(bad), name[0].lower() + name[1:], constraint
    )


def test_bounds_of_the_assertion_do_not_print_it(desk: Desk) -> None:
    message = refused(desk, {"SAMLAssertion": "a" * 100_001}).message
    assert message == (
        "1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: Member must "
        "have length less than or equal to 100000"
    )


def test_provider_that_is_not_simulated_is_reported() -> None:
    model = deepcopy(MODEL)
    model["Accounts"][0]["SAMLProviders"] = [{"Name": "sso"}, {"Name": "other", "IdentityProvider": "sso"}]
    desk = Desk(model=model)
    other = f"arn:aws:iam::{MAIN}:saml-provider/other"
    refusal = refused(desk, {"PrincipalArn": other})
    assert error_of(refusal) == ("AccessDenied", 403, DENIED), "offered for the other provider only"


def test_session_of_saml_has_no_mfa_key(desk: Desk) -> None:
    key = desk.key(redeem(desk))
    condition = {"Null": {"aws:MultiFactorAuthPresent": "true"}}
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": statement}
    desk.sim.call("iam:PutRolePolicy", {"RoleName": "Staff", "PolicyName": "mfa", "PolicyDocument": document})
    assert desk.may("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{MAIN}:q", by=key)


def test_session_that_ended_before_it_began_is_refused(desk: Desk) -> None:
    assert error_of(refused(desk, SessionNotOnOrAfter="0")) == EXPIRED


def test_tag_with_two_values_is_refused() -> None:
    model = deepcopy(MODEL)
    name = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:team"
    model["IdentityProviders"][0]["Users"][0]["Attributes"] = {name: ["a", "b"]}
    assert error_of(refused(Desk(model=model))) == invalid(NOT_VALIDATED)


def test_invalid_instant_is_refused() -> None:
    from datetime import timedelta

    from sts_tui.account.entities import DirectoryUser

    desk = Desk()
    provider = desk.sim.world.identity_providers["sso"]
    user = DirectoryUser(name="dana", roles=(role_arn("Staff"),), role_session_name="dana")
    late = issue_saml(provider, user, now=desk.now + timedelta(days=365 * 7000))
    assert "Credentials" in redeem(desk, {"SAMLAssertion": late}), "far in the future is not stale"
    wrong = issue_saml(provider, user, now=desk.now, overrides={"IssueInstant": ""})
    assert refused(desk, {"SAMLAssertion": wrong}).hint == "None is not an instant"


def test_roles_of_identity_center_cannot_be_assumed() -> None:
    model = deepcopy(MODEL)
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    model["Accounts"][0]["RoleDetailList"].append(
        written_role(name, trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML"))
    )
    model["IdentityProviders"][0]["Users"][0]["Roles"].append(role_arn(name))
    assert error_of(refused(Desk(model=model), {"RoleArn": role_arn(name)})) == ("AccessDenied", 403, DENIED)


def test_provider_without_a_simulated_directory_verifies_nothing() -> None:
    given = arguments(Desk())
    model = deepcopy(MODEL)
    model["IdentityProviders"] = model["IdentityProviders"][1:]
    refusal = Desk(model=model).refusal("AssumeRoleWithSAML", **given)
    assert error_of(refusal) == invalid("Response signature invalid")
    assert refusal.hint == "sso has no simulated identity provider"


# uploaded metadata


def expired_certificate(key: str) -> str:
    """A certificate of a shipped key that ran out years ago, as PEM."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(moment).not_valid_after(moment + timedelta(days=1))
    signed = builder.public_key(rsa_key(key).public_key()).sign(rsa_key(key), SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def uploaded(*pems: str, issuer: str = "https://sso.acme.example/idp") -> Desk:
    """An account whose provider holds metadata with these certificates."""
    keys = "".join(
        f"<ds:X509Certificate>{''.join(pem.strip().splitlines()[1:-1])}</ds:X509Certificate>" for pem in pems
    )
    document = (
        f'<EntityDescriptor xmlns="{METADATA}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
        f'entityID="{issuer}">{keys}</EntityDescriptor>'
    )
    model = deepcopy(MODEL)
    model["Accounts"][0]["SAMLProviders"] = [{"Name": "sso", "SAMLMetadataDocument": document}]
    return Desk(model=model)


def own_certificate() -> str:
    return saml_certificate(Desk().sim.world.identity_providers["sso"])


def test_uploaded_certificate_verifies() -> None:
    assert "Credentials" in redeem(uploaded(own_certificate()))


def test_assertion_that_the_uploaded_certificate_did_not_sign_is_refused() -> None:
    refusal = refused(uploaded(certificate(FORGER)))
    assert error_of(refusal) == invalid("Response signature invalid")


def test_one_of_several_certificates_is_enough() -> None:
    assert "Credentials" in redeem(uploaded(certificate(FORGER), own_certificate()))


def test_certificate_that_ran_out_verifies_all_the_same() -> None:
    assert "Credentials" in redeem(uploaded(expired_certificate(key_of_provider("sso"))))


def test_certificate_that_cannot_be_read_verifies_nothing() -> None:
    refusal = refused(uploaded("-----BEGIN\nbm9uc2Vuc2U=\n-----END"))
    assert error_of(refusal) == invalid("Response signature invalid")


def test_uploaded_metadata_says_who_the_issuer_is() -> None:
    refusal = refused(uploaded(own_certificate(), issuer="https://other.example"))
    assert error_of(refusal) == invalid("Issuer not present in specified provider")


def test_metadata_can_be_fetched_and_uploaded_again(desk: Desk) -> None:
    document = desk.call("iam:GetSAMLProvider", SAMLProviderArn=SSO_ARN)["SAMLMetadataDocument"]
    desk.call("iam:DeleteSAMLProvider", SAMLProviderArn=SSO_ARN)
    assert error_of(refused(desk)) == invalid("Specified provider doesn't exist.")
    desk.call("iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=document)
    assert "Credentials" in redeem(desk)
    assert desk.call("iam:GetSAMLProvider", SAMLProviderArn=SSO_ARN)["SAMLMetadataDocument"] == document
