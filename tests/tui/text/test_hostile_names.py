"""Names and policies that look like markup, control characters or nothing at all are drawn as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.explorer import open_explorer

HOSTILE = "[/][red]bold[/red][@click=app.quit]x[/]"
ACCOUNT = "111122223333"


def account(description: str) -> dict[str, Any]:
    """A model whose free texts are all hostile. IAM's own rules keep role names plain, so those cannot be."""
    return {
        "Name": description,
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": ACCOUNT,
                "Name": description,
                "UserDetailList": [{"UserName": "ann"}],
                "RoleDetailList": [
                    {
                        "RoleName": "App",
                        "Tags": [{"Key": "team", "Value": "web"}],
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"},
                                    "Action": "sts:AssumeRole",
                                },
                            ],
                        },
                        "RolePolicyList": [
                            {
                                "PolicyName": "read",
                                "PolicyDocument": {
                                    "Version": "2012-10-17",
                                    "Statement": [
                                        {
                                            "Effect": "Allow",
                                            "Action": "s3:GetObject",
                                            "Resource": f"arn:aws:s3:::data/{description}*",
                                            "Condition": {"StringNotEquals": {"aws:UserAgent": description}},
                                        }
                                    ],
                                },
                            }
                        ],
                    }
                ],
            }
        ],
        "Workloads": [
            {
                "Name": description,
                "Identity": f"arn:aws:iam::{ACCOUNT}:user/ann",
                "AssumeRoles": [{"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/App", "RoleSessionName": "job"}],
                "Requests": [
                    {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::data/{description}"},
                    {"Action": "s3:PutObject", "Resource": f"arn:aws:s3:::data/{description}"},
                ],
                "EverySeconds": 2,
            }
        ],
    }


WIDE = pytest.param("日本語 [b ]] \\[ $x{y} " + "é" * 30, id="wide", marks=pytest.mark.long)


@pytest.mark.parametrize("text", [pytest.param(HOSTILE, id="markup"), WIDE])
async def test_markup_like_text_is_drawn_and_never_obeyed(text: str) -> None:
    async with open_explorer(account(text), seconds=10, size=(200, 50)) as explorer:
        assert text.split()[0] in explorer.header()
        for keys in (
            ("R",),
            ("escape",),
            ("x",),
            ("escape",),
            ("a",),
            ("escape",),
            ("i",),
            ("escape",),
            ("W",),
            ("escape",),
            ("t",),
            ("escape",),
            ("L",),
            ("escape",),
            ("exclamation_mark",),
            ("escape",),
            ("d",),
            ("escape",),
            ("O",),
            ("escape",),
            ("question_mark",),
            ("escape",),
            ("Y",),
            ("escape",),
            ("ctrl+o",),
            ("escape",),
            ("2", "e"),
            ("escape",),
            ("ctrl+p",),
            ("A", "p", "p"),
            ("escape",),
            ("3", "J"),
            ("escape",),
        ):
            await explorer.press(*keys)
        explorer.app.say(text, "warning")
        await explorer.pilot.pause()
        assert text in explorer.message()
        await explorer.press("4", "j")
        assert text.split()[0][:6] in explorer.pane("requests")
        assert explorer.app.screen is explorer.app.main
        explorer.app.export_screenshot()


async def test_filters_and_commands_take_any_text() -> None:
    async with open_explorer(account(HOSTILE), seconds=6) as explorer:
        for pane in ("1", "3", "4"):
            await explorer.press(pane, "slash")
            await explorer.type("[/][red] !x: ~[")
            await explorer.press("enter", "escape")
        await explorer.press("colon")
        await explorer.type('request s3:GetObject "arn:aws:s3:::[/]')
        await explorer.press("enter")
        assert "[/]" in explorer.text()
