"""Account assignments: who has which permission set in which account. Assigning provisions the role of the
set. When the last assignment of a set in an account is deleted, its role is deleted too, and its sessions
stop working; otherwise issued sessions are valid until they expire.
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept-revoke-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.identity_center import AccountAssignment
from sts_tui.account.permission_set_roles import missing_policies, provisioned, role_of_set
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.operations.identity_center.center_access import (
    authorize,
    group_of,
    instance_of,
    not_found,
    refuse_management_account,
    set_of,
    user_of,
)
from sts_tui.simulation.operations.identity_center.permission_sets import without_role
from sts_tui.simulation.operations.responses import created
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sso as shapes


def create_account_assignment(
    call: Call[shapes.CreateAccountAssignmentRequest],
) -> Answer[shapes.CreateAccountAssignmentResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException. An assignment that exists already succeeds;
    one whose set cannot be provisioned to the account fails with a reason.
    """
    one = _named(call)
    (user_of if one.principal_type == "USER" else group_of)(call, one.principal_id)
    set_ = set_of(call, one.permission_set_arn)
    configuration = call.configuration
    missing = list(missing_policies(set_, one.account_id, configuration))
    if not missing:
        table = PersistentMap.of(configuration.account_assignments).updated({one.key: one})
        configuration = replace(configuration, account_assignments=table)
        if role_of_set(set_, one.account_id, configuration) is None:
            suffix = call.ids.request_id().replace("-", "")[:16]
            configuration = provisioned(set_, one.account_id, configuration, suffix)
    status = _status(call, one, "FAILED" if missing else "SUCCEEDED")
    if missing:
        status["FailureReason"] = f"Policy {missing[0]} does not exist or is not attachable."
    return Answer(
        response={"AccountAssignmentCreationStatus": status},
        configuration=configuration,
        subject=one.permission_set_arn,
    )


def delete_account_assignment(
    call: Call[shapes.DeleteAccountAssignmentRequest],
) -> Answer[shapes.DeleteAccountAssignmentResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    one = _named(call)
    if one.key not in call.configuration.account_assignments:
        raise not_found("Account assignment not found.")
    table = PersistentMap.of(call.configuration.account_assignments).without([one.key])
    configuration = replace(call.configuration, account_assignments=table)
    is_last = not any(
        (other.permission_set_arn, other.account_id) == (one.permission_set_arn, one.account_id)
        for other in table.values()
    )
    subject = one.permission_set_arn
    if is_last and call.settings.last_assignment_deletes_role:
        set_ = set_of(call, one.permission_set_arn)
        role = role_of_set(set_, one.account_id, configuration)
        configuration = without_role(set_, one.account_id, configuration)
        subject = role.arn if role is not None else subject
    return Answer(
        response={"AccountAssignmentDeletionStatus": _status(call, one, "SUCCEEDED")},
        configuration=configuration,
        subject=subject,
    )


def list_account_assignments(
    call: Call[shapes.ListAccountAssignmentsRequest],
) -> Answer[shapes.ListAccountAssignmentsResponse]:
    """The assignments of one permission set in one account. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    params = call.params
    instance = instance_of(call, params["InstanceArn"])
    wanted = (params["AccountId"], params["PermissionSetArn"])
    authorize(call, instance.instance_arn, wanted[1], _account_arn(wanted[0]))
    set_of(call, wanted[1])
    return Answer(
        response={
            "AccountAssignments": [
                {
                    "AccountId": one.account_id,
                    "PermissionSetArn": one.permission_set_arn,
                    "PrincipalType": one.principal_type,
                    "PrincipalId": one.principal_id,
                }
                for one in call.configuration.account_assignments.values()
                if (one.account_id, one.permission_set_arn) == wanted
            ]
        }
    )


def _named(call: Call) -> AccountAssignment:
    """The assignment that a call describes, after authorizing the call."""
    params = call.params
    instance = instance_of(call, params["InstanceArn"])
    account = params["TargetId"]
    authorize(call, instance.instance_arn, params["PermissionSetArn"], _account_arn(account))
    refuse_management_account(call, account)
    set_of(call, params["PermissionSetArn"])
    if account not in call.configuration.accounts:
        raise not_found(f"Account not found: {account}")
    return AccountAssignment(
        account_id=account,
        permission_set_arn=params["PermissionSetArn"],
        principal_type=params["PrincipalType"],
        principal_id=params["PrincipalId"],
    )


def _account_arn(account: str) -> str:
    return f"arn:aws:sso:::account/{account}"


def _status(call: Call, one: AccountAssignment, status: str) -> shapes.AccountAssignmentOperationStatus:
    return {
        "Status": status,
        "RequestId": call.ids.request_id(),
        "TargetId": one.account_id,
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": one.permission_set_arn,
        "PrincipalType": one.principal_type,
        "PrincipalId": one.principal_id,
        "CreatedDate": created(call.now),
    }


PERFORMS: dict[str, Perform] = {
    "CreateAccountAssignment": create_account_assignment,
    "DeleteAccountAssignment": delete_account_assignment,
    "ListAccountAssignments": list_account_assignments,
}
