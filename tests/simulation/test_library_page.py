"""The examples on the library's page are run as they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path("docs/library.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_page_shows_a_decision_and_a_running_account() -> None:
    assert len(SNIPPETS) >= 2
    assert any("evaluate(" in one for one in SNIPPETS)
    assert any("Simulation.open(" in one for one in SNIPPETS)


@pytest.mark.parametrize("place", range(len(SNIPPETS)))
def test_a_snippet_runs_and_says_what_its_comments_say(
    place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = SNIPPETS[place]
    exec(compile(snippet, f"docs/library.md, snippet {place + 1}", "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    for promised in re.findall(r"print\(.*?\)\s*# ([^:\n]+)", snippet):
        assert promised.strip() in printed


def test_the_ways_in_are_where_they_were_promised() -> None:
    from sts_tui.iam import Outcome, PolicyDocument, PolicySet, Request, evaluate
    from sts_tui.simulation import ANONYMOUS, AwsError, Simulation

    read = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    request = Request(
        principal="arn:aws:sts::111122223333:assumed-role/app/job-1",
        action="s3:GetObject",
        resource="arn:aws:s3:::data/key",
        resource_account="111122223333",
        context={"aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a", "b"]},
    )
    whole = PolicySet(
        identity=[PolicyDocument(read, name="read")], session=None, boundary=None, resource=None,
        scps=[[read], [("all", read)]], rcps=[], endpoint=None,
    )  # fmt: skip
    assert evaluate(request, whole).outcome is Outcome.ALLOWED
    assert evaluate(request, PolicySet(identity=[read], session=[])).outcome is Outcome.IMPLICIT_DENY
    assert evaluate(request, PolicySet(identity=[read], scps=[[]])).outcome is Outcome.IMPLICIT_DENY

    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    key = sim.access_key("arn:aws:iam::111122223333:user/bob")
    params = {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly", "RoleSessionName": "demo"}
    seen = sim.preview("sts:AssumeRole", params, caller=key)
    out = sim.call(
        "sts:AssumeRole", params, caller=key, context={"aws:SourceIp": "10.0.0.1"}, region="eu-west-1"
    )
    assert set(seen["Credentials"]) == set(out["Credentials"])
    who = sim.call("sts:GetCallerIdentity", {}, caller=out["Credentials"])
    assert who["Arn"] == "arn:aws:sts::111122223333:assumed-role/ReadOnly/demo"
    with pytest.raises(AwsError) as wrong:
        sim.call("sts:GetCallerIdentity", caller={**out["Credentials"], "SessionToken": "no"})
    assert (wrong.value.code, wrong.value.status) == ("InvalidClientTokenId", 403)
    with pytest.raises(AwsError):
        sim.call("iam:ListRoles", caller=ANONYMOUS)
    assert sim.call("iam:ListRoles", caller=None)["Roles"]
    before = sim.now
    sim.advance(seconds=900)
    assert (sim.now - before).total_seconds() == 900
    assert sim.world.now == sim.now
    assert [event.number for event in sim.events][-1] == sim.events.last_number
