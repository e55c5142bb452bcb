"""Which OIDC providers do many companies share, and which claims identify the company?

IAM refuses to write a trust policy that trusts such a provider without a condition on one of these claims.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.policies.policy_actions import includes
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.rule_book import SHARED_PROVIDER

SHARED_PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts.google.com": ("aud", "oaud", "sub"),
    "agent.buildkite.com": ("sub",),
    "api.pulumi.com/oidc": ("aud",),
    "app.terraform.io": ("sub",),
    "cognito-identity.amazonaws.com": ("aud",),
    "gitlab.com": ("sub",),
    "graph.facebook.com": ("app_id", "id"),
    "oidc-configuration.audit-log.githubusercontent.com": ("sub",),
    "oidc.codefresh.io": ("sub",),
    "oidc.vercel.com": ("aud",),
    "proidc.upbound.io": ("sub",),
    "sandboxes.cloud": ("aud",),
    "scalr.io": ("sub",),
    "studio.datachain.ai/api": ("sub",),
    "token.actions.githubusercontent.com": ("sub", "job_workflow_ref"),
    "tokens.cloud.shisho.dev": ("sub",),
    "vstoken.actions.githubusercontent.com": ("sub",),
    "www.amazon.com": ("app_id", "user_id"),
}
"""Issuer without scheme → claims, of which a trust policy must test at least one."""

_POSITIVE: Final = frozenset({"StringEquals", "StringLike", "StringEqualsIgnoreCase"})


def check_shared_oidc_provider(
    statement: Mapping[str, object], place: Steps, found: PolicyDiagnostics
) -> None:
    """Check that an Allow of sts:AssumeRoleWithWebIdentity for a shared provider tests whose token it is.

    A comparison with only `*` does not count. A list of values needs one value other than `*`. `repo:*` is
    accepted: AWS does not examine the values further.
    """
    principal = statement.get("Principal")
    if (
        statement.get("Effect") != "Allow"
        or not isinstance(principal, Mapping)
        or "Federated" not in principal
    ):
        return
    if not _allows_web_identity(statement):
        return
    tested = {key.lower() for key in _tested_keys(statement.get("Condition"))}
    names = principal["Federated"]
    for name in names if isinstance(names, list) else [names]:
        issuer = name.partition(":oidc-provider/")[2] or name if isinstance(name, str) else ""
        claims = SHARED_PROVIDERS.get(issuer, ())
        if claims and not any(f"{issuer}:{claim}" in tested for claim in claims):
            keys = " or ".join(f"{issuer}:{claim}" for claim in claims)
            hint = f'add to Condition: {{"StringLike": {{"{issuer}:{claims[0]}": "…"}}}}'
            found.add(place, SHARED_PROVIDER, name, keys, hint=hint)


def _allows_web_identity(statement: Mapping[str, object]) -> bool:
    actions = statement.get("Action", ())
    return any(
        isinstance(action, str) and includes(action, "sts:assumerolewithwebidentity")
        for action in (actions if isinstance(actions, list) else [actions])
    )


def _tested_keys(condition: object) -> Iterator[str]:
    if not isinstance(condition, Mapping):
        return
    for operator, tests in condition.items():
        base = operator.rpartition(":")[2]
        if base in _POSITIVE and isinstance(tests, Mapping):
            yield from (key for key, values in tests.items() if isinstance(key, str) and _tests(values))


def _tests(values: object) -> bool:
    listed = values if isinstance(values, list) else [values]
    return any(value != "*" for value in listed)
