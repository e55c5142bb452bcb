"""The shell lines of the page run, and what they write loads beside a raw dump."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.load import load
from sts_tui.cli.files import sample_account
from sts_tui.simulation import Simulation
from tests.accounts.every_part import DEV, PROD, dump
from tests.accounts.policies import allow, policy
from tests.support.stand_in_aws import CliCall, stand_in_aws

PAGE = (Path(__file__).parents[3] / "docs" / "from-your-account.md").read_text()

KEY = f"arn:aws:kms:eu-west-1:{PROD}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUEUE = f"arn:aws:sqs:eu-west-1:{PROD}:jobs"
TOPIC = f"arn:aws:sns:eu-west-1:{PROD}:news"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{PROD}:secret:app/db-AbCdEf"
FUNCTION = f"arn:aws:lambda:eu-west-1:{PROD}:function"


def granted(resource: str) -> str:
    """A resource policy, as services answer: JSON in a string."""
    return json.dumps(policy(allow("*", resource, Principal={"AWS": PROD})))


ANSWERS: dict[str, Any] = {
    "describe-organization": {"Organization": {"Id": "o-exampleorgid", "MasterAccountId": PROD}},
    "list-roots": {"Roots": [{"Id": "r-abcd", "Name": "Root"}]},
    "list-accounts-for-parent": {
        "r-abcd": {"Accounts": [{"Id": PROD}]},
        "ou-abcd-11111111": {"Accounts": [{"Id": DEV}]},
        "": {"Accounts": []},
    },
    "list-organizational-units-for-parent": {
        "r-abcd": {"OrganizationalUnits": [{"Id": "ou-abcd-11111111", "Name": "Work loads"}]},
        "": {"OrganizationalUnits": []},
    },
    "list-policies-for-target": {
        "SERVICE_CONTROL_POLICY": {"Policies": [{"Id": "p-FullAWSAccess", "Name": "FullAWSAccess"}]},
        "RESOURCE_CONTROL_POLICY": {"Policies": [{"Id": "p-RCPFullAWSAccess", "Name": "RCPFullAWSAccess"}]},
    },
    "describe-policy": {
        "p-FullAWSAccess": {
            "Policy": {
                "PolicySummary": {
                    "Id": "p-FullAWSAccess",
                    "Name": "FullAWSAccess",
                    "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
                },
                "Content": json.dumps(policy(allow("*"))),
            }
        }
    },
    "list-roles": {"Roles": [{"Arn": f"arn:aws:iam::{PROD}:role/app/App", "MaxSessionDuration": 7200}]},
    "list-saml-providers": {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{PROD}:saml-provider/sso"}]},
    "list-open-id-connect-providers": {
        "OpenIDConnectProviderList": [{"Arn": f"arn:aws:iam::{PROD}:oidc-provider/gitlab.com"}]
    },
    "get-open-id-connect-provider": {"Url": "gitlab.com", "ClientIDList": ["sts.amazonaws.com"]},
    "list-users": {"Users": [{"Arn": f"arn:aws:iam::{PROD}:user/ana"}]},
    "list-access-keys": {"AccessKeyMetadata": [{"AccessKeyId": "AKIAQQQQQQQQQQQQQQQQ", "Status": "Active"}]},
    "list-mfa-devices": {"MFADevices": [{"SerialNumber": f"arn:aws:iam::{PROD}:mfa/ana"}]},
    "list-keys": {"Keys": [{"KeyArn": KEY}]},
    "get-key-policy": {"Policy": granted("*")},
    "list-queues": {"QueueUrls": [f"https://sqs.eu-west-1.amazonaws.com/{PROD}/jobs"]},
    "get-queue-attributes": {"Attributes": {"QueueArn": QUEUE}},
    "list-topics": {"Topics": [{"TopicArn": TOPIC}]},
    "get-topic-attributes": {"Attributes": {"TopicArn": TOPIC, "Policy": granted(TOPIC)}},
    "list-secrets": {"SecretList": [{"ARN": SECRET}]},
    "get-resource-policy": {"ARN": SECRET, "ResourcePolicy": granted(SECRET)},
    "list-functions": {"Functions": [{"FunctionArn": f"{FUNCTION}:eu"}]},
    "get-policy": {"Policy": granted(f"{FUNCTION}:eu")},
    "describe-vpc-endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "PolicyDocument": granted("*")}]},
    "list-buckets": {"Buckets": [{"Name": "data"}]},
    "get-bucket-policy": {"Policy": json.dumps(policy(allow("s3:*", "arn:aws:s3:::data/*", Principal="*")))},
}


def answered(call: CliCall) -> str:
    """The canned answer, by the target of the call where there are several."""
    if call.words[0] == "configure":
        return "eu-west-1"
    options = call.options
    targets = [options[name] for name in ("--target-id", "--parent-id", "--policy-id") if name in options]
    target = options.get("--filter") or (targets or [""])[0]
    answer = ANSWERS[call.words[1]]
    return call.shown(answer.get(target, answer.get("")) if target else answer)


@pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("jq")), reason="the page's script needs bash and jq"
)
def test_everything_that_the_page_fetches_completes_a_dump(tmp_path: Path) -> None:
    lines = [
        block for block in re.findall(r"```(?:sh|bash)\n(.*?)```", PAGE, re.DOTALL) if "sts-tui" not in block
    ]
    assert len(lines) == 7
    script = "\n".join(lines).replace("#!/usr/bin/env bash", "")
    with stand_in_aws(tmp_path / "bin", answered) as folder:
        done = subprocess.run(
            ["bash", "-eu"],
            input=script,
            text=True,
            capture_output=True,
            cwd=tmp_path,
            env={"PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin"},
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "mine.json").write_text(json.dumps(dump()))
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "people.json").write_text(example)
    model = load(sorted(tmp_path.glob("*.json"))).model
    assert model.organization is not None
    assert model.organization.root.service_control_policies is not None
    assert [policy.name for policy in model.organization.root.service_control_policies] == ["FullAWSAccess"]
    unit = model.organization.root.organizational_units[0]
    assert (unit.name, [account.account_id for account in unit.accounts]) == ("Work loads", [DEV])
    (account,) = model.accounts
    assert account.role_detail_list[0].max_session_duration == 7200
    assert [provider.name for provider in account.saml_providers] == ["sso"]
    assert account.open_id_connect_providers[0].client_id_list == ("sts.amazonaws.com",)
    assert {resource.arn: resource.policy is not None for resource in account.resources} == {
        "arn:aws:s3:::data": True,
        KEY: True,
        QUEUE: False,
        TOPIC: True,
        SECRET: True,
        f"{FUNCTION}:eu": True,
        f"arn:aws:ec2:eu-west-1:{PROD}:vpc-endpoint/vpce-1": True,
    }
    assert account.user_detail_list[0].mfa_devices


def test_the_profiles_of_the_page_become_workloads(tmp_path: Path) -> None:
    (config,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "config").write_text(config)
    sim = Simulation.open([sample_account(), tmp_path / "config"])
    before = {workload.name for workload in Simulation.open(sample_account()).model.workloads}
    assert [workload.name for workload in sim.model.workloads if workload.name not in before] == ["ops"]
    sim.advance(seconds=60)
    assert sim.resolve("ops").arn == f"arn:aws:sts::{PROD}:assumed-role/ReadOnly/ops"
