"""AWS's SDK in an app: identity pools over the wire, with requests that nothing signs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from sts_tui.simulation.app_visitors import logins_of, pool_of

APP = Path(__file__).parents[2] / "sample_accounts" / "scenarios" / "photo-app.json"
POOL = "us-east-1:0a1b2c3d-1111-4222-8333-444455556666"


@pytest.fixture(scope="module")
def sim() -> Simulation:
    return Simulation.open(APP)


def client(sim: Simulation, service: str, caller: Any = "operator") -> Any:
    return session(sim, caller=caller).client(service, region_name="us-east-1")


def test_a_guest_gets_credentials_that_work(sim: Simulation) -> None:
    cognito = client(sim, "cognito-identity")
    identity = cognito.get_id(IdentityPoolId=POOL)["IdentityId"]
    given = cognito.get_credentials_for_identity(IdentityId=identity)
    assert given["IdentityId"] == identity
    assert isinstance(given["Credentials"]["Expiration"], datetime)
    caller = client(sim, "sts", given["Credentials"]["AccessKeyId"]).get_caller_identity()
    assert caller["Arn"].endswith("assumed-role/Guest/CognitoIdentityCredentials")


def test_someone_who_signs_in_gets_the_role_of_the_mapping(sim: Simulation) -> None:
    cognito = client(sim, "cognito-identity")
    logins = logins_of("members/ben", pool_of("photos", sim.world), sim.world)
    identity = cognito.get_id(IdentityPoolId=POOL, Logins=logins)["IdentityId"]
    given = cognito.get_credentials_for_identity(IdentityId=identity, Logins=logins)
    caller = client(sim, "sts", given["Credentials"]["AccessKeyId"]).get_caller_identity()
    assert ":assumed-role/Editor/" in caller["Arn"]


def test_refusals_have_the_codes_of_the_sdk(sim: Simulation) -> None:
    cognito = client(sim, "cognito-identity")
    with pytest.raises(cognito.exceptions.ResourceNotFoundException):
        cognito.get_id(IdentityPoolId="us-east-1:00000000-0000-4000-8000-000000000000")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.get_id(IdentityPoolId=POOL, Logins={"www.amazon.com": "x"})
    identity = cognito.get_id(IdentityPoolId=POOL)["IdentityId"]
    with pytest.raises(cognito.exceptions.InvalidParameterException):
        cognito.get_open_id_token(IdentityId=identity)


def test_administrators_read_pools_and_identities(sim: Simulation) -> None:
    admin = client(sim, "cognito-identity", "olga")
    (pool,) = admin.list_identity_pools(MaxResults=10)["IdentityPools"]
    assert pool["IdentityPoolName"] == "photos"
    roles = admin.get_identity_pool_roles(IdentityPoolId=POOL)
    assert roles["Roles"]["authenticated"].endswith(":role/Member")
    listed = admin.list_identities(IdentityPoolId=POOL, MaxResults=10)["Identities"]
    assert all(isinstance(one["CreationDate"], datetime) for one in listed)
