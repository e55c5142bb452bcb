"""A trail as the past of a simulation: its requests are the log, its sessions live, any instant is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from sts_tui.account.loading.load import load
from sts_tui.simulation.events import RequestAnswered, SessionExpired, SessionStarted, Verdict
from sts_tui.simulation.views.past import PastIsReadOnlyError, as_of
from sts_tui.trail.opened import OpenedTrail, opened
from sts_tui.trail.reading.database import Trail
from tests.support.cloudtrail import ROLE, THIEF, Events, iam_user, leaked_credentials, session
from tests.support.explorer import SAMPLE
from tests.support.trails import trail_of, written_trail

APP_KEY = "ASIAAPP0000000000001"


@pytest.fixture(scope="module")
def leaked() -> Iterator[OpenedTrail]:
    with trail_of(leaked_credentials()) as found:
        yield found


def requests_of(found: OpenedTrail) -> list[RequestAnswered]:
    return [one for one in found.simulation.events if isinstance(one, RequestAnswered)]


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-15T{time}+00:00")


def test_each_recorded_request_is_a_line_of_the_log_with_the_verdict_of_aws(leaked: OpenedTrail) -> None:
    found = requests_of(leaked)
    assert len(found) == leaked.replay.events == 19
    assert [one.verdict for one in found].count(Verdict.IMPLICIT_DENY) == 1
    (denied,) = (one for one in found if one.verdict is Verdict.IMPLICIT_DENY)
    assert (denied.at, denied.code, denied.caller) == (at("09:16:00"), "AccessDenied", "i-1@App")
    assert denied.action == "s3:PutBucketPolicy"
    assert denied.recorded.endswith("the model agrees")
    assert denied.client is not None
    assert denied.client.client == f"{THIEF}, aws-cli/2.31.0"


def test_the_clock_is_at_the_last_event_and_the_sessions_are_those_of_the_trail(leaked: OpenedTrail) -> None:
    assert leaked.simulation.now == at("09:18:00")
    sessions = leaked.simulation.world.sessions
    assert sessions[APP_KEY].expires_at == at("15:00:00"), "as the response says"
    assert sessions["ASIARO00000000000001"].label == "alice@ReadOnly"
    started = [one for one in leaked.simulation.events if isinstance(one, SessionStarted)]
    assert [one.access_key_id for one in started] == [APP_KEY, "ASIARO00000000000001"]


def test_a_request_is_explained_with_its_own_caller_and_address(leaked: OpenedTrail) -> None:
    stolen = next(one for one in requests_of(leaked) if one.at == at("09:10:20"))
    context = leaked.simulation.context(stolen)
    assert context is not None
    assert context.values["aws:SourceIp"] == THIEF
    explanation = leaked.simulation.explain(stolen)
    assert explanation is not None
    assert explanation.decision.is_allowed


def test_a_past_instant_has_what_had_happened_by_then_and_is_read_only(leaked: OpenedTrail) -> None:
    past = as_of(leaked.simulation, at("09:09:30"))
    assert len([one for one in past.events if isinstance(one, RequestAnswered)]) == 11
    assert list(past.world.sessions) == [APP_KEY]
    assert past.events.tallies[APP_KEY].requests == 10
    with pytest.raises(PastIsReadOnlyError):
        past.call("sts:GetCallerIdentity")


def test_the_simulation_continues_from_the_end_of_the_trail() -> None:
    with trail_of(leaked_credentials()) as found:
        found.simulation.advance(6 * 3600)
        ended = [one for one in found.simulation.events if isinstance(one, SessionExpired)]
        assert {one.access_key_id for one in ended} == {APP_KEY, "ASIARO00000000000001"}


def test_a_disagreement_says_both_reasons_and_the_cause() -> None:
    events = Events()
    app = session("App", "i-1", APP_KEY)
    events.add("09:01:00", "s3", "DeleteBucket", app, {"bucketName": "acme-orders"})
    with trail_of(events) as found:
        (one,) = requests_of(found)
    assert one.verdict is Verdict.ALLOWED
    assert one.recorded.startswith("disagrees: AWS allowed; model denied: ")
    assert "unexplained" in one.recorded
    assert one.decided_by == one.recorded, "so that a filter finds it"
    assert not found.simulation.events.allowed, "the model's denial ends no access that the model gave"


def test_a_session_that_the_trail_does_not_issue_is_shown_until_the_longest_its_role_allows() -> None:
    events = Events()
    events.get_object("09:30:00", session("App", "i-1", APP_KEY, issued="08:00:00"), "a")
    with trail_of(events) as found:
        one = found.simulation.world.sessions[APP_KEY]
        assert (one.issued_at, one.expires_at) == (at("08:00:00"), at("14:00:00")), "App: six hours"
        assert any("issued before the trail" in text for text in found.replay.assumptions)


def test_a_model_taken_before_the_trail_follows_its_edits_in_the_name_of_who_made_them() -> None:
    events = leaked_credentials()
    cutoff = '{"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:20:00Z"}}'
    deny = '{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": ' + cutoff + "}"
    document = '{"Version": "2012-10-17", "Statement": [' + deny + "]}"
    request = {"roleName": "App", "policyName": "AWSRevokeOlderSessions", "policyDocument": document}
    events.add("09:20:00", "iam", "PutRolePolicy", iam_user("alice"), request)
    with trail_of(events, is_model_before=True) as found:
        simulation = found.simulation
        assert found.replay.followed == 1
        edit = next(one for one in requests_of(found) if one.action == "iam:PutRolePolicy")
        assert (edit.caller, edit.access_key_id) == ("alice", "AKIAALICE00000000000")
        assert not simulation.history.done, "what happened cannot be undone"
        role = simulation.world.configuration.roles[f"{ROLE}App"]
        assert "AWSRevokeOlderSessions" in [one.policy_name for one in role.role_policy_list]
        then = as_of(simulation, at("09:19:59")).world.configuration.roles[f"{ROLE}App"]
        assert "AWSRevokeOlderSessions" not in [one.policy_name for one in then.role_policy_list]


def test_the_log_holds_the_newest_requests_and_counts_all() -> None:
    events = Events()
    app = session("App", "i-1", APP_KEY)
    for number in range(1_200):
        events.get_object(f"09:{number // 60:02}:{number % 60:02}", app, f"{number}")
    with written_trail(events) as path, Trail([path]) as trail:
        found = opened(trail, load([SAMPLE]).model, most=1_200)
        assert (len(requests_of(found)), found.left_out) == (1_200, 0)
