"""Statements, policy documents and ARNs, written shortly, so that a test shows only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAIN = "111122223333"
OTHER = "444455556666"


def arn(rest: str, account: str = MAIN) -> str:
    """`role/Ops` → its ARN in IAM of the main account."""
    return f"arn:aws:iam::{account}:{rest}"


def role_arn(name: str, account: str = MAIN) -> str:
    return arn(f"role/{name}", account)


def user_arn(name: str, account: str = MAIN) -> str:
    return arn(f"user/{name}", account)


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; `more` are further elements."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; `more` are further elements."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """A document."""
    return {"Version": version, "Statement": [dict(statement) for statement in statements]}


def allows(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A document of one Allow."""
    return policy(allow(action, resource, **more))


def denies(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A document of one Deny."""
    return policy(deny(action, resource, **more))


def trust(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    """A statement of a trust policy; a bare ARN is an AWS principal."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return {"Effect": "Allow", "Principal": named, "Action": list(actions or ("sts:AssumeRole",)), **more}


def trusts(*principals: Any, **more: Any) -> dict[str, Any]:
    """A trust policy of one statement: ARNs of AWS principals, or one Principal element; by default the main
    account.
    """
    if principals and not isinstance(principals[0], str):
        (named,) = principals
    else:
        named = {"AWS": list(principals) if len(principals) > 1 else (*principals, MAIN)[0]}
    return policy({"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole", **more})
