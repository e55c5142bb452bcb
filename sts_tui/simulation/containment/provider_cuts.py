"""Which cuts end a sign-in? They leave issued credentials alone: only new ones are no longer issued.

A role trusts an identity provider of the account. Where that provider is deleted, its assertions and tokens
are no longer accepted; sessions that were issued work on. Disabling a person at the identity provider itself
has the same reach.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.account.permission_set_roles import is_of_set
from sts_tui.simulation.containment.cut import Cut, Step, targeted
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.world import World

_SIGN_INS: Final = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


def provider_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    """The identity providers that the roles of its signed-in sessions trust, deleted."""
    signed_in = [one for one in holder.live(world) if one.operation in _SIGN_INS]
    issuers = dict.fromkeys(one.issuer_arn for one in signed_in)
    roles = (world.configuration.roles.get(arn) for arn in issuers)
    arns = dict.fromkeys(
        arn
        for role in roles
        if role is not None and not is_of_set(role)  # that provider belongs to Identity Center
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
            instead="a sign-in is only asked for when a session is issued: nobody can sign in any more",
        )


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
