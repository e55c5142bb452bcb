"""The console script: picks a front door and imports only that one."""

from __future__ import annotations

import sys


def main() -> None:
    from sts_tui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
