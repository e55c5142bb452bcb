"""Whose context of IAM Identity Center does AssumeRole set? Context assertions, and the keys that they give.

An application gets the assertion for a user who signed in, and passes it in ProvidedContexts. The role has
to allow `sts:SetContext`; the session says who the user is, and AWS attaches a policy that denies most
actions to it.
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
"""The end of the ARN of the one context provider that there is."""
PROVIDERS_KEY: Final = "sts:RequestContextProviders"
_OF_THE_REQUEST: Final = "sts:RequestContext/"
UNKNOWN_KEYS: Final = ("identitycenter:ApplicationArn", "identitycenter:CredentialId")
"""Keys of AssumeRole that say to which application the assertion was issued, which is not simulated."""


class ProvidedContext(Struct, frozen=True, kw_only=True):
    """What an assertion says; both empty where none is passed."""

    asked: JsonObject
    """Keys while the call is authorized."""
    carried: JsonObject
    """Keys of every request of the session."""


NO_CONTEXT: Final = ProvidedContext(asked={}, carried={})


def provided_context(call: Call) -> ProvidedContext:
    """The context that a call of AssumeRole passes. Raises AwsError InvalidContextAssertion for another
    provider, for an assertion that IAM Identity Center did not sign or that has expired, and for a user whom
    the directory does not have.
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
    carried: dict[str, Json] = {"identitystore:UserId": user_id, "identitystore:IdentityStoreArn": store}
    asked: dict[str, Json] = {f"{_OF_THE_REQUEST}{key}": value for key, value in carried.items()}
    asked |= {PROVIDERS_KEY: [provider], "identitycenter:InstanceArn": instance.instance_arn}
    return ProvidedContext(asked=asked, carried=carried)


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
    """AWS documents the code, not the sentence."""
    message = "The provided context assertion could not be validated."
    return AwsError("InvalidContextAssertion", message, hint=why)
