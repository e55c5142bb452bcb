"""Which policies do the benchmarks of mixed requests evaluate? The layers that apply to most requests, and
one policy with statements of every kind.
"""

from __future__ import annotations

from typing import Any

from sts_tui.iam import PolicySet, Request

ACCOUNT = "222222222222"
USER = f"arn:aws:iam::{ACCOUNT}:user/deploy"
_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def layered() -> tuple[Request, PolicySet]:
    """An identity policy, a boundary and three levels of SCPs; the request is allowed."""
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-data/*"}
    closed = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
    policies = PolicySet(
        identity=_policy(reads),
        boundary=_policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
        scps=[[_policy(_ALL)], [_policy(_ALL), _policy(closed)], [_policy(_ALL)]],
    )
    return Request(USER, "s3:GetObject", "arn:aws:s3:::acme-data/in.csv", ACCOUNT), policies


def other_resources(request: Request, count: int) -> list[Request]:
    """The same request for this many other objects."""
    return [
        Request(request.principal, request.action, f"{request.resource}/{number}", ACCOUNT)
        for number in range(count)
    ]


def mixed(count: int) -> tuple[Request, PolicySet]:
    """One policy with this many statements for the same service: every tenth is a Deny, the others have
    wildcards, `?`, variables or a whole ARN as their resource, and the last allows the request.
    """
    shapes = (
        "arn:aws:s3:::bucket-{n}/*",
        "arn:aws:s3:::bucket-{n}/data-????.csv",
        "arn:aws:s3:::*-logs-{n}/*",
        "arn:aws:s3:::home-{n}/${{aws:username}}/*",
        "arn:aws:s3:::bucket-{n}/in.csv",
    )
    actions = (["s3:Get*", "s3:List*"], "s3:GetObject", "s3:*Object", ["s3:PutObject", "s3:GetObj?ct"])
    statements = [
        {
            "Effect": "Deny" if n % 10 == 9 else "Allow",
            "Action": actions[n % len(actions)],
            "Resource": shapes[n % len(shapes)].format(n=n),
        }
        for n in range(count - 1)
    ]
    last = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-data/*"}
    policies = PolicySet(identity=_policy(*statements, last))
    return Request(USER, "s3:GetObject", "arn:aws:s3:::acme-data/in.csv", ACCOUNT), policies
