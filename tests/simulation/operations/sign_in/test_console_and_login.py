"""Console sign-in, `aws login` and their sessions.

https://docs.aws.amazon.com/signin/latest/APIReference/Welcome.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any, Final

import pytest

from sts_tui.account.sign_in import SignIn
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.sign_ins import (
    CannotSignInError,
    console_sign_in,
    login_code,
    login_credentials,
    open_sign_ins,
    renewal,
)
from sts_tui.sts.session import Session
from tests.accounts.policies import MAIN, OTHER, allow, policy

SIGN_IN: Final = "arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess"
EVERYONE: Final = f"arn:aws:iam::{MAIN}:*"
OBJECT: Final = "arn:aws:s3:::data/x"
MODEL: Final[dict[str, Any]] = {
    "Accounts": [
        {
            "AccountId": MAIN,
            "UserDetailList": [
                {
                    "UserName": "dana",
                    "LoginProfile": {"CreateDate": "2025-01-01T00:00:00Z"},
                    "MFADevices": [{"SerialNumber": f"arn:aws:iam::{MAIN}:mfa/dana"}],
                    "AttachedManagedPolicies": [{"PolicyArn": SIGN_IN}],
                    "UserPolicyList": [
                        {
                            "PolicyName": "work",
                            "PolicyDocument": policy(
                                allow(["s3:GetObject", "sts:AssumeRole", "sts:GetFederationToken"])
                            ),
                        }
                    ],
                },
                {"UserName": "keys-only", "AttachedManagedPolicies": [{"PolicyArn": SIGN_IN}]},
                {
                    "UserName": "plain",
                    "LoginProfile": {"CreateDate": "2025-01-01T00:00:00Z"},
                    "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}],
                },
            ],
            "RoleDetailList": [
                {
                    "RoleName": "Broker",
                    "MaxSessionDuration": 7200,
                    "AssumeRolePolicyDocument": policy(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": f"arn:aws:iam::{MAIN}:root"},
                            "Action": "sts:AssumeRole",
                        }
                    ),
                    "RolePolicyList": [
                        {"PolicyName": "p", "PolicyDocument": policy(allow(["s3:*", "signin:*"]))}
                    ],
                }
            ],
        },
        {"AccountId": OTHER},
    ]
}


class Page:
    """The sign-in page and a CLI beside it."""

    def __init__(self, **settings: Any) -> None:
        model = deepcopy(MODEL)
        if settings:
            model["Settings"] = settings
        self.sim = Simulation.open(model, seed=3)

    def who(self, name: str) -> Identity:
        return self.sim.resolve(name)

    def console(self, name: str = "dana", **asked: Any) -> SignIn:
        response: dict[str, Any] = {}
        for action, params, caller in console_sign_in(self.who(name), self.sim.world):
            given = dict(params)
            if "SigninToken" in given:
                given["SigninToken"] = response["SigninToken"]
            elif asked:
                given |= asked
            response = self.sim.call(action, given, caller=caller)
        return self.sim.world.configuration.sign_ins[response["sessionArn"]]

    def login(self, name: str = "dana") -> Session:
        self.console(name)
        origin = open_sign_ins(self.who(name), "console", self.sim.world)[-1]
        code = self.sim.call(*login_code(origin))["code"]
        output = self.sim.call(*login_credentials(code))["tokenOutput"]
        return self.sim.world.sessions[output["accessToken"]["accessKeyId"]]

    def refreshed(self, session: Session) -> Session:
        call = renewal(self.sim.world.configuration.sign_ins[session.sign_in], session, self.sim.world)
        assert call is not None
        output = self.sim.call(*call)["tokenOutput"]
        return self.sim.world.sessions[output["accessToken"]["accessKeyId"]]

    def root(self, action: str, **params: Any) -> dict[str, Any]:
        return self.sim.call(f"signin:{action}", params, caller=self.who(f"root@{MAIN}"))

    def may(self, session: Session) -> bool:
        try:
            self.sim.request("s3:GetObject", OBJECT, caller=session.access_key_id)
        except AwsError:
            return False
        return True

    def assumed(self, **asked: Any) -> Session:
        answer = self.sim.call(
            "sts:AssumeRole",
            {"RoleArn": f"arn:aws:iam::{MAIN}:role/Broker", "RoleSessionName": "kim", **asked},
            caller="dana",
        )
        return self.sim.world.sessions[answer["Credentials"]["AccessKeyId"]]


# the console


def test_password_makes_a_console_session_of_twelve_hours() -> None:
    found = Page().console()
    assert found.expires_at - found.issued_at == timedelta(hours=12)
    assert found.arn.startswith(f"arn:aws:signin:us-east-1:{MAIN}:session/")


def test_user_without_a_password_cannot_sign_in() -> None:
    with pytest.raises(AwsError, match="authentication information is incorrect"):
        Page().console("keys-only")


def test_maximum_of_the_login_profile_replaces_the_twelve_hours() -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html"""
    page = Page()
    page.sim.call("iam:UpdateLoginProfile", {"UserName": "dana", "MaxSigninSessionDuration": 3600})
    found = page.console()
    assert found.expires_at - found.issued_at == timedelta(hours=1)


def test_url_of_a_broker_signs_in_with_the_credentials_of_a_role() -> None:
    page = Page()
    session = page.assumed()
    found = page.console(session.access_key_id)
    assert found.expires_at == session.expires_at, "without SessionDuration as long as the credentials"
    longer = page.console(session.access_key_id, SessionDuration=43_200)
    assert longer.expires_at - longer.issued_at == timedelta(hours=12)


def test_maximum_of_the_role_limits_the_console_session() -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html"""
    page = Page()
    page.sim.call("iam:UpdateRole", {"RoleName": "Broker", "MaxSigninSessionDuration": 3600})
    found = page.console(page.assumed().access_key_id, SessionDuration=43_200)
    assert found.expires_at - found.issued_at == timedelta(hours=1)


@pytest.mark.parametrize("seconds", [899, 43_201])
def test_duration_of_a_console_session_is_bounded(seconds: int) -> None:
    page = Page()
    with pytest.raises(AwsError, match="SessionDuration is between"):
        page.console(page.assumed().access_key_id, SessionDuration=seconds)


def test_session_duration_and_get_federation_token_exclude_each_other() -> None:
    page = Page()
    answer = page.sim.call(
        "sts:GetFederationToken", {"Name": "fred", "Policy": policy(allow("*"))}, caller="dana"
    )
    key = answer["Credentials"]["AccessKeyId"]
    page.console(key)
    with pytest.raises(AwsError, match="GetFederationToken"):
        page.console(key, SessionDuration=3600)


def test_credentials_of_get_session_token_make_no_console_url() -> None:
    page = Page()
    key = page.sim.call("sts:GetSessionToken", {}, caller="dana")["Credentials"]["AccessKeyId"]
    with pytest.raises(AwsError, match="AssumeRole or GetFederationToken"):
        page.console(key)


def test_operator_has_no_console() -> None:
    page = Page()
    with pytest.raises(CannotSignInError):
        page.console("operator")


# aws login


def test_login_gives_the_permissions_of_the_user_for_fifteen_minutes() -> None:
    page = Page()
    session = page.login()
    assert session.expires_at - session.issued_at == timedelta(minutes=15)
    identity = page.sim.call("sts:GetCallerIdentity", {}, caller=session.access_key_id)
    assert identity["Arn"] == f"arn:aws:iam::{MAIN}:user/dana"
    assert session.context["aws:SignInSessionArn"] == session.sign_in
    assert page.may(session)


def test_login_needs_permissions_of_its_own() -> None:
    page = Page()
    with pytest.raises(AwsError, match="AccessDeniedException") as caught:
        page.login("plain")
    assert "signin:AuthorizeOAuth2Access" in caught.value.message
    page.sim.call("iam:AttachUserPolicy", {"UserName": "plain", "PolicyArn": SIGN_IN})
    page.login("plain")


def test_root_user_needs_no_permission() -> None:
    session = Page().login(f"root@{MAIN}")
    assert session.arn == f"arn:aws:iam::{MAIN}:root"


def test_credentials_are_refreshed_until_the_session_ends() -> None:
    page = Page()
    session = page.login()
    page.sim.advance(900)
    assert not page.may(session), "expired"
    again = page.refreshed(session)
    assert page.may(again)
    assert again.sign_in == session.sign_in
    page.sim.advance(12 * 3600)
    with pytest.raises(AwsError, match="TOKEN_EXPIRED"):
        page.refreshed(again)


def test_last_credentials_end_with_the_session() -> None:
    page = Page()
    session = page.login()
    page.sim.advance(12 * 3600 - 300)
    again = page.refreshed(session)
    assert again.expires_at - again.issued_at == timedelta(seconds=300)


def test_login_with_a_role_keeps_its_name_and_ends_with_the_console_session() -> None:
    page = Page()
    base = page.assumed(DurationSeconds=3600)
    session = page.login(base.access_key_id)
    assert (session.arn, session.user_id) == (base.arn, base.user_id)
    sign_in = page.sim.world.configuration.sign_ins[session.sign_in]
    assert sign_in.expires_at == base.expires_at


def test_code_is_for_one_client_and_expires() -> None:
    page = Page()
    page.console()
    origin = open_sign_ins(page.who("dana"), "console", page.sim.world)[-1]
    code = page.sim.call(*login_code(origin))["code"]
    action, params = login_credentials(code)
    given: Any = params["tokenInput"]
    other = {**given, "clientId": "arn:aws:signin:::devtools/cross-device"}
    with pytest.raises(AwsError, match="ValidationException"):
        page.sim.call(action, {"tokenInput": other})
    page.sim.advance(601)
    with pytest.raises(AwsError, match="AUTHCODE_EXPIRED"):
        page.sim.call(action, params)


@pytest.mark.parametrize("ended", ["iam:DeleteLoginProfile", "signin"])
def test_what_ends_the_refresh_leaves_the_credentials(ended: str) -> None:
    page = Page()
    session = page.login()
    if ended == "signin":
        page.root("BatchRevokeSessions", sessionArns=[session.sign_in], principalArn=EVERYONE)
    else:
        page.sim.call(ended, {"UserName": "dana"})
    with pytest.raises(AwsError, match="TOKEN_EXPIRED|USER_CREDENTIALS_CHANGED"):
        page.refreshed(session)
    assert page.may(session)


def test_role_that_was_assumed_with_a_revoked_login_lives() -> None:
    page = Page()
    session = page.login()
    answer = page.sim.call(
        "sts:AssumeRole",
        {"RoleArn": f"arn:aws:iam::{MAIN}:role/Broker", "RoleSessionName": "next"},
        caller=session.access_key_id,
    )
    page.root("BatchRevokeSessions", sessionArns=[session.sign_in], principalArn=EVERYONE)
    chained = page.sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
    assert page.may(chained)
    assert "aws:SignInSessionArn" not in chained.context


def test_dated_deny_leaves_what_is_refreshed_later() -> None:
    page = Page()
    session = page.login()
    page.sim.call(
        "iam:PutUserPolicy",
        {
            "UserName": "dana",
            "PolicyName": "AWSRevokeOlderSessions",
            "PolicyDocument": policy(
                {
                    "Effect": "Deny",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:00:30Z"}},
                }
            ),
        },
    )
    assert not page.may(session)
    page.sim.advance(60)
    assert page.may(page.refreshed(session)), "that is why a leaked login takes two acts"


def test_deny_on_the_session_arn_reaches_what_is_refreshed_later() -> None:
    page = Page()
    session = page.login()
    condition = {"ArnEquals": {"aws:SignInSessionArn": session.sign_in}}
    document = policy({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
    page.sim.call(
        "iam:PutUserPolicy", {"UserName": "dana", "PolicyName": "login", "PolicyDocument": document}
    )
    page.sim.advance(60)
    assert not page.may(page.refreshed(session))


# sessions


def test_sessions_are_listed_for_oneself_for_others_and_for_the_account() -> None:
    page = Page()
    session = page.login()
    page.console("plain")
    listed = page.root("ListSessions", principalArn=EVERYONE)["items"]
    assert [one["principalArn"].rpartition("/")[2] for one in listed] == ["dana", "dana", "plain"]
    own = page.root("ListSessions", principalArn=f"arn:aws:iam::{MAIN}:user/dana", clientId="none")
    assert own["items"] == []
    (login,) = [one for one in listed if one["sessionArn"] == session.sign_in]
    assert (login["clientType"], login["status"]) == ("CLI", "ACTIVE")
    assert login["clientId"] == "arn:aws:signin:::devtools/same-device"


def test_filters_take_seconds_at_or_after_and_before() -> None:
    page = Page()
    page.console()
    at = int(page.sim.now.timestamp())
    for given, count in (
        ({"issuedAfter": at}, 1),
        ({"issuedAfter": at + 1}, 0),
        ({"issuedBefore": at}, 0),
        ({"issuedBefore": at + 1}, 1),
        ({"status": "REVOKED"}, 0),
    ):
        assert len(page.root("ListSessions", principalArn=EVERYONE, **given)["items"]) == count, given


def test_session_of_another_identity_or_account_is_not_found() -> None:
    page = Page()
    session = page.login()
    shown = page.root("GetSession", sessionArn=session.sign_in, principalArn=EVERYONE)
    origin = page.sim.world.configuration.sign_ins[session.sign_in].origin
    assert (shown["originSessionArn"], shown["issuedInRegion"]) == (origin, "us-east-1")
    with pytest.raises(AwsError) as caught:
        page.root("GetSession", sessionArn=session.sign_in)
    assert (caught.value.code, caught.value.status) == ("ResourceNotFoundException", 404)
    stranger = page.who(f"root@{OTHER}")
    with pytest.raises(AwsError, match="RESOURCE_NOT_FOUND"):
        page.sim.call("signin:GetSession", {"sessionArn": session.sign_in}, caller=stranger)


def test_revoking_twice_succeeds_and_one_failure_fails_no_other() -> None:
    page = Page()
    session = page.login()
    unknown = f"arn:aws:signin:us-east-1:{MAIN}:session/none"
    for _ in range(2):
        answer = page.root(
            "BatchRevokeSessions", sessionArns=[unknown, session.sign_in], principalArn=EVERYONE
        )
        assert answer["revokedSessions"] == [{"sessionArn": session.sign_in}]
        assert [(one["sessionArn"], one["code"]) for one in answer["errors"]] == [
            (unknown, "RESOURCE_NOT_FOUND")
        ]
    shown = page.root("GetSession", sessionArn=session.sign_in, principalArn=EVERYONE)
    assert shown["status"] == "REVOKED"


def test_listing_and_revoking_need_a_permission() -> None:
    page = Page()
    for action, params in (
        ("ListSessions", {}),
        ("GetSession", {"sessionArn": "x"}),
        ("BatchRevokeSessions", {"sessionArns": ["x"]}),
    ):
        with pytest.raises(AwsError) as caught:
            page.sim.call(f"signin:{action}", params, caller="dana")
        assert caught.value.decision is not None, action


# the desk


def test_leaked_login_takes_two_acts_and_the_desk_shows_both() -> None:
    page = Page()
    session = page.login()
    page.sim.request("s3:GetObject", OBJECT, caller=session.access_key_id)
    desk = incident(page.sim, session.access_key_id)
    assert [row.cut.id for row in desk.best] == ["deny-sign-in", "end-sign-in"]
    dated = desk.row("deny-user-dated")
    assert dated is not None
    assert dated.trial.is_cut
    assert dated.trial.sign_ins == ("dana (CLI)",)
    ended = desk.row("end-sign-in")
    assert ended is not None
    assert not ended.trial.is_cut


def test_mfa_of_the_sign_in_is_in_the_credentials() -> None:
    page = Page()
    assert page.login().mfa_at is not None
    page.sim.call("iam:AttachUserPolicy", {"UserName": "plain", "PolicyArn": SIGN_IN})
    assert page.login("plain").mfa_at is None
