"""Whatever an assertion, a token or a parameter holds, a call ends in an answer or in an error that AWS
sends."""

from __future__ import annotations

import random
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from sts_tui.identity_providers.oidc import issue_oidc
from sts_tui.identity_providers.saml import issue_saml
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.calls import pipeline
from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.sts.operation import Answer, Call, Effect, Operation

SAMPLE = "sample_accounts/acme.json"
JUNK = [
    "", " ", "x", "\ud800", "\x00", "0", "-1", "1e999", "9" * 400, "9999-12-31T23:59:59Z", "<b/>", "]]>",
    "99999-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "1601-01-01T00:00:00+99:99", "2026-01-15T09:00:00",
    "arn:aws:iam::", "not base64!", "AAAA", "é" * 300, "${aws:username}", "a,b",
    "arn:aws:iam::1:role/x,arn:aws:iam::1:saml-provider/y",
]  # fmt: skip
ODD: list[Any] = [
    "\ud800", "9" * 400, "99999-01-01T00:00:00Z", None, True, 10**400, float("nan"), [[1]], {"a": {"b": []}},
]  # fmt: skip
ROLE = "arn:aws:iam::111122223333:role/App"


def answered(sim: Simulation, action: str, params: dict[str, Any], caller: Any = ANONYMOUS) -> str:
    """The error's code, or `ok`. An error of our own is one of the program."""
    try:
        sim.preview(action, params, caller)
    except AwsError as error:
        code, hint = error.code, error.hint
    else:
        return "ok"
    assert code != "InternalFailure", f"{action} {params!r}: {hint}"
    return code


def federation(sim: Simulation, kind: str) -> tuple[Any, Any]:
    provider = next(one for one in sim.world.identity_providers.values() if one.type == kind)
    return provider, provider.users[0]


def with_assertion(sim: Simulation, assertion: str) -> dict[str, Any]:
    saml = next(iter(sim.world.configuration.saml_providers))
    return {"SAMLAssertion": assertion, "PrincipalArn": saml, "RoleArn": ROLE}


def mutated(text: bytes, dice: random.Random) -> bytes:
    """An assertion with the content of some element or attribute replaced, bytes changed, or a part gone."""
    junk = dice.choice(JUNK).encode("utf-8", "surrogatepass")
    match dice.randrange(4):
        case 0:
            places = list(re.finditer(rb">([^<>]+)<", text))
        case 1:
            places = list(re.finditer(rb'="([^"]*)"', text))
        case 2:
            start, end = sorted((dice.randrange(len(text)), dice.randrange(len(text))))
            return text[:start] + text[end:]
        case _:
            at = dice.randrange(len(text))
            return text[:at] + bytes([dice.randrange(256)]) + text[at + 1 :]
    chosen = dice.choice(places)
    return text[: chosen.start(1)] + junk + text[chosen.end(1) :]


def test_a_mutated_assertion_is_refused_as_aws_does() -> None:
    sim, dice = Simulation.open(SAMPLE), random.Random(3)
    provider, user = federation(sim, "SAML")
    whole = b64decode(issue_saml(provider, user, now=sim.now))
    codes = set()
    for _ in range(120):
        changed = mutated(whole, dice)
        codes.add(answered(sim, "sts:AssumeRoleWithSAML", with_assertion(sim, b64encode(changed).decode())))
    assert codes <= {
        "InvalidIdentityToken",
        "IDPRejectedClaim",
        "AccessDenied",
        "ExpiredTokenException",
        "ok",
    }


@pytest.mark.parametrize("certificate", ["not base64!", "AAAA", "é", ""])
def test_a_certificate_in_the_assertion_may_be_anything(certificate: str) -> None:
    sim = Simulation.open(SAMPLE)
    provider, user = federation(sim, "SAML")
    whole = b64decode(issue_saml(provider, user, now=sim.now)).decode()
    key = "<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data><ds:X509Certificate>"
    ends = "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    assert "</ds:Signature>" in whole
    changed = whole.replace("</ds:Signature>", f"{key}{certificate}{ends}", 1)
    params = with_assertion(sim, b64encode(changed.encode()).decode())
    assert answered(sim, "sts:AssumeRoleWithSAML", params) in ("InvalidIdentityToken", "AccessDenied")


def test_a_signed_assertion_may_say_anything() -> None:
    sim = Simulation.open(SAMPLE)
    provider, user = federation(sim, "SAML")
    names = (
        "Issuer", "Audience", "Recipient", "NameID", "NameIDFormat", "Role", "RoleSessionName",
        "SessionDuration", "SourceIdentity", "TransitiveTagKeys", "PrincipalTag:team", "PrincipalTag:",
        "IssueInstant", "NotBefore", "NotOnOrAfter", "SessionNotOnOrAfter",
    )  # fmt: skip
    for name in names:
        for junk in JUNK:
            try:
                assertion = issue_saml(provider, user, now=sim.now, overrides={name: junk})
            except (ValueError, OverflowError):
                continue  # what the simulated provider itself will not write
            answered(sim, "sts:AssumeRoleWithSAML", with_assertion(sim, assertion))


def test_a_signed_token_may_say_anything() -> None:
    sim = Simulation.open(SAMPLE)
    provider, user = federation(sim, "OIDC")
    names = ("iss", "sub", "aud", "azp", "amr", "exp", "iat", "nbf", "auth_time", "alg", "kid",
             "https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity")  # fmt: skip
    tags = '{"principal_tags": {"a": 1}, "transitive_tag_keys": {}}'
    values = [*JUNK, "[1, [2]]", "{}", '{"principal_tags": 5}', tags]
    for name in names:
        for junk in values:
            try:
                token = issue_oidc(provider, user, now=sim.now, overrides={name: junk})
            except (ValueError, OverflowError):
                continue
            params = {"WebIdentityToken": token, "RoleArn": ROLE, "RoleSessionName": "x"}
            answered(sim, "sts:AssumeRoleWithWebIdentity", params)


@pytest.mark.parametrize("operation", sorted(name for name in OPERATIONS))
def test_an_operation_raises_nothing_but_errors_of_aws(operation: str) -> None:
    sim = Simulation.open(SAMPLE)
    alice = sim.resolve("alice")
    members = list(shape_of(operation).members)
    usual = {"RoleName": "App", "UserName": "alice", "GroupName": "Engineers", "RoleArn": ROLE}
    named = {name: usual[name] for name in members if name in usual}
    for one in members:
        for odd in ODD:
            answered(sim, operation, {**named, one: odd}, alice)


def test_at_the_end_of_the_calendar_sessions_still_end() -> None:
    sim = Simulation.open(SAMPLE, start=datetime(8999, 12, 31, 23, 59, tzinfo=UTC))
    for seconds in (900, 3600, 43200, 129600):
        for action in ("sts:AssumeRole", "sts:GetSessionToken", "sts:GetFederationToken"):
            params = {"DurationSeconds": seconds, "RoleArn": ROLE, "RoleSessionName": "x", "Name": "x"}
            given = {name: one for name, one in params.items() if name in shape_of(action).members}
            answered(sim, action, given, sim.resolve("alice"))


def test_a_bug_in_an_operation_is_what_the_service_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def perform(call: Call[Any]) -> Answer[Any]:
        raise KeyError("bug")

    broken = Operation(name="iam:GetRole", effect=Effect.READ, perform=perform)
    monkeypatch.setattr(pipeline, "OPERATIONS", {**OPERATIONS, "iam:GetRole": broken})
    sim = Simulation.open(SAMPLE)
    with pytest.raises(AwsError, match="unknown error, exception or failure") as raised:
        sim.call("iam:GetRole", {"RoleName": "App"}, sim.resolve("alice"))
    assert (raised.value.code, raised.value.status) == ("InternalFailure", 500)
    assert isinstance(raised.value.__cause__, KeyError)
    assert sim.events[-1].code == "InternalFailure"  # type: ignore[union-attr]
