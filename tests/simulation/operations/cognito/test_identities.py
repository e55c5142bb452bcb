"""Identities of a pool, and the tokens of the basic flow.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.sts.errors import AwsError
from tests.accounts.photo_app import COGNITO, FACEBOOK, PHOTOS, POOL, SECRET, USER_POOL, App
from tests.accounts.policies import role_arn


def refused(app: App, operation: str, **params: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        app.call(operation, **params)
    return caught.value


def assume(app: App, token: str, role: str, **params: Any) -> dict[str, Any]:
    given = {"RoleArn": role_arn(role), "RoleSessionName": "web", "WebIdentityToken": token, **params}
    return app.sim.call("sts:AssumeRoleWithWebIdentity", given, caller="anonymous")


def test_every_guest_is_new_and_a_login_has_one_identity() -> None:
    app = App()
    assert app.identity() != app.identity()
    assert app.identity("members/ana") == app.identity("members/ana")
    assert app.identity("members/ana") != app.identity("members/ben")


def test_an_identity_with_a_login_needs_its_token() -> None:
    app = App()
    ana = app.identity("members/ana")
    refusal = refused(app, "GetCredentialsForIdentity", IdentityId=ana)
    assert refusal.message == f"Access to Identity '{ana}' is forbidden."
    refusal = refused(app, "GetCredentialsForIdentity", IdentityId=ana, Logins=app.logins("members/ben"))
    assert refusal.message.startswith("Logins don't match.")


def test_a_guest_who_signs_in_keeps_the_identity() -> None:
    app = App()
    guest = app.identity()
    answer = app.call("GetCredentialsForIdentity", IdentityId=guest, Logins=app.logins("members/ana"))
    assert answer["IdentityId"] == guest
    assert app.sim.world.sessions[answer["Credentials"]["AccessKeyId"]].role_name == "Member"
    assert app.identity("members/ana") == guest


def test_a_guest_who_signs_in_as_someone_known_is_merged_into_that_identity() -> None:
    app = App()
    ana, guest = app.identity("members/ana"), app.identity()
    answer = app.call("GetCredentialsForIdentity", IdentityId=guest, Logins=app.logins("members/ana"))
    assert answer["IdentityId"] == ana
    refusal = refused(app, "GetCredentialsForIdentity", IdentityId=guest)
    assert refusal.message == f"Access to Identity '{guest}' is forbidden."


def test_a_second_provider_is_linked_and_a_second_user_of_one_is_not() -> None:
    app = App()
    ana = app.identity("members/ana")
    both = app.logins("members/ana", "facebook/fay")
    app.call("GetCredentialsForIdentity", IdentityId=ana, Logins=both)
    assert app.identity("facebook/fay") == ana
    described = app.call("DescribeIdentity", "admin", IdentityId=ana)
    assert described["Logins"] == [USER_POOL, FACEBOOK]


def test_two_identities_with_logins_are_not_merged() -> None:
    app = App()
    ana = app.identity("members/ana")
    app.identity("facebook/fay")
    logins = app.logins("members/ana", "facebook/fay")
    refusal = refused(app, "GetCredentialsForIdentity", IdentityId=ana, Logins=logins)
    assert refusal.code == "ResourceConflictException"
    assert "not simulated" in refusal.hint


# the basic flow


def test_a_token_of_the_pool_opens_every_role_that_trusts_it_without_the_narrowing_policies() -> None:
    app = App()
    guest = app.identity()
    token = app.call("GetOpenIdToken", IdentityId=guest)["Token"]
    answer = assume(app, token, "Guest")
    assert answer["Provider"] == COGNITO
    assert (answer["Audience"], answer["SubjectFromWebIdentityToken"]) == (POOL, guest)
    key = answer["Credentials"]["AccessKeyId"]
    session = app.sim.world.sessions[key]
    assert not session.has_session_policy
    assert session.parent_label.startswith("photos/guest-")
    app.sim.request("secretsmanager:GetSecretValue", SECRET, caller=key)
    with pytest.raises(AwsError) as denied:
        assume(app, token, "Member")
    assert denied.value.message == "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def test_the_token_of_someone_who_signed_in_names_the_providers() -> None:
    app = App()
    ana = app.identity("members/ana")
    token = app.call("GetOpenIdToken", IdentityId=ana, Logins=app.logins("members/ana"))["Token"]
    answer = assume(app, token, "Editor", DurationSeconds=900)
    session = app.sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
    assert session.parent_label == "photos/ana"
    assert session.context[f"{COGNITO}:amr"][:2] == ["authenticated", USER_POOL]
    with pytest.raises(AwsError):
        assume(app, token, "FacebookOnly")
    app.sim.request("s3:GetObject", f"{PHOTOS}/x", caller=session.access_key_id)


def test_a_token_of_the_pool_lives_ten_minutes() -> None:
    app = App()
    token = app.call("GetOpenIdToken", IdentityId=app.identity())["Token"]
    app.sim.advance(600 + 299)  # STS tolerates five minutes of skew
    assume(app, token, "Guest")
    app.sim.advance(1)
    with pytest.raises(AwsError) as expired:
        assume(app, token, "Guest")
    assert expired.value.code == "ExpiredTokenException"


def test_tags_of_the_pool_travel_in_its_token() -> None:
    app = App(PrincipalTags={USER_POOL: {"PrincipalTags": {"department": "custom:dept"}}})
    ana = app.identity("members/ana")
    token = app.call("GetOpenIdToken", IdentityId=ana, Logins=app.logins("members/ana"))["Token"]
    key = assume(app, token, "Member")["Credentials"]["AccessKeyId"]
    assert app.sim.world.sessions[key].tags == (("department", "sales"),)


def test_the_basic_flow_can_be_off() -> None:
    app = App(AllowClassicFlow=False)
    refusal = refused(app, "GetOpenIdToken", IdentityId=app.identity())
    assert refusal.code == "InvalidParameterException"
    assert refusal.message == "Basic (classic) flow is not enabled, please use enhanced flow."


def test_a_pool_that_says_nothing_of_the_basic_flow_follows_the_setting() -> None:
    app = App()
    app.sim.set("ClassicFlowByDefault", False)
    assert refused(app, "GetOpenIdToken", IdentityId=app.identity()).code == "InvalidParameterException"


def test_the_basic_flow_does_not_go_with_role_mappings() -> None:
    app = App(RoleMappings={FACEBOOK: {"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
    refusal = refused(app, "GetOpenIdToken", IdentityId=app.identity())
    assert "RoleMappings" in refusal.message


# identities of the developer's own sign-in


def _developer(app: App, user: str = "user-7", caller: str = "admin", **params: Any) -> dict[str, Any]:
    return app.call(
        "GetOpenIdTokenForDeveloperIdentity",
        caller,
        IdentityPoolId=POOL,
        Logins={"login.photos": user},
        **params,
    )


def test_the_developer_says_who_the_user_is() -> None:
    app = App()
    answer = _developer(app)
    assert _developer(app)["IdentityId"] == answer["IdentityId"]
    given = {"IdentityId": answer["IdentityId"], "Logins": {COGNITO: answer["Token"]}}
    key = app.call("GetCredentialsForIdentity", **given)["Credentials"]["AccessKeyId"]
    session = app.sim.world.sessions[key]
    assert (session.role_name, session.parent_label) == ("Member", "photos/user-7")
    assert session.context[f"{COGNITO}:amr"] == ["authenticated", "login.photos"]


def test_only_callers_with_the_permission_can_say_so() -> None:
    with pytest.raises(AwsError) as denied:
        _developer(App(), caller="outsider")
    assert denied.value.code == "AccessDeniedException"


def test_a_developers_token_is_for_one_identity_and_a_quarter_of_an_hour() -> None:
    app = App()
    seven, eight = _developer(app), _developer(app, "user-8")
    crossed = {"IdentityId": seven["IdentityId"], "Logins": {COGNITO: eight["Token"]}}
    assert refused(app, "GetCredentialsForIdentity", **crossed).code == "NotAuthorizedException"
    app.sim.advance(900)
    own = {"IdentityId": seven["IdentityId"], "Logins": {COGNITO: seven["Token"]}}
    assert "Token expired" in refused(app, "GetCredentialsForIdentity", **own).message


def test_a_guests_token_is_no_login() -> None:
    app = App()
    guest = app.identity()
    token = app.call("GetOpenIdToken", IdentityId=guest)["Token"]
    given = {"IdentityId": guest, "Logins": {COGNITO: token}}
    assert refused(app, "GetCredentialsForIdentity", **given).code == "NotAuthorizedException"


def test_a_simulated_provider_with_cognitos_issuer_does_not_hide_cognitos_own_keys() -> None:
    from sts_tui.account.entities import DirectoryUser, IdentityProvider

    app = App()
    issuer = f"https://{COGNITO}"
    stand_in = IdentityProvider(name="~x", type="OIDC", issuer=issuer, users=(DirectoryUser(name="v"),))
    app.sim.commands.add_identity_provider(stand_in)
    token = app.call("GetOpenIdToken", IdentityId=app.identity())["Token"]
    assert "Credentials" in assume(app, token, "Guest")
