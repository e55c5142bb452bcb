"""Login profiles: the console password of a user. The password is checked but not stored.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.entities import LoginProfile, User
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.iam.access_keys import own_user_name
from sts_tui.simulation.operations.iam.account.password_policy import (
    may_change_own_password,
    refuse_weak_password,
)
from sts_tui.simulation.operations.iam.identity_types import USER, authorized_identity
from sts_tui.simulation.operations.refusals import already_exists, invalid_input, no_such_entity
from sts_tui.simulation.operations.requests import is_true
from sts_tui.simulation.operations.responses import created
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def create_login_profile(
    call: Call[shapes.CreateLoginProfileRequest],
) -> Answer[shapes.CreateLoginProfileResponse]:
    """Raises AccessDenied, NoSuchEntity, EntityAlreadyExists, PasswordPolicyViolation, ValidationError."""
    user = authorized_identity(call, USER, own_user_name(call))
    if user.login_profile is not None:
        raise already_exists(f"Login Profile for user {user.user_name} already exists.")
    if (password := call.params.get("Password")) is not None:
        refuse_weak_password(call, password)
    profile = LoginProfile(
        create_date=call.now,
        password_reset_required=is_true(call.params.get("PasswordResetRequired")),
        max_signin_session_duration=call.params.get("MaxSigninSessionDuration"),
    )
    return Answer(
        response={"LoginProfile": _shape(user, profile)},
        configuration=with_entity(call.configuration, replace(user, login_profile=profile)),
        subject=user.arn,
    )


def get_login_profile(call: Call[shapes.GetLoginProfileRequest]) -> Answer[shapes.GetLoginProfileResponse]:
    """Raises AccessDenied, NoSuchEntity, ValidationError."""
    user = authorized_identity(call, USER, own_user_name(call))
    return Answer(response={"LoginProfile": _shape(user, _profile(user))})


def update_login_profile(call: Call[shapes.UpdateLoginProfileRequest]) -> Answer:
    """Raises AccessDenied, NoSuchEntity, InvalidInput, PasswordPolicyViolation."""
    user = authorized_identity(call, USER)
    profile = _profile(user)
    params = call.params
    sign_in, is_reset = params.get("MaxSigninSessionDuration"), params.get("ResetMaxSigninSessionDuration")
    if sign_in is not None and is_true(is_reset):
        raise invalid_input(
            "MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot both be specified."
        )
    if password := params.get("Password"):
        refuse_weak_password(call, password)
    if params.get("PasswordResetRequired") is not None:
        profile = replace(profile, password_reset_required=is_true(params.get("PasswordResetRequired")))
    if sign_in is not None or is_true(is_reset):
        profile = replace(profile, max_signin_session_duration=sign_in)
    return _with_profile(call, user, profile)


def delete_login_profile(call: Call[shapes.DeleteLoginProfileRequest]) -> Answer:
    """Access keys keep working. Raises AccessDenied, NoSuchEntity, ValidationError."""
    user = authorized_identity(call, USER, own_user_name(call))
    _profile(user)
    return _with_profile(call, user, None)


def change_password(call: Call[shapes.ChangePasswordRequest]) -> Answer:
    """Only the user can call it. The password policy can allow it to all users of the account. Raises
    InvalidUserType for other callers, AccessDenied, NoSuchEntity, PasswordPolicyViolation. The old password
    is not checked, because no password is stored.
    """
    user = call.configuration.users.get(call.caller.user_arn or "")
    if user is None:
        raise AwsError("InvalidUserType", "Only IAM Users can change their own password", 400)
    if not may_change_own_password(call):
        authorized_identity(call, USER, user.user_name)
    profile = _profile(user)
    refuse_weak_password(call, call.params["NewPassword"])
    return _with_profile(call, user, replace(profile, password_reset_required=False))


def _profile(user: User) -> LoginProfile:
    if user.login_profile is None:
        raise no_such_entity(f"Login Profile for User {user.user_name} cannot be found.")
    return user.login_profile


def _shape(user: User, profile: LoginProfile) -> shapes.LoginProfile:
    shape: shapes.LoginProfile = {
        "UserName": user.user_name,
        "CreateDate": created(profile.create_date),
        "PasswordResetRequired": profile.password_reset_required,
    }
    if profile.max_signin_session_duration is not None:
        shape["MaxSigninSessionDuration"] = profile.max_signin_session_duration
    return shape


def _with_profile(call: Call, user: User, profile: LoginProfile | None) -> Answer:
    changed = replace(user, login_profile=profile)
    return Answer(configuration=with_entity(call.configuration, changed), subject=user.arn)


PERFORMS: dict[str, Perform] = {
    "CreateLoginProfile": create_login_profile,
    "GetLoginProfile": get_login_profile,
    "UpdateLoginProfile": update_login_profile,
    "DeleteLoginProfile": delete_login_profile,
    "ChangePassword": change_password,
}
