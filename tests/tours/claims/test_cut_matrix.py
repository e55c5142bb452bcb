"""Every cell of the matrix of cuts is a claim, and each is found by carrying the cut out."""

from __future__ import annotations

import pytest

from sts_tui.tours.claims import CutCell, cut_cells, run_claims
from sts_tui.tours.claims.cut_matrix import COLUMNS, ROWS, Reach
from sts_tui.tours.claims.load import cut_rows

TOPIC = "cuts-and-credentials"
CELLS = tuple(cut_cells())


def test_every_cut_and_every_kind_of_credentials_is_a_claim() -> None:
    assert [(one.cut, one.credentials) for one in CELLS] == [
        (row, column) for row in ROWS for column in COLUMNS
    ]


def test_selftest_runs_them() -> None:
    assert len(list(run_claims(TOPIC))) == len(ROWS) * len(COLUMNS)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_the_cell_is_as_aws_documents_it(cell: CutCell) -> None:
    assert not cell.check()


def test_a_cell_that_does_not_hold_says_what_was_found() -> None:
    cell = next(one for one in CELLS if one.id == "trust-policy-assumerole")
    wrong = cell.model_copy(update={"then": Reach.CUT})
    assert wrong.check() == "expected cut, found new only"


def test_every_kind_of_temporary_credentials_can_be_cut_and_the_issuer_decides() -> None:
    rows = {row.cut: row.cells for row in cut_rows(TOPIC)}
    for column in COLUMNS:
        assert Reach.CUT in {cells[column] for cells in rows.values()}, column
    assert {rows["revoke-role"][column] for column in COLUMNS[:3]} == {Reach.CUT}
    assert {rows["deny-user-dated"][column] for column in COLUMNS[3:5]} == {Reach.CUT}
    assert {rows["trust-policy"][column] for column in COLUMNS[:3]} == {Reach.NEW_ONLY}


def test_a_deny_that_covers_a_part_does_not_end_the_credentials() -> None:
    """The quarantine policy lists actions; an edit denies what was used; RCPs cover some services.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    partial = {"quarantine", "edit", "rcp", "resource-policy", "deny-network"}
    for row in cut_rows(TOPIC):
        found = set(row.cells.values())
        assert (Reach.PARTLY in found) is (row.cut in partial), row.cut
        assert Reach.PARTLY not in found or Reach.CUT not in found, row.cut
