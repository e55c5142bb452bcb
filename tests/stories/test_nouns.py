"""Pane 1 lists whatever the model holds; each row has its policies in pane 2 and the actions that fit."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import TextArea

from sts_tui.simulation.events import ConfigurationChanged
from sts_tui.simulation.views.nouns.table import NOUNS, ORDER
from sts_tui.tui.dialogs.row_actions import actions_of
from sts_tui.tui.widgets.table import Table
from tests.accounts.dumps import GITHUB, dump_with_trusts
from tests.accounts.policies import MAIN
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative


async def command(explorer: Explorer, text: str) -> None:
    await explorer.press("colon")
    await explorer.type(text)
    await explorer.press("enter")


async def choose(explorer: Explorer, text: str) -> None:
    """Chooses from the menu of the selected row."""
    await explorer.press("o")
    await explorer.type(text)
    await explorer.press("enter")


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.long) for size in ((120, 36), (200, 50)))]
)
async def test_every_list_is_shown_by_its_command(size: tuple[int, int]) -> None:
    async with open_explorer(size=size, seconds=5) as explorer:
        for noun in NOUNS.values():
            await command(explorer, noun.id)
            assert noun.title in explorer.pane("roles").splitlines()[0]
            assert len(explorer.app.main.roles.table.rows), noun.id
            row = explorer.app.selection.subject_row()
            assert row is not None
            assert f"of {row.name}"[:20] in str(explorer.app.main.policies.border_title)
            assert actions_of(explorer.app), noun.id


async def test_a_wide_screen_has_no_empty_place_for_a_trust_policy_that_is_not_there() -> None:
    async with open_explorer(size=(200, 50)) as explorer:
        assert explorer.app.main.policies.trust.display
        await command(explorer, "groups")
        assert not explorer.app.main.policies.trust.display
        await command(explorer, "roles")
        assert explorer.app.main.policies.trust.display


async def test_one_again_goes_through_the_lists_and_comes_back_to_the_roles() -> None:
    async with open_explorer() as explorer:
        seen = []
        for _ in ORDER:
            seen.append(explorer.app.main.roles.noun)
            await explorer.press("1")
        assert seen == list(ORDER)
        assert explorer.app.main.roles.noun == "roles"


async def test_n_chooses_the_list() -> None:
    async with open_explorer() as explorer:
        await explorer.press("N")
        await explorer.type("guard")
        await explorer.press("enter")
        assert "Guardrails" in explorer.pane("roles")


async def test_a_key_is_deactivated_and_undone() -> None:
    async with open_explorer() as explorer:
        await command(explorer, "keys etl")
        row = explorer.app.main.roles.table.cursor_row
        assert "etl" in explorer.pane("policies").splitlines()[0] or row is not None
        await choose(explorer, "deactivate")
        assert "Inactive" in explorer.pane("roles")
        await explorer.press("u", "enter")
        assert "Inactive" not in explorer.pane("roles")


async def test_a_workload_is_paused_and_resumed() -> None:
    async with open_explorer(seconds=5) as explorer:
        await command(explorer, "workloads web-shop")
        await choose(explorer, "pause")
        assert "paused" in explorer.pane("roles")
        log = explorer.app.simulation.events
        before = log.last_number
        await explorer.wait(30)
        after = [each for each in log.since(before) if getattr(each, "workload", "") == "web-shop"]
        assert not after
        await choose(explorer, "resume")
        await explorer.wait(30)
        assert any(getattr(each, "workload", "") == "web-shop" for each in log.since(before))


async def test_a_user_is_acted_as_and_its_sessions_are_denied_by_a_date() -> None:
    async with open_explorer(seconds=5) as explorer:
        await command(explorer, "users etl")
        await choose(explorer, "act as")
        assert explorer.app.acting.label == "etl"
        explorer.app.act_as(explorer.app.simulation.resolve("operator"))
        await explorer.press("U")
        assert "etl" in explorer.screen()
        await explorer.press("tab", "enter")
        assert "AWSRevokeOlderSessions" in explorer.pane("policies")


async def test_a_guardrail_and_a_bucket_policy_are_edited_in_their_own_accounts() -> None:
    async with open_explorer() as explorer:
        for line, action in (
            ("guardrails only-our-organization", "organizations:UpdatePolicy"),
            ("resources acme-orders", "s3:PutBucketPolicy"),
            ("groups Engineers", "iam:PutGroupPolicy"),
        ):
            await command(explorer, line)
            await explorer.press("e")
            area = explorer.app.screen.query_one(TextArea)
            area.text = area.text.replace('"Sid": "', '"Sid": "Edited', 1)
            await explorer.pilot.pause()
            await explorer.press("ctrl+s")
            log = list(explorer.app.simulation.events)
            changed = [each for each in log if isinstance(each, ConfigurationChanged)]
            assert changed[-1].action == action
            assert "Edited" in explorer.pane("policies")


def with_resource(resource_arn: str, action: str) -> dict[str, Any]:
    stored = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Own", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action}
            | ({} if ":ecr:" in resource_arn else {"Resource": resource_arn})
        ],
    }
    return {"Accounts": [{"AccountId": MAIN, "Resources": [{"Arn": resource_arn, "Policy": stored}]}]}


@pytest.mark.parametrize(
    ("name", "action"),
    representative(
        [
            ("sqs:us-east-1:111122223333:orders", "sqs:SendMessage"),
            ("sns:us-east-1:111122223333:news", "sns:Publish"),
            ("secretsmanager:us-east-1:111122223333:secret:db-a1b2c3", "secretsmanager:GetSecretValue"),
            ("ecr:us-east-1:111122223333:repository/app", "ecr:BatchGetImage"),
            ("lambda:us-east-1:111122223333:function:resize", "lambda:InvokeFunction"),
        ],
        ("sqs:us-east-1:111122223333:orders", "sqs:SendMessage"),
    ),
)
async def test_the_policy_of_a_resource_is_edited_with_the_calls_of_its_service(
    name: str, action: str
) -> None:
    resource_arn = f"arn:aws:{name}"
    async with open_explorer(with_resource(resource_arn, action)) as explorer:
        await command(explorer, "resources")
        await explorer.press("e")
        area = explorer.app.screen.query_one(TextArea)
        area.text = area.text.replace("Own", "Edited")
        await explorer.pilot.pause()
        assert "AWS would" in explorer.text() or "the operator bypasses IAM" in explorer.text()
        await explorer.press("ctrl+s")
        assert "Edited" in explorer.pane("policies")
        await explorer.press("u")
        await explorer.press("enter")
        assert "Own" in explorer.pane("policies"), "one undo"


async def test_the_editor_says_what_no_call_of_lambda_writes() -> None:
    function = "arn:aws:lambda:us-east-1:111122223333:function:resize"
    async with open_explorer(with_resource(function, "lambda:InvokeFunction")) as explorer:
        await command(explorer, "resources")
        await explorer.press("e")
        area = explorer.app.screen.query_one(TextArea)
        area.text = area.text.replace("Allow", "Deny")
        await explorer.pilot.pause()
        assert "AddPermission adds statements with Effect Allow only" in explorer.text()
        await explorer.press("ctrl+s")
        assert "Deny" not in explorer.pane("policies")


async def test_who_uses_a_policy_leads_to_the_role() -> None:
    async with open_explorer() as explorer:
        await command(explorer, "policies OrdersReadWrite")
        await choose(explorer, "who uses")
        await explorer.press("enter")
        assert "of App" in explorer.pane("policies")
        assert explorer.app.main.roles.noun == "roles"


async def test_no_action_of_a_role_reaches_a_role_that_is_not_shown() -> None:
    """The one selection: with users listed, what applies to roles says so, or applies to the user."""
    async with open_explorer(seconds=20) as explorer:
        await command(explorer, "accounts")
        await explorer.press("R")
        assert explorer.app.screen is explorer.app.main
        assert "Select a role" in explorer.message()
        await explorer.press("3")
        row = explorer.app.selection.session()
        assert row is not None
        assert explorer.app.selection.subject.key == row.role_arn
        await explorer.press("1")
        assert explorer.app.main.roles.noun == "accounts", "coming back does not turn the list"
        assert explorer.app.selection.subject.noun == "accounts"


@pytest.mark.parametrize("what", ["user_id", "access key", "serial"])
async def test_a_user_is_found_by_what_identifies_it(what: str) -> None:
    async with open_explorer() as explorer:
        configuration = explorer.app.simulation.world.configuration
        alice = next(user for user in configuration.users.values() if user.user_name == "alice")
        text = {
            "user_id": alice.user_id,
            "access key": explorer.app.simulation.access_key(alice.arn) or "",
            "serial": alice.mfa_devices[0].serial_number,
        }[what]
        await command(explorer, f"users {text}")
        assert len(explorer.app.main.roles.table.rows) == 1
        assert explorer.app.selection.subject.key == alice.arn


async def test_the_identity_list_finds_by_key_id_and_unique_id() -> None:
    async with open_explorer(seconds=20) as explorer:
        session = next(iter(explorer.app.simulation.world.sessions.values()))
        await explorer.press("i")
        await explorer.type(session.user_id)
        await explorer.press("enter")
        assert explorer.app.acting.access_key_id == session.access_key_id


async def test_sessions_are_filtered_by_unique_id_and_source_identity() -> None:
    async with open_explorer(seconds=20) as explorer:
        session = next(iter(explorer.app.simulation.world.sessions.values()))
        await explorer.press("3", "slash")
        await explorer.type(session.user_id)
        await explorer.press("enter")
        rows = explorer.app.main.sessions.table.rows
        assert session.access_key_id in [rows[place].access_key_id for place in range(len(rows))]


async def test_a_principal_that_a_trust_policy_lets_in_from_outside_can_be_acted_as() -> None:
    vendor = "444455556666"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": vendor}}
    service = {**statement, "Principal": {"Service": "scheduler.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [statement, service]}
    model = {
        "Accounts": [
            {
                "AccountId": "111122223333",
                "RoleDetailList": [{"RoleName": "Vendor", "AssumeRolePolicyDocument": trust}],
            }
        ]
    }
    async with open_explorer(model) as explorer:
        await explorer.press("i")
        await explorer.type(vendor)
        assert "outside the files" in explorer.text()
        await explorer.press("enter")
        assert explorer.app.acting.account == vendor
        await explorer.press("i")
        await explorer.type("scheduler")
        await explorer.press("enter")
        assert explorer.app.acting.label == "service:scheduler.amazonaws.com"


async def test_a_user_of_an_identity_provider_signs_in_from_the_list_of_identities() -> None:
    async with open_explorer(dump_with_trusts()) as explorer:
        await explorer.press("i")
        await explorer.type("repo:acme")
        assert "signs in to deploy" in explorer.text()
        await explorer.press("enter")
        assert explorer.app.acting.label == "repo-acme-any@deploy"
        assert "Signed in" in explorer.message()
        await explorer.press("colon")
        await explorer.type("as saml:okta/kim@staff")
        await explorer.press("enter")
        assert explorer.app.acting.label == "kim@staff"
        await explorer.press("colon")
        await explorer.type(f"as oidc:{GITHUB}/repo:evil/x@deploy")
        await explorer.press("enter")
        assert "cannot sign in: AccessDenied" in explorer.text()
        assert explorer.app.acting.label == "kim@staff"


async def test_a_click_on_a_user_of_an_identity_provider_signs_in() -> None:
    async with open_explorer(dump_with_trusts()) as explorer:
        await explorer.press("i")
        await explorer.type("okta")
        choices = explorer.app.screen.query_one(Table)
        row = next(y for y, text in enumerate(choices.dump()) if "saml:okta" in text)
        await explorer.click("Table", offset=(4, row), times=2)
        assert explorer.app.acting.label == "any@staff"
