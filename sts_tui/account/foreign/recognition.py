"""What is a file that is not an account file, and what should the user do with it?

It is converted to account files if they can hold all of its content. Otherwise one line says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sts_tui.account.diagnostics.diagnostic import Diagnostic, UnreadableFileError
from sts_tui.account.diagnostics.printable import printable
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.foreign.cli_outputs import overlays_of_list, overlays_of_object
from sts_tui.account.foreign.spans import members, moved
from sts_tui.account.lazy_pattern import lazy_pattern

_DUMP_IT: Final = "give the output of aws iam get-account-authorization-details"


class _Kind(BaseModel):
    """A format of another tool: the keys that are always present."""

    model_config = ConfigDict(extra="allow")


class _TerraformPlan(_Kind):
    format_version: str
    resource_changes: list[object]


class _TerraformShow(_Kind):
    format_version: str
    terraform_version: str


class _TerraformState(_Kind):
    version: int
    terraform_version: str
    lineage: str


class _CloudFormation(_Kind):
    AWSTemplateFormatVersion: str


class _CloudFormationResource(_Kind):
    Type: str = Field(pattern="^(AWS|Custom)::")


class _CloudFormationResources(_Kind):
    Resources: dict[str, _CloudFormationResource] = Field(min_length=1)


class _CloudTrailEvent(_Kind):
    eventVersion: str
    eventName: str


class _CloudTrailLog(_Kind):
    Records: list[_CloudTrailEvent]


class _CloudTrailLookup(_Kind):
    Events: list[dict[str, object]]


class _Credentials(_Kind):
    Credentials: dict[str, object]


class _PolicyDocument(_Kind):
    Statement: object


class _PolicyVersion(_Kind):
    PolicyVersion: dict[str, object]


class _ResourcePolicy(_Kind):
    Policy: str


class _AttachedPolicies(_Kind):
    AttachedPolicies: list[object]


class _ListedAccount(_Kind):
    Id: str
    JoinedMethod: str


class _ListedAccounts(_Kind):
    Accounts: list[_ListedAccount] = Field(min_length=1)


class _ListedOrganizationPolicy(_Kind):
    AwsManaged: bool


class _ListedOrganizationPolicies(_Kind):
    Policies: list[_ListedOrganizationPolicy] = Field(min_length=1)


class _OrganizationWithoutRoot(_Kind):
    Id: str
    FeatureSet: str


class _DescribedOrganization(_Kind):
    Organization: _OrganizationWithoutRoot


_TERRAFORM: Final = f"apply it and {_DUMP_IT}; a policy of it alone: sts-tui validate --as TYPE"
_REPLAY: Final = "sts-tui replay FILE --model ACCOUNT evaluates it again"
_FETCH: Final = "sts-tui fetch prints a script that collects all of it"
_KINDS: Final[Sequence[tuple[type[_Kind], str, str]]] = (
    (_TerraformPlan, "is a Terraform plan, not an account", _TERRAFORM),
    (_TerraformState, "is Terraform state, not an account", _DUMP_IT),
    (_TerraformShow, "is Terraform state or a plan, not an account", _TERRAFORM),
    (_CloudFormation, "is a CloudFormation template, not an account", f"create the stack and {_DUMP_IT}"),
    (
        _CloudFormationResources,
        "is a CloudFormation template, not an account",
        f"create the stack and {_DUMP_IT}",
    ),
    (_CloudTrailEvent, "is a CloudTrail event: what happened, not what is allowed", _REPLAY),
    (_CloudTrailLog, "is a CloudTrail log: what happened, not what is allowed", _REPLAY),
    (_CloudTrailLookup, "is a list of CloudTrail events: what happened, not what is allowed", _REPLAY),
    (_Credentials, "contains AWS credentials, which sts-tui never needs", f"delete it, and {_DUMP_IT}"),
    (_PolicyDocument, "is one policy document, not an account", "sts-tui validate checks it"),
    (
        _PolicyVersion,
        "is the output of aws iam get-policy-version, which does not name its policy",
        _DUMP_IT,
    ),
    (
        _ResourcePolicy,
        "is the policy of a resource, which it does not name",
        f"{_FETCH}, or write it under Resources with its Arn",
    ),
    (
        _AttachedPolicies,
        "is a list of attached policies, which does not name its user, role or group",
        _DUMP_IT,
    ),
    (_ListedAccounts, "is the output of aws organizations list-accounts, which has no policies", _FETCH),
    (
        _ListedOrganizationPolicies,
        "is the output of aws organizations list-policies, which has no documents",
        _FETCH,
    ),
    (
        _DescribedOrganization,
        "is the output of aws organizations describe-organization, which has no tree",
        _FETCH,
    ),
)
_NO_PERMISSIONS: Final = "which contains no permissions"
_WITHOUT_POLICIES: Final = "which has no policies"
_WITHOUT_OWNER: Final = "which does not name its user, role or group"
_OUTPUTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "AccountAliases": ("aws iam list-account-aliases", _NO_PERMISSIONS, _DUMP_IT),
    "SummaryMap": ("aws iam get-account-summary", _NO_PERMISSIONS, _DUMP_IT),
    "PasswordPolicy": ("aws iam get-account-password-policy", _NO_PERMISSIONS, _DUMP_IT),
    "ReportFormat": ("aws iam get-credential-report", _NO_PERMISSIONS, _FETCH),
    "ServerCertificateMetadataList": ("aws iam list-server-certificates", _NO_PERMISSIONS, _DUMP_IT),
    "SSHPublicKeys": ("aws iam list-ssh-public-keys", _NO_PERMISSIONS, _DUMP_IT),
    "ServiceSpecificCredentials": ("aws iam list-service-specific-credentials", _NO_PERMISSIONS, _DUMP_IT),
    "Certificates": ("aws iam list-signing-certificates", _NO_PERMISSIONS, _DUMP_IT),
    "PolicyNames": ("a command that lists inline policies by name", _WITHOUT_OWNER, _DUMP_IT),
    "PolicyGroups": ("aws iam list-entities-for-policy", "which does not name the policy", _DUMP_IT),
    "Versions": ("a command that lists versions", "which contains no document", _DUMP_IT),
    "Tags": ("a command that lists tags", "which does not name the resource", _DUMP_IT),
    "EvaluationResults": (
        "aws iam simulate-principal-policy",
        "which contains verdicts and no policies",
        "sts-tui can WHO ACTION asks a model",
    ),
    "findings": ("IAM Access Analyzer", "which contains findings and no policies", _DUMP_IT),
    "Keys": ("aws kms list-keys", _WITHOUT_POLICIES, _FETCH),
    "Buckets": ("aws s3api list-buckets", _WITHOUT_POLICIES, _FETCH),
    "QueueUrls": ("aws sqs list-queues", _WITHOUT_POLICIES, _FETCH),
    "Topics": ("aws sns list-topics", _WITHOUT_POLICIES, _FETCH),
    "SecretList": ("aws secretsmanager list-secrets", _WITHOUT_POLICIES, _FETCH),
    "Functions": ("aws lambda list-functions", _WITHOUT_POLICIES, _FETCH),
    "VpcEndpoints": ("aws ec2 describe-vpc-endpoints", "which does not name the account", _FETCH),
    "PermissionSets": ("aws sso-admin list-permission-sets", "which has only ARNs", _FETCH),
    "IdentityPools": ("aws cognito-identity list-identity-pools", "which has only names and ids", _FETCH),
    "clusters": ("aws eks list-clusters", "which has only names", _FETCH),
    "Roots": ("aws organizations list-roots", "which has no tree", _FETCH),
    "OrganizationalUnits": (
        "aws organizations list-organizational-units-for-parent",
        "which has no tree",
        _FETCH,
    ),
    "Targets": ("aws organizations list-targets-for-policy", "which does not name the policy", _FETCH),
}
"""Outputs of commands that cannot be part of an account file. A key of the output → (command, why not, what
to do)."""
_OTHER_KEYS: Final = frozenset(
    (
        "IsTruncated",
        "Marker",
        "NextToken",
        "nextToken",
        "Truncated",
        "Owner",
        "Prefix",
        "Content",
        "GeneratedTime",
    )
    + ("PolicyUsers", "PolicyRoles", "EvalDecision", "ResponseMetadata")
)
"""Other keys that such outputs can have."""
_CALLER: Final = frozenset(("UserId", "Account", "Arn"))
_CREDENTIAL_REPORT: Final = "user,arn,user_creation_time,"
_CLI_ERROR: Final = lazy_pattern(
    r"(?:aws: (?:\[ERROR\]: )?)?(?:An error occurred \([^)\n]+\) when calling [^\n]+"
    r"|Unable to locate credentials[^\n]*|Error when retrieving [^\n]+|The config profile [^\n]+"
    r"|Error loading SSO [^\n]+|Token has expired [^\n]+|usage: aws [^\n]+)"
)
_TABLE: Final = lazy_pattern(r"\s*-{10,}\s*\n\s*\|")
_TEXT_OUTPUT: Final = lazy_pattern(
    r"\s*(?:ROLEDETAILLIST|USERDETAILLIST|GROUPDETAILLIST|POLICIES|ROLES|USERS)\t"
)


def account_files(source: Source, value: object) -> list[Source] | None:
    """The account files that hold the content of a JSON value; None for an object that is not recognized.

    Raises UnreadableFileError, with a one-line message, for what cannot be part of an account file.
    """
    if isinstance(value, Mapping):
        refuse_known_kinds(source, value)
        return overlays_of_object(source, value)
    found = None
    if isinstance(value, list):
        found = overlays_of_list(source, value) or _items(source, value)
    if found is None:
        refuse(source.name, "an account file is one JSON object; this is a list or a single value", line=1)
    return found


def refuse_known_kinds(source: Source, value: Mapping[str, object]) -> None:
    """Raises UnreadableFileError for a `value` (JSON) that is recognized but cannot be part of an account
    file.
    """
    for kind, message, hint in _KINDS:
        if _has(value, kind) and not (kind is _Credentials and "Accounts" in value):
            refuse(source.name, message, hint)
    for key, (command, why, hint) in _OUTPUTS.items():
        if key in value and value.keys() - {key} <= _OTHER_KEYS:
            refuse(source.name, f"is the output of {command}, {why}", hint)
    if value.keys() == _CALLER:
        refuse(
            source.name, "is the output of aws sts get-caller-identity, which identifies the caller", _DUMP_IT
        )


def refuse_known_texts(source: Source) -> None:
    """Raises UnreadableFileError for text that is not JSON or YAML: messages and tables of the AWS CLI."""
    text = source.text[:65536]
    if text.lstrip("\ufeff").startswith(_CREDENTIAL_REPORT):
        refuse(source.name, f"is a credential report of IAM, {_NO_PERMISSIONS}", _FETCH)
    if found := _CLI_ERROR.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"contains an error message of the AWS CLI: {printable(found[0].strip())}"
        refuse(source.name, message, "run the command again once this is resolved", line)
    if _TABLE.match(text):
        refuse(source.name, "is a table of the AWS CLI", "run the command with --output json", 1)
    if _TEXT_OUTPUT.match(text):
        refuse(source.name, "is text output of the AWS CLI", "run the command with --output json", 1)


def refuse(name: str, message: str, hint: str = "", line: int = 0) -> object:
    """Raises UnreadableFileError."""
    raise UnreadableFileError([Diagnostic(file=name, message=message, line=line, hint=hint)]) from None


def _items(source: Source, value: Sequence[object]) -> list[Source] | None:
    """One source for each item of a list of outputs, as `jq -s` makes it from several pages."""
    if not value or not all(isinstance(one, Mapping | list) for one in value):
        return None
    spans = members(source.text)
    return [moved(source, spans[index], "", "", to=(), at=(index,)) for index in range(len(value))]


def _has(value: Mapping[str, object], kind: type[_Kind]) -> bool:
    try:
        kind.model_validate(value)
    except ValidationError:
        return False
    return True
