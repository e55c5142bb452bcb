"""Three recipes of CONTRIBUTING.md, followed literally in a copy of the package: no step may be missing.

The fast run leaves out the first step of one; with `-m long` each step of each.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.representative import representative

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

_STEP = re.compile(
    r"^(?P<number>\d)\. (?:(?!^\d\. ).)*?in\s+`(?P<file>[\w/-]+\.(?:py|json))`,\s+"
    r"inside\s+`(?P<scope>[^`]+)`,\s+below\s+`(?P<anchor>[^`]+)`:\n\n"
    r"   ```(?:python|json)\n(?P<code>.*?)\n   ```",
    re.MULTILINE | re.DOTALL,
)


class Step(NamedTuple):
    """Lines to insert below the first `anchor` after `scope`, indented as it."""

    file: str
    scope: str
    anchor: str
    code: str


def steps_of(recipe: str) -> list[Step]:
    begin = TEXT.index(f"**{recipe}.**")
    end = TEXT.index("\n**", begin + 2)
    return [
        Step(*match.group("file", "scope", "anchor", "code")) for match in _STEP.finditer(TEXT[begin:end])
    ]


def perform(step: Step, folder: Path) -> None:
    path = folder / step.file
    text = path.read_text(encoding="utf-8")
    scope = text.index(step.scope)
    anchor = text.index(step.anchor, scope)
    margin = " " * (anchor - text.rfind("\n", 0, anchor) - 1)
    line_end = text.index("\n", anchor)
    lines = [f"{margin}{line.removeprefix('   ')}".rstrip() for line in step.code.split("\n")]
    path.write_text(text[:line_end] + "\n" + "\n".join(lines) + text[line_end:], encoding="utf-8")


NEW_KEY = """
import json
from docs.generate.account_file import account_file
from sts_tui.account.writing.difference import diff
from sts_tui.account.writing.export import as_json
from sts_tui.account.writing.schema import json_schema
from tests.accounts.every_part import PROD, changed, errors, model, own_file

whole = own_file()
role = model(whole).accounts[0].role_detail_list[0]
assert role.cost_center == "4711", role
assert as_json(model(whole))["Accounts"][0]["RoleDetailList"][0]["CostCenter"] == "4711"
where = "Accounts.0.RoleDetailList.0.CostCenter"
assert "33 characters" in errors(changed(whole, where, "x" * 33))[0].message
assert "4711" in errors(whole, changed(whole, where, "x"))[0].message
assert "CostCenter" in diff(model(whole), model(changed(whole, where, ...)))[0]
assert json_schema()["$defs"]["Role"]["properties"]["CostCenter"]["maxLength"] == 32
assert "| `CostCenter` | text | Who pays for the role. At most 32 characters. |" in account_file()
"""

NEW_SETTING = """
from docs.generate.account_file import account_file
from docs.generate.sts_operations import sts_operations
from sts_tui.account.entities import Settings
from sts_tui.simulation import Simulation
from sts_tui.simulation.settings import changed_setting
from sts_tui.sts.errors import AwsError

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "1"}}}]}
USER = {"UserName": "alice", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": POLICY}]}

def is_allowed(value):
    account = {"AccountId": "111122223333", "UserDetailList": [USER]}
    sim = Simulation.open({"Accounts": [account], "Settings": {"BoolReadsOneAsTrue": value}}, seed=1)
    key = sim.access_key("arn:aws:iam::111122223333:user/alice")
    try:
        sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::box/key"}, caller=key)
    except AwsError:
        return False
    return True

assert (is_allowed(True), is_allowed(False)) == (True, False)
assert changed_setting(Settings(), "bool-reads-one-as-true", "true")[0].bool_reads_one_as_true is True
assert "`BoolReadsOneAsTrue`" in account_file()
assert "BoolReadsOneAsTrue" in sts_operations()
"""

NEW_OPERATOR = """
from sts_tui.account.policies.policy_grammar import PolicyKind, check_policy
from sts_tui.account.writing.schema import json_schema
from sts_tui.tours.claims import decision_cases
from tests.iam import test_agreement, test_decision_cases
from tests.iam.random_policies import FAMILIES

name = "StringStartsWith"
assert name in str(json_schema())
assert any(name in family[0] for family in FAMILIES)
statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {name: {"aws:userid": "a"}}}
assert check_policy({"Version": "2012-10-17", "Statement": statement}, PolicyKind.IDENTITY) == ()
test_decision_cases.test_every_operator_is_claimed_to_hold_and_not_to_hold(name)
for suffix in ("", "IfExists"):
    test_decision_cases.test_every_operator_is_claimed_for_a_missing_key(name, suffix)
claimed = [case for case in decision_cases() if name in str(case.given)]
for case in claimed:
    assert case.check() == "", case.check()
    test_agreement.test_naive_evaluator_meets_the_claims_too(case)
assert len(claimed) == 3
"""

RECIPES = {
    "Add a key to the account file": (NEW_KEY, 3),
    "Add a setting": (NEW_SETTING, 4),
    "Add a condition operator": (NEW_OPERATOR, 5),
}
CASES = [(recipe, left_out) for recipe, (_, steps) in RECIPES.items() for left_out in (None, *range(steps))]
QUICK = [*((recipe, None) for recipe in RECIPES), ("Add a setting", 0)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipes")
    unneeded = shutil.ignore_patterns("*.svg", "pictures", "__snapshots__")
    for name in ("sts_tui", "docs", "tests", "sample_accounts"):
        shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
    return folder


@pytest.mark.parametrize(("recipe", "left_out"), representative(CASES, *QUICK), ids=str)
def test_following_the_recipe_is_enough_and_every_step_is_needed(
    copy: Path, recipe: str, left_out: int | None
) -> None:
    check, number = RECIPES[recipe]
    steps = steps_of(recipe)
    assert len(steps) == number
    before = {step.file: (copy / step.file).read_text(encoding="utf-8") for step in steps}
    try:
        for index, step in enumerate(steps):
            if index != left_out:
                perform(step, copy)
        done = subprocess.run(
            [sys.executable, "-B", "-c", check], cwd=copy, capture_output=True, text=True, check=False
        )
    finally:
        for file, text in before.items():
            (copy / file).write_text(text, encoding="utf-8")
    assert (done.returncode == 0) is (left_out is None), done.stderr
