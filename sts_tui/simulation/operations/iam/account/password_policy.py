"""The account password policy, and whether a password satisfies it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.simulation.operations.refusals import no_such_entity
from sts_tui.simulation.operations.requests import is_true
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

_SYMBOLS: Final = frozenset("!@#$%^&*()_+-=[]{}|'")
_DEFAULT_LENGTH: Final = 8
"""AWS's default policy: eight characters of at least three kinds."""
_CUSTOM_LENGTH: Final = 6
"""The length if a policy of the account leaves it out."""


def _has_symbol(text: str) -> bool:
    return any(one in _SYMBOLS for one in text)


def _has_number(text: str) -> bool:
    return any(one.isdecimal() for one in text)


def _has_uppercase(text: str) -> bool:
    return any(one.isupper() for one in text)


def _has_lowercase(text: str) -> bool:
    return any(one.islower() for one in text)


_SWITCHES: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "RequireSymbols": ("a symbol", _has_symbol),
    "RequireNumbers": ("a number", _has_number),
    "RequireUppercaseCharacters": ("an uppercase letter", _has_uppercase),
    "RequireLowercaseCharacters": ("a lowercase letter", _has_lowercase),
}


def get_password_policy(call: Call) -> Answer[shapes.GetAccountPasswordPolicyResponse]:
    """Raises AccessDenied, and NoSuchEntity while AWS's default applies."""
    call.authorize(call.operation)
    policy = call.configuration.accounts[call.account].password_policy
    if policy is None:
        raise _no_policy(call)
    return Answer(response={"PasswordPolicy": cast("shapes.PasswordPolicy", dict(policy))})


def update_password_policy(call: Call[shapes.UpdateAccountPasswordPolicyRequest]) -> Answer:
    """Replaces the whole policy: what a call leaves out returns to its default. Raises AccessDenied."""
    call.authorize(call.operation)
    params = call.params
    age = int(params.get("MaxPasswordAge") or 0)
    policy: dict[str, Json] = {
        "MinimumPasswordLength": int(params.get("MinimumPasswordLength") or _CUSTOM_LENGTH),
        **{name: is_true(params.get(name)) for name in _SWITCHES},
        "AllowUsersToChangePassword": is_true(params.get("AllowUsersToChangePassword")),
        "ExpirePasswords": age > 0,
        "HardExpiry": is_true(params.get("HardExpiry")),
    }
    if age:
        policy["MaxPasswordAge"] = age
    if reuse := int(params.get("PasswordReusePrevention") or 0):
        policy["PasswordReusePrevention"] = reuse
    return _with_policy(call, policy)


def delete_password_policy(call: Call) -> Answer:
    """AWS's default applies again. Raises AccessDenied, NoSuchEntity."""
    call.authorize(call.operation)
    if call.configuration.accounts[call.account].password_policy is None:
        raise _no_policy(call)
    return _with_policy(call, None)


def refuse_weak_password(call: Call, password: str) -> None:
    """Raises PasswordPolicyViolation for a password that the account's policy, or AWS's default, refuses."""
    policy = call.configuration.accounts[call.account].password_policy
    if policy is None:
        missing = [noun for noun, holds in _SWITCHES.values() if not holds(password)]
        if len(password) < _DEFAULT_LENGTH or len(missing) > 1:
            raise _violation("Password should have at least 8 characters of three kinds")
        return
    least = policy.get("MinimumPasswordLength") or _CUSTOM_LENGTH
    if isinstance(least, int) and len(password) < least:
        raise _violation(f"Password should have a minimum length of {least}")
    for name, (noun, holds) in _SWITCHES.items():
        if policy.get(name) and not holds(password):
            raise _violation(f"Password should have at least {noun}")


def may_change_own_password(call: Call) -> bool:
    """Whether the password policy lets users change their own passwords without an Allow in their
    policies.
    """
    policy = call.configuration.accounts[call.account].password_policy
    return policy is not None and bool(policy.get("AllowUsersToChangePassword"))


def _violation(message: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", message, 400)


def _no_policy(call: Call) -> AwsError:
    return no_such_entity(f"The Password Policy with domain name {call.account} cannot be found.")


def _with_policy(call: Call, policy: dict[str, Json] | None) -> Answer:
    facts = replace(call.configuration.accounts[call.account], password_policy=policy)
    return Answer(configuration=with_account_facts(call.configuration, facts), subject=call.account)


PERFORMS: dict[str, Perform] = {
    "GetAccountPasswordPolicy": get_password_policy,
    "UpdateAccountPasswordPolicy": update_password_policy,
    "DeleteAccountPasswordPolicy": delete_password_policy,
}
