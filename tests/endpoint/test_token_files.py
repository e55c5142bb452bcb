"""Web identity tokens and SAML responses in files: a role can be assumed with them, and they are renewed."""

from __future__ import annotations

from pathlib import Path

from sts_tui.endpoint.boto import session
from sts_tui.endpoint.token_files import TokenFiles
from sts_tui.simulation import Simulation
from tests.support.explorer import SAMPLE


def test_a_token_of_a_file_is_traded_for_a_session_and_renewed_before_it_expires(tmp_path: Path) -> None:
    sim = Simulation.open(SAMPLE)
    provider = next(one for one in sim.world.identity_providers.values() if one.type == "OIDC")
    user = provider.users[0]
    files = TokenFiles(sim, tmp_path / "tokens")
    files.renew()
    path = tmp_path / "tokens" / f"{provider.name}.{user.name}".replace("/", "_")
    first = path.read_text()
    role = next(
        arn
        for arn, one in sim.world.configuration.roles.items()
        if "WebIdentity" in str(one.assume_role_policy_document)
    )
    sts = session(sim).client("sts")
    issued = sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="pod", WebIdentityToken=first)
    assert issued["Credentials"]["AccessKeyId"] in sim.world.sessions
    files.renew()
    assert path.read_text() == first
    sim.advance(600)
    files.renew()
    assert path.read_text() != first
    assert path.stat().st_mode & 0o077 == 0


def test_a_saml_response_of_a_file_is_traded_for_a_session_and_renewed_before_it_expires(
    tmp_path: Path,
) -> None:
    """`aws sts assume-role-with-saml --saml-assertion file://tokens/acme-sso.ann`"""
    sim = Simulation.open(SAMPLE)
    provider = next(one for one in sim.world.identity_providers.values() if one.type == "SAML")
    user = next(one for one in provider.users if one.roles)
    files = TokenFiles(sim, tmp_path / "tokens")
    files.renew()
    path = tmp_path / "tokens" / f"{provider.name}.{user.name}".replace("/", "_")
    first = path.read_text()
    sts = session(sim).client("sts")
    arn = f"arn:aws:iam::{user.roles[0].split(':')[4]}:saml-provider/{provider.name}"
    issued = sts.assume_role_with_saml(RoleArn=user.roles[0], PrincipalArn=arn, SAMLAssertion=first)
    assert issued["Credentials"]["AccessKeyId"] in sim.world.sessions
    sim.advance(160)
    files.renew()
    assert path.read_text() != first
    assert path.stat().st_mode & 0o077 == 0


def test_a_model_without_providers_has_no_files(sim: Simulation, tmp_path: Path) -> None:
    TokenFiles(sim, tmp_path / "tokens").renew()
    assert not (tmp_path / "tokens").exists()
