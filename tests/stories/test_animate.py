"""A dump without workloads comes alive by one key, and is a rehearsal by the next."""

from __future__ import annotations

from tests.support.explorer import open_explorer


def dump() -> dict[str, object]:
    return {
        "Accounts": [
            {
                "AccountId": "111122223333",
                "RoleDetailList": [
                    {
                        "RoleName": "worker",
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"Service": "lambda.amazonaws.com"},
                                    "Action": "sts:AssumeRole",
                                }
                            ],
                        },
                        "RolePolicyList": [
                            {
                                "PolicyName": "work",
                                "PolicyDocument": {
                                    "Version": "2012-10-17",
                                    "Statement": [
                                        {
                                            "Effect": "Allow",
                                            "Action": "s3:GetObject",
                                            "Resource": "arn:aws:s3:::data/*",
                                        }
                                    ],
                                },
                            }
                        ],
                    }
                ],
            }
        ]
    }


async def test_e_invents_sessions_and_traffic_and_r_is_then_a_rehearsal() -> None:
    async with open_explorer(dump()) as explorer:
        assert "E invents sessions" in explorer.text()
        await explorer.press("E")
        await explorer.wait(30)
        assert "lambda-7bd52f@worker" in explorer.pane("sessions")
        assert "s3:GetObject" in explorer.pane("requests")
        await explorer.press("R", "tab", "enter")
        await explorer.wait(30)
        assert "DENY" in explorer.pane("requests")


async def test_e_takes_the_invented_ones_off_again() -> None:
    async with open_explorer(dump()) as explorer:
        await explorer.press("E")
        await explorer.wait(30)
        await explorer.press("E")
        assert not explorer.app.simulation.world.workloads
