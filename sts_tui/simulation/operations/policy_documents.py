"""Is a policy document in a call valid? JSON, grammar and size are checked, as AWS does when a policy is
written. A document is JSON text, as on the wire, or a parsed object.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_grammar import PolicyDiagnostic, PolicyKind, check_policy, parse_policy
from sts_tui.account.policies.policy_principals import is_scalar_principal
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.requests import compact
from sts_tui.sts.errors import AwsError


def written(value: Json, kind: PolicyKind, *, accepts_scalar_principal: bool = False) -> WrittenPolicy:
    """The document, if AWS would accept it as a policy of this kind. Raises MalformedPolicyDocument (400)
    with AWS's message for the first error; our explanation is in the hint.
    """
    document, faults = read(value, kind)
    for fault in faults:
        if accepts_scalar_principal and is_scalar_principal(fault):
            continue
        raise AwsError(fault.code, fault.message, 400, hint=_hint(fault))
    return WrittenPolicy(document)


def read(value: Json, kind: PolicyKind) -> tuple[JsonObject, tuple[PolicyDiagnostic, ...]]:
    """The document in a parameter (empty if it is not an object), and what AWS would refuse in it."""
    if isinstance(value, str):
        parsed = parse_policy(value, kind)
        return parsed.document or {}, parsed.errors
    return value if isinstance(value, Mapping) else {}, check_policy(value, kind)


def _hint(fault: PolicyDiagnostic) -> str:
    return " ".join(part for part in (fault.path and f"{fault.path}:", fault.detail, fault.hint) if part)


def counted_size(documents: Iterable[WrittenPolicy]) -> int:
    """The number of characters that count against IAM's size quotas: all except white space.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return sum(len("".join(compact(one.document).split())) for one in documents)
