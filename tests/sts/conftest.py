from __future__ import annotations

import pytest

from tests.accounts.organization import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
