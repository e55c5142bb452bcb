"""What account files say of identity providers."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.account.writing.export import as_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.outside import entries
from tests.accounts.every_part import errors, model
from tests.accounts.policies import trusts


def _file(**provider: Any) -> dict[str, Any]:
    return {"Accounts": [], "IdentityProviders": [{"Name": "login", **provider}]}


@pytest.mark.parametrize(
    ("kind", "issuer"),
    [
        ("Amazon", "https://www.amazon.com"),
        ("Facebook", "https://graph.facebook.com"),
        ("Google", "https://accounts.google.com"),
    ],
)
def test_the_issuer_of_a_built_in_provider_is_known(kind: str, issuer: str) -> None:
    (provider,) = model(_file(Type=kind, ClientId="app")).identity_providers
    assert (provider.issuer, provider.client_id) == (issuer, "app")
    assert errors(_file(Type=kind, ClientId="app", Issuer=issuer)) == ()
    (error,) = errors(_file(Type=kind, ClientId="app", Issuer="https://other.example"))
    assert issuer in error.message


@pytest.mark.parametrize("kind", ["SAML", "OIDC"])
def test_other_providers_need_their_issuer(kind: str) -> None:
    (error,) = errors(_file(Type=kind))
    assert "Issuer" in error.message


@pytest.mark.parametrize("kind", ["Amazon", "Facebook"])
def test_access_tokens_are_for_an_app(kind: str) -> None:
    (error,) = errors(_file(Type=kind))
    assert "ClientId" in error.message
    assert errors(_file(Type=kind), {"IdentityProviders": [{"Name": "login", "ClientId": "app"}]}) == ()


def test_what_is_loaded_can_be_written_and_loaded() -> None:
    before = model(_file(Type="Facebook", ClientId="app", Users=[{"Name": "ana", "Claims": {"id": "1"}}]))
    assert model(as_json(before)).identity_providers == before.identity_providers


@pytest.mark.parametrize(
    ("region", "issuer"),
    [
        ("us-gov-west-1", "cognito-identity-us-gov.amazonaws.com"),
        ("us-gov-east-1", "cognito-identity.us-gov-east-1.amazonaws.com"),
        ("cn-north-1", "cognito-identity.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_pools_of_other_partitions_are_named_and_their_trust_policies_evaluated(
    region: str, issuer: str
) -> None:
    """https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html"""
    pool = f"{region}:0a1b2c3d-1111-4222-8333-444455556666"
    condition = {"StringEquals": {f"{issuer}:aud": pool}}
    trust = trusts({"Federated": issuer}, Action="sts:AssumeRoleWithWebIdentity", Condition=condition)
    role = {"RoleName": "Guest", "MaxSessionDuration": 3600, "AssumeRolePolicyDocument": trust}
    loaded = from_json(
        {
            "Accounts": [{"AccountId": "111122223333", "RoleDetailList": [role]}],
            "IdentityProviders": [
                {"Name": "photos", "Type": "Cognito", "IdentityPool": {"IdentityPoolId": pool}}
            ],
        }
    )
    (warning,) = loaded.warnings
    assert "not simulated" in str(warning)
    sim = Simulation(loaded.model)
    assert not sim.world.configuration.identity_pools
    (entry,) = entries(sim.world)
    assert issuer in entry.who
