"""Who can assume a role from outside the files, according to the trust policies?

Each Allow of a trust policy names principals that the files do not hold: another account, everyone, an AWS
service, the users of an identity provider. Each is evaluated against the trust policy and the RCPs over the
account, with an example of what the conditions require (`sub` `repo:acme/*` becomes `repo:acme/any`) and of
what avoids a Deny. The policies of the other account are not known: they are assumed to allow the call, and
the entry states that assumption.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role
from sts_tui.account.identity_pools import ISSUER
from sts_tui.account.json_value import Json
from sts_tui.account.permission_set_roles import set_name
from sts_tui.account.policies.global_condition_keys import comes_from_identity, is_of_role_session
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Outcome, PolicyDocument, PolicySet, PolicyType, Request, compiled, evaluate
from sts_tui.iam.caller import Caller
from sts_tui.iam.decision import Decision
from sts_tui.iam.settings import evaluation_part
from sts_tui.simulation.authorization.choice_search import Attempt, search
from sts_tui.simulation.authorization.choice_values import Choice, Choices, context_with, region_of
from sts_tui.simulation.authorization.choosable_keys import (
    MFA_PRESENT,
    REQUEST_TAG,
    TAG_KEYS,
    is_chosen_by_caller,
    is_of_forwarded_request,
)
from sts_tui.simulation.authorization.context import CLOCK_KEYS, clock_keys, iso
from sts_tui.simulation.authorization.policies import rcp_levels
from sts_tui.simulation.operations.identity_center.portal import assigned
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.reach.example_principal import example_principal, example_role
from sts_tui.simulation.reach.guards import Guardrails
from sts_tui.simulation.reach.trust_rights import account_named, surely_assumes, trust_of
from sts_tui.simulation.reach.visitors.app_users import pool_users
from sts_tui.simulation.reach.visitors.workload_entries import workload_entries
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

_ALLOW_ALL: Final = PolicyDocument(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    "assumed to allow",
)
_EXAMPLE_ACCOUNT: Final = "999999999999"
_OPERATIONS: Final = {
    "AWS": "AssumeRole",
    "Service": "AssumeRole",
    "SAML": "AssumeRoleWithSAML",
    "OIDC": "AssumeRoleWithWebIdentity",
}
_OF_ACCOUNTS: Final = ("account", "principal", "everyone")
_WITH_TOKENS: Final = ("oidc", "saml", "identity center", "cognito", "everyone")
_NEGATED: Final = ("not", "null")


class Entry(Struct, frozen=True, kw_only=True):
    """One way into a role from outside the files."""

    target: str
    """ARN of the role."""
    who: str
    """In words: `account 444455556666`, `any AWS principal`, `tokens of gitlab.com`."""
    kind: str
    """`account`, `principal`, `everyone`, `service`, `oidc`, `saml`, `identity center`, `cognito`,
    `certificate`, `pod`."""
    operation: str
    conditions: tuple[str, ...]
    """What the trust policy requires: `sub repo:acme/*`, `sts:ExternalId acme-7`."""
    is_open: bool
    """Whether the example is allowed."""
    kept_out: str = ""
    """What denies all of them, if that is known; empty: allowed, or it could not be tried."""
    assumed: str = ""
    """What is assumed about the principal and its account."""
    principal: str = ""
    """The identity argument (`WHO`) that acts as an example; empty for users of identity providers, who
    present a token.
    """

    @property
    def is_untried(self) -> bool:
        """Whether no example was found that meets what the policies require."""
        return not (self.is_open or self.kept_out)


def entries(world: World, only: str | None = None) -> Iterator[Entry]:
    """Every way in from outside, role by role in the order of the file, each once. `only`: the ARN of one
    role; None: all.
    """
    guardrails = Guardrails(world)
    of_workloads = _by_role(world, only)
    for role in world.in_force.roles.values():
        if only not in (None, role.arn):
            continue
        is_plain = _is_plain(role, guardrails)
        found: dict[tuple[str, tuple[str, ...]], Entry] = {}
        for statement in statements_of(role.assume_role_policy_document.document):
            if statement.get("Effect") != "Allow":
                continue
            for entry in _of_statement(statement, role, world, is_plain=is_plain):
                known = found.get((entry.who, entry.conditions))
                if known is None or (entry.is_open and not known.is_open):
                    found[entry.who, entry.conditions] = entry
        yield from found.values()
        yield from of_workloads.get(role.arn, ())


def _by_role(world: World, only: str | None) -> dict[str, list[Entry]]:
    """Certificates and pods by the ARN of the role that they may or may not assume."""
    found: dict[str, list[Entry]] = {}
    for one in workload_entries(world, only=only):
        entry = Entry(
            target=one.target,
            who=one.source,
            kind=one.kind,
            operation=one.operation,
            conditions=one.conditions,
            is_open=one.is_open,
            kept_out=one.refusal,
        )
        found.setdefault(one.target, []).append(entry)
    return found


def _is_plain(role: Role, guardrails: Guardrails) -> bool:
    """Whether all principals that the trust policy names may call AssumeRole, so that nothing has to be
    evaluated.
    """
    return not (trust_of(role).needs_engine or guardrails.rcps(account_of(role.arn) or "").needs_engine)


def _of_statement(
    statement: Mapping[str, object], role: Role, world: World, *, is_plain: bool
) -> Iterator[Entry]:
    principal = statement.get("Principal")
    if principal == "*":
        yield _tried(statement, role, world, "any caller, with any credentials or token", "everyone", None)
        return
    if not isinstance(principal, Mapping):
        return  # a trust policy has no NotPrincipal: IAM refuses it, and so does the loading of files
    for name in map(str, listed(principal.get("AWS"))):
        yield from _aws(name, statement, role, world, is_plain=is_plain)
    for name in map(str, listed(principal.get("Service"))):
        yield _tried(statement, role, world, f"service {name}", "service", name, is_plain=is_plain)
    for name in map(str, listed(principal.get("Federated"))):
        yield from _federated(name, statement, role, world)


def _aws(
    name: str, statement: Mapping[str, object], role: Role, world: World, *, is_plain: bool
) -> Iterator[Entry]:
    if name == "*":
        example = example_role(_EXAMPLE_ACCOUNT)
        yield _tried(statement, role, world, "any AWS principal", "everyone", example, is_plain=is_plain)
        return
    account = account_named(name)
    if account is not None and account not in world.in_force.accounts:
        example = example_role(account)
        yield _tried(statement, role, world, f"account {account}", "account", example, is_plain=is_plain)
    elif account is None and (owner := account_of(name)) and owner not in world.in_force.accounts:
        yield _tried(statement, role, world, name, "principal", name, is_plain=is_plain)


def _federated(name: str, statement: Mapping[str, object], role: Role, world: World) -> Iterator[Entry]:
    if name == ISSUER:
        for users in pool_users(statement, role.arn, world):
            if _can_mean(users.context, statement, role, world):
                yield _tried(statement, role, world, users.who, "cognito", name, said=users.context)
        return
    is_saml = ":saml-provider/" in name
    short = name.rpartition("saml-provider/" if is_saml else "oidc-provider/")[2]
    if is_saml and short.startswith("AWSSSO_"):
        people = _people(role, world.in_force)
        for who in people or ("IAM Identity Center",):
            yield _tried(statement, role, world, who, "identity center", name)
        return
    who = f"assertions of {short}" if is_saml else f"tokens of {short}"
    yield _tried(statement, role, world, who, "saml" if is_saml else "oidc", name)


def _people(role: Role, configuration: Configuration) -> tuple[str, ...]:
    """The Identity Center users who have this role's permission set in its account; empty if the files have
    no users.
    """
    account, name = account_of(role.arn), set_name(role)
    return tuple(
        f"{user.user_name} (IAM Identity Center)"
        for user in configuration.directory_users.values()
        if user.user_status == "ENABLED"
        and any(where == account and set_.name == name for where, set_ in assigned(user, configuration))
    )


def _tried(
    statement: Mapping[str, object], role: Role, world: World, who: str, kind: str, principal: str | None,
    *, is_plain: bool = False, said: Mapping[str, Json] | None = None,
) -> Entry:  # fmt: skip
    """`said`: the claims of these users' token, in place of examples."""
    words, examples = _examples(statement)
    context = _with_said(examples, said or {})
    operation = _operation(kind, statement)
    assumed = f"the policies of {who} allow the call" if kind in _OF_ACCOUNTS else ""
    is_open, kept_out = is_plain and surely_assumes(statement), ""
    if not is_open:
        decision = _decision(principal, operation, context, role, world)
        is_open = decision is not None and decision.is_allowed
        kept_out = _denied_to_everyone(decision)
        if not (is_open or kept_out or decision is None):
            chosen = _chosen(kind, principal, operation, context, frozenset(said or ()), role, world)
            is_open = chosen is not None
            words += tuple(_in_words(each) for each in chosen or ())
            if chosen is None:
                kept_out = _denied_by_the_time(statement, operation, principal, role, world)
    return Entry(
        target=role.arn,
        who=who,
        kind=kind,
        operation=operation,
        conditions=words,
        is_open=is_open,
        kept_out=kept_out,
        assumed=assumed,
        principal=_who(kind, principal),
    )


def _chosen(
    kind: str, principal: str | None, operation: str, context: dict[str, Json], said: frozenset[str],
    role: Role, world: World,
) -> Choices | None:  # fmt: skip
    """What else such a caller has to choose to avoid a Deny. `said`: keys of its token, which it cannot
    choose.
    """
    fixed = {key.lower() for key in said if not key.endswith(":sub")}

    def may_choose(key: str) -> bool:
        if key == MFA_PRESENT:
            return kind in _OF_ACCOUNTS
        if is_of_forwarded_request(key):
            return False
        if is_of_role_session(key):
            return kind in _WITH_TOKENS and not comes_from_identity(key) and key not in fixed
        return is_chosen_by_caller(key, is_service=kind == "service")

    def attempts(choices: Choices) -> Iterator[Sequence[Attempt]]:
        made = context_with(context, choices)
        if region := region_of(choices, ""):
            made["aws:RequestedRegion"] = region
        keys = {each.lowered for each in choices}
        actions = [operation]
        if any(key.startswith(REQUEST_TAG) or key == TAG_KEYS for key in keys):
            actions.append("TagSession")
        if "sts:sourceidentity" in keys:
            actions.append("SetSourceIdentity")
        for action in actions:
            attempt = _attempt(principal, action, made, role, world)
            yield () if attempt is None else (attempt,)

    return search(attempts, may_choose).choices


def _in_words(choice: Choice) -> str:
    """`sts:ExternalId acme-7`"""
    return f"{_short_key(choice.key)} {choice.words}" if choice.value is not None else choice.label


def _with_said(examples: Mapping[str, str], said: Mapping[str, Json]) -> dict[str, Json]:
    """The context of a request: the token's claims, which no example replaces, except the subject, which is
    free.
    """
    known = {key.lower() for key in said if not key.endswith(":sub")}
    kept: dict[str, Json] = {key: value for key, value in examples.items() if key.lower() not in known}
    given = {key.lower() for key in kept}
    return {**kept, **{key: value for key, value in said.items() if key.lower() not in given}}


def _can_mean(said: Mapping[str, Json], statement: Mapping[str, object], role: Role, world: World) -> bool:
    """Whether the Allow can admit a user with these token claims, as far as its conditions test the token."""
    conditions = statement.get("Condition")
    asked = {
        operator: kept
        for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items()
        if isinstance(block, Mapping)
        and (
            kept := {
                key: values for key, values in block.items() if str(key).lower().startswith(f"{ISSUER}:")
            }
        )
    }
    alone = {**statement, "Condition": asked}
    document = WrittenPolicy({"Version": "2012-10-17", "Statement": [cast("Json", alone)]})
    trusting = replace(role, assume_role_policy_document=document)
    context = _with_said(_examples(alone)[1], said)
    decision = _decision(ISSUER, _OPERATIONS["OIDC"], context, trusting, world, with_rcps=False)
    return decision is None or decision.outcome is not Outcome.IMPLICIT_DENY


def _denied_to_everyone(decision: Decision | None) -> str:
    """The reason of a Deny without a condition, so that nothing that a caller supplies helps; else empty."""
    if decision is None or decision.outcome is not Outcome.EXPLICIT_DENY:
        return ""
    is_plain = any(not statement.conditions for _, statement in decision.decided_by)
    return decision.reason if is_plain else ""


def _who(kind: str, principal: str | None) -> str:
    if kind == "service":
        return f"service:{principal}"
    if kind not in _OF_ACCOUNTS:
        return ""
    return principal or example_role(_EXAMPLE_ACCOUNT)


def _operation(kind: str, statement: Mapping[str, object]) -> str:
    actions = [str(each).lower() for each in listed(statement.get("Action"))]
    if kind in ("saml", "identity center"):
        return _OPERATIONS["SAML"]
    if kind in ("oidc", "cognito"):
        return _OPERATIONS["OIDC"]
    if kind == "everyone" and not any(each in ("*", "sts:*", "sts:assumerole") for each in actions):
        return next(
            (_OPERATIONS[name] for name in ("OIDC", "SAML") if f"sts:{_OPERATIONS[name]}".lower() in actions),
            "AssumeRole",
        )
    return _OPERATIONS["AWS"]


def _examples(statement: Mapping[str, object]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The conditions in words, and a context that meets those that require a value."""
    words: list[str] = []
    context: dict[str, str] = {}
    conditions = statement.get("Condition")
    for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items():
        for key, values in (block if isinstance(block, Mapping) else {}).items():
            texts = [str(each) for each in listed(values)]
            is_negated = any(each in str(operator).lower() for each in _NEGATED)
            words.append(f"{_short_key(str(key))} {'not ' if is_negated else ''}{' or '.join(texts)}")
            if texts and not is_negated:
                example = texts[0].replace("*", "any").replace("?", "x")
                context[str(key)] = (
                    example.partition("/")[0] if "ipaddress" in str(operator).lower() else example
                )
    return tuple(words), context


def _short_key(key: str) -> str:
    """`sub` for `token.actions.githubusercontent.com:sub`; AWS's own keys are not shortened."""
    prefix, _, name = key.rpartition(":")
    return name if "." in prefix else key


def _decision(
    principal: str | None, operation: str, context: dict[str, Json], role: Role, world: World,
    *, with_rcps: bool = True,
) -> Decision | None:  # fmt: skip
    """The decision of the trust policy and the RCPs on the example; None if it is not a valid principal."""
    attempt = _attempt(principal, operation, context, role, world, with_rcps=with_rcps)
    return None if attempt is None else attempt.decision


def _attempt(
    principal: str | None, operation: str, context: dict[str, Json], role: Role, world: World,
    *, with_rcps: bool = True,
) -> Attempt | None:  # fmt: skip
    """As `_decision`, with the question."""
    account = account_of(role.arn)
    given = _at(world.now, context)
    asking_as = principal or example_role(_EXAMPLE_ACCOUNT)
    example = example_principal(asking_as, given, is_any=account_of(asking_as) == _EXAMPLE_ACCOUNT)
    settings = evaluation_part(world.settings)
    try:
        request = Request(
            principal=example.arn,
            action=f"sts:{operation}",
            resource=role.arn,
            resource_account=account,
            context=example.context,
        )
    except ValueError:
        return None
    caller: Caller = request.caller
    asking = CallerIdentity(caller=caller, label=example.arn)
    policies = PolicySet(
        identity=[_ALLOW_ALL],
        resource=compiled(role.assume_role_policy_document, "trust policy", PolicyType.TRUST),
        rcps=rcp_levels(asking, account, world.in_force, settings) if with_rcps else (),
        settings=settings,
    )
    return Attempt(evaluate(request, policies), policies, lambda: request)


def _at(now: datetime, context: Mapping[str, Json]) -> dict[str, Json]:
    """The context with the present time, which the caller cannot choose."""
    clock = clock_keys(now, None)
    return {**{key: value for key, value in context.items() if key.lower() not in clock}, **clock}


def _denied_by_the_time(
    statement: Mapping[str, object], operation: str, principal: str | None, role: Role, world: World
) -> str:
    """Why an Allow admits no principal now, if only its conditions on the time fail; else empty."""
    conditions = statement.get("Condition")
    blocks = {
        operator: {key: values for key, values in block.items() if str(key).lower() not in CLOCK_KEYS}
        for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items()
        if isinstance(block, Mapping)
    }
    timeless = {**statement, "Condition": {operator: block for operator, block in blocks.items() if block}}
    if timeless["Condition"] == (conditions or {}):
        return ""
    document = WrittenPolicy({"Version": "2012-10-17", "Statement": [cast("Json", timeless)]})
    trusting = replace(role, assume_role_policy_document=document)
    decision = _decision(principal, operation, dict(_examples(timeless)[1]), trusting, world)
    is_open = decision is not None and decision.is_allowed
    return f"its condition on the time does not hold at {iso(world.now)}" if is_open else ""
