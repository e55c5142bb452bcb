"""Which cuts are made outside the role or user: in policies of the organization and of resources?

An SCP applies to the principals of a member account, never to the management account; an RCP to resources of
certain services; a resource-based policy only to its resource. All of them name the holder's principals.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Resource
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.cut import Cut, Step, targeted
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.containment.kinds.joined_denies import SID, joined, organization_steps
from sts_tui.simulation.containment.kinds.resource_policy_calls import NAMES, denying, write_call
from sts_tui.simulation.world import World
from sts_tui.sts.session import SessionKind

SERVICES_OF_RCPS: Final = ("s3:*", "sts:*", "kms:*", "sqs:*", "secretsmanager:*")
"""https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"""


def organization_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    if world.configuration.organization is None:
        return
    condition: dict[str, Json] = {"ArnEquals": {"aws:PrincipalArn": list(_principal_arns(holder, world))}}
    accounts = list(dict.fromkeys(account_of(arn) or "" for arn in holder.issuers))
    for kind, actions, target in (
        ("SERVICE_CONTROL_POLICY", ["*"], {"Resource": "*"}),
        ("RESOURCE_CONTROL_POLICY", list(SERVICES_OF_RCPS), {"Resource": "*", "Principal": "*"}),
    ):
        name = "scp" if kind.startswith("SERVICE") else "rcp"
        statement: dict[str, Json] = {"Action": actions, **target, "Condition": condition}
        for account in accounts:
            yield _organization_cut(name, kind, account, statement, world.configuration)


def _principal_arns(holder: Holder, world: World) -> Iterator[str]:
    """`aws:PrincipalArn` of the holder's requests: for a role session the role, for a GetSessionToken session
    the user, for a GetFederationToken session the federated user (not the user who called
    GetFederationToken).
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    federated = [one for one in holder.live(world) if one.kind is SessionKind.FEDERATED_USER]
    others = len(federated) < len(holder.credentials) or not federated
    yield from dict.fromkeys([*(holder.issuers if others else ()), *(one.arn for one in federated)])


def _organization_cut(
    name: str, kind: str, account: str, statement: Mapping[str, Json], configuration: Configuration
) -> Cut:
    facts = configuration.accounts.get(account)
    where = (facts.name if facts else "") or account
    policy = f"Incident{name.upper()}"
    return Cut(
        id=f"{name}:{account}",
        title=f"{name.upper()} on account {where}",
        steps=tuple(organization_steps(policy, kind, statement, account, configuration)),
    )


def resource_cuts(holder: Holder, uses: tuple[Use, ...], world: World) -> Iterator[Cut]:
    """A Deny in the policy of each bucket and key that the credentials were used on, and of other resources
    of the model that have a policy.
    """
    thieves = [use for use in uses if not use.is_rightful] or list(uses)
    asked = dict.fromkeys(request.resource for use in thieves for request in use.requests)
    found = dict.fromkeys(arn for one in asked if (arn := _with_policy(one, world)))
    condition: Json = {"ArnEquals": {"aws:PrincipalArn": list(_principal_arns(holder, world))}}
    for arn in found:
        yield _resource_cut(world.configuration.resources[arn], condition, len(found) > 1)


def _with_policy(resource: str, world: World) -> str:
    """The ARN of the entry whose policy applies to a request for this resource; empty if there is none."""
    service = resource.split(":")[2] if resource.count(":") > 4 else ""
    arn = resource.split("/", 1)[0] if service == "s3" else resource
    entry = world.configuration.resources.get(arn)
    known = entry is not None and (service in ("s3", "kms") or entry.policy is not None)
    return arn if known else ""


def _resource_cut(entry: Resource, condition: Json, several: bool) -> Cut:
    _, _, service, _, _, name = entry.arn.split(":", 5)
    kind = NAMES.get(service, f"policy of the {service} resource")
    cut_id = targeted("resource-policy", name.rpartition("/")[2], several)
    title = f"{kind} of {name}"
    statement = denying(entry, {"Sid": SID, "Principal": "*", "Condition": condition})
    call = write_call(entry, joined(entry.policy.document if entry.policy else None, statement))
    if call is None:
        why = (
            f"no simulated call of {service} writes a Deny into it: deny the holder in its own policies or "
            "in an SCP"
        )
        return Cut(id=cut_id, title=title, why_not=why)
    return Cut(id=cut_id, title=title, steps=(Step(call.action, call.params, entry.account),))
