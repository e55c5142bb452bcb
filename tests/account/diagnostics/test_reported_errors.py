"""Every kind of error: found, reported with what to do, and located by line and path."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.loading.load import parse
from tests.accounts.every_part import DEV, OUTSIDE, PROD, changed, errors, own_file, sources, warnings
from tests.accounts.policies import allow, policy, trusts

ROLE = "Accounts.0.RoleDetailList.0"
ROLE_PATH = "Accounts[0].RoleDetailList[0]"
STATEMENT = f"{ROLE}.AssumeRolePolicyDocument.Statement.0"
STATEMENT_PATH = f"{ROLE_PATH}.AssumeRolePolicyDocument.Statement[0]"
INLINE = f"{ROLE}.RolePolicyList.0.PolicyDocument.Statement.0"
RCP = "Organization.Root.ResourceControlPolicies"
INLINE_PATH = f"{ROLE_PATH}.RolePolicyList[0].PolicyDocument.Statement[0]"


def deep_units(levels: int) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = []
    for level in range(levels):
        units = [{"Name": f"Level{level}", "OrganizationalUnits": units}]
    return units


# what is changed, to what → where it is reported, and words of the message and of the hint
CASES: list[tuple[str, Any, str, str, str]] = [
    # keys and kinds of values
    ("Nmae", "x", "Nmae", 'unknown key "Nmae"', 'did you mean "Name"?'),
    ("Accounts.0.RoleDetialList", [], "Accounts[0].RoleDetialList", "unknown key", "RoleDetailList"),
    (f"{ROLE}.MaxSessionDuratio", 1, f"{ROLE_PATH}.MaxSessionDuratio", "unknown key", "MaxSessionDuration"),
    ("Accounts", {}, "Accounts", "is not a list of objects", ""),
    ("Accounts.0", 5, "Accounts[0]", "5 is not an object", ""),
    ("Accounts.0.AccountId", int(PROD), "Accounts[0].AccountId", "is not text", f'write "{PROD}"'),
    ("Organization.Root.Accounts.0", int(PROD), "Organization.Root.Accounts[0]", "is not an object", PROD),
    ("Organization.ManagementAccountId", 5, "Organization.ManagementAccountId", "5 is not text", '"5"'),
    ("Accounts.0.AccountId", "12", "Accounts[0].AccountId", "does not match", ""),
    ("Accounts.0.AccountId", ..., "Accounts[0]", "has no AccountId", ""),
    ("Name", 5, "Name", "5 is not text", ""),
    ("StartTime", "yesterday", "StartTime", "is not a time", "2026-01-15T09:00:00Z"),
    ("Settings.RevokePaddingSeconds", -1, "Settings.RevokePaddingSeconds", "outside 0 to", ""),
    ("Settings.RevokePaddingSeconds", True, "Settings.RevokePaddingSeconds", "true is not an integer", ""),
    ("Settings.RoleSessionsKeepMfa", "yes", "Settings.RoleSessionsKeepMfa", "is not true or false", ""),
    (f"{ROLE}.MaxSessionDuration", 60, f"{ROLE_PATH}.MaxSessionDuration", "60 is outside 3600 to 43200", ""),
    (f"{ROLE}.MaxSessionDuration", "3600", f"{ROLE_PATH}.MaxSessionDuration", "is not an integer", ""),
    (f"{ROLE}.RoleName", "a b", f"{ROLE_PATH}.RoleName", "does not match", ""),
    (f"{ROLE}.RoleName", "x" * 65, f"{ROLE_PATH}.RoleName", "more than the 64", ""),
    (f"{ROLE}.Path", "app", f"{ROLE_PATH}.Path", "does not match", ""),
    (f"{ROLE}.Arn", "role/App", f"{ROLE_PATH}.Arn", "is not an ARN", "like arn:aws:SERVICE:"),
    (f"{ROLE}.Arn", f"arn:aws:iam::{PROD}:role/app/Ap", f"{ROLE_PATH}.RoleName", "differs from the Arn", ""),
    (f"{ROLE}.Arn", f"arn:aws:iam::{PROD}:user/App", f"{ROLE_PATH}.Arn", "is not the ARN of a role", ""),
    (f"{ROLE}.Arn", f"arn:aws:iam::{DEV}:role/app/App", f"{ROLE_PATH}.Arn", f"account {DEV}", ""),
    (f"{ROLE}.AssumeRolePolicyDocument", ..., ROLE_PATH, "has no AssumeRolePolicyDocument", ""),
    ("Accounts.0.UserDetailList.0.UserName", ..., "Accounts[0].UserDetailList[0]", "has no UserName", ""),
    (
        "Accounts.0.UserDetailList.0.Tags.0",
        {"Value": "x"},
        "Accounts[0].UserDetailList[0].Tags[0]",
        "has no Key",
        "",
    ),
    (
        "Accounts.0.UserDetailList.1.AccessKeys",
        [{"AccessKeyId": "AKIAQQQQQQQQQQQQQQQQ", "Status": "active"}],
        "Accounts[0].UserDetailList[1].AccessKeys[0].Status",
        "is not one of Active, Inactive",
        '"Active"',
    ),
    ("IdentityProviders.0.Type", "saml", "IdentityProviders[0].Type", "is not one of SAML, OIDC", '"SAML"'),
    ("IdentityProviders.1.Issuer", "http://x", "IdentityProviders[1].Issuer", "not an https issuer", ""),
    ("Workloads.0.EverySeconds", 0, "Workloads[0].EverySeconds", "0 is outside", ""),
    ("Workloads.0.Refresh", "always", "Workloads[0].Refresh", "is not one of sdk, never", ""),
    ("Organization.Features.0", "RootSession", "Organization.Features[0]", "is not one of", '"RootSessions"'),
    ("Organization.Id", ..., "Organization", "has no Id", ""),
    (
        "Accounts.0.OpenIDConnectProviders.0.Url",
        "http://x.example",
        "Accounts[0].OpenIDConnectProviders[0].Url",
        "not an https",
        "",
    ),
    # names and ids that clash
    ("Accounts.2", {"AccountId": PROD}, "Accounts[2].AccountId", "is already used", ""),
    (
        "Accounts.0.UserDetailList.2",
        {"UserName": "ALICE"},
        "Accounts[0].UserDetailList[2].UserName",
        "ignoring case",
        "",
    ),
    (
        "Accounts.0.UserDetailList.2",
        {"UserName": "alice"},
        "Accounts[0].UserDetailList[2]",
        "twice",
        "",
    ),
    (
        "Accounts.0.UserDetailList.2",
        {"UserName": "alice", "Path": "/x/"},
        "Accounts[0].UserDetailList[2].UserName",
        "already used",
        "",
    ),
    (
        f"{ROLE}.RolePolicyList.1",
        {"PolicyName": "work", "PolicyDocument": policy(allow())},
        f"{ROLE_PATH}.RolePolicyList[1].PolicyName",
        "is already used",
        "",
    ),
    (
        "Accounts.0.UserDetailList.0.Tags.1",
        {"Key": "TEAM"},
        "Accounts[0].UserDetailList[0].Tags[1].Key",
        "ignoring case",
        "",
    ),
    (
        "Accounts.0.UserDetailList.1.MFADevices",
        [{"SerialNumber": f"arn:aws:iam::{PROD}:mfa/alice"}],
        "Accounts[0].UserDetailList[1].MFADevices[0].SerialNumber",
        "belongs to",
        "",
    ),
    # references
    (
        "Accounts.0.UserDetailList.0.GroupList.0",
        "Teem",
        "Accounts[0].UserDetailList[0].GroupList[0]",
        "there is no group",
        '"Team"',
    ),
    (
        f"{ROLE}.AttachedManagedPolicies.0.PolicyArn",
        f"arn:aws:iam::{PROD}:policy/Shard",
        f"{ROLE_PATH}.AttachedManagedPolicies[0].PolicyArn",
        "there is no policy",
        "policy/Shared",
    ),
    (
        f"{ROLE}.AttachedManagedPolicies.0.PolicyArn",
        f"arn:aws:iam::{DEV}:policy/Shared",
        f"{ROLE_PATH}.AttachedManagedPolicies[0].PolicyArn",
        f"not a policy of account {PROD}",
        "",
    ),
    (
        f"{ROLE}.PermissionsBoundary.PermissionsBoundaryArn",
        f"arn:aws:iam::{PROD}:policy/None",
        f"{ROLE_PATH}.PermissionsBoundary.PermissionsBoundaryArn",
        "there is no policy",
        "",
    ),
    (
        f"{STATEMENT}.Principal",
        {"AWS": [f"arn:aws:iam::{PROD}:user/alise"]},
        f"{STATEMENT_PATH}.Principal.AWS[0]",
        f'Invalid principal in policy: "AWS":"arn:aws:iam::{PROD}:user/alise"',
        "user/alice",
    ),
    (
        "Accounts.0.SAMLProviders.0.IdentityProvider",
        "ssso",
        "Accounts[0].SAMLProviders[0].IdentityProvider",
        "there is no identity provider",
        '"sso"',
    ),
    (
        "Accounts.0.SAMLProviders.0.IdentityProvider",
        "github",
        "Accounts[0].SAMLProviders[0].IdentityProvider",
        "is a OIDC provider",
        "",
    ),
    (
        "IdentityProviders.0.Users.0.Roles.0",
        f"arn:aws:iam::{PROD}:role/App",
        "IdentityProviders[0].Users[0].Roles[0]",
        "there is no role",
        "role/app/App",
    ),
    (
        "Organization.Root.Accounts.0",
        OUTSIDE,
        "Organization.Root.Accounts[0]",
        f"there is no account {OUTSIDE}",
        "",
    ),
    (
        "Organization.Root.Accounts.1",
        DEV,
        "Organization.Root.OrganizationalUnits[0].Accounts[0]",
        "twice",
        "",
    ),
    (
        "Organization.ManagementAccountId",
        OUTSIDE,
        "Organization.ManagementAccountId",
        "is missing under Root",
        "",
    ),
    (
        "Organization.DelegatedAdministrators",
        {"iam.amazonaws.com": [OUTSIDE]},
        'Organization.DelegatedAdministrators["iam.amazonaws.com"][0]',
        "is not in the organization",
        "",
    ),
    (
        "Workloads.0.Identity",
        f"arn:aws:iam::{PROD}:user/alic",
        "Workloads[0].Identity",
        "there is no user",
        "user/alice",
    ),
    (
        "Workloads.0.Identity",
        f"arn:aws:iam::{PROD}:role/Other",
        "Workloads[0].Identity",
        "a role is not a caller",
        "",
    ),
    ("Workloads.0.Identity", "github/mian", "Workloads[0].Identity", "github has no user", '"main"'),
    ("Workloads.0.Identity", "githb/main", "Workloads[0].Identity", "no identity provider", '"github"'),
    ("Workloads.0.Identity", "workload:etl", "Workloads[0].Identity", "its own credentials", ""),
    ("Workloads.0.Identity", "workload:elt", "Workloads[0].Identity", "there is no workload", '"etl"'),
    ("Workloads.0.Identity", "alice", "Workloads[0].Identity", "PROVIDER/USER", ""),
    (
        "Workloads.0.AssumeRoles.0.RoleArn",
        f"arn:aws:iam::{PROD}:role/app/Ap",
        "Workloads[0].AssumeRoles[0].RoleArn",
        "there is no role",
        "role/app/App",
    ),
    (
        "Accounts.1.Resources",
        [{"Arn": "arn:aws:s3:::data"}],
        "Accounts[1].Resources[0].Arn",
        f"belongs to account {PROD} already",
        "",
    ),
    (
        "Accounts.1.Resources",
        [{"Arn": f"arn:aws:sqs:eu-west-1:{PROD}:q"}],
        "Accounts[1].Resources[0].Arn",
        f"belongs to account {PROD}, but is listed in {DEV}",
        "",
    ),
    # policies
    (f"{STATEMENT}.Efect", "Allow", f"{STATEMENT_PATH}.Efect", "Syntax errors in policy.", '"Effect"'),
    (f"{STATEMENT}.Resource", "*", f"{STATEMENT_PATH}.Resource", "Has prohibited field Resource", ""),
    (f"{STATEMENT}.Principal", "*", f"{STATEMENT_PATH}.Principal", "invalid principal", ""),
    (f"{INLINE}.Principal", "*", f"{INLINE_PATH}.Principal", "should not specify a principal", ""),
    (
        f"{INLINE}.Condition",
        {"StringEqual": {"aws:userid": "x"}},
        f"{INLINE_PATH}.Condition.StringEqual",
        "Syntax errors in policy.",
        '"StringEquals"',
    ),
    (
        f"{INLINE}.Condition",
        {"NumericEquals": {"aws:MultiFactorAuthAge": ["1", "x"]}},
        f'{INLINE_PATH}.Condition.NumericEquals["aws:MultiFactorAuthAge"][1]',
        "cannot be compared",
        "",
    ),
    (
        f"{ROLE}.AssumeRolePolicyDocument",
        "nonsense",
        f"{ROLE_PATH}.AssumeRolePolicyDocument",
        "not a policy document",
        "",
    ),
    (f"{ROLE}.RolePolicyList.0.PolicyName", ..., f"{ROLE_PATH}.RolePolicyList[0]", "has no PolicyName", ""),
    (
        "Accounts.0.Policies.0.DefaultVersionId",
        "v2",
        "Accounts[0].Policies[0].DefaultVersionId",
        "there is no version",
        "",
    ),
    (
        f"{RCP}.0.Document.Statement.0.Effect",
        "Allow",
        f"{RCP}[0].Document.Statement[0].Effect",
        "requirements of the specified policy type",
        "",
    ),
]


@pytest.mark.parametrize(
    ("where", "value", "path", "message", "hint"), CASES, ids=[f"{case[0]}-{case[3]}" for case in CASES]
)
def test_an_error_is_reported_at_its_place(
    where: str, value: Any, path: str, message: str, hint: str
) -> None:
    found = [
        diagnostic for diagnostic in errors(changed(own_file(), where, value)) if diagnostic.path == path
    ]
    assert [diagnostic for diagnostic in found if message in diagnostic.message and hint in diagnostic.hint]


SENTINEL = "here-it-stands"


def dotted(path: str) -> str:
    """`Accounts[0].Name` as `changed` takes it; a key that holds dots cannot be written so."""
    return re.sub(r"\[(\d+)\]", r".\1", path)


LOCATABLE = [case for case in CASES if '["' not in case[2]]  # what `changed` can find


@pytest.mark.parametrize("case", LOCATABLE, ids=[f"{case[0]}-{case[3]}" for case in LOCATABLE])
def test_an_error_is_reported_with_its_line(case: tuple[str, Any, str, str, str]) -> None:
    where, value, path, _, _ = case
    file = changed(own_file(), where, value)
    told = {diagnostic.line for diagnostic in errors(file) if diagnostic.path == path}
    marked = sources(changed(file, dotted(path), SENTINEL))[0].text.split("\n")
    (line,) = (number for number, text in enumerate(marked, start=1) if SENTINEL in text)
    assert told == {line}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"Version": "2012-10-17", "Version": "x"}', 'the key "Version" occurs twice in one object'),
        ('{"Version": "2012-10-17"', "expecting ',' delimiter (character 25)"),
        ("%7B%22Version%22%7D", "expecting ':' delimiter (character 11)"),
        ("file://trust.json", "it does not begin with {"),
        ('{"Statement": ' + "[" * 100_000, "it is nested too deeply"),
    ],
)
def test_why_a_string_is_not_a_document_is_reported(text: str, why: str) -> None:
    (diagnostic,) = errors(changed(own_file(), f"{ROLE}.AssumeRolePolicyDocument", text))
    assert diagnostic.message.endswith(f"is not a policy document: {why}")


def test_organizational_units_nest_five_levels_at_most() -> None:
    value = own_file()
    value["Organization"]["Root"]["OrganizationalUnits"] += deep_units(5)
    assert errors(value) == ()
    value["Organization"]["Root"]["OrganizationalUnits"] = deep_units(6)
    assert "at most 5 levels" in " ".join(diagnostic.message for diagnostic in errors(value))


def test_all_errors_are_reported_together() -> None:
    value = own_file()
    value["Nmae"] = ""
    value["Accounts"][0]["RoleDetailList"][0]["MaxSessionDuration"] = 1
    value["Accounts"][0]["UserDetailList"][0]["GroupList"] = ["Missing"]
    value["Workloads"][0]["Refresh"] = "x"
    assert [diagnostic.path for diagnostic in errors(value)] == [
        "Accounts[0].UserDetailList[0].GroupList[0]",
        "Accounts[0].RoleDetailList[0].MaxSessionDuration",
        "Workloads[0].Refresh",
        "Nmae",
    ]


def test_a_repeated_key_is_reported_at_its_second_place() -> None:
    text = '{"Name": "a",\n "Accounts": [{"AccountId": "111122223333",\n  "Name": "x",\n  "Name": "y"}]}'
    (diagnostic,) = errors(text)
    assert (diagnostic.line, diagnostic.path) == (4, "Accounts[0].Name")
    assert "occurs twice in one object" in diagnostic.message


def test_warnings_are_reported_beside_errors() -> None:
    managed = [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
    value = changed(changed(own_file(), f"{ROLE}.AttachedManagedPolicies", managed), "Nmae", "")
    with pytest.raises(AccountFileError) as caught:
        parse(sources(value))
    assert [diagnostic.path for diagnostic in caught.value.diagnostics] == ["Nmae"]
    assert ["is unknown" in diagnostic.message for diagnostic in caught.value.warnings] == [True]


def test_an_attached_policy_without_a_document_is_reported_as_granting_nothing() -> None:
    arn = f"arn:aws:iam::{PROD}:policy/Hollow"
    value = own_file()
    value["Accounts"][0].setdefault("Policies", []).append({"PolicyName": "Hollow"})
    value = changed(value, f"{ROLE}.AttachedManagedPolicies", [{"PolicyArn": arn}])
    told = [diagnostic for diagnostic in parse(sources(value)).warnings if "is unknown" in diagnostic.message]
    assert [diagnostic.path for diagnostic in told] == [f"{ROLE_PATH}.AttachedManagedPolicies[0].PolicyArn"]
    assert told[0].message == f"{arn}: no file has its document, so what it grants is unknown"


def test_what_is_missing_is_reported_once() -> None:
    value = own_file()
    value["Accounts"][0].setdefault("Resources", []).append({"Tags": []})
    assert [diagnostic.message for diagnostic in errors(value)] == ["has no Arn"]


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/w", ""),
        ("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bobby", "bobby"),
        ("arn:aws:iam::111122223334:user/bob", "arn:aws:iam::111122223333:user/bob", "3333"),
        ("arn:aws:iam::111122223333:user/team/bob", "arn:aws:iam::111122223333:user/bob", "user/bob"),
        ("s3:GetObjet", "s3:GetObject", "s3:GetObject"),
    ],
)
def test_names_are_near_by_what_they_do_not_share(word: str, known: str, found: str) -> None:
    assert found in did_you_mean(word, [known])
    assert bool(did_you_mean(word, [known])) is bool(found)


def test_a_diagnostic_reads_as_editors_follow_it() -> None:
    (diagnostic,) = errors(changed(own_file(), "Nmae", "x"))
    assert str(diagnostic).startswith(f"0.json:{diagnostic.line} Nmae: unknown key")
    assert isinstance(diagnostic, Diagnostic)


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    found = errors(changed(own_file(), "Accounts.0.RoleDetailList.0.RoleName", "\x1b[2J\x07"))
    assert found
    assert all("\x1b" not in str(diagnostic) and "\x07" not in str(diagnostic) for diagnostic in found)


@pytest.mark.parametrize("principal", [{"AWS": OUTSIDE}, {"AWS": f"arn:aws:iam::{OUTSIDE}:role/Any"}])
def test_policies_may_name_principals_of_accounts_that_are_in_no_file(principal: Any) -> None:
    value = changed(own_file(), f"{ROLE}.AssumeRolePolicyDocument", trusts(principal))
    assert errors(value) == ()


def test_trust_in_a_provider_that_does_not_exist_is_a_warning_because_iam_stores_it() -> None:
    provider = f"arn:aws:iam::{PROD}:saml-provider/so"
    (warning,) = warnings(changed(own_file(), f"{STATEMENT}.Principal", {"Federated": provider}))
    assert warning.path == f"{STATEMENT_PATH}.Principal.Federated"
    assert "there is no identity provider" in warning.message
    assert "saml-provider/sso" in warning.hint
