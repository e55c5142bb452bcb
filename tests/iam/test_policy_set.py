"""A policy set, type by type: what is in it, what is left out, exchanged, skipped and remembered."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Layer, PolicyDocument, PolicySet, PolicyType
from sts_tui.iam.layers import REMEMBERED_ACTIONS
from sts_tui.iam.policy_set import Layers
from tests.accounts.decisions import EVERYTHING, FULL, OBJECT, USER, ask
from tests.accounts.policies import allow, deny, policy

FOR_ALL = policy(allow("*", Principal="*"))
PLACES = {
    PolicyType.RCP: "rcps",
    PolicyType.SCP: "scps",
    PolicyType.ENDPOINT: "endpoint",
    PolicyType.RESOURCE: "resource",
    PolicyType.IDENTITY: "identity",
    PolicyType.BOUNDARY: "boundary",
    PolicyType.SESSION: "session",
    PolicyType.SCOPE_DOWN: "scope_downs",
}
"""In the order in which explicit denies are reported."""


def whole(document: Any = FULL) -> PolicySet:
    return PolicySet(
        identity=document, session=document, boundary=document, resource=document, endpoint=document,
        scps=[[document], [document]], rcps=[[document]], scope_downs=[document, document],
    )  # fmt: skip


def place(layers: Layers, policy_type: PolicyType) -> tuple[Layer, ...]:
    found = getattr(layers, PLACES[policy_type])
    return found if isinstance(found, tuple) else () if found is None else (found,)


def test_layers_are_in_the_order_of_the_evaluation() -> None:
    types = [each.policy_type for each in whole().layers.in_order]
    assert list(dict.fromkeys(types)) == list(PLACES)
    assert len(types) == 10
    assert [each.level for each in whole().layers.scps] == [0, 1]


@pytest.mark.parametrize("left_out", PLACES)
def test_one_type_is_left_out_and_the_others_stay(left_out: PolicyType) -> None:
    policies = whole()
    layers = policies.layers.without((left_out,))
    for policy_type in PLACES:
        expected = () if policy_type is left_out else place(policies.layers, policy_type)
        assert place(layers, policy_type) == expected
    assert policies.without(left_out).left_out == (left_out,)
    assert policies.without(left_out).settings is policies.settings


@pytest.mark.parametrize("policy_type", PLACES)
def test_a_layer_is_exchanged_and_the_others_stay(policy_type: PolicyType) -> None:
    policies = whole()
    old = place(policies.layers, policy_type)[-1]
    new = Layer(policy_type, [PolicyDocument(FULL, "new")])
    changed = policies.layers.replacing(old, new)
    assert [each for each in changed.in_order if each is not new] == [
        each for each in policies.layers.in_order if each is not old
    ]
    assert place(changed, policy_type)[-1] is new


@pytest.mark.parametrize(
    "policy_type", [PolicyType.ENDPOINT, PolicyType.RESOURCE, PolicyType.BOUNDARY, PolicyType.SESSION]
)
def test_a_first_layer_of_its_type_takes_its_place_and_no_other(policy_type: PolicyType) -> None:
    layers = PolicySet(identity=FULL).layers
    new = Layer(policy_type, [PolicyDocument(FULL, "new")])
    changed = layers.replacing(new, new)
    assert [each.policy_type for each in changed.in_order if each is not layers.identity] == [policy_type]


@pytest.mark.parametrize("policy_type", PLACES)
def test_a_key_is_mentioned_in_whatever_layer_it_is(policy_type: PolicyType) -> None:
    keyed = policy(allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    layers = {PLACES[policy_type]: keyed}
    if policy_type in (PolicyType.SCP, PolicyType.RCP):
        layers[PLACES[policy_type]] = [[FULL], [keyed]]
    if policy_type is PolicyType.SCOPE_DOWN:
        layers["scope_downs"] = [FULL, keyed]
    policies = PolicySet(**layers)
    assert policies.mentions(("aws:securetransport",))
    assert not policies.mentions(("aws:sourceip",))
    assert not whole().mentions(("aws:securetransport",))


@pytest.mark.parametrize(
    ("sets", "asks"),
    [
        ({"resource": "deny", "boundary": "full"}, True),
        ({"endpoint": "deny", "boundary": "full"}, True),
        ({"resource": "deny"}, False),
        ({"resource": "full", "endpoint": "full", "boundary": "full"}, False),
        ({"resource": "full", "endpoint": "deny", "boundary": "full"}, True),
        ({"resource": "allow", "boundary": "full"}, False),
    ],
)
def test_a_deny_with_not_principal_asks_for_the_boundary(sets: dict[str, str], asks: bool) -> None:
    others = {"NotPrincipal": {"AWS": USER}, "Action": "*", "Resource": "*"}
    documents = {
        "deny": policy({"Effect": "Deny", **others}),
        "allow": policy({"Effect": "Allow", **others}),
        "full": FOR_ALL,
    }
    policies = PolicySet(identity=FULL, **{name: documents[each] for name, each in sets.items()})
    assert [policies.asks_for_boundary, policies.asks_for_boundary] == [asks, asks]


def test_what_allows_an_action_in_any_case_is_not_compared() -> None:
    limited = policy(allow("s3:*", OBJECT))
    policies = PolicySet(
        identity=limited, session=FULL, boundary=limited, endpoint=FOR_ALL, resource=FOR_ALL,
        scps=[[FULL], [limited]], scope_downs=[FULL, limited],
    )  # fmt: skip
    found = policies.layers.concerned("s3:getobject")
    assert (len(found.scps), len(found.scope_downs)) == (1, 1)
    assert (found.endpoint, found.session) == (None, None)
    assert [len(each or ()) for each in (found.boundary, found.identity, found.resource)] == [1, 1, 1]
    assert (found.denies, found.long_denies) == ((), ())


def test_denies_of_every_layer_are_listed_with_their_type_or_by_index_where_one_is_long() -> None:
    one = policy(EVERYTHING, deny("s3:Put*"))
    found = whole(one).layers.concerned("s3:putobject")
    assert [policy_type for policy_type, _ in found.denies] == [
        each.policy_type for each in whole(one).layers.in_order
    ]
    assert found.long_denies == ()
    many = policy(*(deny("s3:*", f"arn:aws:s3:::no-{number}/*") for number in range(30)))
    long = PolicySet(identity=[one, many], boundary=one).layers.concerned("s3:putobject")
    assert long.denies == ()
    assert [policy_type for policy_type, _ in long.long_denies] == [PolicyType.IDENTITY, PolicyType.BOUNDARY]
    assert PolicySet(identity=one).layers.concerned("s3:getobject").denies == ()


def test_what_concerns_an_action_is_remembered_for_the_last_few() -> None:
    layers = PolicySet(identity=FULL).layers
    first = layers.concerned("s3:getobject")
    for number in range(REMEMBERED_ACTIONS - 1):
        layers.concerned(f"s3:a{number}")
        assert layers.concerned("s3:getobject") is first
    layers.concerned("s3:onemore")
    assert layers.concerned("s3:getobject") is not first
    assert ask().action_key == "s3:getobject"


@pytest.mark.parametrize(
    ("documents", "names"),
    [
        (FULL, ["identity-based policy"]),
        (("Own", FULL), ["Own"]),
        ([FULL], ["identity-based policy 1"]),
        ([FULL, ("Own", FULL), FULL], ["identity-based policy 1", "Own", "identity-based policy 3"]),
        ([PolicyDocument(FULL, "A"), FULL], ["A", "identity-based policy 2"]),
        ((FULL, FULL), ["identity-based policy 1", "identity-based policy 2"]),
        ([], []),
    ],
)
def test_documents_without_a_name_are_numbered_by_their_place(documents: Any, names: list[str]) -> None:
    layer = PolicySet(identity=documents).layers.identity
    assert layer is not None
    assert [each.name for each in layer.documents] == names
