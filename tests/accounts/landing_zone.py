"""An organization whose people sign in through IAM Identity Center, and what one does there."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, Final

from sts_tui.account.permission_set_roles import role_of_set
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.sign_ins import open_portal_session, portal_sign_in, portal_user
from sts_tui.sts.session import Session
from tests.accounts.policies import allow, policy

MANAGEMENT: Final = "111111111111"
PROD: Final = "222222222222"
ADMIN: Final = "333333333333"
ANN, BEN = "ann@acme.example", "ben@acme.example"
MODEL: Final[dict[str, Any]] = {
    "Organization": {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MANAGEMENT,
        "DelegatedAdministrators": {"sso.amazonaws.com": [ADMIN]},
        "Root": {"Name": "Root", "Accounts": [MANAGEMENT, PROD, ADMIN]},
    },
    "IdentityCenter": {
        "Instances": [
            {
                "AccessControlAttributes": [
                    {"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}},
                    {"Key": "mail", "Value": {"Source": ["${path:emails[primary eq true].value}"]}},
                ]
            }
        ],
        "Users": [
            {
                "UserName": ANN,
                "Extensions": {"aws:identitystore:enterprise": {"department": "payments"}},
                "Emails": [{"Value": "ann@mail.example", "Primary": True}],
            },
            {"UserName": BEN},
            {"UserName": "gone@acme.example", "UserStatus": "DISABLED"},
        ],
        "Groups": [{"DisplayName": "developers"}],
        "GroupMemberships": [{"GroupId": "developers", "MemberId": {"UserId": ANN}}],
        "PermissionSets": [
            {
                "Name": "Developer",
                "SessionDuration": "PT4H",
                "InlinePolicy": policy(allow(["s3:GetObject", "sts:AssumeRole"])),
            },
            {"Name": "Audit", "InlinePolicy": policy(allow("s3:ListBucket"))},
        ],
        "AccountAssignments": [
            {
                "AccountId": PROD,
                "PermissionSetArn": "Developer",
                "PrincipalType": "GROUP",
                "PrincipalId": "developers",
            },
            {"AccountId": PROD, "PermissionSetArn": "Audit", "PrincipalType": "USER", "PrincipalId": BEN},
        ],
    },
    "Accounts": [{"AccountId": MANAGEMENT}, {"AccountId": PROD, "Name": "prod"}, {"AccountId": ADMIN}],
}


class LandingZone:
    """Sign-ins and calls by name."""

    def __init__(self, model: dict[str, Any] | None = None, **settings: Any) -> None:
        whole = deepcopy(model or MODEL)
        if settings:
            whole["Settings"] = settings
        self.sim = Simulation.open(whole, seed=7)

    def portal(self, user: str = ANN) -> str:
        """The access token of a new portal session."""
        action, params = portal_sign_in(portal_user(user, self.sim.world), self.sim.world)
        return str(self.sim.call(action, params)["accessToken"])

    def role(self, token: str, name: str = "Developer", account: str = PROD) -> Session:
        """A session of the permission set."""
        answer = self.sim.call(
            "sso:GetRoleCredentials", {"accessToken": token, "accountId": account, "roleName": name}
        )
        return self.sim.world.sessions[answer["roleCredentials"]["accessKeyId"]]

    def signed_in(self, user: str = ANN, name: str = "Developer") -> Session:
        return self.role(self.portal(user), name)

    def admin(self, action: str, caller: str = f"root@{MANAGEMENT}", **params: Any) -> dict[str, Any]:
        """A call of an administrator; the instance and the store are filled in."""
        instance = next(iter(self.sim.world.configuration.identity_center_instances.values()))
        if action.startswith("sso:") and action != "sso:ListInstances":
            params = {"InstanceArn": instance.instance_arn, **params}
        if action.startswith("identitystore:"):
            params = {"IdentityStoreId": instance.identity_store_id, **params}
        return self.sim.call(action, params, caller=self.sim.resolve(caller))

    def refusal(self, action: str, **given: Any) -> AwsError:
        try:
            answer = self.admin(action, **given)
        except AwsError as error:
            return error
        raise AssertionError(f"{action} was answered: {json.dumps(answer)[:200]}")

    def set_arn(self, name: str) -> str:
        sets = self.sim.world.configuration.permission_sets.values()
        return next(one.permission_set_arn for one in sets if one.name == name)

    def user_id(self, name: str = ANN) -> str:
        return portal_user(name, self.sim.world).user_id

    def assignment(self, name: str = "Developer", user: str = "", account: str = PROD) -> dict[str, str]:
        """The parameters that name an assignment; without a user, of the group of developers."""
        groups = self.sim.world.configuration.directory_groups
        return {
            "TargetId": account,
            "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": self.set_arn(name),
            "PrincipalType": "USER" if user else "GROUP",
            "PrincipalId": self.user_id(user) if user else next(iter(groups)),
        }

    def role_arn(self, name: str = "Developer", account: str = PROD) -> str:
        sets = self.sim.world.configuration.permission_sets.values()
        set_ = next(one for one in sets if one.name == name)
        role = role_of_set(set_, account, self.sim.world.configuration)
        return role.arn if role is not None else ""

    def may(self, action: str, session: Session, resource: str = "arn:aws:s3:::data/x") -> bool:
        try:
            self.sim.request(action, resource, caller=session.access_key_id)
        except AwsError:
            return False
        return True

    def end_portal_session(self, user: str = ANN) -> None:
        session = open_portal_session(portal_user(user, self.sim.world), self.sim.world)
        assert session is not None
        self.sim.call("sso:Logout", {"accessToken": session.token})

    def has_no_access(self, token: str, name: str = "Developer", account: str = PROD) -> AwsError:
        role_call = {"accessToken": token, "accountId": account, "roleName": name}
        try:
            self.sim.call("sso:GetRoleCredentials", role_call)
        except AwsError as error:
            if (error.code, error.status) != ("ForbiddenException", 403):
                raise
            return error
        raise AssertionError("credentials were issued")
