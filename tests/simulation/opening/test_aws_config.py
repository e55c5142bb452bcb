"""A file shaped like `~/.aws/config` drives workloads."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation import Simulation
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.opening.model_files import sources_of
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.accounts.small import SMALL
from tests.support.representative import representative

SERIAL = f"arn:aws:iam::{MAIN}:mfa/alice"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    whole = deepcopy(SMALL)
    account = whole["Accounts"][0]
    account["UserDetailList"][0]["MFADevices"] = [{"SerialNumber": SERIAL}]
    account["RoleDetailList"] += [
        {"RoleName": "Careful", "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allows("s3:*")}],
         "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root", Condition={
             "Bool": {"aws:MultiFactorAuthPresent": "true"}, "StringEquals": {"sts:ExternalId": "x-1"}})},
        {"RoleName": "Box", "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allows("s3:*")}],
         "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
             "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}},
        {"RoleName": "Data", "MaxSessionDuration": 7200, "AssumeRolePolicyDocument": trusts(role_arn("Box"))},
    ]  # fmt: skip
    path = tmp_path / "house.json"
    path.write_text(json.dumps(whole))
    return path


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config"
    path.write_text(text)
    return path


GOOD = f"""\
# people's own
[default]
region = eu-west-1

[profile alice]
aws_access_key_id = KEY

[profile app]
role_arn = {role_arn("App")}
source_profile = alice
role_session_name = cli

[profile deep]
role_arn = {role_arn("Deep")}
source_profile = app
sts_tui_requests =
    s3:GetObject arn:aws:s3:::data/a
    s3:PutObject arn:aws:s3:::data/b

[profile careful]
role_arn = {role_arn("Careful")}
source_profile = alice
external_id = x-1
mfa_serial = {SERIAL}
duration_seconds = 1800

[profile box]
role_arn = {role_arn("Data")}
credential_source = Ec2InstanceMetadata
"""


def opened(house: Path, tmp_path: Path) -> Simulation:
    key = Simulation.open(house).access_key(f"arn:aws:iam::{MAIN}:user/alice")
    return Simulation.open([house, config(tmp_path, GOOD.replace("KEY", key))], seed=7)


def test_each_profile_that_assumes_a_role_becomes_a_workload(house: Path, tmp_path: Path) -> None:
    sim = opened(house, tmp_path)
    assert list(sim.world.workloads) == ["app", "deep", "careful", "box"]
    sim.advance(120)
    answered = {e.action: e for e in sim.events if isinstance(e, RequestAnswered) and e.workload == "deep"}
    assert answered["s3:PutObject"].verdict is Verdict.ALLOWED
    assert answered["s3:PutObject"].caller == "deep@Deep"
    states = sim.world.workload_states
    assert {name: state.failed for name, state in states.items()} == dict.fromkeys(states, 0)
    session = next(s for s in sim.world.sessions.values() if s.role_name == "Careful")
    assert (session.expires_at - session.issued_at).total_seconds() == 1800


def test_the_role_of_an_instance_assumes_the_profiles_role(house: Path, tmp_path: Path) -> None:
    sim = opened(house, tmp_path)
    sim.advance(60)
    data = next(s for s in sim.world.sessions.values() if s.role_name == "Data")
    box = sim.world.sessions[data.parent or ""]
    assert (box.role_name, box.parent_label) == ("Box", "service:ec2.amazonaws.com")
    assert box.name.startswith("i-")
    assert data.is_chained
    assert (data.expires_at - data.issued_at).total_seconds() == 3600


SECOND_BOX = {
    "RoleName": "Box2",
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole",
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("named", ["Box", role_arn("Box")])
def test_of_several_roles_the_profile_says_which_its_instance_has(
    house: Path, tmp_path: Path, named: str
) -> None:
    whole = json.loads(house.read_text())
    whole["Accounts"][0]["RoleDetailList"].append(SECOND_BOX)
    house.write_text(json.dumps(whole))
    profile = f"[profile box]\nrole_arn = {role_arn('Data')}\ncredential_source = Ec2InstanceMetadata\n"
    with pytest.raises(AccountFileError, match="more than one role that trusts ec2.amazonaws.com"):
        Simulation.open([house, config(tmp_path, profile)])
    sim = Simulation.open([house, config(tmp_path, f"{profile}sts_tui_identity = {named}\n")])
    assert sim.world.workloads["box"].assume_roles[0].role_arn == role_arn("Box")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("credential_source = Ec2InstanceMetadata\nsource_profile = alice", "exclude each other"),
        ("credential_source = Environment", "credential_source Environment is not simulated"),
        ("credential_source = EcsContainer", "no role that trusts ecs-tasks.amazonaws.com"),
        ("credential_source = EcsContainer\nsts_tui_identity = Gone", "there is no role Gone"),
    ],
)
def test_credential_source_that_cannot_be(house: Path, tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(AccountFileError, match=message):
        Simulation.open([house, config(tmp_path, f"[profile x]\nrole_arn = {role_arn('Data')}\n{lines}\n")])


def test_static_keys_of_a_source_profile_count_before_its_role(house: Path, tmp_path: Path) -> None:
    key = Simulation.open(house).access_key(f"arn:aws:iam::{MAIN}:user/alice")
    text = f"""\
[profile both]
role_arn = {role_arn("Deep")}
source_profile = both
aws_access_key_id = {key}
[profile app]
role_arn = {role_arn("App")}
source_profile = both
"""
    sim = Simulation.open([house, config(tmp_path, text)])
    assert [hop.role_arn for hop in sim.world.workloads["app"].assume_roles] == [role_arn("App")]


def test_an_mfa_code_is_read_off_the_device_at_every_renewal(house: Path, tmp_path: Path) -> None:
    sim = opened(house, tmp_path)
    sim.advance(3 * 3600)
    assert sim.world.workload_states["careful"].failed == 0
    assert len(sim.world.spent_mfa_steps(SERIAL)) > 5


def test_a_journal_keeps_the_configuration_file_too(house: Path, tmp_path: Path) -> None:
    sim = opened(house, tmp_path)
    store = JournalFile(tmp_path / "a.journal")
    Journal.begin(store, sim, sources_of([house, tmp_path / "config"]))
    sim.advance(60)
    assert resume(store, store.content()).sim.checkpoint() == sim.checkpoint()


def test_every_fault_is_reported_with_its_line(house: Path, tmp_path: Path) -> None:
    text = f"""\
[profile nobody]
region = us-east-1
[profile a]
role_arn = {role_arn("App")}
source_profile = nobody
[profile b]
role_arn = {role_arn("App")}
[profile c]
role_arn = {role_arn("App")}
source_profile = d
[profile d]
role_arn = {role_arn("App")}
source_profile = c
[profile e]
role_arn = {role_arn("App")}
web_identity_token_file = /tokens/github/main
[profile f]
role_arn = {role_arn("App")}
source_profile = gone
[profile g]
sts_tui_identity = alice
sts_tui_requests = nonsense
"""
    with pytest.raises(AccountFileError) as caught:
        Simulation.open([house, config(tmp_path, text)])
    told = [(problem.line, problem.path) for problem in caught.value.diagnostics]
    assert told == [
        (3, "profile a"), (7, "profile b"), (10, "profile c"), (13, "profile d"),
        (16, "profile e"), (19, "profile f"), (22, "profile g"),
    ]  # fmt: skip


def test_a_file_that_is_no_configuration_is_an_error(house: Path, tmp_path: Path) -> None:
    with pytest.raises(AccountFileError) as caught:
        Simulation.open([house, config(tmp_path, "[default]\nregion\n[default]\n")])
    assert caught.value.diagnostics[0].line in (2, 3)


@pytest.mark.parametrize("closes", representative([True, False], True))
def test_a_chain_of_fifteen_hundred_profiles_is_an_error_at_its_place(
    house: Path, tmp_path: Path, closes: bool
) -> None:
    """Also where it closes to a circle: the chain is followed for a hundred profiles, not to the end."""
    lines = [] if closes else ["[profile p1500]", "sts_tui_identity = alice"]
    for number in range(1500):
        source = f"p{(number + 1) % 1500}" if closes else f"p{number + 1}"
        lines += [f"[profile p{number}]", f"source_profile = {source}", f"role_arn = {role_arn('Data')}"]
    with pytest.raises(AccountFileError) as caught:
        Simulation.open([house, config(tmp_path, "\n".join(lines))])
    assert all("more than 100" in one.message and one.line for one in caught.value.diagnostics)
