"""Which workloads and requests does a dump suggest? Invented traffic for a model without workloads. A dump
says who *may* act, not who does. Here a user with an active key uses it, and a service delivers credentials
of the roles that trust it (for EC2: roles in an instance profile). Each makes example requests for its own
Allow statements. Users of the identity providers that trust policies name sign in (`federated_invention`),
servers and pods present certificates and tokens (`machine_invention`), and apps give guests and users
credentials through identity pools (`visitor_invention`). The most recently used roles come first; at most
`MOST_WORKLOADS` are made. The same model and seed make the same workloads. Their names begin with `~`; an
export leaves them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import IdentityProvider, Role, User, Workload, WorkloadHop, WorkloadRequest
from sts_tui.account.policies.vocabulary import actions_of, can_apply
from sts_tui.account.workload_identities import POD_IDENTITY, ROLES_ANYWHERE
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.authorization.trusted_principals import trusted_services
from sts_tui.simulation.workloads.federated_invention import SignIn, federation_of
from sts_tui.simulation.workloads.machine_invention import machines
from sts_tui.simulation.workloads.visitor_invention import with_visitors
from sts_tui.simulation.world import World
from sts_tui.sts.federation.assumed_providers import MARK

MOST_WORKLOADS: Final = 40
MOST_REQUESTS: Final = 4
"""The maximum number of requests of one workload."""
_MAIN_SERVICES: Final = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")
_OF_MACHINES: Final = (ROLES_ANYWHERE, POD_IDENTITY)
"""Services that issue a role's credentials for a certificate or a token and not to their own instances."""
_SERVICE_LINKED: Final = "/aws-service-role/"
_FILLED: Final = "any"
_PACES: Final = (3.0, 5.0, 8.0, 13.0)
"""Intervals between two requests of a workload, in seconds."""


def animated(
    world: World, seed: int, dumped: Collection[str] = ()
) -> tuple[dict[str, Workload], Mapping[str, IdentityProvider]]:
    """(invented workloads by name, the identity providers that they sign in at by name). `dumped`: ids of the
    accounts whose files list no providers.
    """
    federation = with_visitors(federation_of(world, seed, dumped), world, seed)
    sign_ins = (*federation.sign_ins, *machines(world, seed))
    return invented(world.configuration, seed, sign_ins), federation.providers


def invented(configuration: Configuration, seed: int, sign_ins: Sequence[SignIn] = ()) -> dict[str, Workload]:
    """Workloads for the users and roles of a model, by name; empty if nothing suggests any. `sign_ins`:
    sign-ins at identity providers, and servers and pods that get credentials.
    """
    made: dict[str, Workload] = {}
    for workload in _candidates(configuration, seed, sign_ins):
        if len(made) == MOST_WORKLOADS:
            break
        made.setdefault(workload.name, workload)
    return made


def thief_of_newest(role_arn: str, world: World) -> tuple[Workload, str]:
    """A workload that uses the credentials of the role's newest session, and their access key id: `thief`,
    then `thief-2`. Raises LookupError if the role or a session of it is missing.
    """
    role = world.configuration.roles.get(role_arn)
    sessions = [
        one for one in world.sessions.values() if one.issuer_arn == role_arn and one.expires_at > world.now
    ]
    if role is None or not sessions:
        raise LookupError(f"{role_arn} has no session that could leak")
    number = sum(name.partition("-")[0] == "thief" for name in world.workloads) + 1
    name = "thief" if number == 1 else f"thief-{number}"
    stolen = max(sessions, key=lambda one: one.issued_at)
    thief = _thief_of(stolen.workload or name, role, name, world.configuration)
    return thief, stolen.access_key_id


def _thief_of(victim: str, role: Role, name: str, configuration: Configuration) -> Workload:
    """A workload that uses credentials stolen from `victim`'s session of the role."""
    requests = (WorkloadRequest(action="sts:GetCallerIdentity"), *requests_of(role.arn, configuration, 0))
    return Workload(name=name, identity=f"workload:{victim}", requests=requests, every_seconds=7)


def requests_of(arn: str, configuration: Configuration, seed: int) -> tuple[WorkloadRequest, ...]:
    """Example requests of a user or role: one for each of its first Allow statements."""
    found: dict[tuple[str, str], None] = {}
    for document in identity_documents(arn, configuration):
        statements = document.written.document.get("Statement") if document.written else None
        for statement in statements if isinstance(statements, list) else [statements]:
            if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
                found.update(dict.fromkeys(_asked(statement, f"{arn} {seed}")))
    return tuple(WorkloadRequest(action=one, resource=on) for one, on in list(found)[:MOST_REQUESTS])


def _candidates(configuration: Configuration, seed: int, sign_ins: Sequence[SignIn]) -> Iterator[Workload]:
    """Roles, users and sign-ins in turn, so that a limit keeps some of each."""
    kinds = (
        _of_roles(configuration, seed),
        _of_users(configuration, seed),
        _of_sign_ins(configuration, seed, sign_ins),
    )
    while True:
        found = [one for one in (next(kind, None) for kind in kinds) if one is not None]
        if not found:
            return
        yield from found


def _of_sign_ins(configuration: Configuration, seed: int, sign_ins: Sequence[SignIn]) -> Iterator[Workload]:
    for each in sign_ins:
        requests = requests_of(each.role.arn, configuration, seed)
        if requests:
            yield Workload(
                name=f"{MARK}{each.role.role_name}-{each.kind}",
                identity=each.identity,
                assume_roles=(each.hop,),
                requests=requests,
                every_seconds=_pace(each.role.arn + each.identity, seed),
            )


def _of_roles(configuration: Configuration, seed: int) -> Iterator[Workload]:
    roles = sorted(configuration.roles.values(), key=_last_used, reverse=True)
    with_instances = {arn for profile in configuration.instance_profiles.values() for arn in profile.roles}
    for role in roles:
        if _SERVICE_LINKED in role.arn:
            continue  # service-linked: only its service can use it
        services = [
            one
            for one in trusted_services(role)
            if one not in _OF_MACHINES and (one != _MAIN_SERVICES[0] or role.arn in with_instances)
        ]
        if not services:
            continue
        service = min(services, key=lambda one: (one not in _MAIN_SERVICES, one))
        requests = requests_of(role.arn, configuration, seed)
        if requests:
            yield Workload(
                name=f"{MARK}{role.role_name}",
                identity=f"service:{service}",
                assume_roles=(
                    WorkloadHop(role_arn=role.arn, role_session_name=_session_of(service, role.arn, seed)),
                ),
                requests=requests,
                every_seconds=_pace(role.arn, seed),
            )


def _session_of(service: str, role_arn: str, seed: int) -> str:
    """A short session name: for EC2 the id of an instance, which is what EC2 uses.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if service == _MAIN_SERVICES[0]:
        return f"i-{_number(role_arn, seed, 17)}"
    return f"{service.partition('.')[0]}-{_number(role_arn, seed, 6)}"[-64:]  # the longest session name


def _of_users(configuration: Configuration, seed: int) -> Iterator[Workload]:
    for user in configuration.users.values():
        if not _has_active_key(user):
            continue
        requests = requests_of(user.arn, configuration, seed)
        if requests:
            yield Workload(
                name=f"{MARK}{user.user_name}",
                identity=user.arn,
                requests=requests,
                every_seconds=_pace(user.arn, seed),
            )


def _has_active_key(user: User) -> bool:
    return any(key.status != "Inactive" for key in user.access_keys or ())


def _last_used(role: Role) -> str:
    """The date of the last use, ISO 8601; empty if the dump has none."""
    said = role.role_last_used or {}
    return str(said.get("LastUsedDate") or "")


def _asked(statement: Mapping[str, object], salt: str) -> Iterator[tuple[str, str]]:
    """One action of a statement on its first resource; none if wildcards do not determine the service."""
    actions = [one for one in _texts(statement.get("Action")) if "*" not in one.partition(":")[0]]
    resources = _texts(statement.get("Resource")) or ["*"]
    for action in actions[:2]:
        if (named := _named_action(action, salt)) and not named.lower().startswith("sts:"):
            on = next((one for one in resources if one == "*" or can_apply(named, (one,))), None)
            if on is not None:
                yield named, on if on == "*" else on.replace("*", _FILLED).replace("?", "x")


def _named_action(pattern: str, salt: str) -> str:
    """An action of AWS's list that a pattern covers, preferably one that reads."""
    service, _, name = pattern.partition(":")
    if "*" not in name and "?" not in name:
        return pattern
    head = name.partition("*")[0].partition("?")[0].lower()
    known = {one: level for one, level in actions_of(service.lower()).items() if one.lower().startswith(head)}
    reading = [one for one, level in known.items() if level in ("Read", "List")] or list(known)
    if not reading:
        return ""
    usual = sorted(reading, key=lambda one: (len(one), one))[:3]  # s3:GetObject, not s3:GetBucketAbac
    return f"{service}:{usual[int(_number(salt + pattern, 0, 8), 16) % len(usual)]}"


def _pace(arn: str, seed: int) -> float:
    return _PACES[int(_number(arn, seed, 8), 16) % len(_PACES)]


def _number(text: str, seed: int, digits: int) -> str:
    """This many hexadecimal digits, derived from a text and the seed."""
    return sha256(f"{seed} {text}".encode()).hexdigest()[:digits]


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]
