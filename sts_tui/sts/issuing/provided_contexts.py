"""Which user context of IAM Identity Center does AssumeRole set? Context assertions and their condition keys.

An application gets an assertion for a user who signed in, and passes it in ProvidedContexts. The role must
allow `sts:SetContext`. The session identifies the user, and AWS attaches a policy to it that denies most
actions.
https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation-identity-enhanced-iam-role-sessions.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call

PROVIDER: Final = ":iam::aws:contextProvider/IdentityCenter"
"""The end of the ARN of the only context provider."""
PROVIDERS_KEY: Final = "sts:RequestContextProviders"
_OF_THE_REQUEST: Final = "sts:RequestContext/"
UNKNOWN_KEYS: Final = ("identitycenter:ApplicationArn", "identitycenter:CredentialId")
"""Condition keys of AssumeRole about the application to which the assertion was issued. They are unknown,
because that is not simulated.
"""


class ProvidedContext(Struct, frozen=True, kw_only=True):
    """The condition keys of an assertion; both empty if none is passed."""

    authorization_keys: JsonObject
    """The keys for the authorization of the call."""
    session_keys: JsonObject
    """The keys in every request of the session."""


NO_CONTEXT: Final = ProvidedContext(authorization_keys={}, session_keys={})


def provided_context(call: Call) -> ProvidedContext:
    """The context that a call of AssumeRole passes. Raises AwsError InvalidContextAssertion for another
    context provider, for an assertion that IAM Identity Center did not sign or that has expired, and for a
    user who is not in the directory.
    """
    given = call.params.get("ProvidedContexts")
    if not isinstance(given, Sequence) or not given:
        return NO_CONTEXT
    if len(given) > 1:
        raise _refused("a session has the context of one user")
    provider, assertion = _member(given[0], "ProviderArn"), _member(given[0], "ContextAssertion")
    if not provider.endswith(PROVIDER):
        raise _refused(f"there is no context provider {provider}")
    user_id = _user(assertion, call)
    instance = next(iter(call.configuration.identity_center_instances.values()))
    store = call.configuration.identity_store_arn(instance.instance_arn)
    session_keys: dict[str, Json] = {"identitystore:UserId": user_id, "identitystore:IdentityStoreArn": store}
    authorization_keys: dict[str, Json] = {
        f"{_OF_THE_REQUEST}{key}": value for key, value in session_keys.items()
    }
    authorization_keys |= {PROVIDERS_KEY: [provider], "identitycenter:InstanceArn": instance.instance_arn}
    return ProvidedContext(authorization_keys=authorization_keys, session_keys=session_keys)


def _user(assertion: str, call: Call) -> str:
    from sts_tui.identity_providers.sign_in_codes import (  # verifying loads cryptography
        IDENTITY_CONTEXT,
        ExpiredCodeError,
        InvalidCodeError,
        read_code,
    )

    try:
        user_id = read_code(IDENTITY_CONTEXT, assertion, call.now)
    except ExpiredCodeError:
        raise _refused("the assertion has expired") from None
    except InvalidCodeError:
        raise _refused("IAM Identity Center of the files did not issue it") from None
    if user_id not in call.configuration.directory_users:
        raise _refused(f"Identity Center has no user {user_id}")
    return user_id


def _member(given: object, name: str) -> str:
    value = given.get(name) if isinstance(given, Mapping) else None
    return value if isinstance(value, str) else ""


def _refused(why: str) -> AwsError:
    """The error. AWS documents its code, but not the message."""
    message = "The provided context assertion could not be validated."
    return AwsError("InvalidContextAssertion", message, hint=why)
