from __future__ import annotations

import pytest

from tests.support.sts_calls import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
