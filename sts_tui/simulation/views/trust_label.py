"""How is a trust policy labeled in the roles list? `user alice + MFA`, `role CI`, `service ec2`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.entities import BUILT_IN_HOSTS
from sts_tui.account.json_value import Json

PROVIDER_LABELS: Final = {BUILT_IN_HOSTS[kind]: kind for kind in ("Google", "Facebook", "Amazon", "Cognito")}
"""Labels of the providers that need no entity in IAM, by their name in trust policies."""


def trust_label(trust: Mapping[str, Json], account: str = "") -> str:
    """Who may assume a role by its trust policy, in a few words: `user alice + MFA`, `service ec2`.

    `account`: the id of the role's own account.
    """
    statements = trust.get("Statement", [])
    words = [
        word + _conditions_label(statement.get("Condition"), statement.get("Principal"))
        for statement in (statements if isinstance(statements, list) else [statements])
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow"
        for word in _principal_labels(statement.get("Principal"), account)
    ]
    return ", ".join(dict.fromkeys(words))


def service_label(principal: str) -> str:
    """`service ec2`, the label of a service principal."""
    return f"service {principal.partition('.')[0]}"


def _principal_labels(principal: object, account: str) -> Iterator[str]:
    if not isinstance(principal, Mapping):
        yield "everyone" if principal == "*" else ""
        return
    for kind, names in principal.items():
        for name in names if isinstance(names, list) else [names]:
            yield _principal_label(kind, str(name), account)


def _principal_label(kind: str, name: str, account: str) -> str:
    match kind:
        case "Service":
            return service_label(name)
        case "Federated":
            if name in PROVIDER_LABELS:
                return PROVIDER_LABELS[name]
            provider = name.rsplit("/", 1)[-1]
            return f"SAML {provider}" if ":saml-provider/" in name else f"OIDC {provider}"
    if name == "*":
        return "everyone"
    if name.endswith(":root") or name.isdigit():
        named = account_of(name) or name
        return "own account" if named == account else f"account {named}"
    kind_of, _, rest = name.rsplit(":", 1)[-1].partition("/")
    return f"{kind_of} {rest.rsplit('/', 1)[-1] if kind_of in ('user', 'role') else rest}".strip()


_CONDITION_WORDS: Final = (
    ("MFA", ("aws:multifactorauthpresent", "aws:multifactorauthage")),
    ("external ID", ("sts:externalid",)),
    ("source identity", ("sts:sourceidentity", "aws:sourceidentity")),
    ("organization", ("aws:principalorgid", "aws:principalorgpaths")),
    ("tag", ("aws:requesttag/", "aws:principaltag/", "aws:tagkeys", "sts:transitivetagkeys")),
    ("network", ("aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")),
    ("session name", ("sts:rolesessionname",)),
)
"""(word for a requirement, keys that express it, or their prefixes up to the `/`)."""


def _conditions_label(condition: object, principal: object) -> str:
    """` + MFA`. Nearly every statement for a service or a provider has typical conditions (`aws:SourceArn`,
    `…:aud`), so that a condition without a word is shown only for other principals.
    """
    if not isinstance(condition, Mapping):
        return ""
    keys = {key.lower() for block in condition.values() if isinstance(block, Mapping) for key in block}
    named = {key: key.partition("/")[0] + "/" if "/" in key else key for key in keys}
    words = [word for word, of in _CONDITION_WORDS if set(of) & set(named.values())]
    known = {key for _, of in _CONDITION_WORDS for key in of}
    is_of_aws = principal == "*" or (isinstance(principal, Mapping) and "AWS" in principal)
    if is_of_aws and any(key not in known for key in named.values()):
        words.append("condition")
    return "".join(f" + {word}" for word in words)
