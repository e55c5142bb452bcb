"""Which condition keys can a caller choose, and which follow from the principal, the resource or the clock?

A caller chooses its Region, network and client, the parameters of the call, and, with an MFA device, whether
it passes a code. It does not choose the tags of a resource, the properties of its principal, the time, or on
whose behalf a service calls.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.global_condition_keys import (
    comes_from_identity,
    is_of_role_session,
    is_of_service_call,
)

MFA_PRESENT: Final = "aws:multifactorauthpresent"
MFA: Final = (MFA_PRESENT, "aws:multifactorauthage")
"""The two keys that an MFA code sets."""
TAG_KEYS: Final = "aws:tagkeys"
REQUEST_TAG: Final = "aws:requesttag/"
PRINCIPAL_TAG: Final = "aws:principaltag/"
REGION_KEY: Final = "aws:requestedregion"
_OF_THE_CLOCK: Final = ("aws:currenttime", "aws:epochtime")
_FOLLOWS: Final = ("kms:calleraccount", "aws:sourceowner")
_OF_FORWARDED_REQUESTS: Final = (
    *("aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "kms:viaservice"),
    *("aws:viaawsmcpservice", "aws:calledviaawsmcp", "aws:ismcpserviceaction"),
)
_OF_A_RESOURCE: Final = lazy_pattern(r"(resource|existing|owner$)|([a-z-]*tag/)")
_OF_A_REQUEST: Final = lazy_pattern(r"(request|req-|created|search|resourcetypes|transitive)")


@lru_cache(maxsize=4096)
def is_of_resource(key: str) -> bool:
    """Whether the key describes the existing resource: `aws:ResourceTag/team`, `iam:ResourceTag/team`,
    `s3:ExistingObjectTag/team`, `kms:ResourceAliases`, `rds:db-tag/team`.
    """
    prefix, _, name = key.lower().partition(":")
    if prefix == "aws":
        return name.startswith("resource")
    return _OF_A_RESOURCE.match(name) is not None and _OF_A_REQUEST.match(name) is None


def is_of_forwarded_request(key: str) -> bool:
    """Whether the key (in lower case) says that a service makes the request on the caller's behalf. A caller
    can use such a service for its own requests, but no service forwards a request to assume a role.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    return key in _OF_FORWARDED_REQUESTS


@lru_cache(maxsize=4096)
def is_chosen_by_caller(key: str, *, is_service: bool = False) -> bool:
    """Whether a caller can choose the value. The keys of `MFA` are not included: they depend on its device. A
    service (`is_service`) also chooses the resource that it calls for.
    """
    lowered = key.lower()
    if is_of_service_call(lowered):
        return is_service
    return not (
        comes_from_identity(lowered)
        or is_of_role_session(lowered)
        or is_of_resource(lowered)
        or lowered in _OF_THE_CLOCK
        or lowered in _FOLLOWS
    )
