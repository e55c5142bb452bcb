"""`sts-tui explain`: a reported denial, asked again of the model."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from sts_tui.simulation import AwsError, Simulation
from tests.accounts.policies import MAIN
from tests.accounts.tour_model import MODEL
from tests.cli.conftest import Printed

Command = Callable[..., Printed]
OBJECT = "arn:aws:s3:::alpha-data/x"


@pytest.fixture
def explained(sts_tui: Command, model_file: Path, tmp_path: Path) -> Command:
    def command(text: str, *words: str | Path) -> Printed:
        path = tmp_path / "denial.txt"
        path.write_text(text)
        return sts_tui("explain", path, "--model", model_file, *words)

    return command


def sentence(principal: str, action: str = "s3:GetObject", reason: str = "") -> str:
    return f"User: {principal} is not authorized to perform: {action} on resource: {OBJECT} {reason}".strip()


def test_the_model_agrees_for_the_same_reason(explained: Command) -> None:
    reason = "because no identity-based policy allows the s3:GetObject action"
    printed = explained(sentence(f"arn:aws:iam::{MAIN}:user/bob", reason=reason))
    assert printed.code == 0
    assert "model: denied for the same reason" in printed.out
    assert "identity-based policy" in printed.out


def test_the_model_may_allow_what_aws_denied(explained: Command) -> None:
    [found] = json.loads(explained(sentence(f"arn:aws:sts::{MAIN}:assumed-role/Ops/job"), "--json").out)
    assert (found["verdict"], found["agrees"]) == ("allowed", False)
    assert any("issue time" in one for one in found["assumptions"])


def test_another_reason_is_reported_as_another(explained: Command) -> None:
    reason = "with an explicit deny in a service control policy"
    assert "for another reason" in explained(sentence(f"arn:aws:iam::{MAIN}:user/bob", reason=reason)).out


def test_a_tour_can_be_played_first(explained: Command, tour: Callable[..., Path]) -> None:
    cut = tour("revoke Ops", name="cut.tour")
    event = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
        "resources": [{"ARN": OBJECT}],
        "userIdentity": {
            "arn": f"arn:aws:sts::{MAIN}:assumed-role/Ops/job",
            "sessionContext": {"attributes": {"creationDate": "2026-01-15T08:00:00Z"}},
        },
    }
    printed = explained(json.dumps(event), "--tour", cut)
    assert "model: denied" in printed.out
    assert "AWSRevokeOlderSessions" in printed.out


def test_the_simulators_own_encoded_message_is_decoded(explained: Command) -> None:
    simulation = Simulation.open(MODEL)
    with pytest.raises(AwsError) as denied:
        simulation.request(
            "ec2:StopInstances", f"arn:aws:ec2:us-east-1:{MAIN}:instance/i-1", caller="alpha/bob"
        )
    printed = explained(denied.value.message)
    assert printed.code == 0
    assert "ec2:StopInstances on arn:aws:ec2:us-east-1" in printed.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "no denial found"),
        (sentence(f"arn:aws:iam::{MAIN}:user/nobody"), "does not have the caller"),
        (sentence(f"arn:aws:sts::{MAIN}:assumed-role/None/x"), "does not have"),
        ("Encoded authorization failure message: " + "A" * 90, "decode-authorization-message"),
    ],
)
def test_what_cannot_be_explained_is_a_clear_error(explained: Command, text: str, message: str) -> None:
    printed = explained(text)
    assert printed.code == 2
    assert message in printed.err


def test_a_denial_can_be_piped_in(
    sts_tui: Command, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = SimpleNamespace(buffer=io.BytesIO(sentence(f"arn:aws:iam::{MAIN}:user/bob").encode()))
    monkeypatch.setattr("sys.stdin", piped)
    assert sts_tui("explain", "-", "--model", model_file).out.startswith(f"arn:aws:iam::{MAIN}:user/bob")


@pytest.mark.parametrize(("cut", "code"), [(None, 0), (30, 2)])
def test_a_gzipped_denial_can_be_piped_in(
    sts_tui: Command, model_file: Path, monkeypatch: pytest.MonkeyPatch, cut: int | None, code: int
) -> None:
    packed = gzip.compress(sentence(f"arn:aws:iam::{MAIN}:user/bob").encode())[:cut]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(packed)))
    printed = sts_tui("explain", "-", "--model", model_file)
    assert printed.code == code
    assert f"{MAIN}:user/bob" in printed.out or "cut off or damaged" in printed.err


def test_what_if_leaves_a_policy_type_out_or_changes_a_key(
    sts_tui: Command, model_file: Path, tmp_path: Path
) -> None:
    written = tmp_path / "denial.txt"
    written.write_text(sentence(f"arn:aws:iam::{MAIN}:user/bob"))
    plain = sts_tui("explain", written, "--model", model_file).out
    asked = sts_tui(
        "explain",
        written,
        "--model",
        model_file,
        "--without",
        "identity",
        "--what-if",
        "aws:SourceIp=10.1.2.3",
    ).out
    assert plain != asked
    refused = sts_tui("explain", written, "--model", model_file, "--what-if", "aws:userid=x")
    assert refused.code == 2
    assert "comes from the identity" in refused.err


def test_a_gzipped_log_is_explained_and_what_says_too_little_is_listed(
    sts_tui: Command, model_file: Path, tmp_path: Path
) -> None:
    denied = {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied"}
    bob = {"type": "IAMUser", "arn": f"arn:aws:iam::{MAIN}:user/bob", "accountId": MAIN}
    asked = {"bucketName": "alpha-data", "key": "x"}
    events = [
        {**denied, "userIdentity": {"type": "AWSAccount", "accountId": "anonymous"}},
        {**denied, "userIdentity": bob, "requestParameters": asked},
    ]
    log = tmp_path / "log.json.gz"
    log.write_bytes(gzip.compress(json.dumps({"Records": events}).encode()))
    printed = sts_tui("explain", log, "--model", model_file)
    assert printed.code == 0
    assert f"s3:GetObject on {OBJECT}" in printed.out
    assert "not explained: s3:GetObject" in printed.err


def test_a_refused_sign_in_lists_the_roles_that_it_may_have_been_for(
    sts_tui: Command, tmp_path: Path
) -> None:
    path = tmp_path / "log.txt"
    path.write_text(
        "Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity\n"
    )
    printed = sts_tui("explain", path)
    assert printed.code == 0
    assert "neither the caller nor the role" in printed.out
    assert "token.actions.githubusercontent.com:sub" in printed.out
    assert "test it: as oidc:" in printed.out
    (found,) = sts_tui("explain", path, "--json").objects[0]
    assert found["action"] == "sts:AssumeRoleWithWebIdentity"
    assert {"role", "provider", "asks", "step"} <= found["roles"][0].keys()


def test_a_refused_sign_in_to_a_model_without_such_roles_says_so(explained: Command) -> None:
    printed = explained("Not authorized to perform sts:AssumeRoleWithSAML")
    assert "no role of the model trusts" in printed.out


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("https://token.actions.githubusercontent.com", "the model has arn:aws:iam::"),
        (
            "https://token.actions.githubusercontent.com/acme",
            "did you mean token.actions.githubusercontent.com?",
        ),
        ("https://oidc.circleci.example/org/1", "the model has no such provider"),
    ],
)
def test_an_issuer_that_no_account_has_is_compared_with_the_providers_of_the_model(
    explained: Command, issuer: str, said: str, tmp_path: Path, sts_tui: Command
) -> None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""
    path = tmp_path / "log.txt"
    path.write_text(f"InvalidIdentityToken: No OpenIDConnect provider found in your account for {issuer}\n")
    printed = sts_tui("explain", path)
    assert printed.code == 0
    assert "refused before any policy" in printed.out
    assert said in printed.out


def test_a_role_that_trusts_a_provider_which_its_account_lacks_is_named(
    sts_tui: Command, tmp_path: Path
) -> None:
    provider = f"arn:aws:iam::{MAIN}:oidc-provider/ci.example"
    model = tmp_path / "model.json"
    model.write_text(json.dumps({"Accounts": [{"AccountId": MAIN, "RoleDetailList": [trusting(provider)]}]}))
    path = tmp_path / "log.txt"
    path.write_text("No OpenIDConnect provider found in your account for https://ci.example")
    (found,) = sts_tui("explain", path, "--model", model, "--json").objects[0]
    assert found["roles"] == [f"arn:aws:iam::{MAIN}:role/CI"]
    assert found["providers"] == []


def trusting(provider: str) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"ci.example:sub": "acme"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"RoleName": "CI", "MaxSessionDuration": 3600, "AssumeRolePolicyDocument": document}


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Incorrect token audience", "audiences: sts.amazonaws.com"),
        ("Specified provider doesn't exist.", "saml-provider/"),
        ("Response signature invalid (service: AWSSecurityTokenService)", "another certificate"),
        ("Token must be redeemed within 5 minutes of issuance", "too old"),
    ],
)
def test_what_aws_refuses_before_any_policy_is_explained(
    sts_tui: Command, sentence: str, said: str, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html"""
    path = tmp_path / "log.txt"
    path.write_text(sentence)
    printed = sts_tui("explain", path)
    assert printed.code == 0
    assert said in printed.out
