"""CheckAccessNotGranted, CheckNoNewAccess and ValidatePolicy of IAM Access Analyzer.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_grammar import parse_policy, review_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import Force
from sts_tui.simulation.operations.access_analyzer.granted_access import Access, granting, new_access
from sts_tui.simulation.operations.access_analyzer.policy_statements import (
    ComparedStatement,
    Pair,
    statements_of,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import accessanalyzer as shapes

_KINDS: Final = {
    "IDENTITY_POLICY": PolicyKind.IDENTITY,
    "RESOURCE_POLICY": PolicyKind.RESOURCE,
    "SERVICE_CONTROL_POLICY": PolicyKind.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RCP,
}
_LEARN: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
)


def validate_policy(call: Call[shapes.ValidatePolicyRequest]) -> Answer[shapes.ValidatePolicyResponse]:
    """What `sts-tui validate` reports about a policy document. Raises AccessDeniedException.

    AWS's codes of findings are those of its own checks; here a code says only of which kind a finding is.
    """
    call.authorize(call.operation)
    kind = _KINDS[call.params["policyType"]]
    if call.params.get("validatePolicyResourceType") == "AWS::IAM::AssumeRolePolicyDocument":
        kind = PolicyKind.TRUST
    return Answer(
        response={"findings": [_finding(one) for one in _diagnostics(call.params["policyDocument"], kind)]}
    )


def check_access_not_granted(
    call: Call[shapes.CheckAccessNotGrantedRequest],
) -> Answer[shapes.CheckAccessNotGrantedResponse]:
    """Raises AccessDeniedException, InvalidParameterException, UnprocessableEntityException."""
    call.authorize(call.operation)
    document = _document(call.params["policyDocument"], call.params["policyType"])
    asked = [
        Pair(action, resource)
        for access in call.params["access"]
        for action in access.get("actions") or ("*",)
        for resource in access.get("resources") or ("*",)
    ]
    statements = statements_of(document)
    found = granting(statements, asked)
    what = "listed actions or resources"
    return _result(
        found,
        statements,
        passed=f"The policy document does not grant access to perform one or more of the {what}.",
        failed=f"The policy document grants access to perform one or more of the {what}.",
        reason=f"One or more of the {what} in the statement with",
    )


def check_no_new_access(
    call: Call[shapes.CheckNoNewAccessRequest],
) -> Answer[shapes.CheckNoNewAccessResponse]:
    """Raises AccessDeniedException, InvalidParameterException, UnprocessableEntityException."""
    call.authorize(call.operation)
    new = statements_of(_document(call.params["newPolicyDocument"], call.params["policyType"]))
    old = statements_of(_document(call.params["existingPolicyDocument"], call.params["policyType"]))
    return _result(
        new_access(new, old),
        new,
        passed="The modified permissions do not grant new access compared to your existing policy.",
        failed="The modified permissions grant new access compared to your existing policy.",
        reason="New access in the statement with",
    )


def _result(
    found: Mapping[int, Access],
    statements: tuple[ComparedStatement, ...],
    *,
    passed: str,
    failed: str,
    reason: str,
) -> Answer[Any]:
    granted = [index for index, access in sorted(found.items()) if access is Access.GRANTED]
    if granted:
        by_index = {one.index: one for one in statements}
        reasons = [_reason(by_index[index], reason) for index in granted]
        return Answer(response={"result": "FAIL", "message": failed, "reasons": reasons})
    if found:
        raise AwsError(
            "UnprocessableEntityException",
            "The specified policy cannot be checked.",
            422,
            hint=f"statement {min(found)}: AWS decides this by automated reasoning, sts-tui does not",
        )
    return Answer(response={"result": "PASS", "message": passed})


def _reason(statement: ComparedStatement, text: str) -> dict[str, Json]:
    named = f"sid: {statement.sid}" if statement.sid else f"index: {statement.index}"
    reason: dict[str, Json] = {"description": f"{text} {named}.", "statementIndex": statement.index}
    if statement.sid:
        reason["statementId"] = statement.sid
    return reason


def _document(text: Json, policy_type: str) -> JsonObject:
    """Raises InvalidParameterException for a document that AWS would not store."""
    parsed = parse_policy(text if isinstance(text, str) else "", _KINDS[policy_type])
    if parsed.document is None or parsed.errors:
        detail = parsed.errors[0].message if parsed.errors else ""
        raise AwsError(
            "InvalidParameterException", "The specified policy document is invalid.", 400, hint=detail
        )
    return parsed.document


def _diagnostics(text: Json, kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    from sts_tui.account.policies.vocabulary import unknown_words  # reads AWS's lists

    parsed = parse_policy(text if isinstance(text, str) else "", kind)
    if parsed.document is None:
        yield from parsed.errors
        return
    yield from review_policy(parsed.document, kind)
    yield from unknown_words(parsed.document, kind)


def _finding(one: PolicyDiagnostic) -> shapes.ValidatePolicyFinding:
    is_advice = one.rule.force is Force.ADVICE
    return {
        "findingDetails": " ".join(part for part in (one.message, one.detail, one.hint) if part),
        "findingType": "WARNING" if is_advice else "ERROR",
        "issueCode": "POLICY_ADVICE" if is_advice else "POLICY_ERROR",
        "learnMoreLink": _LEARN,
        "locations": [{"path": [_step(step) for step in one.steps], "span": _NOWHERE}],
    }


def _step(step: str | int) -> shapes.PathElement:
    return {"index": step} if isinstance(step, int) else {"value": step}


_NOWHERE: Final[shapes.Span] = {
    "start": {"line": 1, "column": 0, "offset": 0},
    "end": {"line": 1, "column": 0, "offset": 0},
}
"""Only the path of a finding is known: AWS gives the place in the text too."""

PERFORMS: dict[str, Perform] = {
    "ValidatePolicy": validate_policy,
    "CheckAccessNotGranted": check_access_not_granted,
    "CheckNoNewAccess": check_no_new_access,
}
