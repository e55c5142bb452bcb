"""Which policies does one simulation evaluate: those of a principal, those that the call passes?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import User
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_grammar import PolicyKind
from sts_tui.iam import PolicyDocument, PolicySet
from sts_tui.simulation.authorization.organization import is_management_account, levels_of
from sts_tui.simulation.authorization.policies import groups_of
from sts_tui.simulation.operations.iam.identity_types import (
    AWS_OWNER,
    GROUP,
    IDENTITY_TYPES,
    IamIdentity,
    IdentityType,
)
from sts_tui.simulation.operations.iam.inline_policies import inline_policies_of
from sts_tui.simulation.operations.policy_documents import read
from sts_tui.simulation.operations.policy_simulator.statement_positions import pretty, statement_positions
from sts_tui.simulation.operations.refusals import invalid_input, no_such_entity
from sts_tui.sts.operation import Call

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

    SimulationRequest: TypeAlias = shapes.SimulateCustomPolicyRequest | shapes.SimulatePrincipalPolicyRequest
    SimulationCall: TypeAlias = Call[SimulationRequest]


class Source(Struct, frozen=True, dict=True):  # the cached property needs the dict
    """One policy of the simulation. Ids are the simulator's: a managed policy's name, `role_Ops_inline`,
    `PolicyInputList.1`.
    """

    id: str
    type: str
    """`user`, `group`, `role`, `aws-managed`, `user-managed`, `resource` or `none`."""
    document: JsonObject
    text: str = ""
    """The text as passed; empty for stored policies."""
    arn: str = ""
    """The ARN of a managed policy."""
    inline: tuple[str, str, str] | None = None
    """(policy name, kind of what it is attached to, name of that)"""

    @property
    def shown_type(self) -> str:
        """The type in results. The simulator uses other words here than the API's enum."""
        return "Resource Policy" if self.type == "resource" else "IAM Policy"

    @cached_property
    def positions(self) -> list[tuple[shapes.Position, shapes.Position]]:
        """Where each statement begins and ends."""
        return statement_positions(self.text or pretty(self.document))


class SimulatedPolicies(Struct, frozen=True, kw_only=True):
    """Everything that a simulation evaluates."""

    identity: tuple[Source, ...]
    boundary: tuple[Source, ...] | None = None
    resource: Source | None = None
    scps: tuple[tuple[Source, ...], ...] = ()
    """Levels from the organization's root to the account."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The policies that are shown in results; SCPs are not."""
        return (*self.identity, *(self.boundary or ()), *([self.resource] if self.resource else []))

    def scp_documents(self) -> list[list[PolicyDocument]]:
        return [[PolicyDocument(one.document, one.id) for one in level] for level in self.scps]

    def policy_set(self, trust: PolicyDocument | None = None) -> PolicySet:
        """The policies for the engine; `trust` replaces the resource policy."""
        boundary = None if self.boundary is None else [_document(one) for one in self.boundary]
        return PolicySet(
            identity=[_document(one) for one in self.identity],
            boundary=boundary,
            resource=trust or (None if self.resource is None else _document(self.resource)),
            scps=self.scp_documents(),
        )


def _document(source: Source) -> PolicyDocument:
    return PolicyDocument(source.document, source.id)


def custom_policies(call: Call[shapes.SimulateCustomPolicyRequest]) -> SimulatedPolicies:
    """The policies that SimulateCustomPolicy passes."""
    return SimulatedPolicies(
        identity=input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList"),
        boundary=_given_boundary(call.params),
        resource=_given_resource_policy(call.params),
        scps=_given_scps(call.params),
    )


def principal_policies(call: Call[shapes.SimulatePrincipalPolicyRequest], arn: str) -> SimulatedPolicies:
    """The policies of a user, group or role, with those that the call adds and without those it excludes."""
    holder = _holder(call, arn)[1]
    identity = principal_sources(call, arn)
    boundary = _given_boundary(call.params)
    if boundary is None:
        boundary = _own_boundary(call, holder)
    found = SimulatedPolicies(
        identity=identity,
        boundary=boundary,
        resource=_given_resource_policy(call.params),
        scps=_own_scps(call, arn),
    )
    kept = _without_excluded(found, call.params.get("PolicyExclusionList") or ())
    given = input_policies(call.params.get("PolicyInputList") or (), "PolicyInputList")
    return replace(kept, identity=(*kept.identity, *given))


def principal_sources(call: Call, arn: str) -> tuple[Source, ...]:
    """The identity-based policies of a user (its groups' included), group or role."""
    identity_type, holder = _holder(call, arn)
    sources = list(_sources(call, identity_type, holder))
    if isinstance(holder, User):
        for group in groups_of(holder, call.configuration):
            sources += _sources(call, GROUP, group)
    return tuple(sources)


def input_policies(given: Sequence[Json], parameter: str) -> tuple[Source, ...]:
    """Documents that the call passes. Raises InvalidInput for one that is not a policy."""
    sources = []
    for number, value in enumerate(given, start=1):
        document, faults = read(value, PolicyKind.IDENTITY)
        if faults:
            raise invalid_input(f"Invalid policy {parameter}.{number}: {faults[0].message}")
        text = value if isinstance(value, str) else ""
        sources.append(Source(f"{parameter}.{number}", "none", document, text))
    return tuple(sources)


def _holder(call: Call, arn: str) -> tuple[IdentityType[IamIdentity], IamIdentity]:
    for identity_type in IDENTITY_TYPES:
        found = identity_type.stored(call.configuration).get(arn)
        if found is not None and account_of(arn) == call.account:
            return identity_type, found
    kind, _, name = arn.rpartition(":")[2].partition("/")
    if kind not in ("user", "group", "role") or not name:
        raise invalid_input(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    raise no_such_entity(f"The {kind} with name {name.rpartition('/')[2]} cannot be found.")


def _sources(call: Call, identity_type: IdentityType[IamIdentity], holder: IamIdentity) -> Iterator[Source]:
    name = identity_type.name_of(holder)
    for policy in inline_policies_of(identity_type, holder):
        yield Source(
            f"{identity_type.kind}_{name}_{policy.policy_name}",
            identity_type.kind,
            policy.policy_document.document,
            inline=(policy.policy_name, identity_type.kind, name),
        )
    for attached in holder.attached_managed_policies:
        yield from _managed(call, attached.policy_arn)


def _managed(call: Call, arn: str) -> Iterator[Source]:
    """The policy; nothing if the file does not have its text, so that it grants nothing."""
    policy = call.configuration.policies.get(arn)
    if policy is not None and policy.default_document is not None:
        kind = "aws-managed" if account_of(arn) == AWS_OWNER else "user-managed"
        yield Source(policy.policy_name, kind, policy.default_document.document, arn=arn)


def _given_boundary(params: SimulationRequest) -> tuple[Source, ...] | None:
    given = params.get("PermissionsBoundaryPolicyInputList")
    if not given:
        return None
    if len(given) > 1:
        raise invalid_input("Only one permissions boundary policy can be simulated.")
    return input_policies(given, "PermissionsBoundaryPolicyInputList")


def _own_boundary(call: Call, holder: IamIdentity) -> tuple[Source, ...] | None:
    boundary = getattr(holder, "permissions_boundary", None)
    return tuple(_managed(call, boundary.permissions_boundary_arn)) if boundary else None


def _given_resource_policy(params: SimulationRequest) -> Source | None:
    value = params.get("ResourcePolicy")
    if value is None:
        return None
    document, faults = read(value, PolicyKind.RESOURCE)
    if faults:
        raise invalid_input(f"Invalid policy ResourcePolicy: {faults[0].message}")
    return Source("ResourcePolicy", "resource", document, value if isinstance(value, str) else "")


def _given_scps(params: shapes.SimulateCustomPolicyRequest) -> tuple[tuple[Source, ...], ...]:
    levels = params.get("OrderedOrganizationPolicyInputList") or ()
    return tuple(
        input_policies(level.get("ServiceControlPolicyInputList") or (), f"ServiceControlPolicy.{number}")
        for number, level in enumerate(levels, start=1)
    )


def _own_scps(call: Call, arn: str) -> tuple[tuple[Source, ...], ...]:
    """The SCPs of the account, which do not apply to the management account and service-linked roles."""
    role = call.configuration.roles.get(arn)
    if is_management_account(call.account, call.configuration) or (role and role.is_service_linked):
        return ()
    return tuple(
        tuple(
            Source(one.name, "none", one.document.document, arn=one.arn or "")
            for one in level.service_control_policies
        )
        for level in levels_of(call.account, call.configuration)
    )


def _without_excluded(
    policies: SimulatedPolicies, exclusions: Sequence[shapes.PolicyIdentifier]
) -> SimulatedPolicies:
    """The policies without those that the exclusions name; identifiers that match nothing are ignored, as the
    simulator does.
    """
    for one in exclusions:
        policies = replace(
            policies,
            identity=tuple(source for source in policies.identity if not _is_excluded(source, one)),
            boundary=None if one.get("PolicyType") == "permission-boundary" else policies.boundary,
            scps=() if one.get("PolicyType") == "scp" else policies.scps,
        )
    return policies


def _is_excluded(source: Source, exclusion: shapes.PolicyIdentifier) -> bool:
    if arn := exclusion.get("PolicyArn"):
        return bool(source.arn == arn)
    if inline := exclusion.get("InlinePolicyIdentifier"):
        named = (inline["PolicyName"], inline["AttachmentType"].lower(), inline["AttachmentName"])
        return source.inline == named
    if exclusion.get("PolicyType") == "inline":
        return source.inline is not None
    return bool(source.type == exclusion.get("PolicyType"))
