"""How does IAM name the resource in a denial?

Operations that take a name say `role Ops`, `user ana`, `group dev`, `instance profile web`; those that take
the ARN of a managed policy say `policy arn:…`. Creations, listings and operations on identity providers say
the ARN alone. The policies are evaluated against the ARN in every case. Seen in many public reports, for
example https://github.com/aws/aws-cdk/issues/27067 (AWS documents no form operation by operation).
"""

from __future__ import annotations

from typing import Final

_NAMED_BY_ARN: Final = frozenset(
    (
        "iam:createrole",
        "iam:createuser",
        "iam:creategroup",
        "iam:createinstanceprofile",
        "iam:createservicelinkedrole",
        "iam:listroles",
        "iam:listusers",
        "iam:listgroups",
        "iam:listpolicies",
        "iam:listinstanceprofiles",
        "iam:passrole",
        "iam:tagrole",  # seen where a role is created with tags
        "iam:taguser",
        "iam:tagpolicy",
        "iam:taginstanceprofile",
        "iam:simulateprincipalpolicy",
        "iam:getcontextkeysforprincipalpolicy",
        "iam:generateservicelastaccesseddetails",
        "iam:listpoliciesgrantingserviceaccess",
    )
)
_NOUNS: Final = {"role": "role", "user": "user", "group": "group", "instance-profile": "instance profile"}


def denied_resource(action: str, resource: str) -> str:
    """What follows `on resource: `; `action` is in lower case. The resource itself for other services."""
    if not action.startswith("iam:") or action in _NAMED_BY_ARN or not resource.startswith("arn:"):
        return resource
    kind, _, rest = resource.split(":", 5)[-1].partition("/")
    name = rest.rpartition("/")[2]
    if not name:  # a path prefix: ListRoles asks about `role/` and what may follow
        return resource
    if kind == "policy":
        return f"policy {name}" if action == "iam:createpolicy" else f"policy {resource}"
    return f"{_NOUNS[kind]} {name}" if kind in _NOUNS else resource
