"""AssumeRole. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.organization import ALICE_MFA, Desk, one_violation, seconds_of
from tests.accounts.policies import MAIN, OTHER, role_arn, user_arn

NAME_PATTERN = r"Member must satisfy regular expression pattern: [\w+=,.@-]*"


def ordinary_denial(caller_arn: str, role: str, action: str = "sts:AssumeRole") -> str:
    return f"User: {caller_arn} is not authorized to perform: {action} on resource: {role}"


ALICE = user_arn("alice")


# the happy way


def test_response_has_awss_members_and_no_packed_size_without_policies_and_tags(desk: Desk) -> None:
    response = desk.assume("App")
    assert list(response) == ["Credentials", "AssumedRoleUser", "SessionTokenUtilization", "SessionTokenSize"]
    assert list(response["Credentials"]) == ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert response["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MAIN}:assumed-role/App/demo"
    role_id = desk.sim.world.configuration.roles[role_arn("App")].role_id
    assert response["AssumedRoleUser"]["AssumedRoleId"] == f"{role_id}:demo"
    assert response["Credentials"]["Expiration"] == "2026-01-15T10:00:00Z"


def test_session_arn_leaves_out_the_roles_path(desk: Desk) -> None:
    arn = f"arn:aws:iam::{MAIN}:role/team/Pathed"
    response = desk.assume(arn)
    assert response["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MAIN}:assumed-role/Pathed/demo"
    assert desk.session(response).issuer_arn == arn


def test_key_id_carries_the_roles_account(desk: Desk) -> None:
    response = desk.assume(role_arn("Cross", OTHER))
    key = desk.key(response)
    assert key.startswith("ASIA")
    assert len(key) == 20
    assert desk.call("GetAccessKeyInfo", AccessKeyId=key) == {"Account": OTHER}


def test_two_calls_never_give_the_same_credentials(desk: Desk) -> None:
    first, second = desk.assume("App")["Credentials"], desk.assume("App")["Credentials"]
    for member in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
        assert first[member] != second[member]


def test_same_seed_gives_the_same_credentials() -> None:
    assert Desk().assume("App") == Desk().assume("App")


def test_trust_policy_that_names_the_user_is_enough_in_the_same_account(desk: Desk) -> None:
    assert "Credentials" in desk.assume("Named", by="bob")


def test_account_principal_needs_an_identity_allow_too(desk: Desk) -> None:
    assert desk.denied(
        "AssumeRole", by="bob", RoleArn=role_arn("App"), RoleSessionName="ab"
    ) == ordinary_denial(user_arn("bob"), role_arn("App"))


def test_another_account_is_reached_only_when_both_sides_allow(desk: Desk) -> None:
    cross = role_arn("Cross", OTHER)
    assert "Credentials" in desk.assume(cross)
    assert desk.denied("AssumeRole", by="bob", RoleArn=cross, RoleSessionName="ab")
    assert desk.denied("AssumeRole", by="otto", RoleArn=cross, RoleSessionName="ab")


# who calls


def test_root_user_cannot_assume_roles(desk: Desk) -> None:
    refused = desk.refusal("AssumeRole", by=f"root@{MAIN}", RoleArn=role_arn("App"), RoleSessionName="ab")
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    assert refused.message == "Roles may not be assumed by root accounts."


def test_root_is_refused_before_parameters_are_looked_at(desk: Desk) -> None:
    message = desk.denied("AssumeRole", by=f"root@{MAIN}", RoleArn="x", RoleSessionName="a:b")
    assert message == "Roles may not be assumed by root accounts."


def test_federated_user_session_cannot_assume_roles(desk: Desk) -> None:
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    federated = desk.key(desk.call("GetFederationToken", Name="fred", Policy=policy))
    arn = f"arn:aws:sts::{MAIN}:federated-user/fred"
    message = desk.denied("AssumeRole", by=federated, RoleArn=role_arn("App"), RoleSessionName="ab")
    assert message == ordinary_denial(arn, role_arn("App"))


def test_session_of_get_session_token_can_assume_roles(desk: Desk) -> None:
    session = desk.key(desk.call("GetSessionToken"))
    assert "Credentials" in desk.assume("App", by=session)


def test_call_without_credentials_cannot_assume_roles(desk: Desk) -> None:
    refused = desk.refusal("AssumeRole", by="anonymous", RoleArn=role_arn("App"), RoleSessionName="ab")
    assert (refused.code, refused.status) == ("MissingAuthenticationToken", 403)
    assert refused.message == "Request is missing Authentication Token"


# refusals that tell nothing


@pytest.mark.parametrize("name", ["Nobody", "app", "APP"])
def test_role_that_does_not_exist_is_refused_like_one_that_does_not_trust(desk: Desk, name: str) -> None:
    message = desk.denied("AssumeRole", RoleArn=role_arn(name), RoleSessionName="ab")
    assert message == ordinary_denial(ALICE, role_arn(name))


def test_role_of_an_account_that_does_not_exist_is_refused_alike(desk: Desk) -> None:
    arn = role_arn("App", "999999999999")
    assert desk.denied("AssumeRole", RoleArn=arn, RoleSessionName="ab") == ordinary_denial(ALICE, arn)


def test_denial_carries_the_decision_though_the_text_is_terse(desk: Desk) -> None:
    refused = desk.refusal("AssumeRole", RoleArn=role_arn("Named"), RoleSessionName="ab")
    assert refused.decision is not None
    assert "because" not in refused.message


@pytest.mark.parametrize(
    "arn",
    [
        "this-is-no-arn-at-all",
        "arn:aws:iam::1234567890:role/App",
        f"arn:aws:iam:us-east-1:{MAIN}:role/App",
    ],
)
def test_what_is_not_an_arn_is_invalid(desk: Desk, arn: str) -> None:
    assert desk.invalid("AssumeRole", RoleArn=arn, RoleSessionName="ab") == f"{arn} is invalid"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{MAIN}:user/alice",
        f"arn:aws:iam::{MAIN}:saml-provider/sso",
        f"arn:aws:sts::{MAIN}:assumed-role/App/demo",
        f"arn:aws:s3:::{'b' * 20}",
        f"arn:aws:iam::{MAIN}:role/",
    ],
)
def test_arn_of_anything_but_a_role_is_an_invalid_request_arn(desk: Desk, arn: str) -> None:
    assert desk.invalid("AssumeRole", RoleArn=arn, RoleSessionName="ab") == "Request ARN is invalid"


# parameters


def test_missing_parameters_are_reported_in_one_sentence(desk: Desk) -> None:
    assert desk.invalid("AssumeRole") == (
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not "
        "be null; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null"
    )


BOUNDS: list[tuple[str, Any, Any, str]] = [
    ("RoleSessionName", "ab", "a", "Member must have length greater than or equal to 2"),
    ("RoleSessionName", "a" * 64, "a" * 65, "Member must have length less than or equal to 64"),
    ("RoleSessionName", "Session1.2", "Session1:2", NAME_PATTERN),
    ("DurationSeconds", 900, 899, "Member must have value greater than or equal to 900"),
    ("DurationSeconds", 43_200, 43_201, "Member must have value less than or equal to 43200"),
    ("ExternalId", "ab", "a", "Member must have length greater than or equal to 2"),
    ("ExternalId", "e" * 1224, "e" * 1225, "Member must have length less than or equal to 1224"),
    (
        "ExternalId",
        "a:b/c-d",
        "a b",
        r"Member must satisfy regular expression pattern: [\w+=,.@:\/-]*",
    ),
    ("SourceIdentity", "ab", "a", "Member must have length greater than or equal to 2"),
    ("SourceIdentity", "s" * 256, "s" * 257, "Member must have length less than or equal to 256"),
    ("SourceIdentity", "aws", "aws:x", NAME_PATTERN),
    ("MinimumSessionTokenSize", 4096, 4097, "Member must have value less than or equal to 4096"),
    ("MinimumSessionTokenSize", 0, -1, "Member must have value greater than or equal to 0"),
]


@pytest.mark.parametrize(("name", "good", "bad", "constraint"), BOUNDS)
def test_each_bound_holds_at_it_and_refuses_past_it(
    desk: Desk, name: str, good: Any, bad: Any, constraint: str
) -> None:
    arguments = {"RoleArn": role_arn("Long"), "RoleSessionName": "demo"}
    assert "Credentials" in desk.call("AssumeRole", **{**arguments, name: good})
    at = name[0].lower() + name[1:]
    assert desk.invalid("AssumeRole", **{**arguments, name: bad}) == one_violation(str(bad), at, constraint)


@pytest.mark.parametrize("written", ["+900", "0900", "900"])
def test_duration_is_read_as_the_wire_reads_it(desk: Desk, written: str) -> None:
    assert seconds_of(desk, desk.assume("App", DurationSeconds=written)) == 900


@pytest.mark.parametrize("written", ["+899", "0899", 899])
def test_refused_duration_is_printed_as_it_was_read(desk: Desk, written: Any) -> None:
    message = desk.invalid(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", DurationSeconds=written
    )
    constraint = "Member must have value greater than or equal to 900"
    assert message == one_violation("899", "durationSeconds", constraint)


@pytest.mark.parametrize("written", ["900.0", "abc", " 900", "1e3", "99999999999", "", True, 900.5])
def test_duration_that_is_not_a_number_is_malformed(desk: Desk, written: Any) -> None:
    refused = desk.refusal(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", DurationSeconds=written
    )
    assert (refused.code, refused.status) == ("MalformedInput", 400)


def test_parameters_that_aws_does_not_know_are_ignored(desk: Desk) -> None:
    assert "Credentials" in desk.assume("App", Color="red")


@pytest.mark.parametrize("setting", [64, 256])
def test_longest_source_identity_is_a_setting(setting: int) -> None:
    desk = Desk(settings={"SourceIdentityMaxLength": setting})
    assert "Credentials" in desk.assume("App", SourceIdentity="s" * setting)
    message = desk.invalid(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", SourceIdentity="s" * (setting + 1)
    )
    assert message.endswith(f"Member must have length less than or equal to {setting}")


# how long


def test_default_is_an_hour_though_the_role_allows_more(desk: Desk) -> None:
    assert seconds_of(desk, desk.assume("Long")) == 3600


def test_roles_maximum_holds_at_it_and_refuses_past_it(desk: Desk) -> None:
    assert seconds_of(desk, desk.assume("App", DurationSeconds=7200)) == 7200
    message = desk.invalid("AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", DurationSeconds=7201)
    assert message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


def test_role_without_a_maximum_allows_an_hour(desk: Desk) -> None:
    assert seconds_of(desk, desk.assume("Plain", DurationSeconds=3600)) == 3600
    assert desk.invalid("AssumeRole", RoleArn=role_arn("Plain"), RoleSessionName="ab", DurationSeconds=3601)


def test_chaining_is_limited_to_an_hour_whatever_the_role_allows(desk: Desk) -> None:
    first = desk.key(desk.assume("App"))
    assert seconds_of(desk, desk.assume("Long", by=first, DurationSeconds=3600)) == 3600
    message = desk.invalid(
        "AssumeRole", by=first, RoleArn=role_arn("Long"), RoleSessionName="ab", DurationSeconds=3601
    )
    assert message == (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )


def test_chained_call_over_both_limits_gets_the_error_of_the_roles_maximum(desk: Desk) -> None:
    first = desk.key(desk.assume("App"))
    message = desk.invalid(
        "AssumeRole", by=first, RoleArn=role_arn("App"), RoleSessionName="ab", DurationSeconds=7201
    )
    assert message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


def test_denied_caller_does_not_learn_the_roles_maximum(desk: Desk) -> None:
    assert desk.denied(
        "AssumeRole", by="bob", RoleArn=role_arn("App"), RoleSessionName="ab", DurationSeconds=43_200
    )


def test_child_session_outlives_its_parent(desk: Desk) -> None:
    parent = desk.key(desk.assume("App", DurationSeconds=900))
    child = desk.key(desk.assume("Deep", by=parent))
    desk.sim.advance(900)
    assert desk.refusal("GetCallerIdentity", by=parent).code == "ExpiredToken"
    assert desk.call("GetCallerIdentity", by=child)["Arn"].endswith("assumed-role/Deep/demo")


# external id and MFA


def test_external_id_opens_what_it_guards(desk: Desk) -> None:
    assert "Credentials" in desk.assume("External", ExternalId="acme-7731")


@pytest.mark.parametrize("given", [{}, {"ExternalId": "acme-7732"}, {"ExternalId": "ACME-7731"}])
def test_external_id_missing_or_wrong_is_an_ordinary_denial(desk: Desk, given: dict[str, str]) -> None:
    message = desk.denied("AssumeRole", RoleArn=role_arn("External"), RoleSessionName="ab", **given)
    assert message == ordinary_denial(ALICE, role_arn("External"))


def test_mfa_opens_a_role_that_asks_for_it(desk: Desk) -> None:
    assert "Credentials" in desk.assume("Mfa", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())


def test_role_that_asks_for_mfa_denies_ordinarily_without(desk: Desk) -> None:
    message = desk.denied("AssumeRole", RoleArn=role_arn("Mfa"), RoleSessionName="ab")
    assert message == ordinary_denial(ALICE, role_arn("Mfa"))


def test_mfa_of_get_session_token_opens_it_too(desk: Desk) -> None:
    session = desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())
    assert "Credentials" in desk.assume("Mfa", by=desk.key(session))


@pytest.mark.parametrize(("keep", "seen"), [(False, "false"), (True, "true")])
def test_mfa_is_not_carried_into_the_role_session_unless_the_setting_says_so(keep: bool, seen: str) -> None:
    desk = Desk(settings={"RoleSessionsKeepMfa": keep})
    key = desk.key(desk.assume("App", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    policy = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*",'
        f'"Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"{seen}"}}}}}}}}'
    )
    desk.sim.call(
        "iam:PutRolePolicy",
        {"RoleName": "App", "PolicyName": "work", "PolicyDocument": policy},
        caller=desk.sim.access_key(ALICE),
    )
    assert desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)


@pytest.mark.parametrize("seconds", [3600, 3601])
def test_get_session_token_credentials_can_assume_a_role_for_one_hour(desk: Desk, seconds: int) -> None:
    """https://github.com/99designs/aws-vault/issues/351"""
    by = desk.key(desk.call("GetSessionToken"))
    if seconds == 3600:
        assert seconds_of(desk, desk.assume("Long", by=by, DurationSeconds=seconds)) == seconds
        return
    arguments = {"RoleArn": role_arn("Long"), "RoleSessionName": "ab", "DurationSeconds": seconds}
    assert desk.invalid("AssumeRole", by=by, **arguments) == (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )
    exempt = Desk(settings={"GetSessionTokenIsRoleChaining": False})
    by = exempt.key(exempt.call("GetSessionToken"))
    assert seconds_of(exempt, exempt.assume("Long", by=by, DurationSeconds=43_200)) == 43_200


def test_mfa_in_assume_role_itself_leaves_the_whole_duration(desk: Desk) -> None:
    answer = desk.assume("Long", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code(), DurationSeconds=28_800)
    assert seconds_of(desk, answer) == 28_800


@pytest.mark.parametrize(("length", "fits"), [(3, False), (4, True), (3072, True), (3073, False)])
def test_context_assertion_has_4_to_3072_characters(desk: Desk, length: int, fits: bool) -> None:
    contexts = [
        {"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "x" * length}
    ]
    refused = desk.refusal(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", ProvidedContexts=contexts
    )
    assert (refused.code, refused.status) == ("InvalidContextAssertion" if fits else "ValidationError", 400)


# source identity


def test_source_identity_is_repeated_in_the_response(desk: Desk) -> None:
    assert desk.assume("App", SourceIdentity="alice")["SourceIdentity"] == "alice"


def test_source_identity_is_inherited_along_the_chain(desk: Desk) -> None:
    first = desk.key(desk.assume("App", SourceIdentity="alice"))
    second = desk.assume("Deep", by=first)
    assert second["SourceIdentity"] == "alice"
    assert desk.session(second).source_identity == "alice"


def test_same_source_identity_can_be_passed_again(desk: Desk) -> None:
    first = desk.key(desk.assume("App", SourceIdentity="alice"))
    assert desk.assume("Deep", by=first, SourceIdentity="alice")["SourceIdentity"] == "alice"


def test_another_source_identity_in_the_chain_is_refused(desk: Desk) -> None:
    first = desk.key(desk.assume("App", SourceIdentity="alice"))
    message = desk.invalid(
        "AssumeRole", by=first, RoleArn=role_arn("Deep"), RoleSessionName="ab", SourceIdentity="bob"
    )
    assert message == "The source identity is already set for this assume role session"


def test_target_that_does_not_allow_setting_it_refuses_even_an_inherited_one(desk: Desk) -> None:
    first = desk.key(desk.assume("App", SourceIdentity="alice"))
    message = desk.denied("AssumeRole", by=first, RoleArn=role_arn("DeepPlain"), RoleSessionName="ab")
    caller = f"arn:aws:sts::{MAIN}:assumed-role/App/demo"
    assert message == ordinary_denial(caller, role_arn("DeepPlain"), "sts:SetSourceIdentity")


def test_role_that_wants_a_source_identity_names_assume_role_when_none_is_passed(desk: Desk) -> None:
    message = desk.denied("AssumeRole", RoleArn=role_arn("Identified"), RoleSessionName="ab")
    assert message == ordinary_denial(ALICE, role_arn("Identified"))


def test_role_that_wants_a_source_identity_names_setting_it_when_a_wrong_one_is_passed(desk: Desk) -> None:
    message = desk.denied(
        "AssumeRole", RoleArn=role_arn("Identified"), RoleSessionName="ab", SourceIdentity="bob"
    )
    assert message == ordinary_denial(ALICE, role_arn("Identified"), "sts:SetSourceIdentity")


def test_caller_whose_identity_policy_lacks_setting_it_is_refused(desk: Desk) -> None:
    message = desk.denied(
        "AssumeRole", by="narrow", RoleArn=role_arn("App"), RoleSessionName="ab", SourceIdentity="ned"
    )
    assert message == ordinary_denial(user_arn("narrow"), role_arn("App"), "sts:SetSourceIdentity")


# what is not simulated


def test_a_context_that_identity_center_did_not_issue_is_refused(desk: Desk) -> None:
    contexts = [
        {"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}
    ]
    refused = desk.refusal(
        "AssumeRole", RoleArn=role_arn("App"), RoleSessionName="ab", ProvidedContexts=contexts
    )
    assert refused.status == 400
    assert "did not issue" in refused.hint


def test_token_is_padded_to_the_minimum_size(desk: Desk) -> None:
    response = desk.assume("App", MinimumSessionTokenSize=4096)
    assert len(response["Credentials"]["SessionToken"]) == response["SessionTokenSize"] == 4096
    assert response["SessionTokenUtilization"] == 100


def test_a_denied_source_identity_is_reported_before_denied_tags(desk: Desk) -> None:
    """Both are denied; the source identity is evaluated first."""
    message = desk.denied(
        "AssumeRole", by="narrow", RoleArn=role_arn("App"), RoleSessionName="ab", SourceIdentity="ned",
        Tags=[{"Key": "team", "Value": "blue"}],
    )  # fmt: skip
    assert message == ordinary_denial(user_arn("narrow"), role_arn("App"), "sts:SetSourceIdentity")
