"""A shell script of `aws` lines becomes a tour that does the same; the rest is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tours.scripts.script_flow import Translation
from sts_tui.tours.scripts.translation import translate
from tests.accounts.policies import MAIN
from tests.accounts.tour_model import MODEL

OPS = f"arn:aws:iam::{MAIN}:role/Ops"
ASSUME = f"aws sts assume-role --role-arn {OPS} --role-session-name demo"
KEYS = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]"
DENY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"],'
    ' "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2024-01-01T00:00:00Z"}}}]}'
)

ALICE_KEY = Simulation.open(MODEL).resolve("alice").access_key_id

Translate = Callable[..., Translation]


@pytest.fixture
def of(tmp_path: Path) -> Translate:
    """The translation of a script, after its tour was played from the beginning without a failure."""

    def translated(script: str, *, who: str | None = "alice", **environment: str) -> Translation:
        found = translate(
            script,
            Simulation.open(MODEL),
            folder=tmp_path,
            tour_folder=tmp_path,
            who=who,
            environment={name.lstrip("_"): value for name, value in environment.items()},
        )
        tour = parse_tour("\n".join(found.steps), "translated")
        played = list(play(tour, Player(Simulation.open(MODEL), tmp_path)))
        failed = [one.result.message for one in played if one.result.outcome is StepOutcome.FAILED]
        assert failed == []
        return found

    return translated


def steps(found: Translation) -> tuple[str, ...]:
    assert found.untranslated == ()
    return found.steps


@pytest.mark.parametrize(
    "script",
    [
        f"""
CREDS=$({ASSUME})
export AWS_ACCESS_KEY_ID=$(echo "$CREDS" | jq -r .Credentials.AccessKeyId)
export AWS_SECRET_ACCESS_KEY=$(echo $CREDS | jq -r '.Credentials.SecretAccessKey')
export AWS_SESSION_TOKEN=$(jq -r .Credentials.SessionToken <<< "$CREDS")
""",
        f"""
export $(printf "AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s" \\
  $({ASSUME} --query "{KEYS}" --output text))
""",
        f"""
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<< "$({ASSUME} \\
  --query '{KEYS}' --output text)"
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
""",
        f"""
{ASSUME} > creds.json
KEY=$({ASSUME} --query Credentials.AccessKeyId --output text)
aws configure set aws_access_key_id $KEY --profile ops
export AWS_PROFILE=ops
""",
        f"""
C=$({ASSUME} --query "{KEYS}" --output text)
export AWS_ACCESS_KEY_ID=$(echo $C | awk '{{print $1}}')
export AWS_SESSION_TOKEN=$(echo $C | awk '{{print $3}}')
""",
        f"""
C=$({ASSUME} --query "{KEYS}" --output text | tr '\\t' ' ')
export AWS_ACCESS_KEY_ID=$(echo "$C" | cut -d' ' -f1) AWS_SESSION_TOKEN=$(echo "$C" | cut -d ' ' -f 3)
""",
        f"""
export AWS_ACCESS_KEY_ID=$({ASSUME} | grep AccessKeyId | cut -d'"' -f4)
""",
        f"""
C=($({ASSUME} \\
  --query "{KEYS}" --output text))
export AWS_ACCESS_KEY_ID=${{C[0]}} AWS_SECRET_ACCESS_KEY=${{C[1]}}
""",
        f"""
IFS=$'\\t' read -r -a C <<< "$({ASSUME} --query "{KEYS}" --output text)"
export AWS_ACCESS_KEY_ID="${{C[0]}}"
""",
        f"""
set -- $({ASSUME} --query "{KEYS}" --output text)
export AWS_ACCESS_KEY_ID=$1
""",
        f"""
eval $({ASSUME} | jq -r '.Credentials
  | "export AWS_ACCESS_KEY_ID=\\(.AccessKeyId)\\nexport AWS_SECRET_ACCESS_KEY=\\(.SecretAccessKey)"')
""",
        f"""
source <({ASSUME} | jq -r '.Credentials | "export AWS_ACCESS_KEY_ID=\\(.AccessKeyId)"')
""",
        f"""
C=$({ASSUME})
echo "export AWS_ACCESS_KEY_ID=$(echo $C | jq -r .Credentials.AccessKeyId)" > creds.sh
echo "export AWS_SESSION_TOKEN=x" >> creds.sh
. creds.sh
""",
        f"""
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY < <({ASSUME} \\
  | jq -r '.Credentials | [.AccessKeyId, .SecretAccessKey] | @tsv')
""",
        f"""
KEY=$({ASSUME} --query Credentials.AccessKeyId --output text)
aws configure set aws_access_key_id $KEY --profile ops
eval "$(aws configure export-credentials --profile ops --format env)"
""",
        f"""
mkdir -p ~/.aws
cat > ~/.aws/credentials <<EOF
[default]
aws_access_key_id = $({ASSUME} --query Credentials.AccessKeyId --output text)
EOF
""",
    ],
    ids=[
        *("jq", "printf", "read", "profile", "awk", "cut", "grep", "array", "read-array", "set", "eval-jq"),
        *("source-jq", "file-jq", "tsv", "export-credentials", "credentials-file"),
    ],
)
def test_credentials_in_the_environment_become_an_as_step(of: Translate, script: str) -> None:
    found = steps(of(script + "aws sts get-caller-identity\n"))
    assert found[0] == "as alice"
    assert found[-2:] == ("as demo@Ops", "aws sts get-caller-identity")


def test_without_credentials_in_the_environment_the_first_caller_acts_again(of: Translate) -> None:
    script = f"export AWS_ACCESS_KEY_ID=$({ASSUME} --query Credentials.AccessKeyId --output text)\n"
    assert steps(of(script + "unset AWS_ACCESS_KEY_ID\n"))[-1] == "as alice"


ROLE_PROFILE = f"""
aws configure set role_arn {OPS} --profile ops
aws configure set profile.ops.source_profile default
"""


def test_a_profile_with_a_role_assumes_it_until_the_session_expires(of: Translate) -> None:
    call = "aws sts get-caller-identity --profile ops\n"
    found = steps(of(ROLE_PROFILE + call + call))
    assert [step.split()[:3] for step in found[1:]] == [
        ["aws", "sts", "assume-role"],
        ["aws", "sts", "get-caller-identity"],
        ["aws", "sts", "get-caller-identity"],
    ]
    assert found[-1].endswith("@Ops")
    later = steps(of(ROLE_PROFILE + call + "sleep 2h\n" + call))
    assert len([step for step in later if "assume-role" in step]) == 2


@pytest.mark.parametrize(
    "setting",
    [
        "export AWS_ACCESS_KEY_ID=$(python3 keys.py)",
        "AWS_ACCESS_KEY_ID=$(python3 keys.py)",
        "read AWS_ACCESS_KEY_ID",
        "eval $(python3 keys.py)",
        "source missing.sh",
        "export $(python3 keys.py)",
        "use() {\nexport AWS_ACCESS_KEY_ID=$1\n}\nuse x",
        "while read x; do\nexport AWS_ACCESS_KEY_ID=$x\ndone",
        "if [ -f x ]; then\nexport AWS_ACCESS_KEY_ID=x\nfi",
        "for x in $(python3 keys.py); do export AWS_ACCESS_KEY_ID=$x; done",
        "export AWS_PROFILE=nobody",
        "export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/token",
        "aws configure set aws_access_key_id $(python3 keys.py)",
        "aws configure import --csv file://keys.csv",
    ],
)
def test_while_the_identity_is_unknown_calls_are_left_out(of: Translate, setting: str) -> None:
    script = f"{setting}\naws iam list-users\naws iam list-roles --profile alice\n"
    found = of(script + f"export AWS_ACCESS_KEY_ID={ALICE_KEY}\naws iam list-groups\n")
    performed = [step.split()[2] for step in found.steps if step.startswith("aws")]
    assert performed == ["list-roles", "list-groups"]
    assert any("identity is not known since line" in step for step in found.steps)
    assert any("list-users" in one.text and "not known" in one.reason for one in found.untranslated)


def test_a_variable_keeps_no_value_from_before_an_unknown_one(of: Translate) -> None:
    found = of("R=Ops\nR=$(python3 name.py)\naws iam get-role --role-name ${R:-Ops}\n")
    assert [one.line for one in found.untranslated] == [2, 3]
    assert "since line 2" in found.untranslated[1].reason


def test_credentials_of_a_subshell_end_with_it(of: Translate) -> None:
    """https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_04_01"""
    found = of(
        f"(export AWS_ACCESS_KEY_ID={ALICE_KEY}\naws iam list-users\n)\naws iam list-roles\n", who=None
    )
    assert not found.untranslated
    made = [step for step in found.steps if step.startswith(("aws", "as"))]
    alice = next(step for step in made if "alice" in step)
    assert made[made.index(alice) :] == [alice, "aws iam list-users", "as operator", "aws iam list-roles"]


@pytest.mark.parametrize(
    ("script", "performed"),
    [
        ("A=1\n(A=2; aws iam get-role --role-name R$A) 2>&1\naws iam get-role --role-name S$A", ["R2", "S1"]),
        ("(aws iam get-role --role-name A; exit 1; aws iam get-role --role-name B) || "
         "aws iam get-role --role-name C", ["A", "C"]),
        ("( (exit 3) ; aws iam get-role --role-name A$? )\naws iam get-role --role-name B", ["A3", "B"]),
        ("set -e\n(false; aws iam get-role --role-name A)\naws iam get-role --role-name B", []),
        ("set -e\n(false; aws iam get-role --role-name A) || :\naws iam get-role --role-name B", ["A", "B"]),
        ("(set -e)\nfalse\naws iam get-role --role-name A", ["A"]),
        ("for N in A B; do (aws iam get-role --role-name $N; break) & done; wait", ["A", "B"]),
        ("f() ( aws iam get-role --role-name $1 )\nf A", ["A"]),
        ("if (exit 1); then aws iam get-role --role-name A; else aws iam get-role --role-name B; fi", ["B"]),
    ],
)  # fmt: skip
def test_a_subshell_is_followed_and_ends_alone(of: Translate, script: str, performed: list[str]) -> None:
    found = of(script)
    assert not found.untranslated
    assert [step.split()[-1] for step in found.steps if step.startswith("aws")] == performed


def test_a_variable_has_the_value_that_the_call_printed(of: Translate) -> None:
    found = steps(
        of(
            """
ACCOUNT=$(aws sts get-caller-identity --query Account --output text)
aws sts assume-role --role-arn "arn:aws:iam::${ACCOUNT}:role/${ROLE:-Ops}" --role-session-name s-$(date +%s)
"""
        )
    )
    assert found[-1] == f"aws sts assume-role --role-arn {OPS} --role-session-name s-1768467600"


def test_a_document_that_the_script_writes_is_in_the_step(of: Translate) -> None:
    found = steps(
        of(
            f"""
cat > deny.json <<EOF
{DENY.replace("2024-01-01T00:00:00Z", "$(date -u +%Y-%m-%dT%H:%M:%SZ)")}
EOF
aws iam put-role-policy --role-name Ops --policy-name Cut --policy-document file://deny.json
"""
        )
    )
    assert "2026-01-15T09:00:00Z" in found[-1]
    assert "$(" not in found[-1]


def test_a_file_beside_the_script_is_named_from_the_tour(of: Translate, tmp_path: Path) -> None:
    (tmp_path / "deny.json").write_text(DENY)
    found = steps(
        of("aws iam put-role-policy --role-name Ops --policy-name P --policy-document file://deny.json")
    )
    assert found[-1].endswith("file://deny.json")


def test_the_consoles_revocation_becomes_revoke(of: Translate) -> None:
    call = "aws iam put-role-policy --role-name Ops --policy-name {} --policy-document '{}'"
    assert steps(of(call.format("AWSRevokeOlderSessions", DENY)))[-1] == "revoke Ops"
    assert steps(of(call.format("Another", DENY)))[-1].startswith("aws iam put-role-policy")
    wider = DENY.replace('"DateLessThan"', '"DateGreaterThan"')
    assert steps(of(call.format("AWSRevokeOlderSessions", wider)))[-1].startswith("aws iam put-role-policy")


def test_an_mfa_code_is_asked_for_when_the_tour_is_played(of: Translate) -> None:
    device = f"arn:aws:iam::{MAIN}:mfa/alice"
    found = steps(of(f"aws sts get-session-token --serial-number {device} --token-code 123456"))
    assert found[-1] == f"aws sts get-session-token --serial-number {device} --token-code '${{mfa:{device}}}'"


def test_a_refusal_is_expected_and_a_forgiven_one_is_tried(of: Translate) -> None:
    assert steps(of("aws iam get-role --role-name Nobody"))[-1] == "expect error NoSuchEntity"
    assert steps(of("aws iam get-role --role-name Nobody || true"))[-1].startswith("try aws iam get-role")


def test_the_answer_decides_an_if(of: Translate) -> None:
    script = """
if aws iam get-role --role-name {} >/dev/null 2>&1; then
  echo "it exists"
elif [ "$MODE" = "create" ]; then echo creating
else
  echo "neither"
fi
"""
    assert steps(of(script.format("Ops"), MODE=""))[-1] == "say it exists"
    assert steps(of(script.format("Nobody"), MODE="create"))[-1] == "say creating"
    assert steps(of(script.format("Nobody"), MODE=""))[-1] == "say neither"


def test_a_for_loop_is_written_out(of: Translate) -> None:
    found = steps(of("for role in Ops Twin; do aws iam get-role --role-name $role; done"))
    assert found[1:] == ("aws iam get-role --role-name Ops", "aws iam get-role --role-name Twin")


def test_after_set_e_the_first_failure_ends_the_script(of: Translate) -> None:
    failing = "aws iam get-role --role-name Nobody\naws sts get-caller-identity\n"
    assert steps(of(failing))[-1] == "aws sts get-caller-identity"
    assert steps(of("set -euo pipefail\n" + failing))[-1].startswith("# The script ends here, at line 2")
    assert steps(of("set -e\nX=$(" + failing.replace("\n", ")\n", 1)))[-1].startswith(
        "# The script ends here"
    )
    assert steps(of("set -e\n" + failing.replace("\n", " || echo none\n", 1)))[-1].endswith("identity")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("aws s3 ls", ["s3:ListAllMyBuckets '*'"]),
        ("aws s3 ls s3://alpha-data/in/", ["s3:ListBucket arn:aws:s3:::alpha-data"]),
        ("aws s3 cp a.csv s3://alpha-data/in/", ["s3:PutObject arn:aws:s3:::alpha-data/in/a.csv"]),
        ("aws s3 cp s3://alpha-data/a.csv .", ["s3:GetObject arn:aws:s3:::alpha-data/a.csv"]),
        (
            "aws s3 sync ./dist s3://alpha-data/site --delete",
            [
                "s3:ListBucket arn:aws:s3:::alpha-data",
                "s3:PutObject 'arn:aws:s3:::alpha-data/site/*'",
                "s3:DeleteObject 'arn:aws:s3:::alpha-data/site/*'",
            ],
        ),
        (
            "aws s3 mv s3://alpha-data/a s3://other/b",
            [
                "s3:GetObject arn:aws:s3:::alpha-data/a",
                "s3:PutObject arn:aws:s3:::other/b",
                "s3:DeleteObject arn:aws:s3:::alpha-data/a",
            ],
        ),
        ("aws s3 rm s3://alpha-data/a", ["s3:DeleteObject arn:aws:s3:::alpha-data/a"]),
        (
            'aws dynamodb get-item --table-name orders --key \'{"id": {"S": "1"}}\' --region eu-west-1',
            [f"dynamodb:GetItem arn:aws:dynamodb:eu-west-1:{MAIN}:table/orders"],
        ),
        (
            "aws lambda invoke --function-name f out.json",
            [f"lambda:InvokeFunction arn:aws:lambda:us-east-1:{MAIN}:function:f"],
        ),
    ],
)
def test_a_call_that_is_not_performed_becomes_requests(
    of: Translate, command: str, expected: list[str]
) -> None:
    found = steps(of(command, who=None))
    assert [step for step in found if step.startswith("request")] == [f"request {one}" for one in expected]


def test_a_call_that_is_left_out_on_purpose_says_why_and_what_instead(of: Translate) -> None:
    request, note = steps(of("aws s3api put-bucket-acl --bucket b --acl private", who=None))
    assert request == "request s3:PutBucketAcl arn:aws:s3:::b"
    assert note.startswith("# aws s3api put-bucket-acl")
    assert "bucket policy" in note


def test_sleep_is_simulated_time_and_echo_narrates(of: Translate) -> None:
    found = steps(of('#!/bin/bash\n# Wait\nsleep 90\necho "Still   here"  # aside\necho "" > /dev/null\n'))
    assert found == ("as alice", "# Wait", "wait 90s", "say Still here")


@pytest.mark.parametrize(
    ("script", "line", "reason"),
    [
        ("\nwhile true; do :; done", 2, "does not end"),
        ("f() {\n f\n}\nf", 2, "call each other"),
        ("while read x; do aws sts get-caller-identity; done < <(curl example.com)", 1, "curl"),
        ("curl example.com | while read x; do aws sts get-caller-identity; done", 1, "curl"),
        ("X=$((RANDOM ** 2))", 1, "not supported"),
        ("aws iam get-role --role-name <role-name>", 1, "--env 'role-name=…'"),
        ("aws sts get-caller-identity --profile nobody", 1, "nobody"),
        ("export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", 1, "AKIAIOSFODNN7EXAMPLE"),
        ("aws iam get-role --role-name $NAME", 1, "--env NAME"),
        ("aws iam get-role --role-name $1", 1, "--env 1"),
        ("aws iam get-role --role-name $(whoami)", 1, "whoami"),
        ("aws iam get-rolle --role-name x", 1, "get-rolle"),
        ("aws nothing at-all", 1, "nothing"),
        ("aws s3 cp a b", 1, "s3://"),
        ("aws iam list-users --query 'Users[].UserName' --output text | xargs -n1 echo", 1, "xargs"),
        ("python3 deploy.py", 1, "python3"),
        ("jq . x.json | aws iam list-users", 1, "aws"),
        ("aws iam put-role-policy --role-name Ops --policy-name P --policy-document file://n", 1, "cannot"),
        ("if [ -f x ]; then aws sts get-caller-identity; fi", 1, "not supported"),
        ("(aws sts get-caller-identity) > out.json", 1, "subshell"),
        ("aws iam list-users | (aws sts get-caller-identity)", 1, "subshell"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_listed_with_its_reason(
    of: Translate, script: str, line: int, reason: str
) -> None:
    found = of(script)
    assert [one.line for one in found.untranslated] == [line]
    assert reason in found.untranslated[0].reason
    assert not any(step.startswith("aws") for step in found.steps if "list-users" not in step)
    assert any(step.startswith(f"# Not translated, line {line}: ") for step in found.steps)


def test_variables_and_arguments_can_be_given(of: Translate) -> None:
    assert steps(of("aws iam get-role --role-name $1", _1="Ops"))[-1] == "aws iam get-role --role-name Ops"


DAMAGED = r"""
' " $( ${ ` if for|x|in|a;|do cat|<<EOF \ a\ ) $(aws if|true;|then } fi done x=$( export read [ !| set aws
aws|s3 aws|iam|--x printf|%d|1 tr unset sleep sleep|x for|x|in|a|b;|do !|aws
aws|iam|get-role|--role-name|'${last:'
aws|iam|get-role|--profile aws|--profile|x while case|x {  f() ${} $ "$ "$( <<< > 2>&1 &
"""


@pytest.mark.parametrize("script", [*DAMAGED.split(), "\x00"])
def test_a_damaged_script_ends_in_a_list_and_not_in_an_exception(of: Translate, script: str) -> None:
    of(script.replace("|", " "))


KEYS_OF_ALICE = "AccessKeyMetadata[].AccessKeyId"


def test_a_function_is_followed_with_its_arguments(of: Translate) -> None:
    found = of(
        """
attached() {
  local role="$1"
  if [[ $# -ne 1 ]]; then return 1; fi
  aws iam list-attached-role-policies --role-name "${role}" --query 'length(AttachedPolicies)' --output text
}
COUNT=$(attached Ops)
attached Ops
[[ "$COUNT" -ge 0 ]] && echo "known: $((COUNT + 1 - COUNT))"
"""
    )
    assert [one for one in steps(found) if one.startswith("aws")] == [
        "aws iam list-attached-role-policies --role-name Ops --query 'length(AttachedPolicies)' --output text"
    ] * 2
    assert found.steps[-1] == "say known: 1"


@pytest.mark.parametrize(
    "script",
    [
        f"""
aws iam list-access-keys --user-name alice --query '{KEYS_OF_ALICE}' --output text | tr '\\t' '\\n' |
  while read -r KEY; do
    aws iam update-access-key --user-name alice --access-key-id $KEY --status Inactive
  done
""",
        f"""
while read -r KEY; do
  aws iam update-access-key --user-name alice --access-key-id $KEY --status Inactive
done < <(aws iam list-access-keys --user-name alice --query '{KEYS_OF_ALICE}' --output text)
""",
        """
KEYS=$(aws iam list-access-keys --user-name alice)
while read -r KEY; do
  [ -n "$KEY" ] || continue
  aws iam update-access-key --user-name alice --access-key-id $KEY --status Inactive
  break
done <<< "$(jq -r '.AccessKeyMetadata[] | select(.Status == "Active") | .AccessKeyId' <<< "$KEYS")"
""",
    ],
)
def test_a_loop_reads_the_lines_that_a_call_printed(of: Translate, script: str) -> None:
    updates = [one for one in steps(of(script)) if "update-access-key" in one]
    assert len(updates) == 1
    assert "--access-key-id AKIA" in updates[0]


def test_arguments_are_read_as_scripts_read_them(of: Translate) -> None:
    found = of(
        """
set -e
ROLE=""
while [[ $# -gt 0 ]]; do
  case "$1" in
    --role) ROLE="$2"; shift 2 ;;
    -h|--help) exit 0 ;;
    *) echo "unknown $1"; exit 1 ;;
  esac
done
aws iam get-role --role-name "$ROLE"
""",
        _1="--role",
        _2="Ops",
    )
    assert steps(found)[-1] == "aws iam get-role --role-name Ops"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("URL=https://idp.example.com/id; echo ${URL#*//} ${URL%%:*} ${URL//e/E}",
         "idp.example.com/id https https://idp.ExamplE.com/id"),
        ("X=alice; echo ${X^^} ${#X} ${X:1:2} ${X: -2}", "ALICE 5 li ce"),
        ("X=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f5); echo $X", MAIN),
        ("for N in {1..3}; do echo $N; [[ $N == 2* ]] && break; done", "1"),
        ("X=$(printf '%s' 'a b' | base64 | base64 -d | awk '{print $2}'); echo $X", "b"),
        ("X=$(printf 'b=1\\na=2\\n' | sort | grep -v b | sed 's/a/c/'); echo $X", "c=2"),
        ("if grep -q two <<< 'one two'; then echo found; fi", "found"),
        ("{ echo both; } && echo again", "both"),
        ("AWS='aws --region eu-west-1'; $AWS sts get-caller-identity > x; echo $(jq -r .Account x)", MAIN),
    ],
)  # fmt: skip
def test_the_shell_computes_its_words(of: Translate, line: str, said: str) -> None:
    assert f"say {said}" in steps(of(line))


def test_a_placeholder_of_a_page_is_given_by_name(of: Translate) -> None:
    line = "aws iam get-role --role-name <role-name> --query 'Role.Arn' --output text"
    assert steps(of(line, **{"role-name": "Ops"}))[-1].startswith("aws iam get-role --role-name Ops")


def test_a_function_in_a_substitution_and_a_loop_of_a_pipe_leave_the_identity_alone(of: Translate) -> None:
    found = of(
        f"""
use() {{ export AWS_ACCESS_KEY_ID={ALICE_KEY}; echo done; }}
X=$(use)
aws iam list-users --query 'Users[].UserName' --output text | while read -r N; do
  export AWS_ACCESS_KEY_ID={ALICE_KEY}
done
aws iam list-roles
""",
        who=None,
    )
    assert steps(found)[-1] == "aws iam list-roles"
    acting = [step for step in found.steps if step.startswith("as ")]
    assert acting[-1:] == [] or "operator" in acting[-1]
