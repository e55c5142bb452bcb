"""Which cuts end sign-in through a provider? They affect only new credentials, not issued ones.

A role trusts an identity provider of the account. After that provider is deleted, its assertions and tokens
are no longer accepted; issued sessions keep working. Disabling a person at the identity provider has the same
effect, and so has an identity pool that no longer allows guests or no longer gives a role.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.account.identity_pools import ISSUER, UNAUTHENTICATED, IdentityPool
from sts_tui.account.json_value import Json
from sts_tui.account.permission_set_roles import is_of_set
from sts_tui.simulation.containment.cut import Cut, Step, targeted
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.operations.cognito.pools import pool_shape
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

_SIGN_INS: Final = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
_SUBJECTS: Final = ("sub", "user_id", "id")
"""Key names (after the provider's host) that identify the person; the last two are Amazon's and
Facebook's.
"""


def provider_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    """Cuts that delete the identity providers that the roles of its signed-in sessions trust."""
    signed_in = [one for one in holder.live(world) if one.operation in _SIGN_INS]
    issuers = dict.fromkeys(one.issuer_arn for one in signed_in)
    roles = (world.configuration.roles.get(arn) for arn in issuers)
    arns = dict.fromkeys(
        arn
        for role in roles
        if role is not None and not is_of_set(role)  # Identity Center manages the provider of these
        for arn in _trusted(role, world)
    )
    for arn in arns:
        name = arn.rpartition("/")[2]
        is_saml = arn in world.configuration.saml_providers
        step = (
            Step("iam:DeleteSAMLProvider", {"SAMLProviderArn": arn}, account_of(arn) or "")
            if is_saml
            else Step(
                "iam:DeleteOpenIDConnectProvider", {"OpenIDConnectProviderArn": arn}, account_of(arn) or ""
            )
        )
        yield Cut(
            id=targeted("end-sign-in", name, len(arns) > 1),
            title=f"delete the identity provider {name}",
            steps=(step,),
            instead="a sign-in is needed only when a session is issued: no one can sign in now",
        )
    yield from _pool_cuts(signed_in, world)


def subjects(sessions: Iterable[Session]) -> Iterator[tuple[str, dict[str, Json]]]:
    """(name, condition that only this person's sessions meet) for each person who signed in. A session keeps
    the subject of its token or assertion, so that a Deny can name one person even if the session name, and
    with it `aws:userid`, is shared, as in identity pools.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    found: dict[str, dict[str, Json]] = {}
    for session in sessions:
        said = session.context
        host = str(said.get("aws:FederatedProvider", "")).partition(":oidc-provider/")[2]
        host = host or str(said.get("aws:FederatedProvider", ""))
        keys = [key for name in _SUBJECTS if (key := f"{host}:{name}") in said][:1]
        if "saml:sub" in said:
            keys = [key for key in ("saml:sub", "saml:namequalifier") if key in said]
        if keys:
            found.setdefault(session.parent_label, {key: said[key] for key in keys})
    yield from found.items()


def _pool_cuts(sessions: Iterable[Session], world: World) -> Iterator[Cut]:
    """Cuts that stop the identity pools of these sessions from giving guests access or giving the roles."""
    wanted: dict[tuple[str, bool, str], None] = {}
    for session in sessions:
        methods = session.context.get(f"{ISSUER}:amr")
        is_guest = isinstance(methods, list) and UNAUTHENTICATED in methods
        pool_id = str(session.context.get(f"{ISSUER}:aud"))
        if methods and pool_id in world.configuration.identity_pools:
            wanted[pool_id, is_guest, "" if is_guest else session.issuer_arn] = None
    for pool_id, is_guest, role in wanted:
        pool = world.configuration.identity_pools[pool_id]
        name = pool.identity_pool_name
        if is_guest:
            title = f"close the identity pool {name} to guests"
            params = {**pool_shape(pool), "AllowUnauthenticatedIdentities": False}
            step = Step("cognito-identity:UpdateIdentityPool", params, pool.account_id)
        else:
            title = f"take {role.rpartition('/')[2]} from the identity pool {name}"
            step = Step("cognito-identity:SetIdentityPoolRoles", _without(pool, role), pool.account_id)
        yield Cut(
            id=targeted("end-sign-in", name, len(wanted) > 1),
            title=title,
            steps=(step,),
            instead="a pool is used only when a session is issued: it issues no new credentials of this kind",
        )


def _without(pool: IdentityPool, role: str) -> dict[str, Json]:
    """Parameters of SetIdentityPoolRoles without the role. A token may still name it."""
    mappings: dict[str, Json] = {}
    for provider, mapping in pool.role_mappings.items():
        configured = mapping.get("RulesConfiguration") if isinstance(mapping, Mapping) else None
        rules = configured.get("Rules") if isinstance(configured, Mapping) else None
        if not isinstance(mapping, Mapping) or not isinstance(rules, list):
            mappings[provider] = mapping
            continue
        kept: list[Json] = [
            one for one in rules if not (isinstance(one, Mapping) and one.get("RoleARN") == role)
        ]
        if kept:
            mappings[provider] = {**mapping, "RulesConfiguration": {"Rules": kept}}
    roles: dict[str, Json] = {kind: arn for kind, arn in pool.roles.items() if arn != role}
    return {"IdentityPoolId": pool.identity_pool_id, "Roles": roles, "RoleMappings": mappings}


def _trusted(role: Role, world: World) -> Iterator[str]:
    """ARNs of the identity providers of the model that a trust policy names."""
    document = role.assume_role_policy_document.document
    listed = document.get("Statement", [])
    for statement in listed if isinstance(listed, list) else [listed]:
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        named = principal.get("Federated", []) if isinstance(principal, Mapping) else []
        for arn in named if isinstance(named, list) else [named]:
            if arn in world.configuration.saml_providers or arn in world.configuration.oidc_providers:
                yield str(arn)
