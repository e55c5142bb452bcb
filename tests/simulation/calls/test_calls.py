"""One way in: what `Simulation.call` answers, refuses and records."""

from __future__ import annotations

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation, UnknownIdentityError
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.events import ConfigurationChanged, RequestAnswered, SessionStarted, Verdict
from tests.accounts.policies import MAIN, role_arn
from tests.accounts.small import alice, assume, open_small

DATA = {"Resource": "arn:aws:s3:::data/in.csv"}


def refusal(sim: Simulation, *args: object, **kwargs: object) -> AwsError:
    with pytest.raises(AwsError) as caught:
        sim.call(*args, **kwargs)  # type: ignore[arg-type]
    return caught.value


def last(sim: Simulation) -> RequestAnswered:
    event = next(event for event in reversed(list(sim.events)) if isinstance(event, RequestAnswered))
    assert isinstance(event, RequestAnswered)
    return event


def test_the_sample_of_the_library_documentation_works() -> None:
    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    key = sim.access_key("arn:aws:iam::111122223333:user/alice")
    params = {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly", "RoleSessionName": "demo"}
    out = sim.call("sts:AssumeRole", params, caller=key)
    whole = out["Credentials"]
    sim.call("s3:ListBucket", {"Resource": "arn:aws:s3:::acme-orders"}, caller=whole["AccessKeyId"])
    sim.call("s3:ListBucket", {"Resource": "arn:aws:s3:::acme-orders"}, caller=whole)
    sim.advance(seconds=900)
    assert (sim.now.isoformat(), sim.world.now) == ("2026-01-15T09:15:00+00:00", sim.now)
    assert len(sim.events) > 3


def test_a_denied_request_is_an_error_with_its_decision_and_an_event() -> None:
    sim = open_small()
    error = refusal(sim, "s3:PutObject", DATA, caller=assume(sim))
    assert error.decision is not None
    assert error.decision.outcome is Outcome.IMPLICIT_DENY
    assert (error.code, error.status) == ("AccessDenied", 403)
    event = last(sim)
    assert (event.verdict, event.decided_by) == (
        Verdict.IMPLICIT_DENY,
        "no identity-based policy allows s3:PutObject",
    )


def test_an_allowed_request_says_which_statement_allowed_it() -> None:
    sim = open_small()
    assert sim.call("s3:GetObject", DATA, caller=assume(sim)) == {}
    assert (last(sim).decided_by, last(sim).code, last(sim).caller) == ("App/work#1", "200", "job@App")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("s3:PutObject", "AccessDenied"),
        ("iam:CreateSAMLWhatever", "AccessDenied"),
        ("dynamodb:GetItem", "AccessDeniedException"),
        ("kms:Decrypt", "AccessDeniedException"),
        ("lambda:InvokeFunction", "AccessDeniedException"),
        ("ec2:RunInstances", "UnauthorizedOperation"),
    ],
)
def test_each_service_denies_in_its_own_code(action: str, code: str) -> None:
    sim = open_small()
    assert refusal(sim, action, {"Resource": "*"}, caller=assume(sim)).code == code


def test_what_ec2_encodes_can_be_decoded_by_a_caller_with_permission() -> None:
    sim = open_small()
    message = refusal(sim, "ec2:RunInstances", {}, caller=assume(sim)).message
    encoded = message.rpartition(" ")[2]
    decoded = sim.call("sts:DecodeAuthorizationMessage", {"EncodedMessage": encoded}, caller=alice(sim))
    assert '"action":"ec2:RunInstances"' in decoded["DecodedMessage"]
    assert "assumed-role/App/job" in decoded["DecodedMessage"]


def test_a_refused_assume_role_gives_no_reason_on_the_wire_but_one_inside() -> None:
    sim = open_small()
    bob = sim.access_key(f"arn:aws:iam::{MAIN}:user/bob")
    error = refusal(sim, "sts:AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "xx"}, caller=bob)
    assert error.message == (
        f"User: arn:aws:iam::{MAIN}:user/bob is not authorized to perform: sts:AssumeRole "
        f"on resource: {role_arn('App')}"
    )
    assert error.decision is not None
    assert "identity-based policy" in error.decision.reason


def test_s3_explains_itself_within_the_account_and_not_to_strangers() -> None:
    sim = open_small()
    inside = refusal(sim, "s3:PutObject", DATA, caller=assume(sim))
    assert 'on resource: "arn:aws:s3:::data/in.csv" because no identity-based policy allows' in inside.message
    outside = refusal(sim, "s3:GetObject", DATA, caller=ANONYMOUS)
    assert outside.message == "Access Denied"


def test_expired_credentials_are_refused_in_the_words_of_the_service() -> None:
    sim = open_small()
    key = assume(sim, DurationSeconds=900)
    sim.advance(900)
    assert (refusal(sim, "s3:GetObject", DATA, caller=key).code, last(sim).verdict) == (
        "ExpiredToken",
        Verdict.REFUSED,
    )
    assert refusal(sim, "s3:GetObject", DATA, caller=key).status == 400
    assert refusal(sim, "sts:GetCallerIdentity", {}, caller=key).status == 403


def test_a_key_that_nobody_has_is_refused() -> None:
    assert refusal(open_small(), "sts:GetCallerIdentity", {}, caller="ASIA000000000000EXAM").code == (
        "InvalidClientTokenId"
    )


def test_whole_credentials_are_checked() -> None:
    sim = open_small()
    params = {"RoleArn": role_arn("App"), "RoleSessionName": "job"}
    credentials = sim.call("sts:AssumeRole", params, caller=alice(sim))["Credentials"]
    assert sim.call("sts:GetCallerIdentity", {}, caller=credentials)["Account"] == MAIN
    forged = {**credentials, "SecretAccessKey": "x" * 40}
    assert refusal(sim, "sts:GetCallerIdentity", {}, caller=forged).code == "SignatureDoesNotMatch"
    without = {name: value for name, value in credentials.items() if name != "SessionToken"}
    assert refusal(sim, "sts:GetCallerIdentity", {}, caller=without).code == "InvalidClientTokenId"


def test_the_operator_may_do_anything_and_the_checks_still_hold() -> None:
    sim = open_small()
    sim.call("s3:DeleteBucket", {"Resource": "arn:aws:s3:::data"})
    assert (last(sim).caller, last(sim).decided_by) == ("operator", "operator")
    sim.call("iam:DeleteRolePolicy", {"RoleName": "Deep", "PolicyName": "deep"})
    assert refusal(sim, "iam:GetRole", {"RoleName": "Nobody"}).code == "NoSuchEntity"
    elsewhere = sim.resolve("operator@other")
    assert sim.call("iam:GetRole", {"RoleName": "App"}, caller=elsewhere)["Role"]["Arn"] == role_arn(
        "App", "444455556666"
    )


def test_nobody_signs_a_signed_operation_without_credentials() -> None:
    error = refusal(open_small(), "sts:GetCallerIdentity", {}, caller=ANONYMOUS)
    assert error.code == "MissingAuthenticationToken"


def test_a_preview_answers_the_same_and_changes_nothing() -> None:
    sim = open_small()
    before = (sim.world, sim.events.next_number)
    params = {"RoleArn": role_arn("App"), "RoleSessionName": "job"}
    promised = sim.preview("sts:AssumeRole", params, caller=alice(sim))
    with pytest.raises(AwsError):
        sim.preview("s3:PutObject", DATA, caller=ANONYMOUS)
    assert (sim.world, sim.events.next_number) == before
    assert sim.call("sts:AssumeRole", params, caller=alice(sim)) == promised


def test_an_edit_is_reported_with_its_command() -> None:
    sim = open_small()
    sim.call("iam:DeleteRolePolicy", {"RoleName": "Deep", "PolicyName": "deep"}, caller=alice(sim))
    changed = [event for event in sim.events if isinstance(event, ConfigurationChanged)]
    assert [(event.subject, event.caller) for event in changed] == [(role_arn("Deep"), "alice")]
    assert changed[0].command == "aws iam delete-role-policy --role-name Deep --policy-name deep"


def test_a_request_only_authorizes_even_what_we_could_perform() -> None:
    sim = open_small()
    sim.request("iam:DeleteRole", role_arn("Deep"), caller=alice(sim))
    assert role_arn("Deep") in sim.world.configuration.roles
    assert last(sim).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("key", ["aws:TokenIssueTime", "AWS:principaltag/team", "aws:userid"])
def test_keys_of_the_identity_cannot_be_set(key: str) -> None:
    with pytest.raises(ContextNotSettableError):
        open_small().call("s3:GetObject", DATA, context={key: "x"})


def test_subscribers_hear_events_in_order_until_they_leave() -> None:
    sim, heard = open_small(), []
    leave = sim.subscribe(lambda events: heard.append([type(event) for event in events]))
    assume(sim)
    leave()
    assume(sim)
    assert heard == [[RequestAnswered, SessionStarted]]


def test_the_log_gives_what_came_since_a_number() -> None:
    sim = open_small(RequestLogSize=3)
    for _ in range(5):
        sim.call("sts:GetCallerIdentity", {}, caller=alice(sim))
    assert [event.number for event in sim.events] == [3, 4, 5]
    assert [event.number for event in sim.events.since(4)] == [5]
    assert sim.events.since(5) == ()
    assert len(sim.events.since(0)) == 3


def test_what_is_no_caller_is_named() -> None:
    with pytest.raises(TypeError, match="caller=3: an access key id, Credentials, an Identity"):
        open_small().call("sts:GetCallerIdentity", {}, caller=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["", ":", "s3:", ":GetObject", "s3:*", "s3:Get?bject", "s3:Get Object"])
def test_what_is_no_action_is_no_operation(action: str) -> None:
    error = refusal(open_small(), action, DATA)
    assert (error.code, error.message) == ("InvalidAction", f"Could not find operation {action}")


def test_a_caller_may_be_named_as_in_tours() -> None:
    sim = open_small()
    sim.call("sts:AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "job"}, caller="alice")
    assert sim.call("sts:GetCallerIdentity", caller="job@App")["Arn"].endswith(":assumed-role/App/job")
    sim.request("s3:GetObject", DATA["Resource"], caller="job@App")
    assert last(sim).caller == "job@App"
    assert sim.preview("sts:GetCallerIdentity", caller="alice")["Arn"].endswith(":user/alice")
    assert sim.what_if("s3:GetObject", DATA, caller="alice") is not None


def test_an_unknown_name_is_a_mistake_and_an_unknown_key_is_aws_refusal() -> None:
    sim = open_small()
    with pytest.raises(UnknownIdentityError, match="no one is named alcie; did you mean alice"):
        sim.call("sts:GetCallerIdentity", caller="alcie")
    with pytest.raises(AwsError) as refused:
        sim.call("sts:GetCallerIdentity", caller="AKIAIOSFODNN7NOTHERE")
    assert refused.value.code == "InvalidClientTokenId"
