"""A flight simulator for AWS temporary credentials.

Imports nothing, so that using a part never loads the whole: the policy engine is `sts_tui.iam`,
the running simulation `sts_tui.simulation`.
"""

__version__ = "0.1.0"
VERSION_LINE = f"sts-tui {__version__}"
"""What `--version` prints."""
