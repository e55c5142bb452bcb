"""Which rules does one object of an account file break, besides those about its keys and value types?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS, Arn, iam_arn, is_aws_managed
from sts_tui.account.checks.file_check import FileCheck
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.format.derivation import IAM_ENTITIES, IamNames
from sts_tui.account.format.patterns import ACCOUNT_ID, NAME, PATH, is_xml_text
from sts_tui.account.iam_quotas import VERSIONS_PER_POLICY
from sts_tui.account.json_value import RawObject, RawValue
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.global_condition_keys import can_be_set, cannot_be_set
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import (
    MOST_RCPS,
    SCP_QUOTAS,
    SIZE_LIMITS,
    policy_size,
    size_message,
)
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy, plain_text
from sts_tui.account.regions import REGION, always_has_sts

ISSUER_URL: Final = lazy_pattern(r"https://[A-Za-z0-9.-]+(?:/[^\s?#]*)?")
"""The URL of an OpenID Connect provider: https, no port, no query.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html"""

_INLINE: Final = {
    "User": ("UserPolicyList", "UserName", PolicyKind.USER_INLINE),
    "Group": ("GroupPolicyList", "GroupName", PolicyKind.GROUP_INLINE),
    "Role": ("RolePolicyList", "RoleName", PolicyKind.ROLE_INLINE),
}


def _check_iam_entity(object_format: str) -> Callable[[FileCheck, RawObject, Steps], None]:
    """The ARN agrees with name and path; the inline policies together are within their quota."""
    names = IAM_ENTITIES[object_format]
    inline = _INLINE.get(object_format)

    def check_entity(check: FileCheck, raw: RawObject, steps: Steps) -> None:
        if isinstance(arn := raw.get("Arn"), str):
            _check_arn(check, arn, raw, names, steps)
        elif check.lenient:
            _check_name_and_path(check, raw, names, steps)
        if inline and raw.get(inline[0]):
            _check_inline_size(check, raw, inline, steps)

    return check_entity


def _check_arn(check: FileCheck, text: str, raw: RawObject, names: IamNames, steps: Steps) -> None:
    kind = names.resource_type
    if _agrees_plainly(text, kind, raw.get(names.name_key), raw.get("Path")):
        return
    arn = Arn.parse(text)
    resource_type, _, rest = arn.resource.partition("/")
    by_aws = kind == "policy" and arn.account == "aws"
    in_account = by_aws or ACCOUNT_ID.fullmatch(arn.account)
    if arn.service != "iam" or arn.region or not in_account or resource_type != kind or not rest:
        name = raw.get(names.name_key)
        wanted = iam_arn("ACCOUNT", kind, name if isinstance(name, str) else "NAME", _path(raw))
        article = "an" if kind.startswith("i") else "a"
        check.error_even_in_dump(
            (*steps, "Arn"), f"{shown(text)} is not the ARN of {article} {kind}", f"like {wanted}"
        )
        return
    for key, expected in ((names.name_key, arn.name), ("Path", arn.path)):
        written = raw.get(key, expected)
        if isinstance(written, str) and written != expected:
            check.error((*steps, key), f"{shown(written)} differs from the Arn: {shown(expected)}")


def _agrees_plainly(arn: str, kind: str, name: object, path: object) -> bool:
    """Whether an ARN has an account, this path and this name. False if this fast check cannot tell."""
    if not isinstance(name, str) or not isinstance(path, str) or not name or "/" in name:
        return False
    rest = f"{kind}{path}{name}"
    return path[:1] == path[-1:] == "/" and arn.endswith(rest) and _begins_iam_arns(arn[: -len(rest)])


@lru_cache(maxsize=4096)
def _begins_iam_arns(text: str) -> bool:
    """`arn:aws:iam::111122223333:`"""
    return _BEFORE_RESOURCE.fullmatch(text) is not None


_BEFORE_RESOURCE: Final = lazy_pattern(rf"arn:[^:]+:iam::{ACCOUNT_DIGITS}:")


def _check_name_and_path(check: FileCheck, raw: RawObject, names: IamNames, steps: Steps) -> None:
    """Without an ARN, an entity of a raw dump is identified by its name and path, so both must be valid."""
    for key, pattern in ((names.name_key, NAME), ("Path", PATH)):
        written = raw.get(key)
        if isinstance(written, str) and not pattern.fullmatch(written):
            check.error_even_in_dump(
                (*steps, key), f"has no Arn, and none can be derived from {shown(written)}"
            )


def _path(raw: RawObject) -> str:
    path = raw.get("Path")
    return path if isinstance(path, str) else "/"


def _check_inline_size(
    check: FileCheck, raw: RawObject, inline: tuple[str, str, PolicyKind], steps: Steps
) -> None:
    list_key, name_key, kind = inline
    policies = raw[list_key]
    if not isinstance(policies, list):
        return
    written = [policy.get("PolicyDocument") for policy in policies if isinstance(policy, dict)]
    if _fit_plainly(written, SIZE_LIMITS[kind]):
        return
    size = sum(
        _counted(policy["PolicyDocument"], kind)
        for policy in policies
        if isinstance(policy, dict) and isinstance(policy.get("PolicyDocument"), WrittenPolicy)
    )
    if size > SIZE_LIMITS[kind]:
        message = size_message(kind, str(raw.get(name_key, "")))
        check.warning((*steps, list_key), f"{message} ({size:,} characters without white space)")


def _check_size(key: str, kind: PolicyKind) -> Callable[[FileCheck, RawObject, Steps], None]:
    def check_size(check: FileCheck, raw: RawObject, steps: Steps) -> None:
        written = raw.get(key)
        limit = _scp_quotas(check)[0] if kind is PolicyKind.SCP else SIZE_LIMITS[kind]
        if _fit_plainly((written,), limit):
            return
        if isinstance(written, WrittenPolicy) and (size := _size(written, kind)) > limit:
            check.warning((*steps, key), f"{size_message(kind, '')} ({size:,} characters)")

    return check_size


def _fit_plainly(written: Iterable[object], limit: int) -> bool:
    """Whether packed documents are certainly within the limit: they have at most as many characters as their
    JSON has bytes.
    """
    size = 0
    for one in written:
        if not isinstance(one, WrittenPolicy) or not isinstance(content := one.content, PackedDocument):
            return False
        size += len(content.json)
    return size <= limit


def _scp_quotas(check: FileCheck) -> tuple[int, int]:
    """The maximum length of an SCP in characters, and the maximum number of SCPs attached in one place,
    according to the setting.
    """
    year = check.settings.get("ServiceControlPolicyQuotas")
    return SCP_QUOTAS.get(year if isinstance(year, str) else "", SCP_QUOTAS["2026"])


def _check_attached_policies(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    """The number of policies attached to a root, unit or account is a quota: exceeding it is a warning."""
    quotas = {"ServiceControlPolicies": _scp_quotas(check)[1], "ResourceControlPolicies": MOST_RCPS}
    for key, most in quotas.items():
        attached = raw.get(key)
        if isinstance(attached, list) and len(attached) > most:
            check.warning(
                (*steps, key), f"{len(attached)} policies are more than the {most} that AWS attaches"
            )


def _size(written: WrittenPolicy, kind: PolicyKind) -> int:
    """The size of a document. Organizations counts the white space of a policy text; if the file has the
    policy as an object, its white space is only the file's layout.
    """
    text = written.original if written.written_as in ("string", "percent-encoded") else None
    if kind in (PolicyKind.SCP, PolicyKind.RCP) and isinstance(text, str):
        return len(plain_text(text))
    return _counted(written, kind)


def _counted(written: WrittenPolicy, kind: PolicyKind) -> int:
    """The length of a document in characters, as IAM counts them. A packed document is not parsed."""
    content = written.content
    return policy_size(content if isinstance(content, PackedDocument) else written.document, kind)


_check_role_entity = _check_iam_entity("Role")
_check_trust_size = _check_size("AssumeRolePolicyDocument", PolicyKind.TRUST)
_check_policy_entity = _check_iam_entity("ManagedPolicy")


def _check_role(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    _check_role_entity(check, raw, steps)
    _check_trust_size(check, raw, steps)


_check_version_size = _check_size("Document", PolicyKind.MANAGED)


def _check_managed_policy(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    """Check the versions and their default. The quotas for customers do not apply to AWS's policies."""
    _check_policy_entity(check, raw, steps)
    listed = raw.get("PolicyVersionList")
    versions = listed if isinstance(listed, list) else []
    if not is_aws_managed(raw.get("Arn")):
        if len(versions) > VERSIONS_PER_POLICY:
            message = f"{len(versions)} versions are more than the {VERSIONS_PER_POLICY} that AWS keeps"
            check.warning((*steps, "PolicyVersionList"), message)
        for index, version in enumerate(versions):
            if isinstance(version, dict):
                _check_version_size(check, version, (*steps, "PolicyVersionList", index))
    _check_default_version(check, raw, [version for version in versions if isinstance(version, dict)], steps)


def _check_default_version(check: FileCheck, raw: RawObject, versions: list[RawObject], steps: Steps) -> None:
    ids = [version.get("VersionId") for version in versions]
    marked = [version.get("VersionId") for version in versions if version.get("IsDefaultVersion") is True]
    default = raw.get("DefaultVersionId")
    if isinstance(default, str) and ids and default not in ids:
        check.error(
            (*steps, "DefaultVersionId"), f"there is no version {shown(default)} in PolicyVersionList"
        )
    elif len(marked) > 1:
        check.error((*steps, "PolicyVersionList"), f"{len(marked)} versions are marked as the default one")
    elif marked and isinstance(default, str) and marked[0] != default:
        check.error(
            (*steps, "DefaultVersionId"), f"{shown(default)}, but {shown(marked[0])} is marked as default"
        )
    elif not marked and default is None and len(ids) > 1:
        taken = f": {shown(ids[0])} is taken" if check.lenient else ""
        check.error((*steps, "PolicyVersionList"), f"no version is marked as the default one{taken}")


def _check_resource(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    """Check the policy of a resource. The ARN decides the policy type: VPC endpoint policies have other
    rules.
    """
    written = raw.get("Policy")
    if not isinstance(written, WrittenPolicy) or written.written_as == "unreadable":
        return
    is_endpoint = ":vpc-endpoint/" in str(raw.get("Arn", ""))
    check.document(written, PolicyKind.ENDPOINT if is_endpoint else PolicyKind.RESOURCE, (*steps, "Policy"))


def _check_oidc_provider(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html"""
    url = raw.get("Url")
    if isinstance(url, str) and not ISSUER_URL.fullmatch(url if "://" in url else f"https://{url}"):
        check.error((*steps, "Url"), f"{shown(url)} is not an https issuer without port and query")


def _check_account(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    regions = raw.get("DeactivatedSTSEndpoints")
    for place, region in enumerate(regions if isinstance(regions, list) else ()):
        if isinstance(region, str) and (not REGION.fullmatch(region) or always_has_sts(region)):
            why = (
                "is a Region where STS cannot be deactivated"
                if REGION.fullmatch(region)
                else "is not a Region"
            )
            check.error((*steps, "DeactivatedSTSEndpoints", place), f"{shown(region)} {why}")


def _check_request_context(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    context = raw.get("Context")
    action = str(raw.get("Action", "sts:AssumeRole"))
    for key in context if isinstance(context, dict) else ():
        if not can_be_set(key, action):
            check.error((*steps, "Context", key), cannot_be_set(shown(key)))


def _check_identity_provider(check: FileCheck, raw: RawObject, steps: Steps) -> None:
    issuer = raw.get("Issuer")
    if raw.get("Type") == "OIDC" and isinstance(issuer, str) and not ISSUER_URL.fullmatch(issuer):
        check.error((*steps, "Issuer"), f"{shown(issuer)} is not an https issuer without port and query")
    name = raw.get("Name")
    if isinstance(name, str) and ("/" in name or not name):
        check.error((*steps, "Name"), f"{shown(name)} contains a slash, which separates PROVIDER/USER")
    if raw.get("Type") == "SAML":
        for place, text in _texts_in(raw, steps):
            if not is_xml_text(text):
                hint = "leave control characters out"
                check.error(place, f"{shown(text)} cannot be written in a SAML assertion", hint)


def _texts_in(value: RawValue, steps: Steps) -> Iterator[tuple[Steps, str]]:
    """Every string and key in a JSON value, with its JSON path."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield (*steps, key), key
            yield from _texts_in(each, (*steps, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts_in(each, (*steps, index))


CHECKS_BY_FORMAT: Final[Mapping[str, Callable[[FileCheck, RawObject, Steps], None]]] = {
    "User": _check_iam_entity("User"),
    "Group": _check_iam_entity("Group"),
    "Role": _check_role,
    "ManagedPolicy": _check_managed_policy,
    "InstanceProfile": _check_iam_entity("InstanceProfile"),
    "ServiceControlPolicy": _check_size("Document", PolicyKind.SCP),
    "ResourceControlPolicy": _check_size("Document", PolicyKind.RCP),
    "OrganizationAccount": _check_attached_policies,
    "OrganizationalUnit": _check_attached_policies,
    "Resource": _check_resource,
    "Account": _check_account,
    "WorkloadRequest": _check_request_context,
    "WorkloadHop": _check_request_context,
    "OpenIDConnectProvider": _check_oidc_provider,
    "IdentityProvider": _check_identity_provider,
}
