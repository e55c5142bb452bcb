"""How are CheckAccessNotGranted, CheckNoNewAccess and ValidatePolicy of IAM Access Analyzer answered?

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_grammar import parse_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.simulation.operations.access_analyzer.finding import Finding, FindingType, finding
from sts_tui.simulation.operations.access_analyzer.granted_access import Access, granting, new_access
from sts_tui.simulation.operations.access_analyzer.policy_findings import policy_findings
from sts_tui.simulation.operations.access_analyzer.policy_statements import (
    ComparedStatement,
    Pair,
    statements_of,
)
from sts_tui.simulation.operations.access_analyzer.text_positions import TextPositions, position_of
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

_ANCHORS: Final[Mapping[FindingType, str]] = {
    "ERROR": "error",
    "SECURITY_WARNING": "security-warning",
    "SUGGESTION": "suggestion",
    "WARNING": "general-warning",
}
_PAGE: Final = 100
"""How many findings are on a page by default."""


def validate_policy(call: Call[shapes.ValidatePolicyRequest]) -> Answer[shapes.ValidatePolicyResponse]:
    """The findings that follow from the document itself, `maxResults` on a page. Raises
    AccessDeniedException, ValidationException.
    """
    call.authorize(call.operation)
    kind = _KINDS[call.params["policyType"]]
    resource_type = call.params.get("validatePolicyResourceType") or ""
    if resource_type == "AWS::IAM::AssumeRolePolicyDocument":
        kind = PolicyKind.TRUST
    found = list(_findings(call.params["policyDocument"], kind, resource_type))
    start = _start(call.params.get("nextToken"), len(found))
    end = start + (call.params.get("maxResults") or _PAGE)
    response: shapes.ValidatePolicyResponse = {"findings": found[start:end]}
    if end < len(found):
        response["nextToken"] = str(end)
    return Answer(response=response)


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


def _start(token: str | None, count: int) -> int:
    """Raises ValidationException for a token that no page issued."""
    if token is None:
        return 0
    if not token.isdecimal() or not 0 < int(token) < count:
        raise AwsError("ValidationException", "The specified nextToken is not valid.", 400)
    return int(token)


def _findings(text: str, kind: PolicyKind, resource_type: str) -> Iterator[shapes.ValidatePolicyFinding]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = position_of(text, error.pos)
        words = {"index": place["offset"], "line": place["line"], "column": place["column"]}
        end = position_of(text, min(error.pos + 1, len(text)))
        yield _located(finding("JSON_SYNTAX_ERROR", words=words), {"start": place, "end": end})
        return
    except RecursionError:
        whole: shapes.Span = {"start": position_of(text, 0), "end": position_of(text, len(text))}
        yield _located(finding("DATA_TYPE_MISMATCH", data_type="object"), whole)
        return
    positions = TextPositions(text)
    if not isinstance(document, dict):
        yield _located(finding("DATA_TYPE_MISMATCH", data_type="object"), positions.of_value(()))
        return
    for one in policy_findings(document, kind, text=text, resource_type=resource_type):
        span = positions.of_key(one.steps) if one.is_key else positions.of_value(one.steps)
        yield _located(one, span, *((steps, positions.of_value(steps)) for steps in one.also))


def _located(
    one: Finding, span: shapes.Span, *also: tuple[Steps, shapes.Span]
) -> shapes.ValidatePolicyFinding:
    path: list[shapes.PathElement] = [_step(step) for step in one.steps]
    if one.is_key and one.steps:
        path[-1] = {"key": str(one.steps[-1])}
    link = f"{_LEARN}#access-analyzer-reference-policy-checks-{_ANCHORS[one.kind]}-"
    others: list[shapes.Location] = [
        {"path": [_step(step) for step in steps], "span": place} for steps, place in also
    ]
    return {
        "findingDetails": one.details,
        "findingType": one.kind,
        "issueCode": one.code,
        "learnMoreLink": link + one.code.lower().replace("_", "-"),
        "locations": [{"path": path, "span": span}, *others],
    }


def _step(step: str | int) -> shapes.PathElement:
    return {"index": step} if isinstance(step, int) else {"value": step}


PERFORMS: dict[str, Perform] = {
    "ValidatePolicy": validate_policy,
    "CheckAccessNotGranted": check_access_not_granted,
    "CheckNoNewAccess": check_no_new_access,
}
