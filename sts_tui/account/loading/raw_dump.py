"""Is a file the output of `aws iam get-account-authorization-details`, and for which account?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.checks.merged import Fragment
from sts_tui.account.diagnostics.collector import Place
from sts_tui.account.format.file_format import DETAIL_LISTS, FORMATS
from sts_tui.account.format.patterns import ACCOUNT_ID
from sts_tui.account.json_value import RawObject

TRANSPORT: Final = frozenset({"IsTruncated", "Marker", "NextToken", "ResponseMetadata"})
_OWN_FORMATS: Final = ("Account", "AccountModel")


def is_raw_dump(file: Mapping[str, object]) -> bool:
    """Whether a file is a raw dump: it has one of the lists at the top, and no `Accounts`."""
    return "Accounts" not in file and any(key in file for key in DETAIL_LISTS)


def is_truncated(dump: Mapping[str, object]) -> bool:
    """Whether a dump has more pages: IAM returns `IsTruncated`, the CLI `NextToken`."""
    return dump.get("IsTruncated") is True or dump.get("NextToken") is not None


def dumped_account(dump: Mapping[str, object]) -> str | None:
    """The account of a raw dump: that of the first ARN in its lists that contains one."""
    for key in ("RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"):
        listed = dump.get(key)
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and (owner := owner_of(item)):
                return owner
    return None


def dumped_entities(dump: Mapping[str, object], source: int) -> Iterator[tuple[str, Fragment]]:
    """Every entity of a raw dump with the key of its list."""
    for key in DETAIL_LISTS:
        listed = dump.get(key)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, dict):
                yield key, Fragment(Place(source, (key, index)), item, True)


def unknown_keys(dump: Mapping[str, object]) -> RawObject:
    """Unknown keys at the top of a dump, kept for the export."""
    return {
        key: value
        for key, value in dump.items()
        if key not in TRANSPORT and not any(key in FORMATS[name].keys for name in _OWN_FORMATS)
    }


def owner_of(entity: Mapping[str, object]) -> str | None:
    """The account id in an entity's ARN; None if it has no ARN, or AWS owns it."""
    arn = entity.get("Arn")
    owner = account_of(arn) if isinstance(arn, str) else None
    return owner if owner is not None and ACCOUNT_ID.fullmatch(owner) else None
