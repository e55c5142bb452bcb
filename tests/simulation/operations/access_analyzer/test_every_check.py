"""Each check of ValidatePolicy: a policy in which it finds something, and one like it in which it does not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.simulation.operations.access_analyzer.finding import Finding, checks
from sts_tui.simulation.operations.access_analyzer.policy_findings import policy_findings
from tests.accounts.policies import MAIN, allow, policy
from tests.simulation.operations.access_analyzer.test_validate_policy import CASES as BASIC

PAGE = Path(__file__).parents[4] / "docs" / "policy-validation.md"
OBJECT = "arn:aws:s3:::a/x"
GITHUB = "token.actions.githubusercontent.com"
ROLE = f"arn:aws:iam::{MAIN}:role/a"
ANA = {"AWS": f"arn:aws:iam::{MAIN}:user/ana"}
IDENTITY, RESOURCE, TRUST = PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST
SCP, RCP = PolicyKind.SCP, PolicyKind.RCP
BUCKET = "AWS::S3::Bucket"


def one(**elements: Any) -> dict[str, Any]:
    statement = {**allow("s3:GetObject", OBJECT), **elements}
    return policy({name: value for name, value in statement.items() if value is not None})


def when(operator: str, key: str, value: Any, **more: Any) -> dict[str, Any]:
    """A policy with one condition."""
    return one(**{"Action": "s3:ListBucket", "Resource": "*", **more, "Condition": {operator: {key: value}}})


def shared(**elements: Any) -> dict[str, Any]:
    """A resource-based policy."""
    return one(**{"Principal": ANA, **elements})


def trust_policy(**elements: Any) -> dict[str, Any]:
    """A trust policy."""
    return one(**{"Principal": ANA, "Action": "sts:AssumeRole", "Resource": None, **elements})


def federated(issuer: str, **conditions: Any) -> dict[str, Any]:
    provider = {"Federated": f"arn:aws:iam::{MAIN}:oidc-provider/{issuer}"}
    return trust_policy(
        Principal=provider, Action="sts:AssumeRoleWithWebIdentity", Condition=conditions or None
    )


def control(**elements: Any) -> dict[str, Any]:
    """A statement of a resource control policy."""
    return one(**{"Effect": "Deny", "Principal": "*", "Resource": "*", "Action": "s3:*", **elements})


def guarded(operator: str, key: str, **more: Any) -> dict[str, Any]:
    """A resource control policy with a condition, and further ones."""
    return control(Condition={operator: {key: "o-abcdefghij"}, **more})


SUBJECT = f"{GITHUB}:sub"
SERVICE = {"Service": "sns.amazonaws.com"}
PASS, SLR = "iam:PassRole", "iam:CreateServiceLinkedRole"
BOTH_EXCEPT = {"Action": None, "Resource": None, "NotAction": "s3:*", "NotResource": OBJECT}
STAR_EXCEPT = {"Resource": None, "NotResource": OBJECT}
NOT_ACTION = {"Action": None, "NotAction": "s3:*", "Resource": "*"}
LONG = "x" * 6200
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "a"}}
IS_SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "true"}}

Case = tuple[str, PolicyKind, str, dict[str, Any], dict[str, Any], str]
CASES: list[Case] = [
    # (check, kind, type of the resource, found in, not found in, a part of AWS's sentence)
    ("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", IDENTITY, "",
     one(Condition={"StringEquals": {"aws:username": "a", "aws:UserName": "b"}}),
     one(Condition={"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:UserName": "b*"}}),
     "The condition key aws:UserName appears more than once"),
    ("INVALID_ARN_REGION", IDENTITY, "", one(Action="sqs:*", Resource=f"arn:aws:sqs:everywhere:{MAIN}:q"),
     one(Action="sqs:*", Resource=f"arn:aws:sqs:eu-west-1:{MAIN}:q"), "The Region everywhere is not valid"),
    ("INVALID_ARN_RESOURCE", IDENTITY, "", one(Action="iam:*", Resource=f"arn:aws:iam::{MAIN}:roles/a"),
     one(Action="iam:*", Resource=ROLE), "Update the resource portion"),
    ("MISSING_ARN_REGION", IDENTITY, "", one(Action="sqs:*", Resource=f"arn:aws:sqs::{MAIN}:q"),
     one(Action="sqs:*", Resource=f"arn:aws:sqs:*:{MAIN}:q"), "Add a Region to the sqs resource ARN."),
    ("MISSING_ARN_ACCOUNT", IDENTITY, "", one(Action="sqs:*", Resource="arn:aws:sqs:eu-west-1::q"),
     one(Action="sqs:*", Resource="arn:aws:sqs:eu-west-1:*:q"), "The resource q in the arn is missing"),
    ("INVALID_SERVICE", IDENTITY, "", one(Action="s3:*", Resource="arn:aws:simplequeue:eu-west-1:1:q"),
     one(Action="s3:*", Resource="arn:aws:s3:::a"), "The service simplequeue does not exist."),
    ("INVALID_SERVICE", IDENTITY, "", when("StringEquals", "nosuch:key", "a"),
     when("StringEquals", "s3:prefix", "a"), "The service nosuch does not exist."),
    ("WILDCARD_IN_SERVICE_NAME", IDENTITY, "", one(Action="s3:*", Resource=f"arn:aws:*code*::{MAIN}:*"),
     one(Action="s3:*", Resource="arn:aws:s3:::*"), "Avoid using wildcards"),
    ("REDUNDANT_RESOURCE", IDENTITY, "",
     one(Action="iam:GetRole", Resource=[f"{ROLE}-1", f"{ROLE}-2", f"{ROLE}*"]),
     one(Action="iam:GetRole", Resource=[f"{ROLE}-1", f"{ROLE}-2"]), "The 2 resource ARN(s) are redundant"),
    ("REDUNDANT_STATEMENT", IDENTITY, "",
     policy(allow("s3:GetObject", OBJECT, Sid="A"), allow("s3:GetObject", OBJECT, Sid="B")),
     policy(allow("s3:GetObject", OBJECT, Sid="A"), allow("s3:PutObject", OBJECT, Sid="B")), "identical"),
    ("INVALID_CONDITION_DATA_TYPE", IDENTITY, "", when("StringEquals", "s3:prefix", ["a", True]),
     when("StringEquals", "s3:prefix", ["a", "b"]), "the same JSON data type"),
    ("INVALID_CONDITION_MULTIPLE_BOOLEAN", IDENTITY, "",
     when("Bool", "aws:SecureTransport", ["true", "false"]), when("Bool", "aws:SecureTransport", "true"),
     "Use a single Boolean value."),
    ("INVALID_REGION", IDENTITY, "", when("StringEquals", "aws:RequestedRegion", "ireland"),
     when("StringEquals", "aws:RequestedRegion", "eu-west-1"), "The Region ireland is not valid."),
    ("INVALID_VARIABLE_FOR_OPERATOR", IDENTITY, "", when("Bool", "aws:SecureTransport", "${aws:username}"),
     when("StringEquals", "s3:prefix", "${aws:username}"), "String and ARN operators"),
    ("MISSING_QUALIFIER", IDENTITY, "", when("StringEquals", "aws:TagKeys", "a"),
     when("ForAnyValue:StringEquals", "aws:TagKeys", "a"),
     "The request context key aws:TagKeys has multiple"),
    ("NULL_WITH_IF_EXISTS", IDENTITY, "", when("NullIfExists", "s3:prefix", "true"),
     when("Null", "s3:prefix", "true"), "Update the operator or the suffix."),
    ("NULL_WITH_QUALIFIER", IDENTITY, "", when("ForAllValues:Null", "aws:TagKeys", "true"),
     when("Null", "aws:TagKeys", "true"), "ForAllValues or ForAnyValue qualifiers"),
    ("UNSUPPORTED_ACTION_IN_POLICY", RESOURCE, BUCKET, shared(Action="kms:Decrypt"), shared(),
     "The action kms:Decrypt is not supported"),
    ("UNSUPPORTED_ACTION_IN_POLICY", RESOURCE, BUCKET, shared(Action="s3:ListAllMyBuckets", Resource="*"),
     shared(Action="s3:Get*"), f"attached to the resource type {BUCKET}."),
    ("UNSUPPORTED_ACTION_IN_POLICY", TRUST, "AWS::IAM::AssumeRolePolicyDocument",
     trust_policy(Action="s3:GetObject"),
     trust_policy(), "AWS::IAM::AssumeRolePolicyDocument"),
    ("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", RESOURCE, BUCKET,
     shared(Resource=f"arn:aws:kms:eu-west-1:{MAIN}:key/a"), shared(), BUCKET),
    ("IRRELEVANT_CONDITION_KEY_IN_POLICY", RESOURCE, BUCKET,
     shared(Condition={"StringEquals": {"s3:ResourceAccount": MAIN}}),
     shared(Condition={"StringEquals": {"aws:PrincipalAccount": MAIN}}),
     f"not relevant for the {BUCKET} policy"),
    ("UNSUPPORTED_GLOBAL_CONDITION_KEY", IDENTITY, "", when("ArnLike", "aws:ARN", ROLE),
     when("ArnLike", "aws:PrincipalArn", ROLE), "Use aws:PrincipalArn or aws:SourceArn instead."),
    ("MISSING_TAG_KEY_IN_CONDITION", IDENTITY, "", when("StringEquals", "aws:ResourceTag", "a"),
     when("StringEquals", "aws:PrincipalTag/team", "a"), "Use the format aws:ResourceTag/tag-key"),
    ("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", RESOURCE, "", shared(Principal={"AWS": f"{ROLE}*"}),
     shared(Principal={"AWS": "*"}), "with the principal key AWS."),
    ("MISSING_BRACE_IN_VARIABLE", IDENTITY, "", one(Resource="arn:aws:s3:::a/${aws:username"),
     one(Resource="arn:aws:s3:::a/${aws:username}"), "Add } after the variable text."),
    ("MISSING_QUOTE_IN_VARIABLE", IDENTITY, "", one(Resource="arn:aws:s3:::${aws:PrincipalTag/team, wide}"),
     one(Resource="arn:aws:s3:::${aws:PrincipalTag/team, 'wide'}"), "Add the missing quote."),
    ("UNSUPPORTED_SPACE_IN_VARIABLE", IDENTITY, "", one(Resource="arn:aws:s3:::a/${aws: username}"),
     one(Resource="arn:aws:s3:::a/${aws:username}"), "Remove the space."),
    ("EMPTY_VARIABLE", IDENTITY, "", one(Resource="arn:aws:s3:::a/${}"), one(Resource="arn:aws:s3:::a/${*}"),
     "Remove the ${ } variable structure"),
    ("VARIABLE_UNSUPPORTED_IN_ELEMENT", IDENTITY, "", one(Sid="${aws:username}"), one(Sid="a"),
     "Remove the policy variable ${aws:username} from"),
    ("VARIABLE_UNSUPPORTED_IN_VERSION", IDENTITY, "",
     {**one(Resource="arn:aws:s3:::${aws:username}"), "Version": "2008-10-17"},
     one(Resource="arn:aws:s3:::${aws:username}"), "use the policy version 2012-10-17 or later."),
    ("PRIVATE_IP_ADDRESS", IDENTITY, "", when("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.1.1"]),
     when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), "will not have the desired effect"),
    ("PRIVATE_NOT_IP_ADDRESS", IDENTITY, "", when("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
     when("NotIpAddress", "aws:VpcSourceIp", "10.0.0.0/8"), "and has no effect"),
    ("PRIVATE_IP_ADDRESS_SUBSET", IDENTITY, "",
     when("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"]),
     when("IpAddress", "aws:SourceIp", ["203.0.113.0/24"]), "a mix of private and public"),
    ("PRIVATE_NOT_IP_ADDRESS_SUBSET", IDENTITY, "",
     when("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"]),
     when("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]), "The private addresses have no effect."),
    ("IMPROVE_IP_RANGE", IDENTITY, "", when("IpAddress", "aws:SourceIp", "203.0.113.9/24"),
     when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), "Replace address with 203.0.113.0/24."),
    ("TYPE_MISMATCH_IP_RANGE", IDENTITY, "", when("IpAddress", "aws:SourceIp", "203.0.113"),
     when("IpAddress", "aws:SourceIp", "2001:db8::/32"), "The condition operator IpAddress is used"),
    ("POLICY_SIZE_EXCEEDS_SCP_QUOTA", SCP, "", one(Resource=[f"arn:aws:s3:::{LONG}",
     f"arn:aws:s3:::b{LONG}"]),
     one(), "exceed the 10240 character maximum for SCPs"),
    ("POLICY_SIZE_EXCEEDS_RCP_QUOTA", RCP, "", control(Resource=f"arn:aws:s3:::{LONG}"), control(),
     "exceed the 5120 character maximum for RCPs"),
    ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", IDENTITY, "", one(Resource=f"arn:aws:s3:::{LONG}"),
     one(Resource=f"arn:aws:s3:::{'x' * 6000}"), "exceed the 6144 character maximum for inline and managed"),
    ("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", RESOURCE, BUCKET,
     shared(Resource=f"arn:aws:s3:::{LONG * 4}"), shared(Resource=f"arn:aws:s3:::{LONG * 3}"), "20480"),
    ("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", TRUST, "", trust_policy(Sid="x" * 2000),
     trust_policy(Sid="x" * 1500),
     "The characters in the role trust policy, excluding whitespace"),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", RESOURCE, "",
     trust_policy(Principal={"Service": "EC2.amazonaws.com"}),
     trust_policy(Principal={"Service": "ec2.amazonaws.com"}), "Use the format service-name.amazonaws.com."),
    ("INVALID_SERVICE_PRINCIPAL_FORMAT", IDENTITY, "",
     when("StringEquals", "kms:ViaService", "s3.amazonaws.com", Action="kms:Decrypt"),
     when("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", Action="kms:Decrypt"),
     "service-name.AWS_region.amazonaws.com"),
    ("INVALID_VPC_FORMAT", IDENTITY, "", when("StringEquals", "aws:SourceVpc", "vpc-123"),
     when("StringEquals", "aws:SourceVpc", "vpc-12345678"), "8 or 17 alphanumeric characters"),
    ("INVALID_VPCE_FORMAT", IDENTITY, "", when("StringEquals", "aws:SourceVpce", "vpc-12345678"),
     when("StringEquals", "aws:SourceVpce", "vpce-11223344556677889"), "'vpce-'"),
    ("FEDERATED_PRINCIPAL_NOT_SUPPORTED", RESOURCE, "",
     shared(Principal={"Federated": f"arn:aws:iam::{MAIN}:saml-provider/corp"}), shared(),
     "Use a supported principal."),
    ("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", RESOURCE, "",
     shared(Principal={"Service": "cloudfront.amazonaws.com"}, Condition={
         "StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij", "aws:SourceAccount": MAIN}}),
     shared(Principal={"Service": "cloudfront.amazonaws.com"}, Condition={
         "StringEquals": {"aws:SourceAccount": MAIN}}), "with the service principal: aws:PrincipalOrgID."),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", TRUST, "", trust_policy(Principal=None, NotPrincipal=ANA),
     trust_policy(), "Role trust policies do not support NotPrincipal."),
    ("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", TRUST, "", trust_policy(Principal="*"),
     trust_policy(),
     '"Principal:" "*" is not supported'),
    ("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", TRUST, "", trust_policy(Resource="*"), trust_policy(),
     "Remove the Resource"),
    ("MISSING_ACTION_FOR_CONDITION_KEY", TRUST, "",
     trust_policy(Condition={"StringLike": {"sts:SourceIdentity": "a*"}}),
     trust_policy(Action=["sts:AssumeRole", "sts:SetSourceIdentity"],
            Condition={"StringLike": {"sts:SourceIdentity": "a*"}}),
     "Add sts:SetSourceIdentity to the action block."),
    ("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", TRUST, "",
     trust_policy(Action="sts:AssumeRoleWithSAML", Principal={"Federated": "corp"}),
     trust_policy(Action="sts:AssumeRoleWithSAML",
     Principal={"Federated": f"arn:aws:iam::{MAIN}:saml-provider/corp"}),
     "a domain name or a SAML metadata ARN"),
    ("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", TRUST, "",
     trust_policy(Principal={"Service": "rolesanywhere.amazonaws.com"}),
     trust_policy(Principal={"Service": "rolesanywhere.amazonaws.com"},
            Action=["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]),
     "Add the missing permissions"),
    ("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", TRUST, "",
     trust_policy(Principal={"AWS": [ROLE, f"arn:aws:sts::{MAIN}:assumed-role/a/s"]}),
     trust_policy(Principal={"AWS": [ROLE, f"arn:aws:sts::{MAIN}:assumed-role/b/s"]}),
     f"parent role {ROLE}."),
    ("RCP_SYNTAX_ERROR_PRINCIPAL", RCP, "", control(Principal=ANA), control(), 'all principals ("*")'),
    ("RCP_SYNTAX_ERROR_ALLOW", RCP, "", control(Effect="Allow", Resource=OBJECT),
     control(Effect="Allow", Action="*"), "with an effect of Allow."),
    ("RCP_SYNTAX_ERROR_NOTACTION", RCP, "", control(Action=None, NotAction="s3:*"), control(), "NotAction"),
    ("RCP_SYNTAX_ERROR_ACTION", RCP, "", control(Action="ec2:*"), control(Action="sts:*"),
     "select service prefixes"),
    ("RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", RCP, "",
     guarded("StringNotEqualsIfExists", "aws:PrincipalOrgID"),
     guarded("StringNotEqualsIfExists", "aws:PrincipalOrgID",
             BoolIfExists={"aws:PrincipalIsAWSService": "false"}),
     "a principal key aws:PrincipalOrgID is used."),
    ("RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", RCP, "",
     guarded("StringNotEqualsIfExists", "aws:SourceOrgID", Null={"aws:SourceAccount": "false"}),
     guarded("StringNotEqualsIfExists", "aws:SourceOrgID", Null={"aws:SourceAccount": "false"}, **IS_SERVICE),
     '{ "aws:PrincipalIsAWSService": "true"}'),
    ("RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", RCP, "",
     guarded("StringNotEqualsIfExists", "aws:SourceOrgID", **IS_SERVICE),
     guarded("StringNotEqualsIfExists", "aws:SourceOrgID", Null={"aws:SourceArn": "false"}, **IS_SERVICE),
     '"Null": { "aws:SourceArn": "false"}'),
    ("INVALID_KMS_KEY_VALUE", IDENTITY, "",
     when("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id", "a", Action="s3:PutObject"),
     when("StringEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id",
            f"arn:aws:kms:eu-west-1:{MAIN}:key/a", Action="s3:PutObject"), "must be a valid KMS key ARN."),
    ("WILDCARD_USAGE_TOO_PERMISSIVE", IDENTITY, "", when("StringLike", "aws:PrincipalOrgID", "o-*"),
     when("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij"), "condition key aws:PrincipalOrgID"),
    ("WILDCARD_USAGE_TOO_PERMISSIVE", IDENTITY, "", when("StringLike", "aws:userid", "AIDA*"),
     when("StringLike", "aws:userid", "AROAEXAMPLE:*"), "aws:userID"),
    ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", IDENTITY, "", one(Action="iam:Pass*", **STAR_EXCEPT),
     one(Action="s3:*", **STAR_EXCEPT), "Using an action with a wildcard (*) and NotResource"),
    ("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", IDENTITY, "", one(**BOTH_EXCEPT),
     one(**{**BOTH_EXCEPT, "NotAction": "iam:*"}), "Using NotAction with NotResource"),
    ("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", IDENTITY, "", one(**NOT_ACTION),
     one(**{**NOT_ACTION, "Resource": ROLE}), "Using a resource with wildcards (*) and NotAction"),
    ("CREATE_SLR_WITH_NOT_RESOURCE", IDENTITY, "", one(Action=SLR, **STAR_EXCEPT), one(Action=SLR,
     Resource=ROLE),
     "Using the iam:CreateServiceLinkedRole action with NotResource"),
    ("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", IDENTITY, "", one(Action="iam:Create*",
     **STAR_EXCEPT),
     one(Action="s3:*", **STAR_EXCEPT), "Using an action with a wildcard(*) and NotResource"),
    ("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", IDENTITY, "", one(**BOTH_EXCEPT),
     one(**{**BOTH_EXCEPT, "NotAction": "iam:*"}), "Using NotAction with NotResource"),
    ("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", IDENTITY, "", one(**NOT_ACTION),
     one(**{**NOT_ACTION, "Resource": ROLE}), "Using a resource with wildcards (*) and NotAction"),
    ("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", IDENTITY, "", one(Action="iam:*", Resource="*"),
     one(Action="s3:*", Resource="*"), "on all resources"),
    ("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", IDENTITY, "", one(Action="iam:*", Resource="*"),
     one(Action="s3:*", Resource="*"), "on all resources"),
    ("INVALID_DATE_VALUE", IDENTITY, "", when("DateLessThan", "aws:CurrentTime", "1790000000"),
     when("DateLessThan", "aws:CurrentTime", "2026-12-01"), "The date 1790000000 might not resolve"),
    ("INVALID_ROLE_REFERENCE", RESOURCE, "", shared(Principal={"AWS": "AROAQWERTYUIOPASDFGHJ"}), shared(),
     "the IAM role ID AROAQWERTYUIOPASDFGHJ."),
    ("INVALID_USER_REFERENCE", RESOURCE, "", shared(Principal={"AWS": "AIDAQWERTYUIOPASDFGHJ"}), shared(),
     "the IAM user ID AIDAQWERTYUIOPASDFGHJ."),
    ("UNIQUE_SIDS_RECOMMENDED", RESOURCE, "",
     policy(allow("s3:GetObject", OBJECT, Sid="A", Principal=ANA), allow("s3:PutObject", OBJECT, Sid="A",
     Principal=ANA)),
     policy(allow("s3:GetObject", OBJECT, Sid="A", Principal=ANA), allow("s3:PutObject", OBJECT, Sid="B",
     Principal=ANA)),
     "unique to your policy"),
    ("WILDCARD_WITHOUT_LIKE_OPERATOR", IDENTITY, "", when("StringEquals", "s3:prefix", "a/*"),
     when("StringLike", "s3:prefix", "a/*"), "update the condition operator to include Like."),
    ("TYPE_MISMATCH", IDENTITY, "", when("DateLessThan", "aws:SecureTransport", "2026-12-01"),
     when("Bool", "aws:SecureTransport", "true"),
     "Use the operator type Bool instead of operator DateLessThan"),
    ("TYPE_MISMATCH_BOOLEAN", IDENTITY, "", when("Bool", "aws:SecureTransport", "yes"),
     when("Bool", "aws:SecureTransport", "false"), "(true or false) for the condition operator Bool."),
    ("TYPE_MISMATCH_DATE", IDENTITY, "", when("DateLessThan", "aws:CurrentTime", "tomorrow"),
     when("DateLessThan", "aws:CurrentTime", "2026-12-01T00:00:00Z"), "ISO 8601"),
    ("TYPE_MISMATCH_NUMBER", IDENTITY, "", when("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
     when("NumericLessThan", "aws:MultiFactorAuthAge", "3600"), "operator NumericLessThan."),
    ("TYPE_MISMATCH_STRING", IDENTITY, "", when("BinaryEquals", "s3:prefix", "???"),
     when("BinaryEquals", "s3:prefix", "QmluYXJ5"), "base64-encoded"),
    ("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", TRUST, "",
     federated(GITHUB, StringLike={SUBJECT: "repo:acme/*"}),
     federated(GITHUB, StringLike={SUBJECT: "repo:acme/shop:*", f"{GITHUB}:ref": "refs/heads/main"}),
     "with the repository and branch name."),
    ("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", IDENTITY, "",
     when("StringEquals", "aws:VpceAccount", MAIN, Action="*"), when("StringEquals", "aws:VpceAccount", MAIN),
     "The condition key aws:VpceAccount works only"),
    ("UNTRUSTWORTHY_CONDITION_KEY", IDENTITY, "", when("StringLike", "aws:UserAgent", "curl*"),
     when("StringLike", "s3:prefix", "curl*"), "The aws:UserAgent condition key"),
    ("MISSING_PAIRED_CONDITION_KEYS", IDENTITY, "", when("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8"),
     one(Condition={"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
     "StringEquals": {"aws:SourceVpc": "vpc-12345678"}}),
     "the following condition keys: aws:SourceVpc."),
    ("DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", IDENTITY, "",
     one(Effect="Deny", Action="s3:ListAllMyBuckets", Resource="*", Condition=TAGGED),
     one(Effect="Deny", Action="ec2:StopInstances", Resource="*", Condition=TAGGED),
     "following prefixes can be overly permissive: s3."),
    ("DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", IDENTITY, "",
     one(Effect="Deny", Condition=TAGGED, **NOT_ACTION), one(Condition=TAGGED, **NOT_ACTION),
     "Using the effect Deny with NotAction"),
    ("ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", IDENTITY, "",
     one(Action=["s3:ListAllMyBuckets", "iam:ListUsers"], Resource="*", Condition=TAGGED),
     one(Action="ec2:StopInstances", Resource="*", Condition=TAGGED), "does not affect the policy: iam, s3."),
    ("ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", IDENTITY, "",
     one(Condition=TAGGED, **NOT_ACTION), one(Effect="Deny", Condition=TAGGED, **NOT_ACTION),
     "allows only service actions"),
    ("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", RESOURCE, "", shared(Principal=SERVICE),
     shared(Principal=SERVICE, Condition={"StringEquals": {"aws:SourceAccount": MAIN}}),
     "without specifying a source"),
    ("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", RESOURCE, "",
     shared(Principal=SERVICE, Condition={"StringEquals": {"aws:Referer": "x"}}),
     shared(Principal=SERVICE, Condition={"StringEquals": {"aws:SourceAccount": MAIN}}),
     "the service principal sns operating on your behalf"),
    ("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", TRUST, "", federated("idp.example.com"),
     federated("idp.example.com", StringEquals={"idp.example.com:aud": "a"}), "Open ID Connect principal"),
    ("MISSING_GITHUB_REPO_CONDITION_KEY", TRUST, "", federated(GITHUB, StringEquals={f"{GITHUB}:aud": "a"}),
     federated(GITHUB, StringEquals={SUBJECT: "repo:acme/shop:ref:refs/heads/main"}), f"Add the {SUBJECT}"),
    ("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", IDENTITY, "", when("StringLike", "aws:SourceArn",
     f"{ROLE}*"),
     when("ArnLike", "aws:SourceArn", f"{ROLE}*"),
     "Use the operator type ArnLike instead of operator StringLike"),
    ("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", IDENTITY, "",
     when("ForAllValues:StringEquals", "dynamodb:Attributes", ["a"], Action="dynamodb:GetItem"),
     one(Action="dynamodb:Query", Resource="*", Condition={
         "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
         "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}), "SPECIFIC_ATTRIBUTES"),
    ("S3_PREFIX_IN_NEGATIVE_CONTEXT", IDENTITY, "", when("StringLike", "s3:prefix", "a/*", Effect="Deny"),
     when("StringNotLike", "s3:prefix", "a/*", Effect="Deny"), "a Deny statement"),
    ("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", TRUST, "",
     federated("idp.example.com", **{"ForAnyValue:StringEquals": {"idp.example.com:aud": "a"}}),
     federated("idp.example.com", StringEquals={"idp.example.com:aud": "a"}),
     "key idp.example.com:aud can be"),
    ("EMPTY_ARRAY_CONDITION", IDENTITY, "", when("StringEquals", "s3:prefix", []),
     when("StringEquals", "s3:prefix", [""]), "no values for the condition key s3:prefix"),
    ("EMPTY_ARRAY_CONDITION_FORALLVALUES", IDENTITY, "", when("ForAllValues:StringEquals", "aws:TagKeys", []),
     when("ForAllValues:StringEquals", "aws:TagKeys", ["a"]),
     "matches only if the key aws:TagKeys is missing"),
    ("EMPTY_ARRAY_CONDITION_FORANYVALUE", IDENTITY, "", when("ForAnyValue:StringEquals", "aws:TagKeys", []),
     when("ForAnyValue:StringEquals", "aws:TagKeys", ["a"]), "never matches"),
    ("EMPTY_ARRAY_CONDITION_IFEXISTS", IDENTITY, "", when("StringEqualsIfExists", "s3:prefix", []),
     when("StringEqualsIfExists", "s3:prefix", ["a"]), "The IfExists suffix"),
    ("EQUIVALENT_TO_NULL_FALSE", IDENTITY, "", when("StringLike", "s3:prefix", "*"),
     when("StringLike", "s3:prefix", "a*"), "of StringLike with {s3:prefix: false}"),
    ("EQUIVALENT_TO_NULL_TRUE", IDENTITY, "", when("StringNotLike", "s3:prefix", "*", Effect="Deny"),
     when("StringNotLike", "s3:prefix", "a*", Effect="Deny"), "of StringNotLike with {s3:prefix: true}"),
    ("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", IDENTITY, "", when("StringLikeIfExists", "s3:prefix", "*"),
     when("StringLikeIfExists", "s3:prefix", "a*"), "it is always matched"),
    ("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", IDENTITY, "",
     when("ForAnyValue:StringNotLike", "aws:TagKeys", "*"), when("ForAnyValue:StringNotLike",
     "aws:TagKeys", "a*"),
     "does not match any values"),
    ("REDUNDANT_CONDITION_VALUE_NUM", IDENTITY, "",
     when("NumericLessThan", "aws:MultiFactorAuthAge", ["2700", "3600"]),
     when("NumericLessThan", "aws:MultiFactorAuthAge", ["3600"]), "Replace with the greatest single value"),
]  # fmt: skip


def found_in(document: dict[str, Any], kind: PolicyKind, resource_type: str) -> list[Finding]:
    return list(policy_findings(document, kind, resource_type=resource_type))


@pytest.mark.parametrize(
    ("check", "kind", "resource_type", "document", "like_it", "sentence"),
    CASES,
    ids=[one[0] for one in CASES],
)
def test_a_check_finds_what_it_is_about_and_nothing_like_it(
    check: str,
    kind: PolicyKind,
    resource_type: str,
    document: dict[str, Any],
    like_it: dict[str, Any],
    sentence: str,
) -> None:
    found = [each for each in found_in(document, kind, resource_type) if each.code == check]
    assert found
    assert sentence in found[0].details
    assert check not in [each.code for each in found_in(like_it, kind, resource_type)]


def test_every_check_that_is_made_has_a_case() -> None:
    tested_elsewhere = {
        "JSON_SYNTAX_ERROR",
        "MISMATCHED_ACTION_FOR_PRINCIPAL",
        "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    }
    cases = {one[0] for one in CASES} | {one[2] for one in BASIC} | tested_elsewhere
    userid = {code for code in checks() if code.endswith(" userID")}
    assert set(checks()) - userid == cases


def test_every_check_of_aws_is_made_or_listed_with_its_reason() -> None:
    page = PAGE.read_text(encoding="utf-8")
    listed = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    made = {code.partition(" ")[0] for code in checks()}
    assert not listed & made
    assert len(made | listed) == 153  # AWS's reference, November 2026
    assert f"{len(made)} of the 153 checks" in page


PERIMETER = {"StringNotEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}


@pytest.mark.parametrize(
    "document",
    [
        one(Action=["s3:Get*", "s3:List*"], Resource=["arn:aws:s3:::a", "arn:aws:s3:::a/*"]),
        one(Effect="Deny", Action="*", Resource="*", Condition=PERIMETER),
        one(Action="iam:*LoginProfile", Resource=f"arn:aws:iam::{MAIN}:user/${{aws:username}}"),
        one(Action="lambda:InvokeFunction", Resource=f"arn:aws:lambda:*:{MAIN}:function:a*"),
        one(Action="execute-api:Invoke", Resource=f"arn:aws:execute-api:eu-west-1:{MAIN}:a/*"),
    ],
)
def test_the_policies_of_the_guides_have_no_false_errors(document: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_examples.html"""
    assert found_in(document, IDENTITY, "") == []


names = st.sampled_from(
    ["AWS", "Service", "StringLike", "Bool", "IpAddress", "aws:SourceIp", "s3:prefix", ":", ""]
)
texts = st.sampled_from(
    ["*", "${", "${}", "arn:aws:::", "arn:aws:s3:::a", "s3:*", ":", "1/2", "sts:AssumeRole", ""]
)
leaves = st.one_of(texts, st.integers(), st.booleans(), st.none(), st.floats())
values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3))
)
ELEMENTS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition", "X")
statements = st.dictionaries(st.sampled_from(ELEMENTS), values, max_size=5)


@given(st.lists(statements, max_size=2), values, st.sampled_from([IDENTITY, RESOURCE, TRUST, SCP, RCP]))
def test_whatever_is_passed_has_findings_and_no_failure(
    listed: list[dict[str, Any]], version: Any, kind: PolicyKind
) -> None:
    document = {"Version": version, "Statement": listed}
    assert all(isinstance(each, Finding) for each in found_in(document, kind, BUCKET))
