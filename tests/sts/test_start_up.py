"""Start-up is a feature: nothing of STS loads cryptography before a token or assertion is looked at."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("cryptography", "jwt", "signxml", "lxml", "pyotp")


def test_operations_load_without_cryptography() -> None:
    script = (
        "import sys; from sts_tui.sts import OPERATIONS, check_shape; "
        "check_shape('sts:GetCallerIdentity', {}); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"
