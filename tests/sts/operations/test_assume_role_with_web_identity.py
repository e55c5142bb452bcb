"""AssumeRoleWithWebIdentity. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.identity_providers.oidc import ROLES_CLAIM, SOURCE_IDENTITY_CLAIM, TAGS_CLAIM, issue_oidc
from sts_tui.sts.denials import NOT_VALIDATED
from sts_tui.sts.errors import AwsError
from tests.accounts.organization import GITHUB, GITHUB_ARN, MODEL, Desk, one_violation, seconds_of
from tests.accounts.organization import working_role as written_role
from tests.accounts.policies import MAIN, OTHER, role_arn, trust

pass

DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
SUBJECT = "repo:acme/app:ref:refs/heads/main"


def token(desk: Desk, user: str = "main", **overrides: Any) -> str:
    provider = desk.sim.world.identity_providers["github"]
    person = next(one for one in provider.users if one.name == user)
    return issue_oidc(provider, person, now=desk.now, overrides=overrides)


def arguments(desk: Desk, user: str = "main", **overrides: Any) -> dict[str, Any]:
    return {
        "by": "anonymous",
        "RoleArn": role_arn("Build"),
        "RoleSessionName": "build-1",
        "WebIdentityToken": token(desk, user, **overrides),
    }


def redeem(desk: Desk, given: dict[str, Any] | None = None, **overrides: Any) -> dict[str, Any]:
    return desk.call("AssumeRoleWithWebIdentity", **{**arguments(desk, **overrides), **(given or {})})


def refused(desk: Desk, given: dict[str, Any] | None = None, **overrides: Any) -> AwsError:
    return desk.refusal("AssumeRoleWithWebIdentity", **{**arguments(desk, **overrides), **(given or {})})


def error_of(refusal: AwsError) -> tuple[str, int, str]:
    return refusal.code, refusal.status, refusal.message


# the happy way


def test_expired_credentials_do_not_matter_to_a_call_that_is_not_signed(desk: Desk) -> None:
    key = redeem(desk)["Credentials"]["AccessKeyId"]
    desk.sim.advance(3600)
    with pytest.raises(AwsError) as expired:
        desk.sim.call("sts:GetCallerIdentity", caller=key)
    assert expired.value.code == "ExpiredToken"
    asked = {name: value for name, value in arguments(desk).items() if name != "by"}
    renewed = desk.sim.call("sts:AssumeRoleWithWebIdentity", asked, caller=key)
    assert renewed["Credentials"]["AccessKeyId"] != key


def test_response_tells_whose_token_it_was(desk: Desk) -> None:
    response = redeem(desk)
    assert response["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MAIN}:assumed-role/Build/build-1"
    assert response["SubjectFromWebIdentityToken"] == SUBJECT
    assert response["Provider"] == GITHUB_ARN
    assert response["Audience"] == "sts.amazonaws.com"
    assert "PackedPolicySize" not in response
    assert seconds_of(desk, response) == 3600


def test_it_needs_no_credentials_and_ignores_those_of_the_caller(desk: Desk) -> None:
    assert "Credentials" in redeem(desk, {"by": "bob"})


def test_session_keeps_the_claims_for_later_policies(desk: Desk) -> None:
    session = desk.session(redeem(desk))
    assert dict(session.context) == {
        "aws:FederatedProvider": GITHUB_ARN,
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:sub": SUBJECT,
    }
    assert session.parent is None
    assert session.parent_label == "github/main"
    assert not session.is_chained


def test_same_moment_gives_the_same_token(desk: Desk) -> None:
    assert token(desk) == token(Desk())


def test_token_about_to_expire_still_gives_a_whole_hour(desk: Desk) -> None:
    assert seconds_of(desk, redeem(desk, exp="1")) == 3600


def test_roles_maximum_holds_at_it_and_refuses_past_it(desk: Desk) -> None:
    assert seconds_of(desk, redeem(desk, {"DurationSeconds": 7200})) == 7200
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    assert error_of(refused(desk, {"DurationSeconds": 7201})) == ("ValidationError", 400, message)


def test_next_hop_of_the_session_is_chaining(desk: Desk) -> None:
    key = desk.key(redeem(desk))
    assert "1 hour session limit" in desk.invalid(
        "AssumeRole", by=key, RoleArn=role_arn("Long"), RoleSessionName="ab", DurationSeconds=3601
    )


# the token


def test_expired_token(desk: Desk) -> None:
    now = int(desk.now.timestamp())
    message = f"Token expired: current date/time {now} must be before the expiration date/time {now - 600}"
    assert error_of(refused(desk, exp="-600")) == ("ExpiredTokenException", 400, message)


@pytest.mark.parametrize(
    ("claim", "good", "bad"), [("exp", "-299", "-300"), ("iat", "300", "301"), ("nbf", "300", "301")]
)
def test_five_minutes_of_skew_are_allowed(desk: Desk, claim: str, good: str, bad: str) -> None:
    assert "Credentials" in redeem(desk, **{claim: good})
    assert refused(desk, **{claim: bad}).status == 400


def test_times_follow_the_simulated_clock(desk: Desk) -> None:
    given = {"WebIdentityToken": token(desk, exp="60")}
    desk.sim.advance(359)
    assert "Credentials" in redeem(desk, given)
    desk.sim.advance(1)
    assert refused(desk, given).code == "ExpiredTokenException"


@pytest.mark.parametrize("written", ["1_999_999_999", " 1999999999 ", "1999999999.5", "1e9", "true", "NaN"])
def test_times_as_text_are_whole_numbers(desk: Desk, written: str) -> None:
    provider = desk.sim.world.identity_providers["github"]
    main = next(one for one in provider.users if one.name == "main")

    def by(stated: str) -> str:
        person = replace(main, claims={**main.claims, "exp": stated})
        return issue_oidc(provider, person, now=desk.now)

    assert refused(desk, {"WebIdentityToken": by(written)}).code == "InvalidIdentityToken"
    assert "Credentials" in redeem(desk, {"WebIdentityToken": by("1999999999")})


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "iat", "exp"])
def test_each_required_claim(desk: Desk, claim: str) -> None:
    assert error_of(refused(desk, **{claim: ""})) == (
        "InvalidIdentityToken",
        400,
        f"Missing a required claim: {claim}",
    )


def test_issuer_that_is_not_registered(desk: Desk) -> None:
    message = "No OpenIDConnect provider found in your account for https://tokens.example"
    assert error_of(refused(desk, iss="https://tokens.example")) == ("InvalidIdentityToken", 400, message)


def test_provider_has_to_be_in_the_roles_account(desk: Desk) -> None:
    refusal = refused(desk, {"RoleArn": role_arn("Build", OTHER)})
    assert refusal.message == f"No OpenIDConnect provider found in your account for https://{GITHUB}"


def test_audience_that_is_not_registered(desk: Desk) -> None:
    assert error_of(refused(desk, aud="other")) == ("InvalidIdentityToken", 400, "Incorrect token audience")


def test_the_hint_names_the_audiences_that_are_registered(desk: Desk) -> None:
    assert refused(desk, aud="other").hint == "the token is for other; registered: sts.amazonaws.com"


def test_several_audiences_need_azp_and_azp_decides(desk: Desk) -> None:
    several = '["other","sts.amazonaws.com"]'
    assert refused(desk, aud=several).message == "Missing a required claim: azp"
    assert refused(desk, aud=several, azp="other").message == "Incorrect token audience"
    assert redeem(desk, aud=several, azp="sts.amazonaws.com")["Audience"] == "sts.amazonaws.com"


@pytest.mark.parametrize("signature", ["forged", "broken", "none"])
def test_signature_has_to_be_the_providers(desk: Desk, signature: str) -> None:
    refusal = refused(desk, signature=signature)
    assert (refusal.code, refusal.status) == ("InvalidIdentityToken", 400)


def test_unsigned_algorithm_is_refused(desk: Desk) -> None:
    assert refused(desk, alg="none").code == "InvalidIdentityToken"


def test_symmetric_algorithm_with_the_public_key_as_secret_is_refused(desk: Desk) -> None:
    assert refused(desk, alg="HS256").code == "InvalidIdentityToken"


def test_key_that_is_not_published(desk: Desk) -> None:
    message = (
        "Couldn't retrieve verification key from your identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for requirements"
    )
    assert error_of(refused(desk, kid="other")) == ("InvalidIdentityToken", 400, message)


def test_key_need_not_be_named_where_the_provider_publishes_one(desk: Desk) -> None:
    assert "Credentials" in redeem(desk, kid="")


def test_changed_claims_break_the_signature(desk: Desk) -> None:
    header, claims, signature = token(desk).split(".")
    changed = {**json.loads(_decoded(claims)), "sub": "repo:acme/other"}
    forged = urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    assert (
        refused(desk, {"WebIdentityToken": f"{header}.{forged}.{signature}"}).code == "InvalidIdentityToken"
    )


def _decoded(segment: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "a.b.c",
        "....",
        "e30.e30",
        "e30.e30.x.y",
        "e30.e30.",
        "e30.W10.x",
        "eyJ9.eyJ9.eyJ9",
        "ü.ü.ü",
    ],
)
def test_what_is_no_token(desk: Desk, text: str) -> None:
    refusal = refused(desk, {"WebIdentityToken": text})
    assert (refusal.code, refusal.status) == ("InvalidIdentityToken", 400)


@pytest.mark.parametrize("value", ["soon", "[1]", "true"])
def test_times_are_numbers_or_text_of_digits(desk: Desk, value: str) -> None:
    claims = {
        **json.loads(_decoded(token(desk).split(".")[1])),
        "nbf": json.loads(value) if value != "soon" else value,
    }
    provider = desk.sim.world.identity_providers["github"]
    from msgspec.structs import replace

    person = replace(provider.users[0], claims=claims)
    text = issue_oidc(provider, person, now=desk.now)
    refusal = refused(desk, {"WebIdentityToken": text})
    assert refusal.message == NOT_VALIDATED
    assert refusal.hint.startswith("nbf")


# the trust policy


def test_trust_policy_alone_decides(desk: Desk) -> None:
    assert error_of(refused(desk, user="fork")) == ("AccessDenied", 403, DENIED)


def test_role_that_does_not_exist_is_refused_alike(desk: Desk) -> None:
    assert error_of(refused(desk, {"RoleArn": role_arn("Nobody")})) == ("AccessDenied", 403, DENIED)


def test_role_that_trusts_no_provider_is_refused_alike(desk: Desk) -> None:
    assert error_of(refused(desk, {"RoleArn": role_arn("App")})) == ("AccessDenied", 403, DENIED)


def with_role(*statements: dict[str, Any]) -> Desk:
    model = deepcopy(MODEL)
    model["Accounts"][0]["RoleDetailList"].append(written_role("Extra", *statements))
    return Desk(model=model)


def extra(desk: Desk, **overrides: Any) -> bool:
    """Whether the role lets the token in; any other refusal than a denial is raised."""
    try:
        redeem(desk, {"RoleArn": role_arn("Extra")}, **overrides)
    except AwsError as refusal:
        if refusal.code != "AccessDenied":
            raise
        return False
    return True


def federated(condition: dict[str, Any], *actions: str) -> dict[str, Any]:
    subject = {"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}
    merged = {**subject, **condition}
    return trust(
        {"Federated": GITHUB_ARN}, *(actions or ("sts:AssumeRoleWithWebIdentity",)), Condition=merged
    )


def test_claims_of_github_are_condition_keys() -> None:
    desk = with_role(federated({"StringEquals": {f"{GITHUB}:job_workflow_ref": "acme/ci@main"}}))
    assert extra(desk, job_workflow_ref="acme/ci@main")
    assert not extra(desk, job_workflow_ref="mallory/ci@main")
    assert not extra(desk)


def test_claims_that_aws_does_not_know_are_no_condition_keys() -> None:
    desk = with_role(federated({"StringEquals": {f"{GITHUB}:color": "red"}}))
    assert not extra(desk, color="red")


def test_amr_is_multivalued() -> None:
    desk = with_role(federated({"ForAnyValue:StringEquals": {f"{GITHUB}:amr": "authenticated"}}))
    assert extra(desk, amr='["authenticated","graph.facebook.com"]')
    assert not extra(desk, amr='["unauthenticated"]')


def test_session_name_can_be_asked_for() -> None:
    assert extra(with_role(federated({"StringEquals": {"sts:RoleSessionName": "build-1"}})))
    assert not extra(with_role(federated({"StringEquals": {"sts:RoleSessionName": "other"}})))


def test_roles_claim_shows_whether_the_provider_authorized_the_role() -> None:
    desk = with_role(federated({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}))
    assert extra(desk, **{ROLES_CLAIM: json.dumps([role_arn("Extra")])})
    assert extra(desk, **{ROLES_CLAIM: f"{role_arn('Other')};{role_arn('Extra')}"})
    assert not extra(desk, **{ROLES_CLAIM: json.dumps([role_arn("Other")])})
    assert not extra(desk)


# tags and source identity


TAGS = json.dumps({"principal_tags": {"team": ["web"]}, "transitive_tag_keys": ["team"]})


def test_tags_of_the_token_become_session_tags(desk: Desk) -> None:
    response = redeem(desk, **{TAGS_CLAIM: TAGS})
    session = desk.session(response)
    assert session.tags == (("team", "web"),)
    assert session.transitive_tag_keys == ("team",)
    assert response["PackedPolicySize"] > 0


def test_flattened_tags_are_read_too(desk: Desk) -> None:
    session = desk.session(
        redeem(
            desk,
            **{f"{TAGS_CLAIM}/principal_tags/team": "web", f"{TAGS_CLAIM}/transitive_tag_keys": '["team"]'},
        )
    )
    assert (session.tags, session.transitive_tag_keys) == ((("team", "web"),), ("team",))


def test_tags_need_tag_session_in_the_trust_policy() -> None:
    desk = with_role(federated({}))
    refusal = refused(desk, {"RoleArn": role_arn("Extra")}, **{TAGS_CLAIM: TAGS})
    assert error_of(refusal) == ("AccessDenied", 403, "Not authorized to perform sts:TagSession")


@pytest.mark.parametrize(
    "tags",
    [{"team": ["a", "b"]}, {"team": []}, {"": ["a"]}, {"team": ["v" * 257]}, {"te*am": ["a"]}, {"team": [1]}],
)
def test_bad_tags_are_refused(desk: Desk, tags: dict[str, Any]) -> None:
    refusal = refused(desk, **{TAGS_CLAIM: json.dumps({"principal_tags": tags})})
    assert (refusal.code, refusal.status) == ("InvalidIdentityToken", 400)


@pytest.mark.parametrize(
    "written",
    ["team=web", '["team"]', '{"principal_tags":["team"]}',
     '{"principal_tags":{"team":"web"},"transitive_tag_keys":{"team":1}}'],
)  # fmt: skip
def test_tags_in_another_form_are_refused_and_not_passed_over(desk: Desk, written: str) -> None:
    refusal = refused(desk, **{TAGS_CLAIM: written})
    assert (refusal.code, refusal.status) == ("InvalidIdentityToken", 400)


def test_source_identity_of_the_token(desk: Desk) -> None:
    response = redeem(desk, **{SOURCE_IDENTITY_CLAIM: "main-branch"})
    assert response["SourceIdentity"] == "main-branch"


def test_source_identity_needs_permission_in_the_trust_policy() -> None:
    desk = with_role(federated({}))
    refusal = refused(desk, {"RoleArn": role_arn("Extra")}, **{SOURCE_IDENTITY_CLAIM: "main-branch"})
    assert refusal.message == "Not authorized to perform sts:SetSourceIdentity"


@pytest.mark.parametrize("value", ["a", "s" * 257, "aws:x", "a b"])
def test_bad_source_identity(desk: Desk, value: str) -> None:
    message = 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,256} and not begin with "aws:"'
    assert error_of(refused(desk, **{SOURCE_IDENTITY_CLAIM: value})) == ("InvalidIdentityToken", 400, message)


# parameters and built-in providers


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("RoleSessionName", "a", "Member must have length greater than or equal to 2"),
        ("ProviderId", "abc", "Member must have length greater than or equal to 4"),
        ("DurationSeconds", 899, "Member must have value greater than or equal to 900"),
        ("DurationSeconds", 43_201, "Member must have value less than or equal to 43200"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, bad: Any, constraint: str) -> None:
    refusal = refused(desk, {name: bad})
    assert refusal.message == one_violation(str(bad), name[0].lower() + name[1:], constraint)


def test_bounds_of_the_token_do_not_print_it(desk: Desk) -> None:
    refusal = refused(desk, {"WebIdentityToken": "abc"})
    assert refusal.message == (
        "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must "
        "have length greater than or equal to 4"
    )
    assert "less than or equal to 20000" in refused(desk, {"WebIdentityToken": "t" * 20_001}).message


def test_unknown_provider_id_is_denied(desk: Desk) -> None:
    assert error_of(refused(desk, {"ProviderId": "example.com"})) == ("AccessDenied", 403, DENIED)


@pytest.mark.parametrize("provider", ["www.amazon.com", "graph.facebook.com"])
def test_provider_of_access_tokens_that_the_model_lacks_cannot_be_asked(desk: Desk, provider: str) -> None:
    refusal = refused(desk, {"ProviderId": provider})
    assert refusal.code == "IDPCommunicationError"
    assert provider in refusal.hint


def google() -> Desk:
    model = deepcopy(MODEL)
    model["IdentityProviders"].append(
        {
            "Name": "google",
            "Type": "OIDC",
            "Issuer": "https://accounts.google.com",
            "Users": [{"Name": "gina", "Claims": {"sub": "1234567", "aud": "client-1", "azp": "client-2"}}],
        }
    )
    condition = {
        "StringEquals": {"accounts.google.com:aud": "client-2", "accounts.google.com:oaud": "client-1"}
    }
    statement = trust(
        {"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity", Condition=condition
    )
    model["Accounts"][0]["RoleDetailList"].append(written_role("Google", statement))
    return Desk(model=model)


def test_google_needs_no_provider_entity_and_its_azp_is_the_audience() -> None:
    desk = google()
    provider = desk.sim.world.identity_providers["google"]
    response = desk.call(
        "AssumeRoleWithWebIdentity",
        by="anonymous",
        RoleArn=role_arn("Google"),
        RoleSessionName="gina",
        WebIdentityToken=issue_oidc(provider, provider.users[0], now=desk.now),
    )
    assert (response["Provider"], response["Audience"]) == ("accounts.google.com", "client-2")
    assert desk.session(response).context["aws:FederatedProvider"] == "accounts.google.com"


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        ({"signature": "forged"}, "no key of github made this signature"),
        ({"signature": "broken"}, "no key of github made this signature"),
        ({"signature": "none"}, "no key of github made this signature"),
        ({"alg": "none"}, "the token says alg=none"),
        ({"alg": "HS256"}, "the token says alg=HS256"),
        ({"nbf": "301"}, "nbf is 301 s in the future"),
        ({"iat": "301"}, "iat is 301 s in the future"),
    ],
)
def test_other_refusals_use_the_sentence_of_the_api_reference(
    desk: Desk, overrides: dict[str, str], hint: str
) -> None:
    refusal = refused(desk, **overrides)
    assert error_of(refusal) == ("InvalidIdentityToken", 400, NOT_VALIDATED)
    assert hint in refusal.hint


def test_token_that_another_provider_issued_in_this_ones_name_is_found_out() -> None:
    model = deepcopy(MODEL)
    claims = {"sub": SUBJECT, "iss": f"https://{GITHUB}"}
    for number in range(6):  # some of them sign with GitHub's test key
        name = f"mallory-{number}"
        user = {"Name": "main", "Claims": claims}
        model["IdentityProviders"].append(
            {"Name": name, "Type": "OIDC", "Issuer": f"https://{name}.example", "Users": [user]}
        )
    desk = Desk(model=model)
    for number in range(6):
        provider = desk.sim.world.identity_providers[f"mallory-{number}"]
        forged = issue_oidc(provider, provider.users[0], now=desk.now)
        message = refused(desk, {"WebIdentityToken": forged}).message
        assert message.startswith("Couldn't retrieve verification key from your identity provider")


def auth0(url: str) -> Desk:
    """An account that trusts a tenant of Auth0, whose issuer ends with a slash, under this `Url`."""
    model = deepcopy(MODEL)
    model["IdentityProviders"].append(
        {
            "Name": "auth0",
            "Type": "OIDC",
            "Issuer": "https://acme.eu.auth0.com/",
            "Users": [{"Name": "olaf", "Claims": {"aud": "app-1"}}],
        }
    )
    model["Accounts"][0]["OpenIDConnectProviders"].append({"Url": url, "ClientIDList": ["app-1"]})
    statement = trust(
        {"Federated": f"arn:aws:iam::{MAIN}:oidc-provider/{url}"},
        "sts:AssumeRoleWithWebIdentity",
        Condition={"StringEquals": {f"{url}:aud": "app-1"}},
    )
    model["Accounts"][0]["RoleDetailList"].append(written_role("Tenant", statement))
    return Desk(model=model)


def of_tenant(desk: Desk) -> dict[str, Any]:
    provider = desk.sim.world.identity_providers["auth0"]
    return {
        "by": "anonymous",
        "RoleArn": role_arn("Tenant"),
        "RoleSessionName": "olaf",
        "WebIdentityToken": issue_oidc(provider, provider.users[0], now=desk.now),
    }


def test_final_slash_of_an_issuer_is_part_of_arn_and_condition_keys() -> None:
    desk = auth0("acme.eu.auth0.com/")
    response = desk.call("AssumeRoleWithWebIdentity", **of_tenant(desk))
    assert response["Provider"] == f"arn:aws:iam::{MAIN}:oidc-provider/acme.eu.auth0.com/"
    assert desk.session(response).context["acme.eu.auth0.com/:aud"] == "app-1"


def test_provider_without_the_final_slash_of_the_issuer_is_another_one() -> None:
    desk = auth0("acme.eu.auth0.com")
    message = "No OpenIDConnect provider found in your account for https://acme.eu.auth0.com/"
    assert error_of(desk.refusal("AssumeRoleWithWebIdentity", **of_tenant(desk))) == (
        "InvalidIdentityToken",
        400,
        message,
    )


def test_provider_that_is_not_simulated_cannot_be_reached() -> None:
    model = deepcopy(MODEL)
    model["IdentityProviders"] = [one for one in model["IdentityProviders"] if one["Name"] != "github"]
    desk, whole = Desk(model=model), Desk()
    refusal = desk.refusal(
        "AssumeRoleWithWebIdentity",
        by="anonymous",
        RoleArn=role_arn("Build"),
        RoleSessionName="ab",
        WebIdentityToken=token(whole),
    )
    assert (refusal.code, refusal.status) == ("IDPCommunicationError", 400)
    assert "no simulated identity provider" in refusal.hint


def test_token_of_get_web_identity_token_opens_nothing(desk: Desk) -> None:
    outbound = desk.call("GetWebIdentityToken", Audience=["sts.amazonaws.com"], SigningAlgorithm="RS256")
    refusal = refused(desk, {"WebIdentityToken": outbound["WebIdentityToken"]})
    assert refusal.message.startswith("No OpenIDConnect provider found in your account for https://")


def trusting(provider: str) -> dict[str, Any]:
    statement = trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_trust_policy_can_name_a_provider_that_does_not_exist_yet(desk: Desk) -> None:
    later = "login.acme.example"
    arn = f"arn:aws:iam::{MAIN}:oidc-provider/{later}"
    desk.call("iam:UpdateAssumeRolePolicy", RoleName="Build", PolicyDocument=trusting(arn))
    assert error_of(refused(desk)) == ("AccessDenied", 403, DENIED)


@pytest.mark.parametrize(
    "provider", [f"oidc-provider/{GITHUB}", f"https://{GITHUB}", f"arn:aws:iam::{MAIN}:role/App", ""]
)
def test_trust_policy_that_names_no_provider_at_all_is_malformed(desk: Desk, provider: str) -> None:
    given = {"RoleName": "Build", "PolicyDocument": trusting(provider)}
    message = "Federated principals must be valid domain names or SAML metadata ARNs"
    refusal = desk.refusal("iam:UpdateAssumeRolePolicy", **given)
    assert error_of(refusal) == ("MalformedPolicyDocument", 400, message)


def test_deleted_provider_leaves_the_trust_policy_and_works_again_when_it_is_back(desk: Desk) -> None:
    desk.call("iam:DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=GITHUB_ARN)
    message = f"No OpenIDConnect provider found in your account for https://{GITHUB}"
    assert error_of(refused(desk)) == ("InvalidIdentityToken", 400, message)
    again = {"Url": f"https://{GITHUB}", "ClientIDList": ["sts.amazonaws.com"]}
    desk.call("iam:CreateOpenIDConnectProvider", **again)
    assert "Credentials" in redeem(desk)
