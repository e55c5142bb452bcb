"""No event that is written holds a token that a simulation issued, of any provider."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sts_tui.cli.files import sample_account
from sts_tui.identity_providers import (
    access_tokens,
    oidc,
    outbound,
    saml,
    service_account_tokens,
    sign_in_codes,
)
from sts_tui.simulation import Simulation
from sts_tui.simulation.calls.redaction import HIDDEN, redacted
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.trail.writing.events import TrailFile
from sts_tui.trail.writing.redaction import without_tokens

SAMPLES = sample_account().parent
TOURS = {path.stem: path for path in sorted(SAMPLES.rglob("*.tour"))}
ISSUERS: tuple[Callable[..., Any], ...] = (
    access_tokens.issue_access_token,
    oidc.issue_oidc,
    outbound.sign_outbound,
    saml.issue_saml,
    service_account_tokens.issue_pod_token,
    sign_in_codes.issue_code,
)
"""Everything that issues a login token, an assertion or a code."""
USUAL = {"photo-app", "federation", "landing-zone"}
POOL = "us-east-1:0a1b2c3d-1111-4222-8333-444455556666"
PROVIDERS = {
    "members": ("OIDC", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_photos", "7photosclient"),
    "facebook": ("Facebook", "", "4711"),
    "amazon": ("Amazon", "", "amzn1.application-oa2-client.1"),
    "google": ("Google", "", "1.apps.googleusercontent.com"),
    "corp": ("OIDC", "https://login.corp.example", "corp-client"),
}


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token that is issued from now on."""
    tokens: list[str] = []
    for issuer in ISSUERS:

        def noting(*given: Any, _issuer: Callable[..., Any] = issuer, **named: Any) -> Any:
            made = _issuer(*given, **named)
            tokens.append(made)
            return made

        for module in [one for name, one in sys.modules.items() if name.startswith("sts_tui.")]:
            for name in [name for name, value in vars(module).items() if value is issuer]:
                monkeypatch.setattr(module, name, noting)
    return tokens


def _is_without(tokens: list[str], text: str) -> bool:
    assert tokens
    assert all(isinstance(token, str) and len(token) > 20 for token in tokens)
    return not any(token in text for token in tokens)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in USUAL else pytest.mark.long) for name in sorted(TOURS)],
)
def test_no_token_that_a_tour_issues_is_in_an_event(name: str, issued: list[str]) -> None:
    tour = read_tour(TOURS[name])
    simulation = opening_of(tour, TOURS[name].parent, sample_account()).open()
    trail = TrailFile()
    trail.watch(simulation, name)
    for _ in play(tour, Player(simulation, TOURS[name].parent)):
        pass
    assert not issued or _is_without(issued, trail.text())
    secrets = [one.credentials for one in simulation.world.sessions.values()]
    assert not any(one.secret_access_key in trail.text() for one in secrets)
    assert not any(one.session_token in trail.text() for one in secrets)


def _model(tmp_path: Path) -> Path:
    model = json.loads((SAMPLES / "scenarios" / "photo-app.json").read_text())
    pool = next(one["IdentityPool"] for one in model["IdentityProviders"] if one["Type"] == "Cognito")
    pool["SupportedLoginProviders"] = {
        "graph.facebook.com": PROVIDERS["facebook"][2],
        "www.amazon.com": PROVIDERS["amazon"][2],
        "accounts.google.com": PROVIDERS["google"][2],
    }
    others = [one for one in model["IdentityProviders"] if one["Type"] == "Cognito"]
    for name, (kind, issuer, client) in PROVIDERS.items():
        made = {"Name": name, "Type": kind, "ClientId": client, "Users": [{"Name": "zed"}]}
        others.append(made | ({"Issuer": issuer} if issuer else {}))
    model["IdentityProviders"] = others
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model))
    return path


def test_tokens_of_every_kind_of_provider_are_hidden_in_every_request(
    issued: list[str], tmp_path: Path
) -> None:
    """Accepted or refused, as a login under the provider's name or anywhere else."""
    steps = []
    for name, (kind, issuer, _) in PROVIDERS.items():
        hosts = {
            "Facebook": "graph.facebook.com",
            "Amazon": "www.amazon.com",
            "Google": "accounts.google.com",
        }
        login = f"{hosts.get(kind, issuer.removeprefix('https://'))}="
        login += f"${{{'token' if kind in ('Facebook', 'Amazon') else 'oidc'}:{name}/zed}}"
        token = login.partition("=")[2]
        steps += [
            f"try aws cognito-identity get-id --identity-pool-id {POOL} --logins {login}",
            f"try aws cognito-identity get-open-id-token --identity-id {POOL} --logins {login}",
            f"try aws cognito-identity get-credentials-for-identity --identity-id {POOL} --logins {login}",
            "try aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/Friends "
            f"--role-session-name s --web-identity-token {token}",
            f"try aws iam tag-role --role-name Friends --tags Key=note,Value={token}",
        ]
    simulation = Simulation.open(_model(tmp_path))
    trail = TrailFile()
    trail.watch(simulation, "every")
    for _ in play(parse_tour("\n".join(steps) + "\n", "every"), Player(simulation)):
        pass
    assert len(issued) == len(steps)
    assert _is_without(issued, trail.text())


def test_every_value_of_logins_is_hidden_and_names_of_providers_are_kept() -> None:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html"""
    request = {"logins": {"graph.facebook.com": "t", "login.app": "ann"}, "loginsToRemove": ["login.app"]}
    assert redacted(request) == request | {"logins": {"graph.facebook.com": HIDDEN, "login.app": HIDDEN}}


def test_a_token_inside_a_text_is_hidden() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"
    assert without_tokens({"errorMessage": f"bad token: {token}!"}) == {
        "errorMessage": f"bad token: {HIDDEN}!"
    }
