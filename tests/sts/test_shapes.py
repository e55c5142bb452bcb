"""The declarative engine: types first, then every violation in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.sts import OPERATIONS, check_shape
from sts_tui.sts.errors import AwsError
from sts_tui.sts.shapes import (
    IAM_WORDING,
    Shape,
    ShapeTable,
    _fits_members,
    _plain,
    _refuse_other_types,
    check,
    matches,
    policy_text,
    sts_shapes,
    violations,
)
from tests.accounts.organization import Desk

TABLE = ShapeTable(
    {
        "operations": {"Paint": "PaintRequest"},
        "shapes": {
            "PaintRequest": {
                "type": "structure",
                "required": ["Color"],
                "members": {
                    "Color": "color",
                    "Coats": "coats",
                    "Walls": "walls",
                    "Rooms": "rooms",
                    "Dry": "dry",
                    "Labels": "labels",
                    "Floors": "floors",
                    "Locks": "locks",
                },
            },
            "color": {"type": "string", "min": 3, "max": 6, "enum": ["red", "yellow"]},
            "coats": {"type": "integer", "min": 1, "max": 3},
            "walls": {"type": "list", "member": "wall", "max": 2},
            "wall": {"type": "string", "min": 1, "pattern": "[a-z]*"},
            "rooms": {"type": "list", "member": "room"},
            "room": {"type": "structure", "required": ["Name"], "members": {"Name": "wall"}},
            "dry": {"type": "boolean"},
            "labels": {"type": "map", "max": 2, "key": "wall", "member": "color"},
            "floors": {"type": "map", "key": "wall", "member": "room"},
            "locks": {"type": "map", "key": "wall", "member": "code"},
            "code": {"type": "string", "max": 4, "sensitive": True},
        },
    }
)
PAINT = TABLE.request("Paint")


def refusal(params: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(AwsError) as refused:
        check(PAINT, params)
    assert refused.value.status == 400
    return refused.value.code, refused.value.message


def test_good_parameters_pass() -> None:
    check(PAINT, {"Color": "red", "Coats": 3, "Walls": ["a"], "Rooms": [{"Name": "b"}], "Dry": True})


def test_violations_are_reported_in_the_order_of_the_members() -> None:
    code, message = refusal({"Coats": 4, "Rooms": [{"Name": "ok"}, {"Name": ""}]})
    assert code == "ValidationError"
    assert message == (
        "3 validation errors detected: "
        "Value null at 'color' failed to satisfy constraint: Member must not be null; "
        "Value '4' at 'coats' failed to satisfy constraint: Member must have value less than or equal to 3; "
        "Value '' at 'rooms.2.member.name' failed to satisfy constraint: Member must have length greater "
        "than or equal to 1"
    )


def test_elements_of_a_plain_list_are_reported_together() -> None:
    assert refusal({"Color": "red", "Walls": ["a", "B"]})[1] == (
        "1 validation error detected: Value '[a, B]' at 'walls' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must have length greater than or equal to 1, Member must satisfy "
        "regular expression pattern: [a-z]*]"
    )


def test_keys_and_values_of_a_map_are_bounded() -> None:
    """The wording as in https://github.com/boto/boto3/issues/2601."""
    check(PAINT, {"Color": "red", "Labels": {"a": "red"}, "Floors": {"a": {"Name": "b"}}})
    assert refusal({"Color": "red", "Labels": {"A": "red"}})[1] == (
        "1 validation error detected: Value '{A=red}' at 'labels' failed to satisfy constraint: Map keys "
        "must satisfy constraint: [Member must have length greater than or equal to 1, Member must satisfy "
        "regular expression pattern: [a-z]*]"
    )
    assert "Map value must satisfy constraint: [" in refusal({"Color": "red", "Labels": {"a": "x"}})[1]
    assert "less than or equal to 2" in refusal({"Color": "red", "Labels": dict.fromkeys("abc", "red")})[1]
    assert "'floors.a.member.name'" in refusal({"Color": "red", "Floors": {"a": {}}})[1]


def test_a_map_of_secrets_is_not_printed() -> None:
    message = refusal({"Color": "red", "Locks": {"a": "12345"}})[1]
    assert "12345" not in message
    assert "Value at 'locks' failed to satisfy constraint: Map value" in message


def test_enum_prints_its_values() -> None:
    message = refusal({"Color": "blue"})[1]
    assert message.endswith("Member must satisfy enum value set: [red, yellow]")


@pytest.mark.parametrize(
    "params",
    [
        {"Color": 5},
        {"Color": ["red"]},
        {"Color": "red", "Coats": "1.5"},
        {"Color": "red", "Coats": True},
        {"Color": "red", "Coats": 2**31},
        {"Color": "red", "Walls": "a"},
        {"Color": "red", "Walls": 5},
        {"Color": "red", "Rooms": {}},
        {"Color": "red", "Walls": [None]},
        {"Color": "red", "Walls": [["a"]]},
        {"Color": "red", "Rooms": ["a"]},
        {"Color": "red", "Rooms": [{"Name": 1}]},
        {"Color": "red", "Dry": "perhaps"},
        {"Color": "red", "Labels": ["red"]},
        {"Color": "red", "Labels": {"a": None}},
        {"Color": "red", "Labels": {"a": 5}},
        {"Color": "red", "Floors": {"a": {"Name": 1}}},
    ],
)
def test_what_cannot_be_of_the_type_is_malformed_before_anything_is_checked(params: dict[str, Any]) -> None:
    assert refusal({**params, "Other": 1})[0] == "MalformedInput"


def test_none_is_absent() -> None:
    check(PAINT, {"Color": "red", "Coats": None})


def test_unknown_parameters_are_ignored() -> None:
    check(PAINT, {"Color": "red", "Smell": "none"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a b", True),
        ("é", True),
        ("部", True),
        ("½", True),
        ("_.:/=+-@", True),
        ("*", False),
        ("a\n", False),
        ("", True),
    ],
)
def test_unicode_categories_of_tag_values(value: str, expected: bool) -> None:
    assert matches(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", value) is expected


def test_word_characters_are_ascii() -> None:
    assert not matches(r"[\w+=,.@-]*", "é")
    assert not matches(r"[\w+=,.@-]*", "a\n")


def test_table_has_every_operation_of_sts() -> None:
    assert {f"sts:{name}" for name in sts_shapes().operations} == set(OPERATIONS)
    assert len(OPERATIONS) == 12


def of_size(shape: Shape, size: int) -> Any:
    """A value of a parameter's type that is as long, or as great, as that; good in every other way."""
    if shape.type == "integer":
        return size
    if shape.type == "list":
        assert shape.member is not None
        members = shape.member.members
        return [{name: of_size(one, one.minimum or 1) for name, one in members.items()} or "a" * 9] * size
    return ("1" if shape.pattern == r"[\d]*" else "a") * size


BOUNDS = [
    (operation, name, side)
    for operation in sts_shapes().operations
    for name, shape in sts_shapes().request(operation).members.items()
    for side in ("minimum", "maximum")
    if getattr(shape, side) is not None and not shape.enum
]


@pytest.mark.parametrize(("operation", "name", "side"), BOUNDS)
def test_each_bound_of_each_operation_holds_at_it_and_refuses_past_it(
    operation: str, name: str, side: str
) -> None:
    shape = sts_shapes().request(operation).members[name]
    bound = getattr(shape, side)
    alone = Shape(type="structure", members={name: shape})
    past = bound - 1 if side == "minimum" else bound + 1
    assert list(violations(alone, {name: of_size(shape, bound)})) == []
    if past < 0 and shape.type != "integer":
        return
    measure = "value" if shape.type == "integer" else "length"
    limit = "greater" if side == "minimum" else "less"
    told = list(violations(alone, {name: of_size(shape, past)}))
    constraint = f"Member must have {measure} {limit} than or equal to {bound}"
    assert told[0].startswith("Value")
    assert told[0].endswith(f" at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: {constraint}")
    assert len(told) == 1 or past == 0  # nothing at all is of no pattern either


def test_there_are_bounds_to_try() -> None:
    assert len(BOUNDS) > 60


def test_no_pattern_of_the_table_is_beyond_the_engine() -> None:
    for operation in sts_shapes().operations:
        for pattern in _patterns(sts_shapes().request(operation)):
            assert matches(pattern, "") or not matches(pattern, "\x00")


def _patterns(shape: Shape) -> list[str]:
    below = [*shape.members.values(), *([shape.member] if shape.member else [])]
    return [*([shape.pattern] if shape.pattern else []), *(each for one in below for each in _patterns(one))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=6,
)


@given(operation=st.sampled_from(sorted(OPERATIONS)), data=st.data())
def test_no_parameter_crashes_the_check(operation: str, data: st.DataObject) -> None:
    names = sorted(sts_shapes().request(operation.removeprefix("sts:")).members)
    params = data.draw(st.dictionaries(st.sampled_from([*names, "Other"]), JSON, max_size=5))
    assert code_of(operation, params) in ("", "ValidationError", "MalformedInput")


def code_of(operation: str, params: dict[str, Any]) -> str:
    """The code of the refusal, empty where the parameters pass."""
    try:
        check_shape(operation, params)
    except AwsError as refused:
        return refused.code
    return ""


def test_values_nested_a_thousand_deep_are_refused_like_any_other() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert refusal({"Color": deep})[0] == "MalformedInput"
    assert refusal({"Color": "red", "Walls": deep})[0] == "MalformedInput"


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202e", "𐍈"])
def test_odd_characters_are_refused_or_taken_and_never_crash(desk: Desk, text: str) -> None:
    for operation, params in {
        "AssumeRole": {"RoleArn": f"arn:aws:iam::111122223333:role/{text}", "RoleSessionName": text * 2},
        "GetWebIdentityToken": {"Audience": [text], "SigningAlgorithm": "RS256"},
        "GetFederationToken": {"Name": "fred", "Tags": [{"Key": text, "Value": text}]},
        "DecodeAuthorizationMessage": {"EncodedMessage": text},
        "GetAccessKeyInfo": {"AccessKeyId": text * 16},
        "AssumeRoleWithWebIdentity": {
            "RoleArn": "arn:aws:iam::111122223333:role/Build",
            "RoleSessionName": "demo",
            "WebIdentityToken": f"e30.e30.{text}",
        },
        "AssumeRoleWithSAML": {
            "RoleArn": "arn:aws:iam::111122223333:role/Staff",
            "PrincipalArn": f"arn:aws:iam::111122223333:saml-provider/{text}",
            "SAMLAssertion": text * 4,
        },
    }.items():
        try:
            desk.call(operation, **params)
        except AwsError as refused:
            if refused.status not in (400, 403):
                raise


def test_signature_that_is_no_ascii_is_invalid(desk: Desk) -> None:
    from sts_tui.identity_providers.oidc import issue_oidc

    provider = desk.sim.world.identity_providers["github"]
    token = issue_oidc(provider, provider.users[0], now=desk.now).rpartition(".")[0]
    for signature in ("\ud800", "é", "=", "!"):
        refused = desk.refusal(
            "AssumeRoleWithWebIdentity",
            RoleArn="arn:aws:iam::111122223333:role/Build",
            RoleSessionName="demo",
            WebIdentityToken=f"{token}.{signature}",
        )
        assert refused.code == "InvalidIdentityToken"


@pytest.mark.parametrize("value", [2**31 - 1, -(2**31), str(-(2**31)), str(2**31 - 1)])
def test_an_integer_is_of_32_bits_up_to_its_last_value(value: Any) -> None:
    """Beyond its bounds a value is malformed; within them it only breaks the bounds of this parameter."""
    assert refusal({"Color": "red", "Coats": value})[0] == "ValidationError"


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, str(-(2**31) - 1), str(2**31)])
def test_an_integer_beyond_32_bits_is_malformed(value: Any) -> None:
    assert refusal({"Color": "red", "Coats": value})[0] == "MalformedInput"


def test_a_value_is_printed_unless_its_shape_is_sensitive() -> None:
    shapes = {
        "R": {"type": "structure", "members": {"Open": "Open", "Secret": "Secret"}},
        "Open": {"type": "string", "max": 3},
        "Secret": {"type": "string", "max": 3, "sensitive": True},
    }
    shape = ShapeTable({"operations": {"R": "R"}, "shapes": shapes}).request("R")  # type: ignore[typeddict-item]
    said = list(violations(shape, {"Open": "plain", "Secret": "hidden"}))
    assert [each.partition(" at ")[0] for each in said] == ["Value 'plain'", "Value"]


@pytest.mark.parametrize(
    ("params", "clause"),
    [
        ({"Color": "re"}, "length greater than or equal to 3"),
        ({"Color": "purples"}, "length less than or equal to 6"),
        ({"Color": "blue"}, "enum value set: [red, yellow]"),
        ({"Color": "red", "Coats": 0}, "value greater than or equal to 1"),
        ({"Color": "red", "Coats": 4}, "value less than or equal to 3"),
        ({"Color": "red", "Walls": ["a", "b", "c"]}, "length less than or equal to 2"),
        ({"Color": "red", "Walls": ["a", ""]}, "length greater than or equal to 1"),
        ({"Color": "red", "Walls": ["a", "B"]}, "regular expression pattern: [a-z]*"),
        ({"Color": "red", "Rooms": [{"Name": "a"}, {}]}, "Member must not be null"),
        ({"Color": "red", "Rooms": [{"Name": "7"}]}, "regular expression pattern: [a-z]*"),
    ],
)
def test_each_violation_alone_is_found(params: dict[str, Any], clause: str) -> None:
    """Right parameters are recognized without words; whatever is wrong must not pass there."""
    code, message = refusal(params)
    assert code == "ValidationError"
    assert clause in message


def test_values_at_every_bound_are_right() -> None:
    for params in (
        {"Color": "red", "Coats": 1, "Walls": ["a"], "Rooms": []},
        {"Color": "yellow", "Coats": 3, "Walls": ["a", "b"], "Rooms": [{"Name": "a"}], "Dry": True},
        {"Color": "red", "Coats": None, "Walls": None, "Unknown": object()},
    ):
        check(PAINT, params)


def test_iam_lists_its_violations_by_member_and_prints_no_value() -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html: ValidationError."""
    with pytest.raises(AwsError) as refused:
        check(PAINT, {"Walls": ["a", "B"], "Color": "blue"}, wording=IAM_WORDING)
    message = refused.value.message
    assert message.startswith("2 validation errors detected: Value at 'color'")
    assert message.index("'color'") < message.index("'walls")
    assert "blue" not in message
    assert "Member must satisfy enum value set" in message
    assert "[red, yellow]" not in message
    assert message.endswith("Member must not be null]")


def test_iam_sorts_its_violations_by_the_names_of_the_members() -> None:
    with pytest.raises(AwsError) as refused:
        check(PAINT, {"Color": "red", "Walls": ["B"], "Rooms": [{}]}, wording=IAM_WORDING)
    assert refused.value.message.index("'rooms") < refused.value.message.index("'walls")
    code, message = refusal({"Color": "red", "Walls": ["B"], "Rooms": [{}]})
    assert code == "ValidationError"
    assert message.index("'walls") < message.index("'rooms")


VALUES: list[Any] = [
    5, 0, -1, 3, 4, 2**31, True, 1.5, "", "a", "red", "purple", "B", "3", [], ["a"], ["a", "b", "c"], [""],
    [5], [None], [["a"]], (), ("a",), {}, {"Name": "a"}, [{}], [{"Name": "a"}], [{"Name": None}],
    [{"Name": "B"}], [{"Name": "a", "Other": 5}], b"a", None,
]  # fmt: skip


def is_right(params: dict[str, Any]) -> bool:
    """By the whole check, which finds words for what is wrong."""
    try:
        for name, member in PAINT.members.items():
            _refuse_other_types(name, member, params.get(name))
    except AwsError:
        return False
    return not list(violations(PAINT, params))


@pytest.mark.parametrize("name", ["Color", "Coats", "Walls", "Rooms", "Dry"])
def test_the_quick_check_accepts_nothing_that_is_wrong(name: str) -> None:
    for value in VALUES:
        params = {"Color": "red", name: value}
        assert is_right(params) or not _fits_members(PAINT, params), value


@pytest.mark.parametrize(
    "params",
    [
        {"Color": "red"},
        {"Color": "yellow", "Coats": 1},
        {"Color": "red", "Coats": 3, "Walls": [], "Rooms": ()},
        {"Color": "red", "Walls": ("a", "b"), "Rooms": [{"Name": "a"}, {"Name": "b"}], "Smell": None},
    ],
)
def test_the_quick_check_accepts_what_is_plainly_valid(params: dict[str, Any]) -> None:
    assert _fits_members(PAINT, params)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (5, "5"),
        (["a", "b"], "[a, b]"),
        ([], "[]"),
        ({"Key": "k", "Value": ["a"]}, "{Key=k, Value=[a]}"),
        ([{"Key": "k"}, {"Key": "l"}], "[{Key=k}, {Key=l}]"),
    ],
)
def test_a_value_is_printed_as_the_service_prints_it(value: object, text: str) -> None:
    assert _plain(value) == text


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (None, None),
        ("{}", "{}"),
        (5, "5"),
        ({"Sid": "é", "Statement": [1, 2]}, '{"Sid":"é","Statement":[1,2]}'),
    ],
)
def test_a_policy_given_as_an_object_is_its_shortest_text(policy: object, text: str | None) -> None:
    assert policy_text({"Policy": policy}) == text


@pytest.mark.parametrize(
    ("pattern", "value", "matching"),
    [
        (r"[\p{L}]*", "aéß", True),
        (r"[\p{L}]*", "a1", False),
        (r"[\p{N}]*", "1½", True),
        (r"[\p{Z}]*", " \u2003", True),
        (r"[\p{M}\p{L}]*", "e\u0301", True),
        (r"[\p{L}]*", "e\u0301", False),
        (r"[\p{S}]*", "+€", True),
        (r"[\p{P}]*", ".!", True),
        (r"[\p{L}.]*", ".", True),
        (r"[\p{L}.]*", "!", False),
        (r"\w+", "é", False),
        (r"\d+", "١", False),
        (r"a|b", "ab", False),
    ],
)
def test_patterns_of_the_model_match_whole_values(pattern: str, value: str, matching: bool) -> None:
    assert matches(pattern, value) is matching


def test_a_shape_has_only_the_bounds_that_the_model_gives() -> None:
    plain = ShapeTable({"operations": {"R": "R"}, "shapes": {"R": {"type": "string"}}}).request("R")
    assert plain == Shape(type="string", members={})
    assert (plain.required, plain.member, plain.minimum, plain.maximum) == ((), None, None, None)
    assert (plain.pattern, plain.enum, plain.sensitive) == (None, (), False)


def test_one_bad_value_of_a_map_is_enough() -> None:
    assert "'labels'" in refusal({"Color": "red", "Labels": {"a": "red", "b": "x"}})[1]
    assert "Map keys" in refusal({"Color": "red", "Labels": {"a": "red", "B": "red"}})[1]


def test_elements_of_a_list_are_counted_from_one() -> None:
    assert refusal({"Color": "red", "Rooms": ["a"]})[1].startswith("Rooms.1")
    assert "Walls.2" in refusal({"Color": "red", "Walls": ["a", None]})[1]


def test_a_number_may_have_twenty_digits_most_of_them_zeros() -> None:
    check(PAINT, {"Color": "red", "Coats": f"{'0' * 19}1"})
