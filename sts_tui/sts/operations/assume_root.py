"""How is AssumeRoot simulated? It gives a root session of a member account for fifteen minutes and one task.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sts_tui.account.arn import Arn, is_account_id, root_arn
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.credentials import asked_token_size, credentials_shape, mint, token_size, token_size_members
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import ASSUME_ROOT_DEFAULT
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.operations.root_tasks import ROOT_TASKS, RootTask
from sts_tui.sts.regions import refuse_region
from sts_tui.sts.session import Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.account.entities import Organization
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:AssumeRoot"
IAM_SERVICE: Final = "iam.amazonaws.com"
"""The service principal whose delegated administrators can assume root, as the management account can."""


def assume_root(call: Call[shapes.AssumeRootRequest]) -> Answer[shapes.AssumeRootResponse]:
    """Issue a root session of a member account, limited by one of AWS's root-task policies."""
    target = _target(call)
    refuse_caller(ACTION, call.caller, call.settings, target)
    account = target.split(":")[4]
    refuse_region(call, account)
    task_arn = call.params["TaskPolicyArn"].get("arn") or ""
    task = ROOT_TASKS.get(task_arn)
    if task is None:
        raise AwsError("ValidationError", f"Invalid root task policy: {task_arn}")
    source_identity = call.caller.session.source_identity if call.caller.session else None
    call.authorize(
        ACTION,
        target,
        context={"sts:TaskPolicyArn": task_arn},
        resource_account=account,
    )
    _refuse_outside_organization(call, target, task)
    session = _session(call, target, task_arn, task, source_identity)
    token_size = token_size_members(session.credentials)
    response: shapes.AssumeRootResponse = {
        "Credentials": credentials_shape(session.credentials),
        "SessionTokenUtilization": token_size["SessionTokenUtilization"],
        "SessionTokenSize": token_size["SessionTokenSize"],
    }
    if source_identity is not None:
        response["SourceIdentity"] = source_identity
    return Answer(response=response, sessions=(session,))


def _target(call: Call) -> str:
    """The root ARN of the member account, which can also be given by its id."""
    named: str = call.params["TargetPrincipal"]
    if is_account_id(named):
        return root_arn(named, (call.caller.arn or "arn:aws").split(":")[1])
    try:
        arn = Arn.parse(named)
    except ValueError:
        arn = None
    if arn is None or arn.service != "iam" or arn.resource != "root":
        raise AwsError("ValidationError", f"{named} is invalid")
    return named


def _refuse_outside_organization(call: Call, target: str, task: RootTask) -> None:
    """Raise AwsError unless the caller is in the management account or a delegated administrator account, the
    target is a member account, and the organization has enabled the feature of the task.
    """
    organization = call.configuration.organization
    caller_account, account = call.caller.account or call.account, target.split(":")[4]
    if organization is None:
        raise access_denied(ACTION, target, call.caller, hint="there is no organization")
    allowed = {
        organization.management_account_id,
        *organization.delegated_administrators.get(IAM_SERVICE, ()),
    }
    if caller_account not in allowed:
        hint = f"{caller_account} is neither the management account nor a delegated administrator for IAM"
        raise access_denied(ACTION, target, call.caller, hint=hint)
    if account == organization.management_account_id or account not in _members(organization):
        raise access_denied(ACTION, target, call.caller, hint=f"{account} is not a member account")
    if task.feature not in organization.features:
        hint = f"the organization has not enabled {task.feature}"
        raise access_denied(ACTION, target, call.caller, hint=hint)


def _members(organization: Organization) -> set[str]:
    units, members = [organization.root], set[str]()
    while units:
        unit = units.pop()
        members.update(account.account_id for account in unit.accounts)
        units.extend(unit.organizational_units)
    return members


def _session(call: Call, target: str, task_arn: str, task: RootTask, source_identity: str | None) -> Session:
    account = target.split(":")[4]
    asked = call.params.get("DurationSeconds")
    seconds = ASSUME_ROOT_DEFAULT if asked is None else int(asked)
    size = token_size(minimum_token_size=asked_token_size(call.params))
    credentials = mint(call.ids, account, call.now + timedelta(seconds=seconds), size)
    return Session(
        name=call.session_label or f"root-{account}",
        kind=SessionKind.ROOT,
        operation="AssumeRoot",
        credentials=credentials,
        account=account,
        arn=target,
        user_id=account,
        issuer_arn=target,
        issuer_id=account,
        issued_at=call.now,
        expires_at=credentials.expiration,
        parent=call.caller.access_key_id,
        parent_label=call.caller.label,
        source_identity=source_identity,
        session_policies=(task.written,),
        session_policy_arns=(task_arn,),
        has_session_policy=True,
        context={"aws:AssumedRoot": "true"},
    )
