"""ValidatePolicy: AWS's code, type and sentence of each check, and the place in the text.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.operations.access_analyzer.text_positions import TextPositions
from tests.accounts.entities import user
from tests.accounts.policies import MAIN, allow, allows, policy

IDENTITY, RESOURCE, SCP = "IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY"
OBJECT = "arn:aws:s3:::a/x"
ANA = {"AWS": f"arn:aws:iam::{MAIN}:user/ana"}


@pytest.fixture(scope="module")
def sim() -> Simulation:
    ana = user("ana", ("all", allows("access-analyzer:*")))
    return Simulation.open({"Accounts": [{"AccountId": MAIN, "UserDetailList": [ana]}]})


def validated(sim: Simulation, text: str, kind: str = IDENTITY, **more: Any) -> dict[str, Any]:
    params = {"policyDocument": text, "policyType": kind, **more}
    return sim.call("access-analyzer:ValidatePolicy", params, caller="ana")


def findings(sim: Simulation, document: object, kind: str = IDENTITY, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = validated(sim, json.dumps(document, indent=1), kind, **more)["findings"]
    return found


def under(text: str, finding: dict[str, Any]) -> str:
    """The part of the text that the finding marks."""
    span = finding["locations"][0]["span"]
    return text[span["start"]["offset"] : span["end"]["offset"]]


def one(**elements: Any) -> dict[str, Any]:
    """A policy of one valid statement, with these elements replaced; None takes one away."""
    statement = {**allow("s3:GetObject", OBJECT), **elements}
    return policy({name: value for name, value in statement.items() if value is not None})


def resource(**elements: Any) -> dict[str, Any]:
    return one(**{"Principal": ANA, **elements})


CASES: list[tuple[dict[str, Any], str, str, str, str]] = [
    ({"Statement": [allow("s3:GetObject", OBJECT)]}, IDENTITY, "MISSING_VERSION", "WARNING", "{"),
    ({**one(), "Version": "2012-10-18"}, IDENTITY, "INVALID_VERSION", "ERROR", '"2012-10-18"'),
    ({"Version": "2012-10-17"}, IDENTITY, "MISSING_STATEMENT", "ERROR", "{"),
    ({**one(), "Statment": 1}, IDENTITY, "INVALID_POLICY_ELEMENT", "ERROR", '"Statment"'),
    (one(Actions="s3:*"), IDENTITY, "INVALID_POLICY_ELEMENT", "ERROR", '"Actions"'),
    (one(Effect=None), IDENTITY, "MISSING_EFFECT", "ERROR", "{"),
    (one(Effect="allow"), IDENTITY, "INVALID_EFFECT", "ERROR", '"allow"'),
    (one(Action=None), IDENTITY, "MISSING_ACTION", "ERROR", "{"),
    (one(NotAction="s3:PutObject"), IDENTITY, "UNSUPPORTED_ELEMENT_COMBINATION", "ERROR", "{"),
    (one(Resource=None), IDENTITY, "MISSING_RESOURCE", "ERROR", "{"),
    (one(Principal=ANA), IDENTITY, "UNSUPPORTED_PRINCIPAL", "ERROR", "{"),
    (one(Principal=ANA), SCP, "SCP_SYNTAX_ERROR_PRINCIPAL", "ERROR", "{"),
    (one(), RESOURCE, "MISSING_PRINCIPAL", "ERROR", "{"),
    (resource(Principal=MAIN), RESOURCE, "INVALID_PRINCIPAL_FORMAT", "ERROR", f'"{MAIN}"'),
    (resource(Principal={"Aws": MAIN}), RESOURCE, "INVALID_PRINCIPAL_KEY", "ERROR", '"Aws"'),
    (resource(Principal={"AWS": []}), RESOURCE, "EMPTY_ARRAY_PRINCIPAL", "SUGGESTION", "[]"),
    (resource(Principal={}), RESOURCE, "EMPTY_OBJECT_PRINCIPAL", "SUGGESTION", "{}"),
    (one(Sid=""), IDENTITY, "EMPTY_SID_VALUE", "SUGGESTION", '""'),
    (one(Sid="Read objects"), IDENTITY, "UNSUPPORTED_SID", "ERROR", '"Read objects"'),
    (one(Sid=7), IDENTITY, "DATA_TYPE_MISMATCH", "ERROR", "7"),
    (one(Action="s3:GetObjects"), IDENTITY, "INVALID_ACTION", "ERROR", '"s3:GetObjects"'),
    (one(Action="s4:GetObject"), IDENTITY, "INVALID_SERVICE_IN_ACTION", "ERROR", '"s4:GetObject"'),
    (one(Action=[]), IDENTITY, "EMPTY_ARRAY_ACTION", "SUGGESTION", "[]"),
    (one(Action=["s3:Get*", "s3:GetObject"]), IDENTITY, "REDUNDANT_ACTION", "SUGGESTION", '"s3:GetObject"'),
    (one(Resource=[]), IDENTITY, "EMPTY_ARRAY_RESOURCE", "SUGGESTION", "[]"),
    (one(Resource="my-bucket/x"), IDENTITY, "INVALID_ARN_PREFIX", "ERROR", '"my-bucket/x"'),
    (one(Resource="arn:aws:s3:a"), IDENTITY, "MISSING_ARN_FIELD", "ERROR", '"arn:aws:s3:a"'),
    (one(Resource="arn:awss:s3:::a/x"), IDENTITY, "INVALID_PARTITION", "ERROR", '"arn:awss:s3:::a/x"'),
    (one(Resource="arn:aws:S3:::a/x"), IDENTITY, "INVALID_ARN_SERVICE_CASE", "ERROR", '"arn:aws:S3:::a/x"'),
    (one(Resource="arn:aws:sqs:us-east-1:12:q"), IDENTITY, "INVALID_ARN_ACCOUNT", "ERROR", '"arn:aws:sqs'),
    (one(Resource="arn:aws:s3:us-east-1::a/x"), IDENTITY, "ARN_REGION_NOT_ALLOWED", "ERROR", '"arn:aws:s3'),
    (one(Resource=f"arn:aws:s3::{MAIN}:a/x"), IDENTITY, "ARN_ACCOUNT_NOT_ALLOWED", "ERROR", '"arn:aws:s3'),
    (one(Condition={}), IDENTITY, "EMPTY_OBJECT_CONDITION", "SUGGESTION", "{}"),
    (
        one(Condition={"StringEqual": {"aws:userid": "x"}}),
        IDENTITY,
        "INVALID_CONDITION_OPERATOR",
        "ERROR",
        '"StringEqual"',
    ),
    (
        one(Condition={"StringEquals": {"userid": "x"}}),
        IDENTITY,
        "INVALID_CONDITION_KEY_FORMAT",
        "ERROR",
        '"userid"',
    ),
    (
        one(Condition={"StringEquals": {"aws:UserIds": "x"}}),
        IDENTITY,
        "INVALID_GLOBAL_CONDITION_KEY",
        "ERROR",
        '"aws:UserIds"',
    ),
    (
        one(Condition={"StringEquals": {"s3:prefixes": "x"}}),
        IDENTITY,
        "INVALID_SERVICE_CONDITION_KEY",
        "ERROR",
        '"s3:prefixes"',
    ),
    (
        one(Condition={"ForAllValues:StringEquals": {"aws:userid": "x"}}),
        IDENTITY,
        "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
        "SECURITY_WARNING",
        '"aws:userid"',
    ),
    (
        resource(Principal=None, NotPrincipal=ANA),
        RESOURCE,
        "ALLOW_WITH_NOT_PRINCIPAL",
        "SECURITY_WARNING",
        "{",
    ),
    (
        one(Action="iam:PassRole", Resource="*"),
        IDENTITY,
        "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        "SECURITY_WARNING",
        '"*"',
    ),
    (
        one(Action="iam:PassRole", Resource=None, NotResource="arn:aws:iam::111122223333:role/a"),
        IDENTITY,
        "PASS_ROLE_WITH_NOT_RESOURCE",
        "SECURITY_WARNING",
        '"arn:aws:iam',
    ),
    (
        one(Action="iam:CreateServiceLinkedRole", Resource="*"),
        IDENTITY,
        "CREATE_SLR_WITH_STAR_IN_RESOURCE",
        "WARNING",
        '"*"',
    ),
    (
        policy(allow("s3:GetObject", OBJECT, Sid="A"), allow("s3:PutObject", OBJECT, Sid="A")),
        IDENTITY,
        "UNIQUE_SIDS_REQUIRED",
        "ERROR",
        '"A"',
    ),
]


@pytest.mark.parametrize(("document", "kind", "code", "finding_type", "marked"), CASES)
def test_each_check_has_the_code_and_type_of_aws_and_marks_the_element(
    sim: Simulation, document: dict[str, Any], kind: str, code: str, finding_type: str, marked: str
) -> None:
    text = json.dumps(document, indent=1)
    found = {each["issueCode"]: each for each in validated(sim, text, kind)["findings"]}
    assert found.keys() == {code}
    assert found[code]["findingType"] == finding_type
    assert under(text, found[code]).startswith(marked)
    assert found[code]["learnMoreLink"].endswith(code.lower().replace("_", "-"))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (one(), IDENTITY),
        (one(Sid="Read", Action=["s3:Get*", "s3:Put*"], Resource=["*"]), IDENTITY),
        (one(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}), SCP),
        (resource(), RESOURCE),
        (resource(Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}), RESOURCE),
        (one(Effect="Deny", Action="*", Resource="*"), SCP),
        (
            one(
                Action="iam:PassRole",
                Resource="*",
                Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
            IDENTITY,
        ),
    ],
)
def test_a_policy_that_follows_the_rules_has_no_findings(
    sim: Simulation, document: dict[str, Any], kind: str
) -> None:
    assert findings(sim, document, kind) == []


def test_everything_allowed_gets_the_two_findings_of_aws(sim: Simulation) -> None:
    """The findings that AWS gives for a statement with Action * and Resource *."""
    found = findings(sim, one(Action="*", Resource="*"))
    assert [(each["issueCode"], each["findingType"]) for each in found] == [
        ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "SECURITY_WARNING"),
        ("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "WARNING"),
    ]


PAGE = """{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {
                "Federated": "cognito-identity.amazonaws.com"
            },
            "Action": [
                "sts:AssumeRole",
                "sts:TagSession"
            ],
            "Condition": {
                "StringEquals": {
                    "cognito-identity.amazonaws.com:aud": "us-west-2_EXAMPLE"
                }
            }
        }
    ]
}"""


def test_the_example_of_the_cli_reference_has_the_findings_and_places_of_aws(sim: Simulation) -> None:
    """https://docs.aws.amazon.com/cli/latest/reference/accessanalyzer/validate-policy.html"""
    sid, mismatch, unsupported = validated(sim, PAGE, RESOURCE)["findings"]
    assert sid == {
        "findingDetails": "Add a value to the empty string in the Sid element.",
        "findingType": "SUGGESTION",
        "issueCode": "EMPTY_SID_VALUE",
        "learnMoreLink": "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-"
        "checks.html#access-analyzer-reference-policy-checks-suggestion-empty-sid-value",
        "locations": [
            {
                "path": [{"value": "Statement"}, {"index": 0}, {"value": "Sid"}],
                "span": {
                    "start": {"line": 5, "column": 19, "offset": 79},
                    "end": {"line": 5, "column": 21, "offset": 81},
                },
            }
        ],
    }
    assert (mismatch["issueCode"], mismatch["findingType"]) == ("MISMATCHED_ACTION_FOR_PRINCIPAL", "ERROR")
    assert mismatch["findingDetails"] == (
        "The sts:AssumeRole action is invalid with the following principal(s): "
        "cognito-identity.amazonaws.com. Use a SAML provider principal with the sts:AssumeRoleWithSAML "
        "action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the "
        "provider is Federated if you use either of the two options."
    )
    action, principal = mismatch["locations"]
    assert action["path"] == [{"value": "Statement"}, {"index": 0}, {"value": "Action"}, {"index": 0}]
    assert action["span"] == {
        "start": {"line": 11, "column": 16, "offset": 258},
        "end": {"line": 11, "column": 32, "offset": 274},
    }
    assert principal["path"][-2:] == [{"value": "Principal"}, {"value": "Federated"}]
    assert principal["span"] == {
        "start": {"line": 8, "column": 29, "offset": 170},
        "end": {"line": 8, "column": 61, "offset": 202},
    }
    assert unsupported["issueCode"] == "UNSUPPORTED_ACTION_FOR_CONDITION_KEY"
    assert unsupported["findingDetails"].startswith(
        "The following actions: sts:TagSession are not supported by the condition key "
        "cognito-identity.amazonaws.com:aud. The condition will not be evaluated for these actions."
    )
    action, key = unsupported["locations"]
    assert action["path"][-1] == {"index": 1}
    assert (action["span"]["start"]["offset"], action["span"]["end"]["offset"]) == (292, 308)
    assert key["path"][-1] == {"value": "cognito-identity.amazonaws.com:aud"}
    assert key["span"]["start"] == {"line": 16, "column": 58, "offset": 443}  # the page shortened the value


@pytest.mark.parametrize(
    ("action", "key", "is_supported"),
    [
        ("s3:GetObject", "s3:prefix", False),
        ("s3:ListBucket", "s3:prefix", True),
        (["s3:ListBucket", "s3:GetObject"], "s3:prefix", False),
        ("s3:*", "s3:prefix", True),
        ("s3:GetObject", "s3:ExistingObjectTag/team", True),
        ("iam:PassRole", "iam:PassedToService", True),
        ("iam:CreateUser", "iam:PassedToService", False),
        ("iam:CreateUser", "aws:PrincipalTag/team", True),
        ("kms:Decrypt", "kms:ViaService", True),
        ("sqs:SendMessage", "kms:ViaService", True),
    ],
)
def test_a_condition_key_of_a_service_fits_its_actions(
    sim: Simulation, action: str | list[str], key: str, is_supported: bool
) -> None:
    """A key of another service may be there by a forwarded request: nothing is found."""
    document = one(Action=action, Resource="*", Condition={"StringEquals": {key: "x"}})
    codes = [each["issueCode"] for each in findings(sim, document)]
    assert ("UNSUPPORTED_ACTION_FOR_CONDITION_KEY" not in codes) is is_supported


SAML = {"Federated": f"arn:aws:iam::{MAIN}:saml-provider/corp"}
OIDC = {"Federated": f"arn:aws:iam::{MAIN}:oidc-provider/token.actions.githubusercontent.com"}


@pytest.mark.parametrize(
    ("action", "principal", "is_right"),
    [
        ("sts:AssumeRole", ANA, True),
        ("sts:AssumeRole", {"Service": "ec2.amazonaws.com"}, True),
        ("sts:AssumeRole", SAML, False),
        ("sts:AssumeRole", OIDC, False),
        ("sts:AssumeRoleWithSAML", SAML, True),
        ("sts:AssumeRoleWithSAML", OIDC, False),
        ("sts:AssumeRoleWithSAML", ANA, False),
        ("sts:AssumeRoleWithWebIdentity", OIDC, True),
        ("sts:AssumeRoleWithWebIdentity", {"Federated": "cognito-identity.amazonaws.com"}, True),
        ("sts:AssumeRoleWithWebIdentity", SAML, False),
        ("sts:TagSession", SAML, True),
        ("sts:AssumeRole", {"AWS": "*"}, True),
    ],
)
def test_an_operation_fits_its_principal(
    sim: Simulation, action: str, principal: dict[str, str], is_right: bool
) -> None:
    document = resource(Action=action, Principal=principal, Resource=None)
    more = {"validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"}
    codes = [each["issueCode"] for each in findings(sim, document, RESOURCE, **more)]
    assert ("MISMATCHED_ACTION_FOR_PRINCIPAL" not in codes) is is_right


def test_a_syntax_error_has_its_place(sim: Simulation) -> None:
    (found,) = validated(sim, '{\n "Version": "2012-10-17",\n oops')["findings"]
    assert found["issueCode"] == "JSON_SYNTAX_ERROR"
    assert found["locations"][0]["span"]["start"] == {"line": 3, "column": 1, "offset": 29}
    assert "line 3 column 1" in found["findingDetails"]


def test_a_text_that_is_not_an_object_does_not_match_the_type(sim: Simulation) -> None:
    assert [each["issueCode"] for each in findings(sim, [])] == ["DATA_TYPE_MISMATCH"]
    assert [each["issueCode"] for each in findings(sim, {**one(), "Statement": [7]})] == [
        "DATA_TYPE_MISMATCH"
    ]


def test_a_path_names_values_indexes_and_keys(sim: Simulation) -> None:
    (found,) = findings(sim, one(Condition={"StringEqual": {"aws:userid": "x"}}))
    assert found["locations"][0]["path"] == [
        *({"value": "Statement"}, {"index": 0}, {"value": "Condition"}),
        {"key": "StringEqual"},
    ]


def test_what_iam_refuses_and_no_check_finds_is_an_error_all_the_same(sim: Simulation) -> None:
    (found,) = findings(sim, {"Version": "2012-10-17", "Statement": []})
    assert (found["issueCode"], found["findingType"]) == ("POLICY_ERROR", "ERROR")


def test_a_trust_policy_needs_no_resource(sim: Simulation) -> None:
    document = resource(Action="sts:AssumeRole", Resource=None)
    more = {"validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"}
    assert findings(sim, document, RESOURCE, **more) == []


def test_findings_come_in_pages(sim: Simulation) -> None:
    text = json.dumps(one(Action=["s3:A", "s3:B", "s3:C"]))
    whole = validated(sim, text)["findings"]
    first = validated(sim, text, maxResults=2)
    rest = validated(sim, text, maxResults=2, nextToken=first["nextToken"])
    assert [*first["findings"], *rest["findings"]] == whole
    assert "nextToken" not in rest
    for token in ("0", "3", "x", "-1"):
        with pytest.raises(AwsError) as refused:
            validated(sim, text, nextToken=token)
        assert refused.value.code == "ValidationException"


names = st.text('abcé"\\ {}[],:', max_size=5)
leaves = st.one_of(names, st.integers(), st.booleans(), st.none(), st.just([]), st.just({}))
documents = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3))
)


def paths(value: Any, steps: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    inner = list(value.items()) if isinstance(value, dict) else []
    inner = list(enumerate(value)) if isinstance(value, list) else inner
    return [(steps, value), *(each for step, one in inner for each in paths(one, (*steps, step)))]


@given(documents, st.sampled_from([None, 0, 3]), st.booleans())
def test_the_span_of_each_value_holds_that_value(document: Any, indent: int | None, ascii_: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_)
    positions = TextPositions(text)
    for steps, value in paths(document):
        if len(steps) > 8:
            continue
        span = positions.of_value(steps)
        start, end = span["start"], span["end"]
        assert json.loads(text[start["offset"] : end["offset"]]) == value
        lines = text.split("\n")
        assert sum(len(line) + 1 for line in lines[: start["line"] - 1]) + start["column"] == start["offset"]
        if steps and isinstance(steps[-1], str):
            key = positions.of_key(steps)
            assert json.loads(text[key["start"]["offset"] : key["end"]["offset"]]) == steps[-1]
