"""A simulation's log written as CloudTrail events, held to the schema, and read back: the same sessions and
verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from sts_tui.account.loading.load import load
from sts_tui.cli.files import sample_account
from sts_tui.simulation import Simulation
from sts_tui.simulation.calls.redaction import HIDDEN, redacted
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.operations.cognito.guest_policies import SESSION_NAME
from sts_tui.sts.session import WorkloadProof
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.trail.causes import SPREADING
from sts_tui.trail.opened import opened
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import replayed
from sts_tui.trail.sessions import ISSUING_EVENTS, TrailSessions
from sts_tui.trail.writing import events as writing
from sts_tui.trail.writing.called_operation import called
from sts_tui.trail.writing.events import TrailFile
from sts_tui.trail.writing.issuing import request_of_workload

SAMPLES = sample_account().parent
SCHEMA = json.loads((Path(writing.__file__).parent / "event.schema.json").read_text())
TOURS = {path.stem: path for path in sorted(SAMPLES.rglob("*.tour"))}
NOT_ALIKE = {"trust-loop-propagation": SPREADING}
"""Tours whose verdicts differ when their trail is replayed, with the cause that is named: no event says when
an edit has reached every endpoint (docs/cloudtrail.md).
"""
USUAL = {
    "chaining",
    "external-id",
    "federation",
    "guardrails",
    "revocation",
    "leaked-login",
    "landing-zone",
    "anywhere",
}
"""`make test` takes these, `make test-long` every tour that is shipped."""


def _tours(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=() if name in USUAL else pytest.mark.long) for name in sorted(names)]


ALIKE = _tours(TOURS.keys() - NOT_ALIKE.keys())


@cache
def _recorded(name: str) -> tuple[Simulation, str]:
    """A tour that was played to its end, and its trail. Tests only read both."""
    tour = read_tour(TOURS[name])
    simulation = opening_of(tour, TOURS[name].parent, sample_account()).open()
    trail = TrailFile()
    trail.watch(simulation, name)
    for _ in play(tour, Player(simulation, TOURS[name].parent)):
        pass
    return simulation, trail.text()


def _played(name: str, tmp_path: Path) -> tuple[Simulation, list[dict[str, Any]], Path]:
    simulation, text = _recorded(name)
    path = tmp_path / f"{name}.json"
    path.write_text(text)
    return simulation, json.loads(text)["Records"], path


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_written_and_read_gives_the_same_verdicts_and_sessions(name: str, tmp_path: Path) -> None:
    simulation, records, path = _played(name, tmp_path)
    model = load(opening_of(read_tour(TOURS[name]), TOURS[name].parent, sample_account()).files).model
    with Trail([path]) as trail:
        result = replayed(trail, model, is_model_before=True).replay
        sessions = TrailSessions(trail.events(ISSUING_EVENTS))
    assert result.disagreements == []
    assert result.compared > 0
    answered = [one for one in simulation.events if isinstance(one, RequestAnswered)]
    assert result.agreed_denied <= sum(one.code != "200" for one in answered)
    for key, session in simulation.world.sessions.items():
        if session.sign_in.startswith("arn:") or session.arn.endswith(f"/{SESSION_NAME}"):
            continue  # of `aws login` or Cognito: no event of STS joins it to what issued it
        known = sessions.by_key(key)
        assert known is not None, session.label
        read = known.session
        assert (read.arn, read.parent, read.source_identity, read.tags, read.expires_at) == (
            session.arn, session.parent, session.source_identity, session.tags, session.expires_at,
        )  # fmt: skip
        policies = [one.document for one in session.session_policies]
        assert [one.document for one in read.session_policies] == policies
    assert records


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "federation" else pytest.mark.long) for name in TOURS]
)
def test_the_explorer_evaluates_a_trail_as_a_replay_does(name: str, tmp_path: Path) -> None:
    """Sessions have what their calls show, in whichever order the two ask for them."""
    _, _, path = _played(name, tmp_path)
    model = load(opening_of(read_tour(TOURS[name]), TOURS[name].parent, sample_account()).files).model
    with Trail([path]) as trail:
        replay = replayed(trail, model, is_model_before=True).replay
        explored = opened(trail, model, is_model_before=True).replay
    assert (explored.compared, explored.agreed) == (replay.compared, replay.agreed)
    assert [one.cause for one in explored.disagreements] == [one.cause for one in replay.disagreements]
    assert explored.unknown == replay.unknown


@pytest.mark.parametrize("is_model_before", [False, True])
def test_a_session_of_a_visitor_has_the_keys_of_its_token_in_the_explorer(
    is_model_before: bool, tmp_path: Path
) -> None:
    simulation, _, path = _played("photo-app", tmp_path)
    model = load([TOURS["photo-app"].with_suffix(".json")]).model
    with Trail([path]) as trail:
        found = opened(trail, model, is_model_before=is_model_before)
        replay = replayed(trail, model, is_model_before=is_model_before).replay
        disagreeing = [one.cause for one in found.replay.disagreements]
        assert disagreeing == [one.cause for one in replay.disagreements]
        sessions = found.simulation.world.sessions
        assert len(sessions) == 5
        for key, session in sessions.items():
            made = simulation.world.sessions[key]
            said = {name for name in made.context if not name.startswith("aws:")}
            assert said <= session.context.keys(), session.label
            assert session.operation == "AssumeRoleWithWebIdentity"
            assert session.has_session_policy == made.has_session_policy


def test_what_no_event_says_of_a_visitor_is_unknown_and_the_rest_is_read(tmp_path: Path) -> None:
    """The app and the user of a Facebook token are in `principalId`."""
    _, _, path = _played("photo-app", tmp_path)
    model = load([TOURS["photo-app"].with_suffix(".json")]).model
    with Trail([path]) as trail:
        replay = replayed(trail, model, is_model_before=True).replay
    assert replay.disagreements == []
    assert {one.split()[-3] for one in replay.unknown} == {
        "aws:principaltag/club", "cognito-identity.amazonaws.com:amr",
    }  # fmt: skip


def test_credentials_of_cognito_are_a_data_event_of_the_identity_pool(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html"""
    simulation, records, _ = _played("photo-app", tmp_path)
    of_cognito = [one for one in records if one["eventName"] in ("GetId", "GetCredentialsForIdentity")]
    assert {one["eventCategory"] for one in of_cognito} == {"Data"}
    assert [one for one in of_cognito if one["userIdentity"] != {"type": "Unknown"}] == []
    guest, member, _ = [one for one in of_cognito if one["eventName"] == "GetCredentialsForIdentity"]
    assert guest["requestParameters"].keys() == {"identityId"}
    assert guest["responseElements"]["identityId"] == guest["requestParameters"]["identityId"]
    assert guest["responseElements"]["credentials"]["accessKeyId"] in simulation.world.sessions
    assert member["requestParameters"]["logins"] == {
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_photos": HIDDEN
    }
    (pool,) = member["resources"]
    assert pool["type"] == "AWS::Cognito::IdentityPool"
    assert pool["ARN"] == next(one.arn for one in simulation.world.configuration.identity_pools.values())


def test_operations_of_workloads_are_written_with_their_own_parameters(tmp_path: Path) -> None:
    simulation, records, _ = _played("anywhere", tmp_path)
    made = [one for one in records if one["eventName"] == "CreateSession" and "errorCode" not in one]
    assert made
    for one in made:
        request = one["requestParameters"]
        assert request.keys() == {"trustAnchorArn", "profileArn", "roleArn", "durationSeconds"}
        assert ":trust-anchor/" in request["trustAnchorArn"]
        assert ":profile/" in request["profileArn"]
    session = next(one for one in simulation.world.sessions.values() if one.proof is not None)
    association = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/a-1"
    pod = replace(session, proof=WorkloadProof(kind="pod", through=association, subject="shop/web/web-1"))
    assert request_of_workload(pod) == {"clusterName": "prod", "token": HIDDEN}


@pytest.mark.parametrize("name", NOT_ALIKE)
def test_what_no_event_says_is_named_as_the_cause(name: str, tmp_path: Path) -> None:
    _, _, path = _played(name, tmp_path)
    model = load(opening_of(read_tour(TOURS[name]), TOURS[name].parent, sample_account()).files).model
    with Trail([path]) as trail:
        found = replayed(trail, model, is_model_before=True).replay.disagreements
    assert {one.cause for one in found} == {NOT_ALIKE[name]}


@pytest.mark.parametrize("name", _tours(TOURS))
def test_every_event_is_as_the_schema_says(name: str, tmp_path: Path) -> None:
    _, records, _ = _played(name, tmp_path)
    validator = Draft202012Validator(SCHEMA)
    assert list(validator.iter_errors({"Records": _unlike(records)})) == []
    for member in OF_EACH_EVENT:
        schema = validator.evolve(schema=SCHEMA["$defs"]["event"]["properties"][member])
        assert [one[member] for one in records if member in one and not schema.is_valid(one[member])] == []
    ids = [one["eventID"] for one in records]
    assert len(set(ids)) == len(ids)


OF_EACH_EVENT = ("eventID", "requestID", "eventTime")


def _unlike(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records that differ in more than their ids and times, which are checked for all."""

    def rest(record: dict[str, Any]) -> str:
        return json.dumps([(key, value) for key, value in record.items() if key not in OF_EACH_EVENT])

    return list({rest(one): one for one in records}.values())


def test_every_member_of_the_schema_cites_its_page() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    members = list(_members(SCHEMA))
    assert len(members) > 40
    uncited = [
        name for name, member in members if not str(member.get("$comment")).startswith("https://docs.aws.")
    ]
    assert uncited == []


def _members(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from _members(inner)


def _records_of(files: Any, steps: str) -> list[dict[str, Any]]:
    simulation = Simulation.open(files)
    trail = TrailFile()
    trail.watch(simulation, "steps")
    for _ in play(parse_tour(steps, "steps"), Player(simulation)):
        pass
    records: list[dict[str, Any]] = json.loads(trail.text())["Records"]
    assert list(Draft202012Validator(SCHEMA).iter_errors({"Records": records})) == []
    return records


def test_a_sign_in_at_the_console_is_written_in_its_own_form() -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html"""
    files = TOURS["leaked-login"].with_suffix(".json")
    (event,) = _records_of(files, "signin console dana\n")
    assert (event["eventName"], event["eventType"]) == ("ConsoleLogin", "AwsConsoleSignIn")
    assert event["responseElements"] == {"ConsoleLogin": "Success"}
    assert event["additionalEventData"]["MFAUsed"] == "Yes"
    assert event["userIdentity"]["userName"] == "dana"
    assert not event["readOnly"]


def test_a_failed_sign_in_has_a_message_and_no_code() -> None:
    (event,) = _records_of(sample_account(), "try signin console etl\n")
    assert event["responseElements"] == {"ConsoleLogin": "Failure"}
    assert event["errorMessage"] == "Failed authentication"
    assert "errorCode" not in event


def test_a_sign_in_at_the_portal_and_what_it_leads_to_name_the_user() -> None:
    steps = "signin portal ann@acme.example Developer prod\nwait 2s\nsignout portal ann@acme.example\n"
    records = _records_of(TOURS["landing-zone"].with_suffix(".json"), steps)
    page = ["CredentialChallenge", "CredentialVerification", "UserAuthentication"]
    calls = ["CreateToken", "GetRoleCredentials", "AssumeRoleWithSAML", "Logout"]
    assert [one["eventName"] for one in records] == [*page, *calls]
    *others, role, logout = records
    people = {one["userIdentity"]["onBehalfOf"]["userId"] for one in (*others, logout)}
    assert len(people) == 1
    assert [one["serviceEventDetails"] for one in records[:3]] == [{name: "Success"} for name in page]
    challenge, verification, authentication = (one["additionalEventData"] for one in records[:3])
    assert challenge["UserName"] == "ann@acme.example", "once, where the password is asked for"
    assert authentication["LoginTo"].endswith(".awsapps.com/start/")
    assert challenge["AuthWorkflowID"] == verification["AuthWorkflowID"] == authentication["AuthWorkflowID"]
    assert len({one["eventID"] for one in records}) == len(records)
    assert role["userIdentity"]["type"] == "SAMLUser"
    assert role["recipientAccountId"] == "222222222222", "the account of the role"
    assert role["requestParameters"]["principalArn"].endswith("_DO_NOT_DELETE")
    assert role["responseElements"]["credentials"]["accessKeyId"].startswith("ASIA")


def test_no_secret_and_no_token_is_written(tmp_path: Path) -> None:
    simulation, records, path = _played("federation", tmp_path)
    text = path.read_text()
    for session in simulation.world.sessions.values():
        assert session.credentials.secret_access_key not in text
        assert session.credentials.session_token not in text
    responses = [one["responseElements"] for one in records if one["responseElements"]]
    assert {one["credentials"]["sessionToken"] for one in responses} == {HIDDEN}


def test_secrets_inside_structures_and_lists_are_hidden() -> None:
    inner = {
        "code": "c0de",
        "refreshToken": "r",
        "redirectUri": "http://127.0.0.1/",
        "grantType": "refresh_token",
    }
    request = {
        "tokenInput": inner,
        "credentials": [{"secretAccessKey": "s", "sessionToken": "t", "accessKeyId": "ASIA1"}],
        "deviceCode": "d",
        "codeVerifier": "v",
        "clientSecret": "cs",
        "passwords": ["p1", "p2"],
        "sAMLAssertion": "a",
        "idToken": "i",
        "passwordResetRequired": True,
    }
    assert redacted(request) == {
        "tokenInput": inner | {"code": HIDDEN, "refreshToken": HIDDEN},
        "credentials": [{"secretAccessKey": HIDDEN, "sessionToken": HIDDEN, "accessKeyId": "ASIA1"}],
        "deviceCode": HIDDEN,
        "codeVerifier": HIDDEN,
        "clientSecret": HIDDEN,
        "passwords": [HIDDEN, HIDDEN],
        "sAMLAssertion": HIDDEN,
        "idToken": HIDDEN,
        "passwordResetRequired": True,
    }


def test_no_code_and_no_token_of_a_sign_in_is_written() -> None:
    simulation = Simulation.open(TOURS["leaked-login"].with_suffix(".json"), seed=0)
    trail = TrailFile()
    trail.watch(simulation, "login")
    refresh = (
        "aws signin create-o-auth2-token --token-input "
        '\'{"clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", '
        '"refreshToken": "${last:tokenOutput.refreshToken}"}\''
    )
    tour = parse_tour(f"signin cli dana\nwait 14m\nas dana\ntry {refresh}\n", "login")
    for _ in play(tour, Player(simulation)):
        pass
    requests = [one["requestParameters"] for one in json.loads(trail.text())["Records"]]
    inputs = [one["tokenInput"] for one in requests if one]
    assert [one["grantType"] for one in inputs] == ["authorization_code", "refresh_token"]
    assert [inputs[0]["code"], inputs[1]["refreshToken"]] == [HIDDEN, HIDDEN]


def test_passwords_and_tokens_of_requests_are_hidden() -> None:
    request = {"userName": "alice", "password": "hunter2", "webIdentityToken": "e.y.J", "tokenCode": "123456"}
    assert redacted(request) == request | {
        "password": HIDDEN, "webIdentityToken": HIDDEN, "tokenCode": HIDDEN,
    }  # fmt: skip


def test_an_edit_is_written_with_its_parameters_and_a_refused_key_is_not_written(tmp_path: Path) -> None:
    simulation = Simulation.open(sample_account())
    trail = TrailFile()
    trail.watch(simulation, "edit")
    tour = parse_tour(
        "as alice\naws iam put-role-policy --role-name App --policy-name p --policy-document "
        '\'{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}\'\n',
        "edit",
    )
    for _ in play(tour, Player(simulation)):
        pass
    with pytest.raises(Exception, match="InvalidClientTokenId|security token"):
        simulation.call("sts:GetCallerIdentity", {}, caller="AKIAUNKNOWN000000000")
    (event,) = json.loads(trail.text())["Records"]
    assert event["eventName"] == "PutRolePolicy"
    assert event["requestParameters"]["roleName"] == "App"
    assert json.loads(event["requestParameters"]["policyDocument"])["Statement"]["Effect"] == "Deny"


def test_a_bucket_and_a_key_with_slashes_are_recorded_apart() -> None:
    wanted = {"bucketName": "orders", "key": "2026/01/4712.json"}
    assert called("s3:GetObject", "arn:aws:s3:::orders/2026/01/4712.json").parameters == wanted


def test_credentials_of_the_portal_are_recorded_for_the_user_in_the_account_of_the_instance(
    tmp_path: Path,
) -> None:
    simulation, records, _ = _played("landing-zone", tmp_path)
    asked = [one for one in records if one["eventName"] == "GetRoleCredentials"]
    users = {one.user_id for one in simulation.world.configuration.directory_users.values()}
    assert {one["eventSource"] for one in asked} == {"sso.amazonaws.com"}
    assert {one["recipientAccountId"] for one in asked} == {"111111111111"}
    assert {one["userIdentity"]["type"] for one in asked} == {"IdentityCenterUser"}
    assert {one["userIdentity"]["onBehalfOf"]["userId"] for one in asked} <= users
    assert [one for one in asked if one["responseElements"]] == []


def test_both_accounts_record_a_role_of_another_account(tmp_path: Path) -> None:
    _, records, _ = _played("chaining", tmp_path)
    shared = [one for one in records if "sharedEventID" in one]
    assert len(shared) >= 2
    first, copy = shared[:2]
    assert first["sharedEventID"] == copy["sharedEventID"]
    assert first["recipientAccountId"] != copy["recipientAccountId"]
    assert copy["userIdentity"]["type"] == "AWSAccount"
    assert "arn" not in copy["userIdentity"]


def test_a_pods_call_is_the_nodes_also_where_it_is_denied() -> None:
    """As events that AWS published have it: https://github.com/aws-samples/amazon-eks-security-immersion-day"""
    steps = "signin pod prod/shop/web\ntry signin pod prod/office/web\n"
    records = _records_of(TOURS["pods"].with_suffix(".json"), steps)
    delivered, called, _, denied = records
    assert delivered["userIdentity"] == {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    for one in (called, denied):
        assert one["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "Node"
        assert one["userIdentity"]["sessionContext"]["ec2RoleDelivery"] == "2.0"
        assert one["requestParameters"] == {"clusterName": "prod", "token": HIDDEN}
        assert one["responseElements"] is None
    assert denied["errorCode"] == "AccessDenied"


def test_a_visitors_failed_calls_say_what_was_asked() -> None:
    pool = "us-east-1:0a1b2c3d-1111-4222-8333-444455556666"
    login = "cognito-idp.us-east-1.amazonaws.com/us-east-1_photos"
    get_id = f"aws cognito-identity get-id --identity-pool-id {pool}"
    steps = (
        f"as anonymous\ntry {get_id} --logins {login}=${{oidc:members/ana?exp=-60}}\n"
        f"try aws cognito-identity get-open-id-token --identity-id {pool}\n"
    )
    bad_login, unknown = _records_of(TOURS["photo-app"].with_suffix(".json"), steps)
    assert bad_login["requestParameters"] == {"identityPoolId": pool, "logins": {login: HIDDEN}}
    assert unknown["requestParameters"] == {"identityId": pool}
    assert {one["userIdentity"]["type"] for one in (bad_login, unknown)} == {"Unknown"}


def test_a_certificate_that_is_refused_names_anchor_profile_and_role() -> None:
    steps = "try signin certificate corp-ca/web-1?signature=forged Shop\n"
    (event,) = _records_of(TOURS["anywhere"].with_suffix(".json"), steps)
    assert set(event["requestParameters"]) == {"trustAnchorArn", "profileArn", "roleArn"}
    assert event["userIdentity"]["invokedBy"] == "rolesanywhere.amazonaws.com"


def test_a_refused_call_of_sts_says_what_was_asked_and_no_token() -> None:
    role = "arn:aws:iam::111122223333:role/Friends"
    steps = (
        f"try aws sts assume-role-with-web-identity --role-arn {role} --role-session-name thief "
        "--provider-id graph.facebook.com --web-identity-token ${token:facebook/fay?signature=forged}\n"
    )
    (event,) = _records_of(TOURS["photo-app"].with_suffix(".json"), steps)
    expected = {"roleArn": role, "roleSessionName": "thief", "providerId": "graph.facebook.com"}
    assert event["requestParameters"] == expected
