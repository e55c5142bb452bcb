"""Which commands are there? A table with module, summary and examples of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from sts_tui.cli import command_options
from sts_tui.start_up.named_tuple import NamedTuple

EXPLORE: Final = "explore"
"""The command if none is given."""


class Command(NamedTuple):
    """One command. `module` defines `perform(options, entry_points) -> exit code`, imported on demand."""

    module: str
    summary: str
    examples: tuple[str, ...]
    add_arguments: Callable[[argparse.ArgumentParser], None]


COMMANDS: Final[Mapping[str, Command]] = {
    EXPLORE: Command(
        "explorer",
        "open the explorer (the default)",
        (
            "sts-tui mine.json overlay.json",
            "sts-tui mine.json --trail AWSLogs/",
            "sts-tui --tour story.tour",
            "sts-tui mine.json --resume",
        ),
        command_options.explore,
    ),
    "run": Command(
        "run_tours",
        "run tours headless and print their transcripts",
        (
            "sts-tui run story.tour --junit report.xml",
            "sts-tui run mine.json story.tour",
            "sts-tui run -c 'as alice' -c 'aws sts get-caller-identity' --json",
        ),
        command_options.run,
    ),
    "shoot": Command(
        "shoot",
        "run a tour against the real screen and write its pictures",
        (
            "sts-tui shoot story.tour --out docs/pictures",
            "sts-tui shoot story.tour --out films --text --cast --html",
        ),
        command_options.shoot,
    ),
    "record": Command(
        "record",
        "open the explorer and record what you do as a tour, or make one from a shell script of aws lines",
        (
            "sts-tui record mine.json --out story.tour",
            "sts-tui record mine.json --from-script deploy.sh --as alice --out deploy.tour",
        ),
        command_options.record,
    ),
    "creds": Command(
        "creds",
        "print the simulated credentials of a session or user, in the formats of other tools",
        (
            'eval "$(sts-tui creds job@App mine.json)"',
            "sts-tui creds alice --format process",
            "sts-tui creds demo@Ops --tour story.tour --format profile",
        ),
        command_options.creds,
    ),
    "export": Command(
        "export",
        "print the model, after the edits of a tour, as an account file",
        (
            "sts-tui export mine.json --tour story.tour --out after.json",
            "sts-tui export mine.json --diff after.json",
        ),
        command_options.export,
    ),
    "selftest": Command(
        "selftest",
        "run every claim about AWS against the engine",
        ("sts-tui selftest", "sts-tui selftest --list permissions-boundaries"),
        command_options.selftest,
    ),
    "validate": Command(
        "validate",
        "check account files, policy documents and tours",
        (
            "sts-tui validate mine.json overlay.json story.tour",
            "sts-tui validate trust.json --as trust",
            "aws iam get-account-authorization-details | sts-tui validate -",
            "sts-tui validate mine.json --sarif > findings.sarif",
        ),
        command_options.validate,
    ),
    "serve": Command(
        "serve",
        "let the AWS CLI, SDKs and Terraform use a model, on loopback only; operations of STS, IAM and "
        "Organizations are performed, every other operation is only authorized, and gets an empty answer",
        (
            "sts-tui serve mine.json",
            "sts-tui serve mine.json --port 0 -- pytest tests/aws",
            "sts-tui serve mine.json -- aws s3 cp in.csv s3://data/ --profile App",
        ),
        command_options.serve,
    ),
    "schema": Command(
        "schema",
        "print the JSON Schema of the account file",
        ("sts-tui schema > account.schema.json",),
        command_options.nothing,
    ),
    "incident": Command(
        "reports.incident",
        "find the cut that ends the access of leaked credentials",
        (
            "sts-tui incident unknown-laptop",
            "sts-tui incident ASIA… mine.json --json",
            "sts-tui incident App mine.json --report incident.md",
        ),
        command_options.incident,
    ),
    "replay": Command(
        "reports.replay",
        "evaluate CloudTrail events again, and show what a change would have prevented",
        ("sts-tui replay AWSLogs/ --model mine.json --at 09:20 'revoke App' --suspect 198.51.100.66",),
        command_options.replay,
    ),
    "explain": Command(
        "reports.explain",
        "explain a denial that AWS reported: which statement decides in your account's model",
        (
            "aws s3 cp x s3://data/ 2>&1 | sts-tui explain - --model mine.json",
            "sts-tui explain event.json --model mine.json --json",
            "sts-tui explain denial.txt --without scp --what-if aws:SourceIp=10.0.0.1",
        ),
        command_options.explain,
    ),
    "can": Command(
        "reports.can",
        "print what a session, role or user may do, or one verdict with its reason",
        (
            "sts-tui can alice",
            "sts-tui can App s3:GetObject arn:aws:s3:::data/x --model mine.json",
            "sts-tui can alice --tour after-the-cut.tour",
        ),
        command_options.can,
    ),
    "learn": Command(
        "reports.learn",
        "list exercises, open one in the explorer, or grade an answer",
        (
            "sts-tui learn",
            "sts-tui learn who-may-assume",
            "sts-tui learn who-may-assume --check answer.tour --junit grade.xml",
        ),
        command_options.learn,
    ),
    "fetch": Command(
        "fetch",
        "print a shell script that collects an account or an organization with the AWS CLI",
        (
            "sts-tui fetch > fetch.sh",
            "sh fetch.sh my-account && sts-tui my-account",
            "STS_TUI_ROLE=OrganizationAccountAccessRole sh fetch.sh my-organization",
        ),
        command_options.nothing,
    ),
    "reach": Command(
        "reports.reach",
        "list who can become whom, through which chain of roles",
        (
            "sts-tui reach mine.json",
            "sts-tui reach mine.json --from alice --to Admin",
            "sts-tui reach mine.json --outside --json",
        ),
        command_options.reach,
    ),
}
