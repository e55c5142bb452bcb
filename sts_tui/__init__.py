"""sts-tui: a flight simulator for AWS temporary credentials.

The package imports nothing, so that each part can be used separately: the policy engine is `sts_tui.iam`, the
running simulation `sts_tui.simulation`.
"""

__version__ = "0.1.0"
VERSION_LINE = f"sts-tui {__version__}"
"""The output of `--version`."""
