"""How does the model decide a denied request, and does it agree with AWS? The caller is the user or the live
session that the report names, else a session of its role as it would be issued now. Facts missing from the
report are assumed, and the assumptions are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import Arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import comes_from_identity
from sts_tui.iam import Outcome, PolicyType
from sts_tui.iam.decision import Decision
from sts_tui.iam.explaining.explain import Explanation
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.identities import IdentityKind, UnknownIdentityError
from sts_tui.simulation.operations.cognito.guest_policies import SESSION_NAME as ENHANCED_FLOW
from sts_tui.simulation.reach.visitors.pool_sessions import PoolSession, pool_session
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity

_VERDICTS: Final = {Outcome.ALLOWED: "allowed", Outcome.UNDECIDED: "unknown"}


class ModelVerdict(Struct, frozen=True, kw_only=True):
    """The model's decision on a denied request."""

    denial: DeniedRequest
    verdict: str
    """`denied`, `allowed` or `unknown`."""
    agrees: bool | None
    """Whether the model denies it for AWS's reason; None if it is unknown, or AWS gave no reason."""
    decision: Decision
    explanation: Explanation
    assumptions: tuple[str, ...]
    other_policy: str = ""
    """If AWS names a policy but the model's denial is based on others: what that means for the files."""


def model_verdict(
    denial: DeniedRequest,
    simulation: Simulation,
    without: Sequence[PolicyType] = (),
    changed: Mapping[str, Json] | None = None,
) -> ModelVerdict:
    """The request as the model decides it. For a what-if, `without` leaves out whole layers and `changed`
    sets condition keys to other values, by key. Raises UnreadableDenialError if the model does not have the
    caller.
    """
    caller, assumed = _caller(denial, simulation)
    world = simulation.world
    given = {**denial.context, **(changed or {})}
    context = {key: value for key, value in given.items() if not comes_from_identity(key)}
    given_keys = {key.lower() for key in changed or ()}
    question = hypothetical_request(
        caller,
        denial.action,
        denial.resource,
        world,
        region=denial.region,
        context=_with_prefix(context),
        unknown=tuple(key for key in denial.unknown if key.lower() not in given_keys),
    )
    prepared = prepare(question)
    explanation = prepared.explain(denial.at or world.now, without)
    verdict = _VERDICTS.get(explanation.decision.outcome, "denied")
    other_policy = _other_policy(denial, explanation.decision, world.in_force)
    agrees = _agrees(denial, explanation.decision, verdict)
    return ModelVerdict(
        denial=denial,
        verdict=verdict,
        agrees=False if agrees and other_policy else agrees,
        decision=explanation.decision,
        explanation=explanation,
        assumptions=(*denial.missing, *assumed),
        other_policy=other_policy if verdict == "denied" else "",
    )


def _other_policy(denial: DeniedRequest, decision: Decision, configuration: Configuration) -> str:
    """What to report if the policy that AWS names is not among the model's deciding statements; else empty.
    AWS names one of the denying policies; the model has all of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    arn = denial.policy_arn
    if not arn or arn in {one.arn for one in decision.statements}:
        return ""
    organization = configuration.organization
    if ":organizations:" in arn and (organization is None or f"/{organization.id}/" not in arn):
        return ""  # ids of the files' organization are not AWS's
    if arn in configuration.policies:
        return f"AWS names {arn}; as the files have it, it does not deny this"
    return f"AWS names {arn}, which the files lack or do not attach"


def _with_prefix(context: dict[str, Json]) -> dict[str, Json]:
    """Only the condition keys: a decoded message also has other facts of the request."""
    return {key: value for key, value in context.items() if ":" in key}


def _agrees(denial: DeniedRequest, decision: Decision, verdict: str) -> bool | None:
    if verdict == "unknown":
        return None
    if verdict == "allowed":
        return False
    if not denial.reason:
        return None
    return is_for_reason(decision, denial.reason)


def is_for_reason(decision: Decision, reason: str) -> bool:
    """Whether a denial is for AWS's reason: `because no identity-based policy allows the … action`."""
    is_explicit = reason.startswith("with an explicit deny")
    if is_explicit != (decision.outcome is Outcome.EXPLICIT_DENY):
        return False
    said = reason.lower()  # SNS writes SNS:Publish
    return said == "with an explicit deny" or said in decision.aws_reason.lower()


def _caller(denial: DeniedRequest, simulation: Simulation) -> tuple[CallerIdentity, tuple[str, ...]]:
    if denial.caller is not None:
        return _live(denial, denial.caller, simulation), ()
    try:
        identity = simulation.resolve(denial.principal)
    except UnknownIdentityError as unknown:
        return _session(denial, simulation, unknown.message)
    if identity.kind is IdentityKind.OUTSIDE and ":assumed-role/" in denial.principal:
        return _session(denial, simulation, "")
    try:
        return Authenticator()(identity, simulation.world, simulation.now, "sts"), ()
    except AwsError as refusal:
        raise UnreadableDenialError(f"{denial.principal}: {refusal.code}: {refusal.message}") from None


def _live(denial: DeniedRequest, caller: CallerIdentity, simulation: Simulation) -> CallerIdentity:
    """The session of the simulation with the same access key, including its policies and tags; else
    `caller`.
    """
    try:
        identity = simulation.resolve(denial.principal)
        found = Authenticator()(identity, simulation.world, simulation.now, "sts")
    except (UnknownIdentityError, AwsError):
        return caller
    if found.session is None or caller.session is None:
        return caller
    is_same = found.session.credentials.access_key_id == caller.session.credentials.access_key_id
    return found if is_same else caller


def _session(
    denial: DeniedRequest, simulation: Simulation, why_not: str
) -> tuple[CallerIdentity, tuple[str, ...]]:
    """A session of the role that the ARN names, as it would be issued now or at the reported time; and the
    assumptions.
    """
    world = simulation.world
    for role in world.in_force.roles.values():
        name = _session_name(denial.principal, role.arn, role.role_name)
        if name is None:
            continue
        of_pool = pool_session(role, world) if name == ENHANCED_FLOW else None
        limited = of_pool.session if of_pool is not None else None
        session = limited or assumed_session(role, name or "denied", world)
        if denial.issued_at is not None:
            session = replace(session, issued_at=denial.issued_at)
        return session_identity(session), tuple(_assumed(denial, role.role_name, of_pool))
    if why_not:
        raise UnreadableDenialError(f"the model does not have the caller: {why_not}")
    raise UnreadableDenialError(f"the model does not have the role of {denial.principal}")


def _session_name(principal: str, role_arn: str, role_name: str) -> str | None:
    """The session name if the principal is a session of the role; empty for the role itself; None for other
    principals.
    """
    if principal == role_arn:
        return ""
    try:
        arn = Arn.parse(principal)
    except ValueError:
        return None
    kind, _, rest = arn.resource.partition("/")
    name, _, session = rest.partition("/")
    is_of_role = kind == "assumed-role" and name == role_name and arn.account == role_arn.split(":")[4]
    return session if is_of_role else None


def _assumed(denial: DeniedRequest, role: str, of_pool: PoolSession | None) -> Iterator[str]:
    if denial.issued_at is None:
        yield f"issue time of the session: now; a dated Deny on {role} applies accordingly"
    limits = f"{of_pool.note}; session tags: none" if of_pool is not None else ""
    yield limits or "session policies, session tags and source identity: none"
