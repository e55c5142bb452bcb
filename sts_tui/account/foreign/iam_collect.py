"""How is a folder that iam-collect has written converted to account files?

It contains a folder for each entity and resource, named in lower case. The ARN is in `metadata.json`; every
other file is one value of the entity. Each file becomes an account file with only this value, so that
diagnostics give the right file and line. Not read: identity providers, RAM shares, the organization's tree
and the data of other services.
https://github.com/cloud-copilot/iam-collect/blob/main/docs/Storage.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, ValidationError

from sts_tui.account.arn import is_account_id
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.json_value import Json

Wrap = Callable[[Source], Source]
Convert = Callable[[Json], Json]


class _Metadata(BaseModel):
    """`metadata.json` of users, groups, roles and policies."""

    model_config = ConfigDict(extra="allow")
    arn: str
    name: str | None = None
    id: str | None = None
    path: str | None = None
    created: str | None = None
    permissionBoundary: str | None = None


_KINDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "user": ("UserDetailList", "UserName", "UserId", "UserPolicyList"),
    "group": ("GroupDetailList", "GroupName", "GroupId", "GroupPolicyList"),
    "role": ("RoleDetailList", "RoleName", "RoleId", "RolePolicyList"),
    "policy": ("Policies", "PolicyName", "PolicyId", ""),
}


def partitions_of(folder: Path) -> list[Path]:
    """The folders of partitions. `folder` may be any level of the layout."""
    candidates = (folder, *folder.glob("*"), *folder.glob("aws/*"))
    return sorted(
        {one for one in candidates if (one / "accounts").is_dir() and _has_account(one / "accounts")}
    )


def files_of(partition: Path) -> Iterator[tuple[Path, Wrap]]:
    """Each file of the accounts, with the function that converts its text to account files."""
    accounts = [one for one in sorted((partition / "accounts").iterdir()) if is_account_id(one.name)]
    for policy in sorted((partition / "accounts" / "aws" / "iam" / "policy").glob("*/metadata.json")):
        yield from _entity_files(accounts[0].name, policy, _KINDS["policy"])  # the same for all
    for account in accounts:
        for kind, entities in _KINDS.items():
            for entity in sorted((account / "iam" / kind).glob("*/metadata.json")):
                yield from _entity_files(account.name, entity, entities)
        for entity in sorted((account / "iam" / "aws" / "policy").glob("*/metadata.json")):
            yield from _entity_files(account.name, entity, _KINDS["policy"])
        for policy in sorted(account.rglob("policy.json")):
            if (
                "iam" not in policy.relative_to(account).parts[:1]
                and (policy.parent / "metadata.json").is_file()
            ):
                yield policy, partial(_resource, account.name, policy.parent / "metadata.json")


def _has_account(accounts: Path) -> bool:
    return any(is_account_id(one.name) for one in accounts.iterdir())


def _entity_files(
    account: str, metadata: Path, kind: tuple[str, str, str, str]
) -> Iterator[tuple[Path, Wrap]]:
    arn = _arn_in(metadata)
    yield metadata, partial(_entity, account, kind)
    listed, _name, _unique, policies = kind
    files: Sequence[tuple[str, str, Convert | None]] = (
        ("trust-policy", "AssumeRolePolicyDocument", None),
        ("inline-policies", policies, None),
        ("managed-policies", "AttachedManagedPolicies", _attached),
        ("groups", "GroupList", _group_names),
        ("tags", "Tags", _tags),
        ("current-policy", "PolicyVersionList", _version),
    )
    for file, key, convert in files:
        path = metadata.with_name(f"{file}.json")
        if key and arn and path.is_file():
            yield path, partial(_value, account, listed, arn, key, convert)


def _arn_in(metadata: Path) -> str | None:
    try:
        return _Metadata.model_validate_json(metadata.read_bytes()).arn
    except (ValidationError, OSError):
        return None


def _entity(account: str, kind: tuple[str, str, str, str], source: Source) -> Source:
    listed, name, unique, _ = kind
    try:
        read = _Metadata.model_validate_json(source.text)
    except ValidationError:
        return source  # the usual error reports what the file contains instead
    entity: dict[str, object] = {"Arn": read.arn, name: read.name or unquote(read.arn.rpartition("/")[2])}
    entity |= {key: value for key, value in ((unique, read.id), ("Path", read.path)) if value}
    if read.created:
        entity["CreateDate"] = read.created
    if read.permissionBoundary:
        entity["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": read.permissionBoundary,
        }
    text = json.dumps(_in_account(account, listed, entity))
    return Source(source.name, text, (("Accounts", 0, listed, 0), ()))


def _value(account: str, listed: str, arn: str, key: str, convert: Convert | None, source: Source) -> Source:
    """One file of an entity as the value of one key. Its text is used unchanged if it already has the right
    form.
    """
    to = ("Accounts", 0, listed, 0, key)
    if convert is None:
        head = json.dumps(_in_account(account, listed, {"Arn": arn}))[: -len("}]}]}")]
        return Source(source.name, f"{head}, {json.dumps(key)}: {source.text}}}]}}]}}", (to, ()))
    try:
        value = convert(json.loads(source.text))
    except (ValueError, TypeError, AttributeError):
        return source
    text = json.dumps(_in_account(account, listed, {"Arn": arn, key: value}))
    return Source(source.name, text, (to, ()))


def _in_account(account: str, listed: str, entity: Mapping[str, object]) -> dict[str, object]:
    return {"Accounts": [{"AccountId": account, "RawDump": True, listed: [entity]}]}


def _texts(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _attached(arns: Json) -> Json:
    return [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in _texts(arns)]


def _group_names(arns: Json) -> Json:
    return [arn.rpartition("/")[2] for arn in _texts(arns)]


def _tags(tags: Json) -> Json:
    return (
        [{"Key": key, "Value": value} for key, value in tags.items()] if isinstance(tags, Mapping) else tags
    )


def _version(document: Json) -> Json:
    return [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}]


def _resource(account: str, metadata: Path, source: Source) -> Source:
    """The policy of a bucket, key, queue …, whose ARN is in its metadata."""
    arn = _arn_in(metadata)
    if arn is None:
        return source
    head = json.dumps(_in_account(account, "Resources", {"Arn": arn}))[: -len("}]}]}")]
    to = ("Accounts", 0, "Resources", 0, "Policy")
    return Source(source.name, f'{head}, "Policy": {source.text}}}]}}]}}', (to, ()))
