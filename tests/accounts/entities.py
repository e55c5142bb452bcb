"""Users and roles in the account file's names, with inline policies as (name, document)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Named: TypeAlias = tuple[str, Mapping[str, Any]]


def inline(*policies: Named) -> list[dict[str, Any]]:
    return [{"PolicyName": name, "PolicyDocument": document} for name, document in policies]


def user(name: str, *policies: Named, **more: Any) -> dict[str, Any]:
    return {"UserName": name, "UserPolicyList": inline(*policies), **more}


def role(name: str, trusting: Mapping[str, Any], *policies: Named, **more: Any) -> dict[str, Any]:
    return {
        "RoleName": name,
        "AssumeRolePolicyDocument": trusting,
        "RolePolicyList": inline(*policies),
        **more,
    }
