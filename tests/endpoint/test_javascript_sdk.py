"""AWS's SDK for JavaScript (version 3, from npm) on a served model. `make test-clients` runs it; `make test`
does not, since npm is not on every machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sts_tui.endpoint.boto import credentials_of
from sts_tui.simulation import Simulation
from tests.endpoint.conftest import EXTERNAL, ROLE
from tests.endpoint.served import Served, served

pytestmark = pytest.mark.clients

PACKAGES = ("@aws-sdk/client-sts@3", "@aws-sdk/client-s3@3", "@aws-sdk/client-dynamodb@3")
SCRIPT = Path(__file__).with_name("javascript_sdk.js")


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK. Without npm this fails: a run that tests nothing is no run."""
    npm = shutil.which("npm")
    assert npm is not None, "install node and npm for make test-clients"
    folder = tmp_path_factory.mktemp("sdk")
    subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, timeout=300
    )
    shutil.copy(SCRIPT, folder / "script.js")
    return folder


def said_by(one: Served, sdk: Path) -> dict[str, Any]:
    key, secret, _ = credentials_of(one.sim, "alice", one.service.operator)
    asked = {
        "endpoint": one.address, "role": ROLE, "external": EXTERNAL,
        "credentials": {"accessKeyId": key, "secretAccessKey": secret},
    }  # fmt: skip
    found = subprocess.run(
        ["node", "script.js", json.dumps(asked)], cwd=sdk, check=True, capture_output=True, timeout=60
    )
    return dict(json.loads(found.stdout))


def test_roles_objects_and_refusals_are_as_with_aws(sim: Simulation, sdk: Path) -> None:
    with served(sim) as one:
        said = said_by(one, sdk)
    assert said["who"].endswith(":user/alice")
    assert said["external"]["refused"] == "AccessDenied"
    assert 0.9 < said["hours"] < 1.1
    assert said["read"] == ""
    assert said["other"]["refused"] == "AccessDenied"
    assert "no identity-based policy allows the s3:PutObject action" in said["other"]["message"]
    assert said["tables"]["refused"] == "AccessDeniedException"
    assert said["wrong"]["refused"] == "SignatureDoesNotMatch"
