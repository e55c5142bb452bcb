"""A certificate for a session: what it becomes, and what Roles Anywhere refuses.

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.loading.load import from_json
from sts_tui.identity_providers.certificate_authority import (
    authority_certificate,
    issue_certificate,
    issue_revocation_list,
)
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.policies import allow, policy
from tests.accounts.workload_identities import ACCOUNT, ANCHOR, PROFILE, SERVER_ROLE, model

Change = Callable[[dict[str, Any]], None]


def opened(change: Change | None = None, **settings: Any) -> Simulation:
    raw = model()
    if change is not None:
        change(raw["Accounts"][0])
    raw["Settings"] = settings
    return Simulation(from_json(raw).model)


def held(sim: Simulation, who: str = "web-1", **overrides: str) -> str:
    provider = sim.world.identity_providers["corp-ca"]
    user = next(one for one in provider.users if one.name == who)
    return issue_certificate(provider, user, now=sim.now, overrides=overrides)


def session_of(sim: Simulation, cert: str = "", **more: Any) -> Any:
    params = {"trustAnchorArn": ANCHOR, "profileArn": PROFILE, "roleArn": SERVER_ROLE, **more}
    sim.call("rolesanywhere:CreateSession", {"cert": cert or held(sim), **params})
    return list(sim.world.sessions.values())[-1]


def refused(sim: Simulation, cert: str = "", **more: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        session_of(sim, cert, **more)
    return caught.value


def seconds(session: Any) -> float:
    return float((session.expires_at - session.issued_at).total_seconds())


def test_the_session_is_named_by_the_serial_number_and_tagged_with_the_certificate() -> None:
    session = session_of(opened())
    assert session.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Server/1002"
    assert dict(session.tags)["x509Subject/CN"] == "web-1"
    assert dict(session.tags)["x509Issuer/O"] == "Acme"
    assert dict(session.tags)["x509SAN/DNS"] == "web-1.acme.example"  # the first one alone
    assert session.transitive_tag_keys == ()
    assert (session.proof.kind, session.proof.through, session.proof.serial) == (
        "certificate",
        ANCHOR,
        "1002",
    )
    assert session.source_identity == "CN=web-1"
    assert not session.is_chained


def test_the_source_identity_can_be_the_bare_name() -> None:
    assert session_of(opened(AnywhereSourceIdentityHasCn=False)).source_identity == "web-1"


def test_the_answer_has_the_members_of_the_api() -> None:
    sim = opened()
    params = {"cert": held(sim), "trustAnchorArn": ANCHOR, "profileArn": PROFILE, "roleArn": SERVER_ROLE}
    answer: Any = sim.call("rolesanywhere:CreateSession", params)
    (one,) = answer["credentialSet"]
    assert set(one["credentials"]) == {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"}
    assert one["sourceIdentity"] == "CN=web-1"
    assert answer["subjectArn"].startswith("arn:aws:rolesanywhere:eu-west-1:111122223333:subject/")
    listed: Any = sim.call("rolesanywhere:ListSubjects", caller="admin")
    assert [each["subjectArn"] for each in listed["subjects"]] == [answer["subjectArn"]]
    assert listed["subjects"][0]["x509Subject"] == "CN=web-1,OU=Shop,O=Acme"


@pytest.mark.parametrize("missing", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
def test_the_trust_policy_has_to_allow_all_three_actions(missing: str) -> None:
    def change(account: dict[str, Any]) -> None:
        actions = account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Action"]
        actions.remove(missing)

    error = refused(opened(change))
    assert (error.code, error.status) == ("AccessDeniedException", 403)
    assert error.message == f"Unable to assume role for {SERVER_ROLE}."
    assert error.decision is not None


@pytest.mark.parametrize(
    ("condition", "is_let_in"),
    [
        ({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "web-1"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "db-1"}}, False),
        ({"StringEquals": {"aws:RequestTag/x509Issuer/CN": "Corp CA"}}, True),
        ({"ArnEquals": {"aws:SourceArn": ANCHOR}}, True),
        ({"ArnEquals": {"aws:SourceArn": ANCHOR[:-1] + "0"}}, False),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "1002"}}, True),
    ],
)
def test_conditions_on_the_certificate_and_the_trust_anchor(
    condition: dict[str, Any], is_let_in: bool
) -> None:
    def change(account: dict[str, Any]) -> None:
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = condition

    sim = opened(change)
    if is_let_in:
        assert session_of(sim).name == "1002"
    else:
        assert refused(sim).decision is not None


def test_a_condition_on_the_source_identity_holds_for_setting_it_alone() -> None:
    def change(account: dict[str, Any]) -> None:
        trust = account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"]
        trust[0]["Condition"] = {"StringEquals": {"sts:SourceIdentity": "CN=web-1"}}

    sim = opened(change)
    assert session_of(sim).source_identity == "CN=web-1"
    assert refused(sim, held(sim, "db-1")).decision is not None


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"signature": "forged"}, "Untrusted signing certificate"),
        ({"signature": "broken"}, "Untrusted signing certificate"),
        ({"CA": "true"}, "Untrusted signing certificate"),
        ({"NotAfter": "-60"}, "Certificate expired"),
        ({"NotBefore": "60"}, "not yet valid"),
    ],
)
def test_certificates_that_get_nothing(overrides: dict[str, str], said: str) -> None:
    sim = opened()
    error = refused(sim, held(sim, **overrides))
    assert (error.code, error.status) == ("AccessDeniedException", 403)
    assert said in error.message


def test_text_that_is_no_certificate() -> None:
    assert refused(opened(), "bm90IGEgY2VydGlmaWNhdGU=").message == "Untrusted signing certificate"


def test_a_revoked_certificate_gets_no_new_session_and_keeps_its_old_one() -> None:
    sim = opened()
    live = session_of(sim)
    provider = sim.world.identity_providers["corp-ca"]
    crl = issue_revocation_list(provider, ["1002"], sim.now)
    params = {"name": "lost", "crlData": crl, "trustAnchorArn": ANCHOR, "enabled": True}
    sim.call("rolesanywhere:ImportCrl", params, caller="admin")
    assert refused(sim).message == "Certificate revoked"
    assert session_of(sim, held(sim, "db-1")).source_identity == "CN=db-1"
    sim.request("s3:GetObject", "arn:aws:s3:::acme/x", caller=live.access_key_id)
    listed: Any = sim.call("rolesanywhere:ListCrls", caller="admin")
    sim.call("rolesanywhere:DisableCrl", {"crlId": listed["crls"][0]["crlId"]}, caller="admin")
    assert session_of(sim).name == "1002"


def test_a_list_that_another_authority_signed_cannot_be_imported() -> None:
    sim = opened()
    provider = sim.world.identity_providers["corp-ca"]
    crl = issue_revocation_list(provider, ["1002"], sim.now).replace("M", "N", 1)
    with pytest.raises(AwsError, match="ValidationException"):
        sim.call(
            "rolesanywhere:ImportCrl",
            {"name": "x", "crlData": crl, "trustAnchorArn": ANCHOR},
            caller="admin",
        )


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("DisableTrustAnchor", {"trustAnchorId": ANCHOR.rpartition("/")[2]}),
        ("DeleteTrustAnchor", {"trustAnchorId": ANCHOR}),
        ("DisableProfile", {"profileId": PROFILE.rpartition("/")[2]}),
        ("DeleteProfile", {"profileId": PROFILE.rpartition("/")[2]}),
    ],
)
def test_what_ends_new_sessions_leaves_the_live_ones(action: str, params: dict[str, Any]) -> None:
    sim = opened()
    live = session_of(sim)
    sim.call(f"rolesanywhere:{action}", params, caller="admin")
    assert refused(sim).code in ("AccessDeniedException", "ResourceNotFoundException")
    sim.request("s3:GetObject", "arn:aws:s3:::acme/x", caller=live.access_key_id)
    sim.undo()
    assert session_of(sim).name == "1002"


@pytest.mark.parametrize(
    ("profile", "asked", "lasts"),
    [(3600, None, 3600), (900, None, 900), (3600, 7200, 3600), (7200, 3600, 3600), (43200, None, 7200)],
)
def test_the_least_of_profile_and_request_counts(profile: int, asked: int | None, lasts: int) -> None:
    sim = opened(lambda account: account["Profiles"][0].update(durationSeconds=profile))
    more = {} if asked is None else {"durationSeconds": asked}
    assert seconds(session_of(sim, **more)) == lasts


def test_more_than_the_maximum_of_the_role_is_refused_with_stss_sentence() -> None:
    def long(account: dict[str, Any]) -> None:
        account["Profiles"][0]["durationSeconds"] = 43200

    error = refused(opened(long), durationSeconds=10800)
    assert "exceeds the MaxSessionDuration set for this role." in error.message
    assert error.message.startswith(f"Unable to assume role for {SERVER_ROLE}.")
    shortened = session_of(opened(long, AnywhereShortensToRoleMaximum=True), durationSeconds=10800)
    assert seconds(shortened) == 7200


def test_a_name_for_the_session_only_where_the_profile_accepts_one() -> None:
    error = refused(opened(), roleSessionName="deploy")
    assert error.message == "Not authorized to set roleSessionName."
    accepting = opened(lambda account: account["Profiles"][0].update(acceptRoleSessionName=True))
    assert session_of(accepting, roleSessionName="deploy").name == "deploy"


def test_the_profile_has_to_list_the_role() -> None:
    error = refused(opened(), roleArn=f"arn:aws:iam::{ACCOUNT}:role/Pod")
    assert "does not list the role" in error.hint


def test_session_policies_of_the_profile_limit_the_session() -> None:
    limit = policy(allow("s3:GetObject"))
    sim = opened(lambda account: account["Profiles"][0].update(sessionPolicy=limit))
    session = session_of(sim)
    sim.request("s3:GetObject", "arn:aws:s3:::acme/x", caller=session.access_key_id)
    with pytest.raises(AwsError) as caught:
        sim.request("s3:PutObject", "arn:aws:s3:::acme/x", caller=session.access_key_id)
    assert "session policy" in caught.value.message


def test_attribute_mappings_choose_the_tags() -> None:
    sim = opened()
    where = {"profileId": PROFILE.rpartition("/")[2], "certificateField": "x509Subject"}
    sim.call("rolesanywhere:DeleteAttributeMapping", where, caller="admin")
    rules = [{"specifier": "CN"}]
    sim.call("rolesanywhere:PutAttributeMapping", {**where, "mappingRules": rules}, caller="admin")
    tags = dict(session_of(sim).tags)
    assert [key for key in tags if key.startswith("x509Subject")] == ["x509Subject/CN"]


def test_a_value_that_cannot_be_a_tag_ends_the_request() -> None:
    sim = opened()
    error = refused(sim, held(sim, Subject="CN=John (EMP1),O=Acme"))
    assert error.message.endswith(
        "Some attributes failed to be mapped into session tags. Issuer: [  ]; Subject: [ CN ]; SAN: [  ]"
    )


def test_trusted_identity_propagation_says_who_is_behind_the_session() -> None:
    tip = {"status": "ENABLED", "subjectSource": "x509SAN/URI", "subjectType": "workload"}
    sim = opened(lambda account: account["Profiles"][0].update(tipConfiguration=tip))
    context = session_of(sim).context
    assert context["aws:OriginIdentity/Subject"] == "spiffe://acme/web"
    assert context["aws:OriginIdentity/SubjectType"] == "workload"
    assert refused(sim, held(sim, "db-1")).code == "AccessDeniedException"  # it has no URI


def test_a_trust_anchor_with_a_certificate_of_its_own_and_an_intermediate_authority() -> None:
    raw = model()
    anchor = raw["Accounts"][0]["TrustAnchors"][0]
    anchor["source"] = {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": authority_certificate("other", "CN=Other,O=Acme")},
    }
    sim = Simulation(from_json(raw).model)
    assert refused(sim).message == "Untrusted signing certificate"


@given(st.integers(900, 43200), st.integers(900, 43200))
def test_a_session_never_outlives_its_profile_or_its_role(profile: int, asked: int) -> None:
    sim = opened(lambda account: account["Profiles"][0].update(durationSeconds=profile))
    try:
        lasts = seconds(session_of(sim, durationSeconds=asked))
    except AwsError:
        assert min(profile, asked) > 7200
    else:
        assert lasts == min(profile, asked, 7200)
