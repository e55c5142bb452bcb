"""Suggestions: each was tried, none widens more than what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.iam import Caller, CallerKind, PolicyDocument, PolicySet, Request, evaluate, suggest_fixes
from sts_tui.iam.conditions import compile_condition
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.fixing.context_values import values_to_try
from sts_tui.iam.fixing.fixes import FixKind, _replaced
from sts_tui.iam.fixing.policy_edits import _with_principal, edited, principal_in_policies
from tests.accounts.decisions import ACCOUNT, EVERYTHING, FULL, OBJECT, ROLE, ROOT, USER, ask, role_session
from tests.accounts.policies import OTHER, allow, deny, policy


def summaries(request: Request, **policies: Any) -> list[str]:
    found = suggest_fixes(request, PolicySet(**policies))
    assert all(fix.decision.is_allowed for fix in found)
    return [fix.summary for fix in found]


def test_what_is_allowed_or_no_policys_matter_needs_no_fix() -> None:
    assert summaries(ask(), identity=FULL) == []
    assert summaries(ask(principal=ROOT, action="sts:AssumeRole", resource=ROLE)) == []


def test_missing_action_is_added_to_the_statement_that_has_the_resource() -> None:
    found = summaries(ask(), identity=("Data", policy(allow("s3:Put*", "arn:aws:s3:::data/*", Sid="Write"))))
    assert found[0] == "add s3:GetObject to Data#Write"
    assert found[1].startswith("allow s3:GetObject on arn:aws:s3:::data/key in Data")


def test_of_several_levels_that_lack_an_allow_the_first_is_edited_first() -> None:
    """Levels of service control policies: each must allow."""
    levels = [("Root", policy(allow("sqs:*"))), ("Unit", FULL), ("Account", policy(allow("iam:*")))]
    fixes = suggest_fixes(ask(), PolicySet(identity=FULL, scps=[[level] for level in levels]))
    assert fixes
    assert [edit.policy for edit in fixes[0].edits] == ["Root", "Account"]


def test_missing_resource_is_added_to_the_statement_that_has_the_action() -> None:
    found = summaries(ask(), identity=("Data", policy(allow("s3:Get*", "arn:aws:s3:::other"))))
    assert found[0] == f"add {OBJECT} to Data#1"


def test_nothing_is_added_that_would_grant_more_than_was_asked() -> None:
    document = policy(allow("sqs:*", "arn:aws:sqs:*:*:q"), allow("iam:*", "*"))
    assert summaries(ask(), identity=("Data", document)) == [
        "allow s3:GetObject on arn:aws:s3:::data/key in Data (identity-based policy)"
    ]


def test_not_forms_are_left_alone() -> None:
    document = policy(
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::data/*"},
    )
    assert [each[:5] for each in summaries(ask(), identity=document)] == ["allow"]


def test_condition_that_fails_can_be_met_or_removed() -> None:
    statement = allow("s3:*", Condition={"Bool": {"aws:x": "true"}, "StringEquals": {"aws:y": "1"}})
    found = summaries(ask(context={"aws:y": "1"}), identity=("Data", policy(statement)))
    assert found[:2] == ["with aws:x = true", "remove the condition Bool aws:x in Data#1"]


def test_explicit_deny_can_be_avoided_by_a_newer_session_or_removed() -> None:
    revoked = deny(Condition={"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T10:00:00Z"}})
    request = ask(caller=role_session(), context={"aws:TokenIssueTime": "2026-01-15T09:00:00Z"})
    document = PolicyDocument(policy(revoked), "AWSRevokeOlderSessions", "Deploy")
    assert summaries(request, identity=[FULL, document]) == [
        "with aws:TokenIssueTime = 2026-01-15T10:00:00Z",
        "remove Deploy/AWSRevokeOlderSessions#1 with its policy",
    ]


def test_several_layers_are_fixed_together() -> None:
    found = summaries(
        ask(caller=role_session()),
        identity=("Mine", policy(allow("s3:Put*", OBJECT))),
        boundary=("Cap", policy(allow("s3:Put*", OBJECT))),
        scps=[[policy(deny(Sid="Never"), EVERYTHING)]],
    )
    assert found == [
        "remove service control policy 1#Never, and add s3:GetObject to Mine#1, and add s3:GetObject to Cap#1"
    ]


def test_edit_carries_the_whole_changed_document_and_leaves_the_old_one_alone() -> None:
    document = policy(allow("s3:Put*", OBJECT))
    policies = PolicySet(identity=("Mine", document))
    edit = suggest_fixes(ask(), policies)[0].edits[0]
    assert edit.kinds == (FixKind.ADD_ACTION,)
    assert edit.document is not None
    assert edit.document["Statement"][0]["Action"] == ["s3:Put*", "s3:GetObject"]
    assert document == policy(allow("s3:Put*", OBJECT))
    assert evaluate(ask(), PolicySet(identity=edit.document)).is_allowed


@pytest.mark.parametrize(
    ("caller", "named"),
    [
        (role_session(), ROLE),
        (Caller(kind=CallerKind.SERVICE, arn="logs.amazonaws.com"), "logs.amazonaws.com"),
        (Caller(kind=CallerKind.FEDERATED, arn="accounts.google.com"), "accounts.google.com"),
        (
            Caller(kind=CallerKind.USER, arn=f"arn:aws:iam::{OTHER}:user/eve", account=OTHER),
            f"arn:aws:iam::{OTHER}:user/eve",
        ),
        (Caller(kind=CallerKind.ANONYMOUS), "everyone"),
    ],
)
def test_principal_is_added_as_policies_name_it(caller: Caller, named: str) -> None:
    action, resource = ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/x")
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": action})
    found = summaries(
        ask(caller=caller, action=action, resource=resource), resource=("Trust", trust), identity=FULL
    )
    assert found[0] == f"add {named} to Trust#1"


def test_layer_without_any_policy_gets_a_first_one() -> None:
    across = summaries(ask(owner=OTHER), identity=FULL)
    assert across == [f"allow s3:GetObject on {OBJECT} in a new policy (resource-based policy)"]
    assume = summaries(ask(action="sts:AssumeRole", resource=ROLE))
    assert assume == [f"allow sts:AssumeRole on {ROLE} in a new policy (resource-based policy)"]
    owned = PolicyDocument(policy(allow("sqs:*", "arn:aws:sqs:*")), "Queues", "ana")
    assert "in ana/Queues" in summaries(ask(), identity=owned)[-1]


def test_suggestion_is_a_document_that_aws_would_store() -> None:
    only_deny = PolicyDocument(policy(deny()), "Stop")
    fix = suggest_fixes(ask(), PolicySet(identity=[FULL, only_deny]))[-1]
    assert fix.edits[0].kinds == (FixKind.REMOVE_POLICY,)
    assert fix.edits[0].document is None


def test_suggestion_that_does_not_help_is_not_made() -> None:
    strange = policy(deny(Condition={"Unheard": {"k": "x"}}))
    assert summaries(ask(), identity=[FULL], boundary=strange) == []
    not_actions = policy(
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Null": {"aws:username": "true"}},
        }
    )
    assert summaries(ask(), identity=[strange], boundary=not_actions) == []


def test_suggestion_that_would_fix_too_many_layers_is_not_made() -> None:
    assert summaries(ask(), identity=FULL, scps=[[]] * 7) == []
    assert len(summaries(ask(), identity=FULL, scps=[[]] * 3)) == 1


def test_element_that_stays_wrong_is_given_up() -> None:
    """A caller without a name cannot be added as a principal."""
    nameless = Caller(kind=CallerKind.SERVICE)
    assert summaries(ask(caller=nameless), resource=policy(allow("*", Principal={"AWS": OTHER}))) == []


def test_only_the_failing_condition_is_removed() -> None:
    block = {"StringEquals": {"aws:username": "ana", "aws:y": "1"}, "Bool": {"aws:x": "true"}}
    fixes = suggest_fixes(ask(), PolicySet(identity=("Data", policy(allow("*", Condition=block)))))
    edit = next(fix.edits[0] for fix in fixes if fix.summary.startswith("remove"))
    assert edit.document is not None
    assert edit.document["Statement"][0]["Condition"] == {"StringEquals": {"aws:username": "ana"}}


@pytest.mark.parametrize(
    ("operator", "wanted", "values"),
    [
        ("Bool", "true", ["true", "false"]),
        ("IpAddress", "10.0.0.0/8", ["10.0.0.0"]),
        ("NotIpAddress", "nowhere", []),
        ("NumericLessThan", "5", ["5", "4", "6"]),
        ("NumericLessThan", "five", []),
        (
            "DateLessThan",
            "2026-01-01",
            ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"],
        ),
        ("DateLessThan", "soon", []),
        ("DateLessThan", "9999-12-31T23:59:59Z", []),
        ("DateLessThan", "999999999999999", []),
        ("StringLike", "a*", []),
        ("StringEquals", "a", ["a"]),
        ("Null", "true", []),
    ],
)
def test_values_worth_trying_come_from_the_condition(operator: str, wanted: str, values: list[str]) -> None:
    assert list(values_to_try(compile_condition(operator, "k", (wanted,), Scope()))) == values


def test_the_condition_that_fails_is_the_one_that_is_removed() -> None:
    condition = {
        "StringEquals": {"aws:username": "ana", "aws:PrincipalAccount": ACCOUNT},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "60"},
    }
    found = summaries(ask(), identity=("Data", policy(allow("s3:*", Sid="A", Condition=condition))))
    assert found[0] == (
        "remove the condition Bool aws:MultiFactorAuthPresent and "
        "remove the condition NumericLessThan aws:MultiFactorAuthAge in Data#A"
    )


def test_the_statement_that_fails_last_is_edited_first() -> None:
    """Of several that could be edited, the one that lacks least."""
    document = policy(
        allow("s3:Put*", "arn:aws:s3:::data/*", Sid="Far"),
        allow("s3:GetObject", "arn:aws:s3:::other/*", Sid="Near"),
    )
    found = summaries(ask(), identity=("Data", document))
    assert [one.rsplit(" ", 1)[-1] for one in found[:2]] == ["Data#Near", "Data#Far"]


def documents(request: Request, **policies: Any) -> dict[str, Any]:
    """Summary to the changed document of each suggestion of one edit."""
    fixes = suggest_fixes(request, PolicySet(**policies))
    return {fix.summary: fix.edits[0].document for fix in fixes if len(fix.edits) == 1}


def test_only_the_statement_that_fails_is_changed_and_the_others_stay() -> None:
    before, after = allow("sqs:*", "arn:aws:sqs:*:*:q", Sid="Before"), deny("iam:*", Sid="After")
    lacking = allow("s3:GetObject", "arn:aws:s3:::other/*", Sid="Lacking")
    found = documents(ask(), identity=("Data", policy(before, lacking, after)))
    assert found[f"add {OBJECT} to Data#Lacking"] == policy(
        before, {**lacking, "Resource": ["arn:aws:s3:::other/*", OBJECT]}, after
    )
    assert found["allow s3:GetObject on arn:aws:s3:::data/key in Data (identity-based policy)"] == policy(
        before, lacking, after, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT}
    )


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::data/*", "Principal": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": [USER, ACCOUNT]}},
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": OBJECT, "Principal": "*"},
        {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*", "Principal": "*"},
        # a new action and a new resource together would grant more than either
        {"Effect": "Allow", "Action": "s3:Put*", "Resource": "arn:aws:s3:::other", "Principal": "*"},
    ],
)
def test_a_statement_that_excludes_or_would_grant_more_is_not_patched(statement: dict[str, Any]) -> None:
    found = documents(ask(owner=OTHER), identity=FULL, resource=("Own", policy(statement)))
    assert all(not summary.startswith(("add", "remove")) for summary in found)


@pytest.mark.parametrize(
    ("principal", "changed"),
    [
        ({"AWS": OTHER}, {"AWS": [OTHER, USER]}),
        ({"AWS": [OTHER]}, {"AWS": [OTHER, USER]}),
        ({"Service": "ec2.amazonaws.com"}, {"Service": "ec2.amazonaws.com", "AWS": [USER]}),
    ],
)
def test_a_principal_is_added_beside_those_that_are_there(principal: Any, changed: Any) -> None:
    found = documents(
        ask(owner=OTHER), identity=FULL, resource=("Own", policy(allow("*", Principal=principal)))
    )
    changed_document = found[f"add {USER} to Own#1"]
    assert changed_document["Statement"][0]["Principal"] == changed


def test_everyone_is_a_map_in_a_trust_policy_and_a_star_elsewhere() -> None:
    nobody = Caller(kind=CallerKind.ANONYMOUS)
    bucket = documents(ask(caller=nobody), resource=("Own", policy(allow("*", Principal={"AWS": OTHER}))))
    assert bucket["add everyone to Own#1"]["Statement"][0]["Principal"] == "*"
    trust = policy({"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"})
    asked = ask(caller=nobody, action="sts:AssumeRole", resource=ROLE)
    assert principal_in_policies(asked) == {"AWS": "*"}
    assert principal_in_policies(ask(caller=nobody)) == "*"
    changed = _with_principal(trust["Statement"][0], asked)
    assert changed[1:] == ("add everyone", {**trust["Statement"][0], "Principal": {"AWS": "*"}})


def test_an_operator_without_conditions_left_goes_and_the_others_stay() -> None:
    block = {"StringEquals": {"aws:y": "1"}, "Bool": {"aws:x": "true"}}
    document = policy(allow("*", Condition=block))
    found = documents(ask(context={"aws:x": "true"}), identity=("Data", document))
    assert found["remove the condition StringEquals aws:y in Data#1"] == policy(
        allow("*", Condition={"Bool": {"aws:x": "true"}})
    )


@pytest.mark.parametrize("count", [5, 6])
def test_five_statements_of_a_layer_are_tried(count: int) -> None:
    document = policy(
        *(allow("s3:GetObject", f"arn:aws:s3:::other-{number}", Sid=f"S{number}") for number in range(count))
    )
    found = [each for each in summaries(ask(), identity=("Data", document)) if each.startswith("add")]
    assert found == [f"add {OBJECT} to Data#S{number}" for number in range(5)]


@pytest.mark.parametrize(("levels", "found"), [(5, 1), (6, 1), (7, 0)])
def test_six_layers_may_be_changed_together(levels: int, found: int) -> None:
    assert len(summaries(ask(), identity=FULL, scps=[[]] * levels)) == found


def test_the_level_of_the_organization_is_named_from_one() -> None:
    for above in range(3):
        levels = [*[[FULL]] * above, [("Unit", policy(allow("sqs:*")))]]
        [fix] = summaries(ask(), identity=FULL, scps=levels)
        assert fix == f"allow s3:GetObject on {OBJECT} in Unit (service control policy, level {above + 1})"


def test_a_changed_document_takes_the_place_of_the_old_one() -> None:
    before, other = PolicyDocument(policy(allow("sqs:*")), "Own", "ana"), PolicyDocument(FULL, "Full")
    for documents_before in ([before], [before, other], [other, before]):
        policies = PolicySet(identity=documents_before)
        layer = policies.layers.identity
        edit = edited(before, layer, [EVERYTHING], "all", FixKind.ADD_STATEMENT)
        changed = _replaced(policies, layer, before, edit).layers.identity.documents
        assert [each.name for each in changed] == [each.name for each in documents_before]
        assert [each.document for each in changed] == [FULL] * len(documents_before)
        removed = _replaced(policies, layer, before, replace(edit, document=None)).layers.identity.documents
        assert [each.name for each in removed] == ["Full"] * (len(documents_before) - 1)


def test_a_layer_without_policies_gets_a_first_document() -> None:
    policies = PolicySet(identity=[])
    layer, new = policies.layers.identity, PolicyDocument({"Version": "2012-10-17"}, "new")
    edit = edited(new, layer, [EVERYTHING], "all", FixKind.ADD_STATEMENT)
    assert [each.name for each in _replaced(policies, layer, new, edit).layers.identity.documents] == ["new"]


def test_an_action_that_is_added_beside_a_condition_that_is_removed_goes_to_the_statement() -> None:
    statement = allow("s3:Put*", OBJECT, Condition={"Bool": {"aws:x": "true"}})
    found = summaries(ask(), identity=("Data", policy(statement)))
    assert found[0] == "add s3:GetObject and remove the condition Bool aws:x to Data#1"


def test_what_is_allowed_by_one_statement_needs_no_condition_of_another() -> None:
    other = allow("s3:*", Condition={"Bool": {"aws:x": "true"}})
    assert summaries(ask(), identity=policy(EVERYTHING, other)) == []


def test_only_statements_that_lack_a_condition_alone_are_tried_with_other_values() -> None:
    condition = {"Bool": {"aws:x": "true"}}
    far = [allow("s3:*", f"arn:aws:s3:::other-{number}", Condition=condition) for number in range(6)]
    denies = [deny("s3:*", f"arn:aws:s3:::no-{number}", Condition=condition) for number in range(6)]
    near = allow("s3:*", OBJECT, Condition={"Bool": {"aws:y": "true"}})
    assert summaries(ask(), identity=policy(*far, *denies, near))[0] == "with aws:y = true"


def test_a_new_allow_goes_into_the_last_policy() -> None:
    found = summaries(ask(), identity=[("First", policy(allow("sqs:*"))), ("Last", policy(allow("sns:*")))])
    assert any(" in Last" in one for one in found)
    assert not any(" in First" in one for one in found)


def test_of_five_conditions_the_one_that_fails_is_removed() -> None:
    held = {"StringEquals": {f"aws:PrincipalTag/k{number}": "x" for number in range(8)}}
    failing = {"Bool": {"aws:SecureTransport": "true"}}
    context = {f"aws:PrincipalTag/k{number}": "x" for number in range(8)} | {"aws:SecureTransport": "false"}
    found = summaries(
        ask(context=context), identity=("Data", policy(allow(Sid="A", Condition={**held, **failing})))
    )
    assert any("remove the condition Bool aws:SecureTransport" in one for one in found), found
