"""Principal and NotPrincipal: how closely they name each kind of caller; and callers from ARNs alone."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Caller, CallerKind, Request
from sts_tui.iam.principals import Closeness, PrincipalElement, caller_of
from tests.accounts.decisions import ACCOUNT, FEDERATED, ROLE, ROOT, SESSION, USER, role_session
from tests.accounts.policies import OTHER

ANA = Caller(kind=CallerKind.USER, arn=USER, account=ACCOUNT, unique_id="AIDAEXAMPLEEXAMPLEEXA")
BOB = Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED, account=ACCOUNT, issuer_arn=USER)
ROOT_USER = Caller(kind=CallerKind.ROOT, arn=ROOT, account=ACCOUNT)
LOGS = Caller(kind=CallerKind.SERVICE, arn="logs.amazonaws.com")
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
TOKEN = Caller(kind=CallerKind.FEDERATED, arn=GITHUB, account=ACCOUNT)
ANONYMOUS = Caller(kind=CallerKind.ANONYMOUS)


@pytest.mark.parametrize(
    ("principal", "caller", "closeness"),
    [
        ("*", ANA, Closeness.EVERYONE),
        ({"AWS": "*"}, ANONYMOUS, Closeness.EVERYONE),
        ({"AWS": "*"}, TOKEN, Closeness.NONE),
        ("*", TOKEN, Closeness.EVERYONE),
        ({"AWS": USER}, ANA, Closeness.EXACT),
        ({"AWS": "AIDAEXAMPLEEXAMPLEEXA"}, ANA, Closeness.EXACT),
        ({"AWS": ACCOUNT}, ANA, Closeness.ACCOUNT),
        ({"AWS": [OTHER, ROOT]}, ANA, Closeness.ACCOUNT),
        ({"AWS": OTHER}, ANA, Closeness.NONE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, ANA, Closeness.NONE),
        ({"AWS": SESSION}, role_session(), Closeness.EXACT),
        ({"AWS": ROLE}, role_session(), Closeness.ROLE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Deploy"}, role_session(), Closeness.NONE),
        ({"AWS": "AROAEXAMPLEEXAMPLEEXA"}, role_session(), Closeness.ROLE),
        ({"AWS": ["*", ROLE]}, role_session(), Closeness.EVERYONE),
        ({"AWS": ROOT}, role_session(), Closeness.ACCOUNT),
        ({"AWS": OTHER}, role_session(), Closeness.NONE),
        ({"AWS": ROLE}, role_session(arn=ROLE), Closeness.ROLE),
        ({"AWS": FEDERATED}, BOB, Closeness.EXACT),
        ({"AWS": USER}, BOB, Closeness.USER),
        ({"AWS": "*"}, BOB, Closeness.EVERYONE),
        ({"AWS": ROOT}, BOB, Closeness.ACCOUNT),
        ({"AWS": OTHER}, BOB, Closeness.NONE),
        ({"AWS": ROOT}, ROOT_USER, Closeness.ACCOUNT),
        ({"AWS": OTHER}, ROOT_USER, Closeness.NONE),
        ({"AWS": "*"}, ROOT_USER, Closeness.EVERYONE),
        ({"Service": "logs.amazonaws.com"}, LOGS, Closeness.EXACT),
        ({"Service": "logs.eu-west-1.amazonaws.com"}, LOGS, Closeness.EXACT),
        ({"Service": "sns.amazonaws.com"}, LOGS, Closeness.NONE),
        ({"Federated": GITHUB}, TOKEN, Closeness.EXACT),
        ({"Federated": "accounts.google.com"}, TOKEN, Closeness.NONE),
        ({"Federated": GITHUB}, ANA, Closeness.NONE),
        ({"CanonicalUser": "79a5"}, ANA, Closeness.UNDECIDED),
        ({"CanonicalUser": "79a5"}, ANONYMOUS, Closeness.NONE),
        ({"CanonicalUser": "79a5", "AWS": USER}, ANA, Closeness.EXACT),
    ],
)
def test_principal_names_a_caller_this_closely(principal: Any, caller: Caller, closeness: Closeness) -> None:
    assert PrincipalElement(principal).names(caller) is closeness


def test_regional_caller_is_the_service_of_a_policy_without_region() -> None:
    regional = Caller(kind=CallerKind.SERVICE, arn="logs.eu-west-1.amazonaws.com")
    assert PrincipalElement({"Service": "logs.amazonaws.com"}).names(regional) is Closeness.EXACT
    assert PrincipalElement({"Service": "logs.us-east-1.amazonaws.com"}).names(regional) is Closeness.NONE


@pytest.mark.parametrize(
    ("listed", "caller", "excepted"),
    [
        ({"AWS": [USER, ROOT]}, ANA, True),
        ({"AWS": ["AIDAEXAMPLEEXAMPLEEXA", ACCOUNT]}, ANA, True),
        ({"AWS": [USER]}, ANA, False),
        ({"AWS": [ROOT]}, ANA, False),
        ({"AWS": [SESSION, ROLE, ROOT]}, role_session(), True),
        ({"AWS": [ROLE, ROOT]}, role_session(), False),
        ({"AWS": [SESSION, ROOT]}, role_session(), False),
        ({"AWS": [FEDERATED, ROOT]}, BOB, True),
        ({"AWS": [USER, ROOT]}, BOB, False),
        ({"AWS": [ROOT]}, ROOT_USER, True),
        ({"Service": "logs.amazonaws.com"}, LOGS, True),
        ({"Federated": GITHUB}, TOKEN, True),
        ({"AWS": "*"}, TOKEN, False),
        ({"AWS": "*"}, ANA, True),
        ("*", ANONYMOUS, True),
        ({"AWS": ROOT}, ANONYMOUS, False),
    ],
)
def test_not_principal_of_a_deny_excepts_only_callers_listed_with_every_identity(
    listed: Any, caller: Caller, excepted: bool
) -> None:
    assert PrincipalElement(listed).excepts(caller, needs_account=True) is excepted


def test_not_principal_without_account_excepts_where_the_setting_says_so() -> None:
    assert PrincipalElement({"AWS": [USER]}).excepts(ANA, needs_account=False)


@pytest.mark.parametrize("written", [[], {}, "arn:aws:iam::1:root", {"AWs": "*"}, {"AWS": 3}, 7])
def test_principal_that_aws_would_refuse_is_reported(written: Any) -> None:
    with pytest.raises(ValueError, match="principal"):
        PrincipalElement(written)


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (None, CallerKind.ANONYMOUS),
        (USER, CallerKind.USER),
        (ROLE, CallerKind.ROLE_SESSION),
        (SESSION, CallerKind.ROLE_SESSION),
        (FEDERATED, CallerKind.FEDERATED_USER),
        (ROOT, CallerKind.ROOT),
        (ACCOUNT, CallerKind.ROOT),
        ("lambda.amazonaws.com", CallerKind.SERVICE),
        (GITHUB, CallerKind.FEDERATED),
        ("accounts.google.com", CallerKind.FEDERATED),
    ],
)
def test_arn_alone_tells_the_kind_of_caller(principal: str | None, kind: CallerKind) -> None:
    assert caller_of(principal).kind is kind


def test_issue_time_makes_a_session_of_a_user_and_of_root() -> None:
    assert caller_of(USER, temporary=True).kind is CallerKind.USER_SESSION
    assert caller_of(ROOT, temporary=True).kind is CallerKind.ROOT_SESSION


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (FEDERATED, CallerKind.FEDERATED_USER),
        (GITHUB, CallerKind.FEDERATED),
        (GITHUB.replace("oidc-provider", "saml-provider"), CallerKind.FEDERATED),
        (ROLE, CallerKind.ROLE_SESSION),
    ],
)
def test_issue_time_changes_no_other_kind(principal: str, kind: CallerKind) -> None:
    for temporary in (False, True):
        assert caller_of(principal, temporary=temporary).kind is kind


@pytest.mark.parametrize(
    ("userid", "unique_id"),
    [
        ("AROAEXAMPLEEXAMPLEEXA:job-1", "AROAEXAMPLEEXAMPLEEXA"),
        ("AIDAEXAMPLEEXAMPLEEXA", "AIDAEXAMPLEEXAMPLEEXA"),
        ("111122223333:caller-specified", None),
        ("anonymous", None),
        ("", None),
        (None, None),
    ],
)
def test_unique_id_is_that_of_user_or_role(userid: str | None, unique_id: str | None) -> None:
    assert caller_of(USER, None, userid).unique_id == unique_id


def test_parts_of_an_arn_are_those_of_the_caller() -> None:
    caller = caller_of("arn:aws-cn:sts::111122223333:assumed-role/Deploy/job:1")
    assert caller.arn == "arn:aws-cn:sts::111122223333:assumed-role/Deploy/job:1"
    assert caller.issuer_arn == "arn:aws-cn:iam::111122223333:role/Deploy"
    assert caller.account == "111122223333"
    assert caller_of("111122223333").arn == "arn:aws:iam::111122223333:root"
    assert caller_of("arn:aws-us-gov:iam::111122223333:user/team/ana").arn == (
        "arn:aws-us-gov:iam::111122223333:user/team/ana"
    )


@pytest.mark.parametrize(
    "name", ["s3.amazonaws.com", "s3.amazonaws.com.cn", "alexa.amazon.com", "x.aws.internal"]
)
def test_services_are_known_by_their_domains(name: str) -> None:
    assert caller_of(name).kind is CallerKind.SERVICE
    for other in (f"{name}.example", name.replace(".", "-")):
        with pytest.raises(ValueError, match="is not a principal"):
            caller_of(other)


def test_issue_time_and_mfa_are_not_taken_for_granted() -> None:
    """Long-term access keys: `aws:MultiFactorAuthPresent` is absent from their requests."""
    caller = caller_of(USER)
    assert (caller.kind, caller.has_mfa) == (CallerKind.USER, False)
    assert caller_of(USER, temporary=True, mfa=True).has_mfa


def test_session_takes_its_roles_path_from_the_principal_arn_of_the_request() -> None:
    assert caller_of(SESSION).issuer_arn == f"arn:aws:iam::{ACCOUNT}:role/Deploy"
    assert caller_of(SESSION, ROLE, "AROAEXAMPLE:job-1").issuer_arn == ROLE
    assert caller_of(SESSION, ROLE, "AROAEXAMPLE:job-1").unique_id == "AROAEXAMPLE"


def test_service_linked_role_is_known_by_its_path() -> None:
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    assert caller_of(linked).is_service_linked


@pytest.mark.parametrize("principal", ["bob", "arn:aws:s3:::data", f"arn:aws:iam::{ACCOUNT}:group/x", ""])
def test_what_is_no_principal_is_refused(principal: str) -> None:
    with pytest.raises(ValueError, match="is not a principal|12 digits"):
        caller_of(principal)


@pytest.mark.parametrize(
    ("principal", "what_to_pass"),
    [
        ("11112222333", "12 digits, not 11"),
        (
            "arn:aws:iam::11112222333:user/ana",
            "12 digits, not '11112222333': arn:aws:iam::11112222333:user/ana$",
        ),
        ("arn:aws:iam:::user/ana", "12 digits, not ''"),
        ("arn:aws:iam:eu-west-1:111122223333:user/ana", "has no Region: arn:aws:iam:eu-west-1"),
        ("arn:aws:iam::111122223333:user/team/", "end in its name"),
        ("arn:aws:iam::111122223333:user/", "end in its name"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/App/one/two", "/ROLE/SESSION"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/App", "/ROLE/SESSION"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/App/", "/ROLE/SESSION"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role", "/ROLE/SESSION"),
    ],
)
def test_mistaken_principal_is_an_error_that_says_what_to_pass(principal: str, what_to_pass: str) -> None:
    with pytest.raises(ValueError, match=what_to_pass):
        Request(principal, "s3:GetObject")


def test_the_ways_to_name_a_caller_are_in_order_from_not_at_all_to_exactly() -> None:
    assert [each.name for each in sorted(Closeness)] == [
        "UNDECIDED", "NONE", "ACCOUNT", "USER", "ROLE", "EVERYONE", "EXACT",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "principal",
    [f"arn:aws:iam::{ACCOUNT}:assumed-role/Deploy/ci", f"xrn:aws:iam::{ACCOUNT}:user/ana"],
)
def test_what_only_resembles_the_arn_of_a_principal_is_refused(principal: str) -> None:
    with pytest.raises(ValueError, match="principal"):
        caller_of(principal)


@pytest.mark.parametrize("region", ["af-south-1", "us-east-1"])
def test_the_service_of_a_region_is_named_by_its_common_name(region: str) -> None:
    caller = Caller(kind=CallerKind.SERVICE, arn=f"logs.{region}.amazonaws.com")
    assert PrincipalElement({"Service": "logs.amazonaws.com"}).names(caller) is Closeness.EXACT
