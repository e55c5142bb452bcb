"""Layers and policy sets: how documents are given, found quickly, left out and exchanged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import mixed
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import (
    EvaluationSettings,
    Layer,
    Outcome,
    PolicyDocument,
    PolicySet,
    PolicyType,
    Request,
    compiled,
    evaluate,
    explain,
)
from sts_tui.iam.documents.policy import unread, unread_of_resource
from sts_tui.iam.layers import REMEMBERED_ACTIONS
from tests.accounts.decisions import ACCOUNT, EVERYTHING, FULL, OBJECT, ROOT, USER, ask, decide, role_session
from tests.accounts.policies import allow, deny, policy


@pytest.mark.parametrize(
    "given",
    [
        FULL,
        [FULL],
        ("Full", FULL),
        [("Full", FULL)],
        PolicyDocument(FULL),
        [PolicyDocument(FULL, "Full")],
        (FULL, FULL),
    ],
    ids=["dict", "list", "pair", "list of pairs", "document", "list of documents", "two"],
)
def test_documents_may_be_given_in_any_of_these_ways(given: Any) -> None:
    assert evaluate(ask(), PolicySet(identity=given)).outcome is Outcome.ALLOWED


def test_a_key_in_one_of_several_documents_is_mentioned() -> None:
    plain, keyed = policy(allow("*")), policy(allow("*", Condition={"Null": {"aws:x": "true"}}))
    assert PolicySet(identity=[plain, keyed]).mentions(("aws:x",))
    assert PolicySet(identity=[plain], boundary=[keyed]).mentions(("aws:y", "aws:x"))
    assert not PolicySet(identity=[plain]).mentions(("aws:x",))


def test_scope_down_policies_are_numbered_from_one() -> None:
    scoped = PolicySet(identity=FULL, scope_downs=[FULL, [FULL], policy(allow("sqs:*"))])
    names = [document.name for layer in scoped.layers.scope_downs for document in layer.documents]
    assert names == [f"{PolicyType.SCOPE_DOWN.value} {number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("place", [0, 1, 19, 38, 39])
@pytest.mark.parametrize(
    "resource", ["*", OBJECT, "arn:aws:s3:::d*", "arn:aws:s3:::*", [OBJECT, "arn:aws:s3:::other/*"]]
)
def test_among_many_statements_none_is_lost_wherever_it_stands(place: int, resource: Any) -> None:
    """Enough of them for an index; every third is about any resource and does not match."""
    never = {"Bool": {"aws:SecureTransport": "false"}}
    statements = [
        allow("s3:*", "*", Condition=never)
        if number % 3 == 0
        else allow("s3:*", f"arn:aws:s3:::no-{number}/*")
        for number in range(40)
    ]
    context = {"aws:SecureTransport": "true"}
    assert decide(ask(context=context), identity=policy(*statements)).outcome is Outcome.IMPLICIT_DENY
    for effect, outcome in (("Allow", Outcome.ALLOWED), ("Deny", Outcome.EXPLICIT_DENY)):
        statements[place] = {"Effect": effect, "Action": "s3:*", "Resource": resource}
        found = decide(ask(context=context), identity=policy(*statements))
        assert found.outcome is outcome
        assert [statement.index for _, statement in found.decided_by] == [place]


@pytest.mark.parametrize(
    ("given", "what_to_pass"),
    [
        ({"identity": json.dumps(FULL)}, "pass json.loads"),
        ({"identity": [json.dumps(FULL)]}, "pass json.loads"),
        ({"session": [("named", json.dumps(FULL))]}, "pass json.loads"),
        ({"boundary": b"{}"}, "pass json.loads"),
        ({"identity": 7}, "a JSON object"),
        ({"identity": [None]}, "a JSON object"),
        ({"identity": None}, r"written \[\]"),
        ({"scps": None}, "a list of levels"),
        ({"rcps": FULL}, "a list of levels"),
        ({"scps": [FULL, FULL]}, r"write scps=\[\[document"),
        ({"scps": [("Named", FULL)]}, r"write scps=\[\[document"),
        ({"rcps": [PolicyDocument(FULL)]}, r"write rcps=\[\[document"),
        ({"scps": [None]}, r"written \[\]"),
        ({"scope_downs": None}, "the policy of each call"),
        ({"scope_downs": FULL}, "the policy of each call"),
        ({"scope_downs": json.dumps(FULL)}, "the policy of each call"),
        ({"scope_downs": ("Named", FULL)}, "the policy of each call"),
    ],
)
def test_mistaken_policies_are_an_error_that_says_what_to_pass(
    given: dict[str, Any], what_to_pass: str
) -> None:
    with pytest.raises(TypeError, match=what_to_pass):
        PolicySet(**given)


@pytest.mark.parametrize("answer", [evaluate, explain])
@pytest.mark.parametrize("given", [FULL, [FULL], ask(), None])
def test_policies_that_are_in_no_set_are_an_error(answer: Any, given: Any) -> None:
    with pytest.raises(TypeError, match="policies are a PolicySet"):
        answer(ask(), given)


def test_unnamed_documents_are_numbered() -> None:
    found = decide(identity=[policy(allow("sqs:*")), FULL])
    assert [each.label for each in found.statements] == ["identity-based policy 2#1"]


def test_long_list_answers_as_a_short_one_would() -> None:
    """Long lists are looked up by resource: what is left out could not have matched."""
    statements = [allow("s3:GetObject", f"arn:aws:s3:::bucket-{n}/*", Sid=f"B{n}") for n in range(40)]
    statements += [
        allow("s3:GetObject", "*", Sid="All", Condition={"Bool": {"k:on": "true"}}),
        allow("s3:GetObject", ["arn:aws:s3:::bucket-7/x", "arn:aws:s3:::bucket-7/*"], Sid="Twice"),
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::bucket-1/*", "Sid": "Not"},
        allow("s3:GetObject", "arn:aws:s3:::bucket-7/${aws:username}", Sid="Own"),
        allow("s3:GetObject", "arn:*", Sid="Short"),
    ]
    layer = PolicySet(identity=policy(*statements))
    found = evaluate(ask(resource="arn:aws:s3:::bucket-7/x", context={"k:on": True}), layer)
    assert [each.sid for each in found.statements] == ["B7", "All", "Twice", "Not", "Short"]
    own = evaluate(ask(resource="arn:aws:s3:::bucket-7/ana"), layer)
    assert [each.sid for each in own.statements] == ["B7", "Twice", "Not", "Own", "Short"]
    elsewhere = policy(*(allow("s3:GetObject", f"arn:aws:s3:::bucket-{n}/*") for n in range(40)))
    assert not decide(ask(resource="arn:aws:s3:::other/x"), identity=elsewhere).is_allowed
    nowhere = evaluate(ask(resource="arn:aws:s3:::bucket-1/x"), layer)
    assert [each.sid for each in nowhere.statements] == ["B1", "Short"]


@pytest.mark.parametrize("excepted", ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/*"])
def test_long_list_keeps_a_deny_with_not_resource(excepted: str) -> None:
    others = [deny("s3:*", f"arn:aws:s3:::secret-{number}/*") for number in range(20)]
    everything_else = {"Effect": "Deny", "Action": "s3:*", "NotResource": excepted}
    found = decide(identity=policy(EVERYTHING, *others, everything_else))
    assert (found.outcome, found.statements[0].index) == (Outcome.EXPLICIT_DENY, 21)


def test_long_list_of_denies_keeps_the_order_of_layers() -> None:
    denies = [deny("s3:*", f"arn:aws:s3:::data/{n}*", Sid=f"D{n}") for n in range(30)]
    found = decide(
        ask(resource="arn:aws:s3:::data/7"),
        identity=policy(EVERYTHING, *denies),
        boundary=policy(EVERYTHING, deny(Sid="Boundary")),
        scps=[[policy(EVERYTHING, deny(Sid="Scp"))]],
    )
    assert [each.sid for each in found.statements] == ["Scp", "D7", "Boundary"]
    assert found.settled_by is PolicyType.SCP


def test_more_actions_than_are_remembered_are_answered_all_the_same() -> None:
    policies = PolicySet(identity=policy(allow("s3:A1")))
    outcomes = [
        evaluate(ask(action=f"s3:A{n}"), policies).outcome for n in [*range(REMEMBERED_ACTIONS + 5), 1]
    ]
    assert [n for n, outcome in enumerate(outcomes) if outcome is Outcome.ALLOWED] == [
        1,
        REMEMBERED_ACTIONS + 5,
    ]


def test_layer_is_reused_and_one_of_another_type_is_read_again() -> None:
    first = PolicySet(identity=FULL, scps=[[FULL]])
    again = PolicySet(identity=first.layers.identity, boundary=first.layers.identity, scps=first.layers.scps)
    assert again.layers.identity is first.layers.identity
    assert again.layers.boundary is not first.layers.identity
    assert evaluate(ask(), again).outcome is Outcome.ALLOWED


def test_layer_with_other_settings_is_read_again() -> None:
    statement = {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${aws:missing}"}
    first = PolicySet(identity=policy(EVERYTHING, statement))
    careful = EvaluationSettings(not_resource_with_missing_variable_matches=False)
    again = PolicySet(identity=first.layers.identity or (), settings=careful)
    assert evaluate(ask(), first).outcome is Outcome.EXPLICIT_DENY
    assert evaluate(ask(), again).outcome is Outcome.ALLOWED


def test_what_if_leaves_layers_out_and_says_so() -> None:
    policies = PolicySet(
        identity=FULL, scps=[[]], rcps=[[policy(allow("*", Principal="*"))]], boundary=[], endpoint=[]
    )
    assert evaluate(ask(), policies).settled_by is PolicyType.SCP
    found = evaluate(
        ask(), policies.without(PolicyType.SCP).without(PolicyType.BOUNDARY, PolicyType.ENDPOINT)
    )
    assert found.outcome is Outcome.ALLOWED
    assert found.left_out == (PolicyType.SCP, PolicyType.BOUNDARY, PolicyType.ENDPOINT)
    assert "left out: service control policy" in found.reason


def test_leaving_out_trust_policies_leaves_out_resource_policies() -> None:
    policies = PolicySet(identity=FULL, resource=policy(deny(Principal="*")))
    assert evaluate(ask(), policies.without(PolicyType.TRUST)).outcome is Outcome.ALLOWED


def test_layer_is_exchanged_in_its_place() -> None:
    policies = PolicySet(identity=FULL, session=[], boundary=[], scps=[[], [FULL]], rcps=[[]])
    old = policies.layers.scps[0]
    changed = policies.layers.replacing(old, Layer(PolicyType.SCP, [PolicyDocument(FULL)], level=0))
    assert changed.scps[0] is not old
    assert changed.scps[1] is policies.layers.scps[1]
    assert changed.identity is policies.layers.identity


def test_missing_layer_is_put_in_its_place() -> None:
    new = Layer(PolicyType.ENDPOINT, [PolicyDocument(FULL)])
    assert PolicySet().layers.replacing(new, new).endpoint is new


def test_compiled_form_of_a_written_policy_is_kept_as_long_as_it_lives() -> None:
    written = WrittenPolicy(FULL)
    first = compiled(written, "Admin", PolicyType.IDENTITY, "Deploy")
    assert compiled(written, "Admin", PolicyType.IDENTITY, "Deploy") is first
    assert compiled(written, "Other", PolicyType.IDENTITY) is not first
    assert repr(first) == "PolicyDocument(name='Admin', owner='Deploy')"


def test_binding_is_worked_out_once_for_each_kind_of_caller() -> None:
    policies = PolicySet(identity=FULL, session=FULL)
    assert policies.binding(role_session()) is policies.binding(role_session(account=ACCOUNT))
    assert policies.binding(ask(principal=ROOT).caller).identity is None
    assert policies.binding(ask(principal=USER).caller).session is None
    assert policies.layers.without(()) is policies.layers


def test_policies_are_compiled_on_first_use() -> None:
    layer = PolicySet(identity=FULL).layers.identity
    assert layer is not None
    assert layer._statements is None
    assert len(layer.statements) == 1
    assert evaluate(ask(resource=OBJECT), PolicySet(identity=layer)).outcome is Outcome.ALLOWED


def test_among_many_statements_each_resource_has_its_own_answer() -> None:
    request, policies = mixed.mixed(200)
    others = mixed.other_resources(request, 600)
    assert all(evaluate(one, policies).is_allowed for one in (*others, *others))
    elsewhere = Request(request.principal, request.action, "arn:aws:s3:::elsewhere/x", mixed.ACCOUNT)
    assert not evaluate(elsewhere, policies).is_allowed


def test_resource_control_policies_bind_unless_the_request_is_beyond_them() -> None:
    policies = PolicySet(identity=FULL, rcps=[[FULL]])
    caller = role_session()
    assert PolicyType.RCP in {each.policy_type for each in policies.binding(caller).in_order}
    assert PolicyType.RCP not in {
        each.policy_type for each in policies.binding(caller, exempt_from_rcps=True).in_order
    }


@pytest.mark.parametrize(
    ("statements", "always"),
    [
        ([EVERYTHING], True),
        ([allow("s3:*", OBJECT), EVERYTHING], True),
        ([deny("s3:*", OBJECT), EVERYTHING], True),
        ([deny("*")], False),
        ([deny("*"), allow("s3:*", OBJECT)], False),
        ([allow("sqs:*")], False),
        ([allow("*", OBJECT)], False),
        ([allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], False),
        ([], False),
    ],
)
def test_a_layer_that_allows_an_action_whatever_the_request_need_not_be_compared(
    statements: list[dict[str, Any]], always: bool
) -> None:
    layer = Layer(PolicyType.SCP, [PolicyDocument(policy(*statements))])
    assert layer.shortlist("s3:getobject").always_allows is always


@pytest.mark.parametrize(
    ("arn", "doubt"),
    [
        ("arn:aws:iam::aws:policy/Own", "the document of arn:aws:iam::aws:policy/Own is not in the files"),
        ("", "the document of Own is not in the files"),
    ],
)
def test_a_policy_whose_document_nobody_has_is_in_doubt(arn: str, doubt: str) -> None:
    document = unread("Own", "ana", arn)
    assert document.doubt == doubt
    assert unread("Own", "ana", arn) is document
    assert decide(identity=document).outcome is Outcome.UNDECIDED


def test_what_is_found_of_an_action_is_remembered() -> None:
    layer = PolicySet(identity=policy(allow("s3:*"))).layers.identity
    first = layer.shortlist("s3:getobject")
    layer.shortlist("s3:putobject")
    assert layer.shortlist("s3:getobject") is first


def test_the_policy_of_a_resource_that_is_not_in_the_files_has_the_name_of_the_resource() -> None:
    assert unread_of_resource("arn:aws:sqs:eu-west-1:111122223333:jobs").name == "jobs"
    assert unread_of_resource("arn:aws:s3:::data").doubt == (
        "the policy of arn:aws:s3:::data is not in the files"
    )
