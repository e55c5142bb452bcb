"""Explanations: every layer and statement, the first element that failed, wanted and actual, the nearest
miss.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.iam import Caller, CallerKind, PolicyDocument, PolicySet, PolicyType, Request, evaluate, explain
from sts_tui.iam.explaining.explanation import (
    ElementExplanation,
    ElementStatus,
    LayerExplanation,
    LayerVerdict,
)
from tests.accounts.decisions import ACCOUNT, EVERYTHING, FULL, ROLE, ROOT, USER, ask, role_session
from tests.accounts.policies import OTHER, allow, deny, policy


def layer(
    request: Request, policy_type: PolicyType, level: int | None = None, **policies: Any
) -> LayerExplanation:
    found = explain(request, PolicySet(**policies)).layers
    return next(each for each in found if each.policy_type is policy_type and each.level == level)


def elements(statement: dict[str, Any], **asked: Any) -> dict[str, ElementExplanation]:
    explained = layer(ask(**asked), PolicyType.IDENTITY, identity=policy(statement)).statements[0]
    return {each.element: each for each in explained.elements}


def condition(operator: str, key: str, values: Any, **asked: Any) -> ElementExplanation:
    return elements(allow("*", Condition={operator: {key: values}}), **asked)[f"{operator} {key}"]


def test_first_element_that_fails_is_named_and_later_ones_are_not_reached() -> None:
    found = elements(allow("sqs:*", "arn:aws:s3:::other", Condition={"Bool": {"k": "true"}}))
    assert [each.status for each in found.values()] == [
        ElementStatus.FAILED,
        ElementStatus.NOT_REACHED,
        ElementStatus.NOT_REACHED,
    ]
    assert (found["Action"].wanted, found["Action"].actual) == (("sqs:*",), ("s3:GetObject",))


def test_wildcard_that_matched_is_shown() -> None:
    found = elements(allow(["iam:*", "s3:Get*"], ["arn:aws:s3:::x", "arn:aws:s3:::da*"]))
    assert found["Action"].matched_by == "s3:Get*"
    assert found["Resource"].matched_by == "arn:aws:s3:::da*"
    assert elements(allow("s3:GetObject", "*"))["Action"].matched_by is None


def test_not_forms_are_shown_as_they_are_written() -> None:
    found = elements({"Effect": "Allow", "NotAction": "iam:*", "NotResource": ["arn:aws:s3:::data/*"]})
    assert found["NotAction"].status is ElementStatus.MATCHED
    assert found["NotResource"].status is ElementStatus.FAILED


@pytest.mark.parametrize(
    ("operator", "note"),
    [
        ("StringEquals", "key absent: StringEquals is false; with IfExists it would be true"),
        ("StringNotEquals", "key absent: StringNotEquals is true"),
    ],
)
def test_absent_key_is_explained(operator: str, note: str) -> None:
    found = condition(operator, "aws:SourceVpce", "vpce-1")
    assert found.actual is None
    assert found.note == note


def test_for_all_values_on_an_absent_key_says_how_to_require_it() -> None:
    assert "add a Null condition" in condition("ForAllValues:StringEquals", "aws:TagKeys", "a").note


def test_each_value_of_a_multivalued_key_is_shown() -> None:
    found = condition("ForAllValues:StringLike", "aws:TagKeys", ["a*"], context={"aws:TagKeys": ["ab", "c"]})
    assert [(each.value, each.held, each.matched_by) for each in found.values] == [
        ("ab", True, "a*"),
        ("c", False, None),
    ]
    assert found.status is ElementStatus.FAILED


def test_plain_operator_on_a_multivalued_key_says_that_it_never_matches() -> None:
    found = condition("StringEquals", "aws:TagKeys", ["a"], context={"aws:TagKeys": ["a"]})
    assert "a plain operator never matches" in found.note


@pytest.mark.parametrize(("context", "note"), [({}, "the key is absent"), ({"k": ""}, "the key is present")])
def test_null_says_whether_the_key_is_there(context: dict[str, str], note: str) -> None:
    assert condition("Null", "k", "true", context=context).note == note


def test_unknown_operator_is_undecided_and_says_why() -> None:
    found = condition("Unheard", "k", "x", context={"k": "x"})
    assert found.status is ElementStatus.UNDECIDED
    assert "Unheard is not known" in found.note


def test_variable_without_value_is_named() -> None:
    found = elements(allow("*", resource="arn:aws:s3:::home/${aws:unknown}/*"))["Resource"]
    assert "${aws:unknown}" in found.note
    resolved = elements(allow("*", resource="arn:aws:s3:::${aws:username}"), resource="arn:aws:s3:::ana")[
        "Resource"
    ]
    assert (resolved.note, resolved.matched_by) == ("", "arn:aws:s3:::${aws:username}")
    assert "${k}" in condition("StringEquals", "aws:username", "${k}").note


def test_bad_operand_in_a_deny_is_shown_as_undecided() -> None:
    statement = deny(Condition={"NumericEquals": {"k": "x"}})
    explained = layer(ask(context={"k": "1"}), PolicyType.IDENTITY, identity=policy(statement))
    assert explained.verdict is LayerVerdict.UNDECIDED
    assert explained.statements[0].status is ElementStatus.UNDECIDED
    assert explained.statements[0].elements[-1].values[0].held is None
    assert explained.statements[0].note


@pytest.mark.parametrize(
    ("principal", "caller", "note"),
    [
        ({"AWS": USER}, None, "by exactly this principal"),
        ("*", None, "by everyone"),
        ({"AWS": ACCOUNT}, None, "its identity-based policies decide"),
        ({"AWS": ROLE}, role_session(), "by the role of the session"),
        ({"AWS": OTHER}, None, ""),
        ({"CanonicalUser": "79a5"}, None, "canonical users are not modeled"),
    ],
)
def test_principal_says_how_closely_it_names_the_caller(
    principal: Any, caller: Caller | None, note: str
) -> None:
    resource = policy(allow("*", Principal=principal))
    explained = layer(ask(caller=caller), PolicyType.RESOURCE, resource=resource)
    shown = next(each for each in explained.statements[0].elements if each.element == "Principal")
    assert note in shown.note
    assert shown.actual


def test_not_principal_says_that_every_identity_must_be_listed() -> None:
    resource = policy({"Effect": "Deny", "NotPrincipal": {"AWS": [USER]}, "Action": "*", "Resource": "*"})
    shown = layer(ask(), PolicyType.RESOURCE, resource=resource).statements[0].elements
    assert [each.note for each in shown if each.element == "NotPrincipal"] == [
        "not every identity of the caller is listed, so it is not excepted"
    ]
    anonymous = layer(ask(principal=None), PolicyType.RESOURCE, resource=resource).statements[0].elements
    assert next(each for each in anonymous if each.element == "NotPrincipal").actual == ("anonymous",)


def test_not_principal_says_that_a_boundary_undoes_the_exception() -> None:
    resource = policy(
        {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ROOT]}, "Action": "*", "Resource": "*"}
    )
    explained = layer(ask(), PolicyType.RESOURCE, resource=resource, boundary=policy(allow("*")))
    assert explained.verdict is LayerVerdict.EXPLICIT_DENY
    assert [each.note for each in explained.statements[0].elements if each.element == "NotPrincipal"] == [
        "the caller has a permissions boundary: Deny with NotPrincipal then excepts no caller"
    ]


def not_principal_note(**statement: Any) -> str:
    resource = policy({"NotPrincipal": {"AWS": [USER]}, "Action": "*", "Resource": "*", **statement})
    shown = layer(ask(), PolicyType.RESOURCE, resource=resource).statements[0].elements
    return next(each.note for each in shown if each.element == "NotPrincipal")


def test_allow_with_not_principal_says_that_aws_does_not_support_it() -> None:
    assert "never grants" in not_principal_note(Effect="Allow")
    other = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ben"}
    assert "AllowWithNotPrincipal" in not_principal_note(Effect="Allow", NotPrincipal=other)


def test_doubt_is_resolved_for_each_effect_and_the_explanation_says_so() -> None:
    canonical = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    assert "in doubt a Deny matches" in not_principal_note(Effect="Deny", NotPrincipal=canonical)
    home = "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"
    for effect, words in (("Deny", "in doubt a Deny matches"), ("Allow", "in doubt an Allow does not match")):
        found = elements({"Effect": effect, "Action": "*", "NotResource": home})
        assert words in found["NotResource"].note
        malformed = allow("*", Condition={"ArnLike": {"aws:x": "role/r"}}) | {"Effect": effect}
        note = elements(malformed)["ArnLike aws:x"].note
        assert "role/r is not a value that ArnLike compares; in doubt" in note


def test_match_beyond_the_colon_is_noted_only_where_it_made_the_difference() -> None:
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:x"

    def note(resource: str) -> str:
        return elements(allow("*", resource=resource), action="lambda:X", resource=function)["Resource"].note

    assert "TrailingWildcardCrossesColons" in note("arn:aws:lambda:*:function:x")
    assert note("arn:aws:lambda:*:*:function:x") == ""
    assert note("*") == ""
    excepted = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:lambda:*:function:y"}
    assert elements(excepted, action="lambda:X", resource=function)["NotResource"].note == ""


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([EVERYTHING, deny(Condition={"StringEquals": {"aws:x": "1"}})], LayerVerdict.UNDECIDED),
        ([deny(Condition={"StringEquals": {"aws:x": "1"}})], LayerVerdict.UNDECIDED),
        ([allow("*", Condition={"StringEquals": {"aws:x": "1"}})], LayerVerdict.UNDECIDED),
        ([EVERYTHING, allow("*", Condition={"StringEquals": {"aws:x": "1"}})], LayerVerdict.ALLOWS),
        ([EVERYTHING, deny("sqs:*")], LayerVerdict.ALLOWS),
        ([deny("sqs:*")], LayerVerdict.NO_ALLOW),
        ([deny("*"), deny(Condition={"StringEquals": {"aws:x": "1"}})], LayerVerdict.EXPLICIT_DENY),
    ],
)
def test_verdict_of_a_layer_by_its_statements(statements: list[Any], verdict: LayerVerdict) -> None:
    asked = Request(principal=USER, action="s3:GetObject", resource="arn:aws:s3:::data/k", unknown=["aws:x"])
    found = explain(asked, PolicySet(identity=policy(*statements))).layers
    identity = next(each for each in found if each.policy_type is PolicyType.IDENTITY)
    assert identity.verdict is verdict


def test_nearest_miss_is_the_allow_that_failed_latest() -> None:
    near = allow("s3:*", Sid="Near", Condition={"Bool": {"aws:SecureTransport": "true"}})
    document = policy(
        allow("sqs:*", Sid="Far"), near, allow("s3:*", "arn:aws:s3:::x", Sid="Middle"), deny("iam:*")
    )
    found = explain(ask(), PolicySet(identity=document))
    assert found.nearest_miss is not None
    assert found.nearest_miss.provenance.sid == "Near"
    assert found.nearest_miss.failed is not None
    assert found.nearest_miss.failed.element == "Bool aws:SecureTransport"


def test_nothing_comes_near_where_nothing_is_attached_or_nothing_is_missing() -> None:
    assert explain(ask(), PolicySet()).nearest_miss is None
    assert explain(ask(), PolicySet(identity=FULL)).nearest_miss is None


def test_layers_are_in_aws_order_and_levels_of_an_organization_are_counted() -> None:
    found = explain(ask(), PolicySet(identity=FULL, scps=[[FULL], [FULL]], rcps=[[]])).layers
    assert [(each.policy_type, each.level) for each in found] == [
        (PolicyType.RCP, 0),
        (PolicyType.SCP, 0),
        (PolicyType.SCP, 1),
        (PolicyType.ENDPOINT, None),
        (PolicyType.RESOURCE, None),
        (PolicyType.IDENTITY, None),
        (PolicyType.BOUNDARY, None),
        (PolicyType.SESSION, None),
    ]
    assert found[2].name == "service control policy, level 2"


@pytest.mark.parametrize(
    ("asked", "policies", "policy_type", "verdict", "note"),
    [
        ({}, {}, PolicyType.IDENTITY, LayerVerdict.NO_ALLOW, "no policy is attached"),
        ({}, {"identity": FULL}, PolicyType.IDENTITY, LayerVerdict.ALLOWS, ""),
        ({}, {"identity": policy(deny())}, PolicyType.IDENTITY, LayerVerdict.EXPLICIT_DENY, ""),
        ({}, {"boundary": []}, PolicyType.BOUNDARY, LayerVerdict.NO_ALLOW, ""),
        ({}, {}, PolicyType.BOUNDARY, LayerVerdict.NONE, "no permissions boundary"),
        (
            {},
            {"session": FULL},
            PolicyType.SESSION,
            LayerVerdict.NOT_CONSULTED,
            "a user has no session policy",
        ),
        (
            {"principal": ROOT},
            {"identity": FULL},
            PolicyType.IDENTITY,
            LayerVerdict.NOT_CONSULTED,
            "root user",
        ),
        (
            {"principal": ROOT, "action": "s3:PutBucketPolicy"},
            {"resource": policy(deny(Principal="*"))},
            PolicyType.RESOURCE,
            LayerVerdict.NOT_CONSULTED,
            "root can always",
        ),
        (
            {"principal": None},
            {"identity": FULL},
            PolicyType.IDENTITY,
            LayerVerdict.NOT_CONSULTED,
            "anonymous",
        ),
        (
            {"action": "sts:AssumeRole", "resource": ROLE},
            {},
            PolicyType.TRUST,
            LayerVerdict.NO_ALLOW,
            "no trust policy",
        ),
        (
            {"action": "sts:GetCallerIdentity"},
            {"identity": FULL},
            PolicyType.IDENTITY,
            LayerVerdict.NOT_CONSULTED,
            "no policy can deny",
        ),
        (
            {"identity": None},
            {"identity": policy(allow("*", Condition={"Unheard": {"k": "x"}}))},
            PolicyType.IDENTITY,
            LayerVerdict.UNDECIDED,
            "",
        ),
    ],
)
def test_layer_says_what_it_says(
    asked: dict[str, Any], policies: dict[str, Any], policy_type: PolicyType, verdict: LayerVerdict, note: str
) -> None:
    asked.pop("identity", None)
    found = layer(ask(**asked), policy_type, **policies)
    assert found.verdict is verdict
    assert note in found.note


def test_exemptions_are_explained() -> None:
    linked = role_session(is_service_linked=True)
    found = layer(ask(caller=linked), PolicyType.SCP, level=0, scps=[[FULL]], identity=FULL)
    assert (found.verdict, found.note) == (LayerVerdict.NOT_CONSULTED, "service-linked roles are exempt")
    grant = layer(ask(action="kms:RetireGrant", resource="*"), PolicyType.RCP, level=0, rcps=[[FULL]])
    assert grant.note == "kms:RetireGrant is exempt"


def test_layer_that_was_left_out_says_so() -> None:
    left_out = PolicySet(identity=FULL, scps=[[]]).without(PolicyType.SCP, PolicyType.TRUST)
    found = {each.policy_type: each.note for each in explain(ask(), left_out).layers}
    assert found[PolicyType.SCP] == "left out of this what-if"
    trust = explain(ask(action="sts:AssumeRole", resource=ROLE), left_out).layers
    assert "left out" in next(each.note for each in trust if each.policy_type is PolicyType.TRUST)


def test_statements_that_decided_are_marked() -> None:
    found = layer(ask(), PolicyType.IDENTITY, identity=policy(EVERYTHING, allow("sqs:*"), deny(Sid="No")))
    assert [each.decided for each in found.statements] == [False, False, True]
    assert [each.provenance.index for each in found.deciding] == [0, 2]


def test_explanation_and_quick_verdict_are_one_decision() -> None:
    policies = PolicySet(identity=FULL, boundary=policy(allow("sqs:*")))
    found = explain(ask(), policies)
    assert found.decision == evaluate(ask(), policies)
    assert found.sentence.endswith("because no permissions boundary allows the s3:GetObject action")
    assert explain(ask(), PolicySet(identity=FULL)).sentence == ""


def test_text_names_the_verdict_the_layers_the_statements_and_the_context() -> None:
    document = PolicyDocument(policy(allow("sqs:*")), name="Queue", owner="ana")
    boundary = policy(allow("*", Condition={"StringEquals": {"aws:SourceIp": "x"}, "Null": {"k": "true"}}))
    text = "\n".join(
        explain(
            ask(context={"aws:TagKeys": ["a"]}),
            PolicySet(identity=document, boundary=boundary, session=FULL),
        ).lines()
    )
    for part in (
        "implicitDeny: because no identity-based policy",
        "ana/Queue#1",
        "failed at Action",
        "aws:TagKeys = ['a']",
        "(absent)",
    ):
        assert part in text
    assert explain(ask(), PolicySet(identity=FULL)).lines()[0].startswith("allowed: allowed by")
    broken = "\n".join(explain(ask(), PolicySet(identity=policy(allow("s3:*", [])), resource=FULL)).lines())
    assert "Policy statement must contain resources" in broken
    assert "Missing required field Principal" in broken


def test_json_holds_all_that_the_text_says() -> None:
    found = explain(
        ask(context={"aws:TagKeys": ["a"]}), PolicySet(identity=policy(allow("sqs:*")), boundary=FULL)
    )
    read = json.loads(json.dumps(found.to_json()))
    assert read["outcome"] == "implicitDeny"
    assert read["settledBy"] == "identity-based policy"
    identity = next(each for each in read["layers"] if each["policyType"] == "identity-based policy")
    assert identity["nearestMiss"] == "identity-based policy#1"
    assert identity["statements"][0]["failedElement"] == "Action"
    assert read["context"]["aws:TagKeys"] == ["a"]
    root = explain(ask(principal=ROOT), PolicySet(identity=FULL)).to_json()
    assert root["settledBy"] is None
    absent = explain(
        ask(), PolicySet(identity=policy(allow("*", Condition={"Bool": {"k": "true"}})))
    ).to_json()
    assert absent["layers"][4]["statements"][0]["elements"][-1]["actual"] is None


def test_authorization_message_has_the_shape_that_decoding_gives() -> None:
    found = explain(
        ask(context={"aws:TagKeys": ["a", "b"]}), PolicySet(identity=policy(EVERYTHING, deny(Sid="No")))
    )
    message = found.to_authorization_message()
    assert message["explicitDeny"] is True
    assert message["matchedStatements"]["items"][0]["statementId"] == "No"
    keys = {each["key"]: each["values"]["items"] for each in message["context"]["conditions"]["items"]}
    assert keys["aws:TagKeys"] == [{"value": "a"}, {"value": "b"}]
    anonymous = explain(ask(principal=None), PolicySet()).to_authorization_message()
    assert (anonymous["explicitDeny"], anonymous["context"]["principal"]["arn"]) == (False, "")


def test_root_has_no_layer_of_its_own_to_lack() -> None:
    linked = Caller(kind=CallerKind.ROOT_SESSION, arn=ROOT, account=ACCOUNT)
    assert explain(ask(caller=linked), PolicySet()).decision.is_allowed


@pytest.mark.parametrize(
    ("wanted", "value", "matched"),
    [
        (["a*", "b"], "ab", "a*"),
        (["a", "b"], "a", None),
        (["a*"], ["ab", "x"], "a*"),
        (["a*", "b*"], ["ab", "bc"], None),
        (["x*"], ["ab"], None),
    ],
)
def test_the_pattern_that_a_value_met_is_shown_where_it_is_one(
    wanted: list[str], value: Any, matched: str | None
) -> None:
    statement = allow("*", Condition={"ForAnyValue:StringLike": {"app:key": wanted}})
    layers = explain(ask(context={"app:key": value}), PolicySet(identity=policy(statement))).layers
    element = next(each for each in layers if each.statements).statements[0].elements[-1]
    assert element.matched_by == matched


@pytest.mark.parametrize(
    ("policies", "missing"),
    [
        ({"identity": []}, [PolicyType.IDENTITY]),
        ({"identity": FULL}, []),
        ({"identity": FULL, "boundary": []}, [PolicyType.BOUNDARY]),
        ({"identity": [], "boundary": []}, [PolicyType.IDENTITY]),
        ({"identity": policy(deny("*"))}, []),
    ],
)
def test_the_layer_that_lacks_an_allow_is_the_one_that_decided(
    policies: dict[str, Any], missing: list[PolicyType]
) -> None:
    explanation = explain(ask(), PolicySet(**policies))
    found = [layer.policy_type for layer in explanation.layers if layer.is_missing_in(explanation.decision)]
    assert found == missing


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        ("*", ("*",)),
        ({"AWS": USER}, (f"AWS: {USER}",)),
        (
            {"AWS": [USER, "*"], "Service": "x.amazonaws.com"},
            (f"AWS: {USER}", "AWS: *", "Service: x.amazonaws.com"),
        ),
    ],
)
def test_every_principal_that_is_written_is_shown(principal: Any, written: tuple[str, ...]) -> None:
    policies = PolicySet(identity=[], resource=policy(allow("*", Principal=principal)))
    shown = [each for each in explain(ask(), policies).layers if each.policy_type is PolicyType.RESOURCE]
    elements = {each.element: each for each in shown[0].statements[0].elements}
    assert elements["Principal"].wanted == written
    assert set(elements["Principal"].actual or ()) >= {USER, ACCOUNT}
