"""What a program that uses the library imports and calls, in a process of its own: names, values, errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = """
from sts_tui.iam import Outcome, PolicyDocument, PolicySet, Request, evaluate

doc = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
request = Request(
    principal="arn:aws:sts::111122223333:assumed-role/app/job-1",
    action="s3:GetObject",
    resource="arn:aws:s3:::data/key", resource_account="111122223333",
    context={"aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a", "b"]},
)
policies = PolicySet(
    identity=[doc, PolicyDocument(doc)], session=None, boundary=None, resource=None, scps=[[doc], [doc]],
    rcps=[], endpoint=None,
)
decision = evaluate(request, policies)
assert decision.outcome is Outcome.ALLOWED
assert {one.name for one in Outcome} >= {"ALLOWED", "EXPLICIT_DENY", "IMPLICIT_DENY", "UNDECIDED"}
denied = evaluate(request, PolicySet(identity=[doc], session=[]))
assert denied.outcome is Outcome.IMPLICIT_DENY
assert "session policy" in denied.reason
for principal in (
    "arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:root",
    "arn:aws:sts::111122223333:federated-user/a", "lambda.amazonaws.com", None,
):
    evaluate(Request(principal=principal, action="s3:GetObject", resource="*"), policies)
"""
SIMULATION = """
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation

sim = Simulation.open("sample_accounts/acme.json", seed=7)
key = sim.access_key("arn:aws:iam::111122223333:user/alice")
role = {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly", "RoleSessionName": "demo"}
preview = sim.preview("sts:AssumeRole", role, caller=key)
before = len(sim.events)
out = sim.call("sts:AssumeRole", role, caller=key)
assert out["AssumedRoleUser"]["Arn"].endswith(":assumed-role/ReadOnly/demo")
assert len(sim.events) > before
whoami = sim.call("sts:GetCallerIdentity", {}, caller=out["Credentials"])
assert whoami["Arn"] == out["AssumedRoleUser"]["Arn"]
try:
    new = {"UserName": "new"}
    sim.call("iam:CreateUser", new, caller=out["Credentials"]["AccessKeyId"], region="us-east-1", context={})
except AwsError as error:
    assert (error.code, error.status) == ("AccessDenied", 403)
    assert "not authorized to perform: iam:CreateUser" in error.message
else:
    raise AssertionError
try:
    sim.call("iam:ListUsers", {}, caller=ANONYMOUS)
except AwsError as error:
    assert error.code
else:
    raise AssertionError
assert sim.call("iam:ListUsers", {}, caller=None)["Users"]
now = sim.now
sim.advance(seconds=900)
assert (sim.now - now).total_seconds() == 900
assert list(sim.events)
assert sim.world.sessions
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=environment)


def test_the_engine_is_used_as_its_contract_says() -> None:
    done = run(ENGINE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_simulation_is_used_as_its_contract_says() -> None:
    done = run(SIMULATION)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
