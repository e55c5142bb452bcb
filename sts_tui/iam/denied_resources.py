"""How does IAM name the resource in an access denied message?

Operations that take a name print `role Ops`, `user ana`, `group dev`, `instance profile web`. Those that take
the ARN of a managed policy print `policy arn:…`. Operations that create or list, and operations on identity
providers, print only the ARN. Policies are always evaluated against the ARN. Seen in many public reports, for
example https://github.com/aws/aws-cdk/issues/27067; AWS does not document the form for each operation.
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
        "iam:tagrole",  # seen when a role is created with tags
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
    """The text that follows `on resource: `. For services other than IAM, the resource itself. `action` is in
    lower case.
    """
    if not action.startswith("iam:") or action in _NAMED_BY_ARN or not resource.startswith("arn:"):
        return resource
    kind, _, rest = resource.split(":", 5)[-1].partition("/")
    name = rest.rpartition("/")[2]
    if not name:  # a path prefix: ListRoles is authorized for `role/` plus its path prefix
        return resource
    if kind == "policy":
        return f"policy {name}" if action == "iam:createpolicy" else f"policy {resource}"
    return f"{_NOUNS[kind]} {name}" if kind in _NOUNS else resource
