"""What each cut does to each kind of credentials, where AWS's documentation says so."""

from __future__ import annotations

import pytest

from docs.generate.incident_matrix import COLUMNS, CUT, LIVES, NEW_ONLY, ROWS, matrix

ROLES = COLUMNS[:3]
USERS = ("GetFederationToken", "GetSessionToken")

CELLS = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    "revoke-role": {**dict.fromkeys(ROLES, CUT), **dict.fromkeys(USERS, LIVES)},
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
    "deny-user-dated": {**dict.fromkeys(USERS, CUT), "long-term key": LIVES},
    "deny-userid": dict.fromkeys((*ROLES, "GetFederationToken"), CUT),
    "detach": dict.fromkeys((*ROLES, *USERS), CUT),
    "trust-policy": dict.fromkeys(ROLES, NEW_ONLY),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    "deny-source-identity": {**dict.fromkeys(ROLES, CUT), **dict.fromkeys(USERS, LIVES)},
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    "scp": dict.fromkeys(COLUMNS, CUT),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    "resource-policy": dict.fromkeys(COLUMNS, CUT),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys-admin-managed.html
    "key-inactive": {"AssumeRole": LIVES, "long-term key": CUT},
}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], str]:
    return matrix()


def test_every_cut_is_tried_on_every_kind_of_credentials(found: dict[tuple[str, str], str]) -> None:
    assert set(found) == {(row, column) for row in ROWS for column in COLUMNS}


@pytest.mark.parametrize("row", CELLS)
def test_the_cells_are_as_aws_documents_them(row: str, found: dict[tuple[str, str], str]) -> None:
    assert {column: found[row, column] for column in CELLS[row]} == CELLS[row]
