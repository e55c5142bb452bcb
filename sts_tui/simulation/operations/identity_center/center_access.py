"""Who may administer Identity Center, and which instance, permission set or store does a call name?

https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.identity_center import CenterGroup, CenterUser, IdentityCenterInstance, PermissionSet
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Call

if TYPE_CHECKING:
    pass

SERVICE_PRINCIPAL: Final = "sso.amazonaws.com"


def not_found(message: str) -> AwsError:
    """A refusal for something that does not exist."""
    return AwsError("ResourceNotFoundException", message, 400)


def conflict(message: str) -> AwsError:
    """A refusal for something that exists already, or is in use."""
    return AwsError("ConflictException", message, 400)


def instance_of(call: Call, arn: str) -> IdentityCenterInstance:
    """The instance that a call names. Raises ResourceNotFoundException, AccessDeniedException."""
    instance = call.configuration.identity_center_instances.get(arn)
    if instance is None:
        raise not_found(f"Instance not found: {arn}")
    _refuse_other_account(call, instance)
    return instance


def store_of(call: Call, identity_store_id: str) -> IdentityCenterInstance:
    """The instance whose identity store a call names. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    name = identity_store_id.rpartition("/")[2]
    for instance in call.configuration.identity_center_instances.values():
        if instance.identity_store_id == name:
            _refuse_other_account(call, instance)
            return instance
    raise not_found("IDENTITY_STORE not found.")


def set_of(call: Call, arn: str) -> PermissionSet:
    """The permission set that a call names. Raises ResourceNotFoundException."""
    found = call.configuration.permission_sets.get(arn)
    if found is None:
        raise not_found(f"PermissionSet not found: {arn}")
    return found


def user_of(call: Call, user_id: str) -> CenterUser:
    """The user with that id. Raises ResourceNotFoundException."""
    found = call.configuration.directory_users.get(user_id)
    if found is None:
        raise not_found("USER not found.")
    return found


def group_of(call: Call, group_id: str) -> CenterGroup:
    """The group with that id. Raises ResourceNotFoundException."""
    found = call.configuration.directory_groups.get(group_id)
    if found is None:
        raise not_found("GROUP not found.")
    return found


def authorize(call: Call, *resources: str, context: Mapping[str, Any] | None = None) -> None:
    """Authorize the call's action on every resource of it. Raises the AwsError of the first denial."""
    for resource in resources or ("*",):
        call.authorize(call.operation, resource, resource_account=call.account, context=context)


def refuse_management_account(call: Call, account: str) -> None:
    """Only the management account administers what is provisioned to it. Raises AccessDeniedException."""
    organization = call.configuration.organization
    management = organization.management_account_id if organization else ""
    if account == management and not call.caller.is_operator and call.caller.account != management:
        raise _denied(f"access to the management account {management} is administered only from there")


def is_administrator(call: Call, instance: IdentityCenterInstance) -> bool:
    """Whether the caller's account owns the instance or is its delegated administrator."""
    organization = call.configuration.organization
    delegated = organization.delegated_administrators.get(SERVICE_PRINCIPAL, ()) if organization else ()
    allowed = {call.configuration.owner_of_instance(instance), *delegated}
    return call.caller.is_operator or call.caller.account in allowed


def _refuse_other_account(call: Call, instance: IdentityCenterInstance) -> None:
    if not is_administrator(call, instance):
        owner = call.configuration.owner_of_instance(instance)
        raise _denied(f"Identity Center is administered from account {owner} and its delegated administrator")


def _denied(hint: str) -> AwsError:
    return AwsError(
        "AccessDeniedException", "You do not have sufficient access to perform this action.", 400, hint=hint
    )
