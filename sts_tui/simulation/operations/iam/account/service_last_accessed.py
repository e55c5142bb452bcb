"""Service last accessed: which services a user, group, role or policy grants, and who used each of them last.

GenerateServiceLastAccessedDetails makes a report and returns its job id; the report is based on the request
log at that time. All requests count, including denied ones. Which actions AWS tracks is not known: at
ACTION_LEVEL the report has those that were used.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration, LastAccess, LastAccessedReport
from sts_tui.account.entities import Group, ManagedPolicy, Role, User
from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.simulation.operations.iam.account.granted_services import (
    Granting,
    granted_services,
    granting_policies,
    service_names,
)
from sts_tui.simulation.operations.iam.identity_types import authorize_on
from sts_tui.simulation.operations.iam.policy_arns import attached_to
from sts_tui.simulation.operations.refusals import invalid_input, no_such_entity
from sts_tui.simulation.operations.responses import instant, page_of
from sts_tui.sts.authenticate import key_owner
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

KEPT: Final = 100
"""How many reports an account keeps; AWS does not say how long it keeps them."""
Reported = User | Group | Role | ManagedPolicy


def generate_details(
    call: Call[shapes.GenerateServiceLastAccessedDetailsRequest],
) -> Answer[shapes.GenerateServiceLastAccessedDetailsResponse]:
    """Raises AccessDenied, NoSuchEntity, InvalidInput."""
    entity = authorized_entity_by_arn(call, call.params["Arn"])
    facts = call.configuration.accounts[call.account]
    report = LastAccessedReport(
        job_id=call.ids.request_id(),
        generated=call.now,
        granularity=call.params.get("Granularity", "SERVICE_LEVEL"),
        services=tuple(_services(call, entity)),
        entities=tuple(sorted(one.arn for one in _members(entity, call.configuration, call.account))),
    )
    reports = (*facts.last_accessed_reports, report)[-KEPT:]
    return Answer(
        response={"JobId": report.job_id},
        configuration=with_account_facts(call.configuration, replace(facts, last_accessed_reports=reports)),
        subject=call.account,
    )


def get_details(
    call: Call[shapes.GetServiceLastAccessedDetailsRequest],
) -> Answer[shapes.GetServiceLastAccessedDetailsResponse]:
    """Raises AccessDenied, NoSuchEntity."""
    report = _report(call, call.params["JobId"])
    page = page_of([_row(one, report) for one in report.services], call.params)
    response: shapes.GetServiceLastAccessedDetailsResponse = {
        "JobStatus": "COMPLETED",
        "JobType": report.granularity,
        "JobCreationDate": instant(report.generated),
        "ServicesLastAccessed": page.items,
        "JobCompletionDate": instant(report.generated),
        "IsTruncated": page.end["IsTruncated"],
    }
    if "Marker" in page.end:
        response["Marker"] = page.end["Marker"]
    return Answer(response=response)


def get_details_with_entities(
    call: Call[shapes.GetServiceLastAccessedDetailsWithEntitiesRequest],
) -> Answer[shapes.GetServiceLastAccessedDetailsWithEntitiesResponse]:
    """Every user or role that could have used the service, and when it last did. Raises AccessDenied,
    NoSuchEntity.
    """
    report = _report(call, call.params["JobId"])
    wanted = call.params["ServiceNamespace"]
    uses = next((uses for service, uses in report.services if service == wanted), ())
    last: dict[str, LastAccess] = {}
    for use in uses:
        last.setdefault(use.entity, use)
    rows = [_entity(arn, last.get(arn), call.configuration) for arn in report.entities]
    page = page_of([row for row in rows if row is not None], call.params)
    response: shapes.GetServiceLastAccessedDetailsWithEntitiesResponse = {
        "JobStatus": "COMPLETED",
        "JobCreationDate": instant(report.generated),
        "JobCompletionDate": instant(report.generated),
        "EntityDetailsList": page.items,
        "IsTruncated": page.end["IsTruncated"],
    }
    if "Marker" in page.end:
        response["Marker"] = page.end["Marker"]
    return Answer(response=response)


def list_policies_granting_service_access(
    call: Call[shapes.ListPoliciesGrantingServiceAccessRequest],
) -> Answer[shapes.ListPoliciesGrantingServiceAccessResponse]:
    """Raises AccessDenied, NoSuchEntity, InvalidInput."""
    entity = authorized_entity_by_arn(call, call.params["Arn"])
    policies = list(granting_policies(entity, call.configuration))
    rows: list[shapes.ListPoliciesGrantingServiceAccessEntry] = [
        {
            "ServiceNamespace": service,
            "Policies": [_shape(one) for one in policies if service in granted_services(one.document)],
        }
        for service in call.params["ServiceNamespaces"]
    ]
    page = page_of(rows, {"Marker": call.params["Marker"]} if "Marker" in call.params else {})
    return Answer(response={"PoliciesGrantingServiceAccess": page.items, **page.end})


def _shape(policy: Granting) -> shapes.PolicyGrantingServiceAccess:
    if policy.arn is not None:
        return {"PolicyName": policy.name, "PolicyType": "MANAGED", "PolicyArn": policy.arn}
    shape: shapes.PolicyGrantingServiceAccess = {"PolicyName": policy.name, "PolicyType": "INLINE"}
    match policy.entity:
        case User(user_name=name):
            shape |= {"EntityType": "USER", "EntityName": name}
        case Role(role_name=name):
            shape |= {"EntityType": "ROLE", "EntityName": name}
        case Group(group_name=name):
            shape |= {"EntityType": "GROUP", "EntityName": name}
    return shape


def authorized_entity_by_arn(call: Call, arn: str) -> Reported:
    """The user, group, role or policy, once the caller may ask about it. Raises AccessDenied, InvalidInput,
    NoSuchEntity.
    """
    kind = arn.rpartition(":")[2].partition("/")[0]
    if not arn.startswith("arn:") or kind not in ("user", "group", "role", "policy"):
        authorize_on(call, arn)
        raise invalid_input(f"ARN {arn} is not valid.")
    configuration = call.configuration
    entity = (
        configuration.users.get(arn)
        or configuration.groups.get(arn)
        or configuration.roles.get(arn)
        or configuration.policies.get(arn)
    )
    authorize_on(call, arn, entity)
    if entity is None or account_of(arn) not in (call.account, "aws"):
        raise no_such_entity(f"ARN {arn} cannot be found.")
    return entity


def _report(call: Call, job_id: str) -> LastAccessedReport:
    call.authorize(call.operation)
    for report in call.configuration.accounts[call.account].last_accessed_reports:
        if report.job_id == job_id:
            return report
    raise no_such_entity(f"No job with id {job_id} was found.")


def _services(call: Call, entity: Reported) -> Iterator[tuple[str, tuple[LastAccess, ...]]]:
    """(service, its uses) for each service that the policies grant: the last use by each action, user and
    role, newest first.
    """
    granted: set[str] = set()
    for policy in granting_policies(entity, call.configuration):
        granted |= granted_services(policy.document)
    users = {one.arn for one in _members(entity, call.configuration, call.account)}
    found: dict[str, dict[tuple[str, str], LastAccess]] = {}
    for use in call.uses.newest_first():
        arn = _owner(call, use.access_key_id)
        if arn in users and use.service in granted:
            access = LastAccess(entity=arn, action=use.action, at=use.at, region=use.region)
            found.setdefault(use.service, {}).setdefault((use.action, arn), access)
    for service in sorted(granted):
        yield service, tuple(found.get(service, {}).values())


def _owner(call: Call, access_key_id: str) -> str:
    """The user or role whose permissions a key has; empty if there is none."""
    if owner := key_owner(access_key_id, call.configuration):
        return owner[0].arn
    session = call.sessions.get(access_key_id)
    return session.issuer_arn if session else ""


def _members(entity: Reported, configuration: Configuration, account: str) -> Iterator[User | Role]:
    """The users and roles that have the permissions."""
    match entity:
        case User() | Role():
            yield entity
        case Group():
            for user in configuration.users.values():
                if entity.group_name in user.group_list and account_of(user.arn) == account:
                    yield user
        case ManagedPolicy():
            for _, identity in attached_to(configuration, account, entity.arn):
                yield from _members(identity, configuration, account)


def _row(
    service: tuple[str, tuple[LastAccess, ...]], report: LastAccessedReport
) -> shapes.ServiceLastAccessed:
    prefix, uses = service
    row: shapes.ServiceLastAccessed = {
        "ServiceName": service_names().get(prefix, prefix),
        "ServiceNamespace": prefix,
        "TotalAuthenticatedEntities": len({use.entity for use in uses}),
    }
    if uses:
        row |= {
            "LastAuthenticated": instant(uses[0].at),
            "LastAuthenticatedEntity": uses[0].entity,
            "LastAuthenticatedRegion": uses[0].region,
        }
    if uses and report.granularity == "ACTION_LEVEL":
        by_action: dict[str, LastAccess] = {}
        for use in uses:
            by_action.setdefault(use.action, use)
        row["TrackedActionsLastAccessed"] = [
            {
                "ActionName": action,
                "LastAccessedEntity": use.entity,
                "LastAccessedTime": instant(use.at),
                "LastAccessedRegion": use.region,
            }
            for action, use in sorted(by_action.items())
        ]
    return row


def _entity(arn: str, use: LastAccess | None, configuration: Configuration) -> shapes.EntityDetails | None:
    """The entity in AWS's shape; None if it was deleted since."""
    entity: User | Role | None = configuration.users.get(arn) or configuration.roles.get(arn)
    if entity is None:
        return None
    is_user = isinstance(entity, User)
    details: shapes.EntityDetails = {
        "EntityInfo": {
            "Arn": arn,
            "Name": entity.user_name if isinstance(entity, User) else entity.role_name,
            "Type": "USER" if is_user else "ROLE",
            "Id": entity.user_id if isinstance(entity, User) else entity.role_id,
            "Path": entity.path,
        }
    }
    if use is not None:
        details["LastAuthenticated"] = instant(use.at)
    return details


PERFORMS: Mapping[str, Perform] = {
    "GenerateServiceLastAccessedDetails": generate_details,
    "GetServiceLastAccessedDetails": get_details,
    "GetServiceLastAccessedDetailsWithEntities": get_details_with_entities,
    "ListPoliciesGrantingServiceAccess": list_policies_granting_service_access,
}
