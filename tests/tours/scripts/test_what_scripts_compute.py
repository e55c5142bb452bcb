"""What the shell and jq compute between the calls of a script, as in scripts that are public."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.scripts.jq_filters import jq
from sts_tui.tours.scripts.script_flow import Translation
from sts_tui.tours.scripts.shell_words import NotTranslatedError
from sts_tui.tours.scripts.translation import translate
from tests.accounts.tour_model import MODEL

MISSING = "aws iam get-role --role-name nobody"
LIST = json.dumps(
    {"A": [{"Id": "1", "N": "x", "On": True}, {"Id": "2", "N": "y", "On": False}], "None": None}
)


def of(script: str, **environment: str) -> Translation:
    simulation = Simulation.open(MODEL)
    return translate(script, simulation, folder=Path(), tour_folder=Path(), environment=environment)


def said(script: str, **environment: str) -> list[str]:
    found = of(script, **environment)
    assert found.untranslated == ()
    return [step.removeprefix("say ") for step in found.steps if step.startswith("say ")]


@pytest.mark.parametrize(
    "script",
    [
        "check() {\n if [ $? -ne 0 ]; then exit 1; fi\n}\ncheck",
        "if false; then exit 1; fi",
        "for X in; do false; done",
        "case a in b) false ;; esac",
        "f() { false; return 0; }\nf || exit 1",
    ],
)
def test_what_follows_no_branch_has_succeeded(script: str) -> None:
    assert said(f"set -e\n{script}\necho on") == ["on"]


def test_a_failure_is_seen_by_the_next_command() -> None:
    assert said(f"{MISSING}\nif [ $? -ne 0 ]; then echo absent; fi") == ["absent"]
    assert said(f"R=$({MISSING})\nif [ $? -ne 0 ]; then echo absent; fi") == ["absent"]
    assert said("X=$(echo a)\nif [ $? -eq 0 ]; then echo there; fi") == ["there"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{MISSING} 2>/dev/null || echo none", "none"),
        ("echo a || echo b", "a"),
        ("[ 1 -eq 1 ] && echo yes || echo no", "yes"),
        ("[ 1 -eq 2 ] && echo yes || echo no", "no"),
        (f"{MISSING} --query Role.Arn --output text || true", ""),
        ("echo a; echo b", "a b"),
    ],
)
def test_lists_of_commands_in_a_substitution(text: str, value: str) -> None:
    assert said(f"X=$({text})\necho [$X]") == [f"[{value}]"]


@pytest.mark.parametrize(
    "folder",
    [
        '"$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"',
        '"$( cd "$(dirname "$0")" >/dev/null 2>&1 && pwd -P )"',
        '$(dirname "$0")',
    ],
)
def test_paths_from_the_folder_of_the_script(folder: str) -> None:
    assert said(f'D={folder}\necho one > "$D/x.txt"\necho $(cat "$D/x.txt")') == ["one"]
    assert said('D="$(cd "$(dirname "$0")/.." && pwd)"\necho $D') == [".."]


def test_a_file_takes_what_a_function_prints() -> None:
    script = (
        'policy() {\ncat << EOF\n{"A": "$1"}\nEOF\n}\npolicy b > p.json\necho $(jq -r .A p.json) $(policy c)'
    )
    assert said(script) == ['b {"A": "c"}']


@pytest.mark.parametrize(("given", "line"), [("a", "one"), ("b", ""), ("c", "three"), ("d", "other")])
def test_the_arms_of_a_case_end_on_a_line_of_their_own(given: str, line: str) -> None:
    script = """
case "$1" in
  a)
    printf 'one\n' | while read -r K; do
        echo "$K"
      done
    ;;
  b) ;;
  c)
    # a comment
    echo three
    ;;
  *)
    echo other
esac
"""
    assert said(script, **{"1": given}) == ([line] if line else [])


@pytest.mark.parametrize(
    ("condition", "branch"),
    [
        ("echo 'one two' | grep -q two", "yes"),
        ("echo 'one two' | grep -q ten", "no"),
        ("! echo 'one two' | grep -q ten", "yes"),
        ("aws iam list-roles --query 'length(Roles)' --output text | grep -q '^0$'", "no"),
        ("! aws iam list-roles --query 'length(Roles)' --output text | grep -q '^0$'", "yes"),
    ],
)
def test_grep_at_the_end_of_a_pipe_decides(condition: str, branch: str) -> None:
    assert said(f"set -e\nif {condition}; then echo yes; else echo no; fi") == [branch]
    assert said(f"{condition} && echo yes || echo no") == [branch]


def test_what_is_only_shown_need_not_be_computed() -> None:
    call = "aws iam list-users --query 'Users[].UserName' --output text"
    assert of(f"{call} | cut -c1-3 | grep a").steps == (call,)
    assert of(f"if {call} | cut -c1-3 | grep a; then echo b; fi").untranslated != ()


def test_a_pipe_that_finds_nothing_ends_a_script() -> None:
    assert said("set -e\necho on\necho a | grep b\necho off") == ["on"]


def test_the_elements_of_an_array_and_the_arguments_are_words_of_their_own() -> None:
    script = """
f() { echo "$# $1"; }
A=("a b" c)
for p in "${A[@]}" d; do echo "<$p>"; done
f "${A[@]}"
f "x${A[1]}"
set -- "p q" r
f "$@"
echo ${#A[@]}
A=()
for p in "${A[@]}"; do echo none; done
"""
    assert said(script) == ["<a b>", "<c>", "<d>", "2 a b", "1 xc", "2 p q", "2"]


def test_what_a_call_says_of_its_failure_can_be_taken() -> None:
    script = f"R=$({MISSING} 2>&1) || true\nif [[ $R == *NoSuchEntity* ]]; then echo absent; fi"
    assert said(script) == ["absent"]


def test_arrays_and_texts_grow() -> None:
    assert said('A=()\nA+=("a b")\nA+=(c d)\nX=1\nX+=2\necho ${#A[@]} "${A[0]}" $X') == ["3 a b 12"]


def test_temporary_files_have_names_of_their_own() -> None:
    script = (
        'A=$(mktemp); B="$(mktemp -t x.XXXX)"\necho a > "$A"\necho b > "$B"\necho $(cat "$A") $(cat "$B")'
    )
    assert said(script) == ["a b"]


def test_awk_divides_by_a_word() -> None:
    text = "arn:aws:sts::111122223333:assumed-role/App/x"
    script = f"echo $(echo {text} | awk -F'assumed-role/' '{{print $2}}' | awk -F/ '{{print $1}}')"
    assert said(script) == ["App"]


def test_an_answer_to_a_question_is_given() -> None:
    script = 'read -p "Sure? " X\nif [[ ! "$X" =~ ^[Yy] ]]; then exit; fi\necho sure'
    assert said(script, X="yes") == ["sure"]
    assert said(script, X="no") == []


@pytest.mark.parametrize(
    ("program", "output"),
    [
        (".A[]?.Id // empty", "1\n2"),
        (".None // \"no\"", "no"),
        ('.A[] | select(.Id == "2") | .N', "y"),
        ('.A[] | select(.Id != "2" and .N == "x") | .Id', "1"),
        ('.A[] | select(.Id == "9" or .On) | .Id', "1"),
        (".A | map(.Id) | join(\",\")", "1,2"),
        ("[.A[] | {Id, name: .N}] | length", "2"),
        (".A[0] | {Id, \"name\": .N} | @json", '{"Id":"1","name":"x"}'),
    ],
)  # fmt: skip
def test_jq(program: str, output: str) -> None:
    assert jq(["-r", program], LIST) == output


def test_jq_makes_documents_of_arguments() -> None:
    made = jq(["-n", "--arg", "b", "arn:x/*", '{Version: "2012-10-17", Statement: [{Resource: [$b]}]}'], "")
    assert json.loads(made) == {"Version": "2012-10-17", "Statement": [{"Resource": ["arn:x/*"]}]}
    with pytest.raises(NotTranslatedError):
        jq(["-n", "--arg", "b", "c", "{A: $other}"], "")
    made = "P=$(jq -n --arg r '*' '{Statement: [{Resource: $r}]}')"
    document = f"{made}\necho $(echo \"$P\" | jq -r '.Statement[0].Resource')"
    assert said(document) == ["*"]
