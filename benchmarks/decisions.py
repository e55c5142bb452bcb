"""How many decisions per second? Quick verdicts, full explanations, a thousand statements, compiling,
patterns.

Medians of several rounds, in processor time of this process, which other load on the machine hardly changes;
ratios to the typical case of the same run, so that machines can be compared.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks import mixed, typical
from sts_tui.iam import PolicyDocument, PolicySet, Request, evaluate, explain
from sts_tui.iam.patterns.wildcards import glob_of, tokens_of

_ROUNDS = 9


def main(argv: Sequence[str]) -> None:
    """Print one line for each figure. `argv`: none, or `--quick` for three rounds."""
    rounds = 3 if "--quick" in argv else _ROUNDS
    print(f"Python {platform.python_version()}, {platform.machine()}, {_processor()}")
    base = _rate(_quick_verdict, rounds)
    print(f"{'typical request, deciding statement':<52}{base:>12,.0f} /s     1.00")
    for name, measured in (
        ("eighteen different requests in turn", _mixed_verdicts),
        ("the request built again each time", _with_new_request),
        ("request and policy set built again from layers", _with_new_set),
        ("every statement explained (text on demand)", _explained),
        ("10 statements in one policy of the principal", _many(10)),
        ("1,000 statements in one policy of the principal", _many(1000)),
        ("1,000 statements in 100 policies of the principal", _many_documents),
        ("identity policy, boundary, three levels of SCPs", _asked(*mixed.layered())),
        ("10 mixed statements (wildcards, `?`, variables)", _asked(*mixed.mixed(10))),
        ("1,000 mixed statements, one request again", _asked(*mixed.mixed(1000))),
        ("1,000 mixed statements, another resource each time", _asked_in_turn(*mixed.mixed(1000))),
    ):
        rate = _rate(measured, rounds)
        print(f"{name:<52}{rate:>12,.0f} /s  {rate / base:>7.2f}")
    print(f"{'explanation with its text, in full':<52}{_rate(_explained_in_text, rounds, 200):>12,.0f} /s")
    _patterns(rounds)
    _compiling()


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(
                (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "?"
            )
    except OSError:
        return platform.processor() or "?"


def _rate(measured: Callable[[int], None], rounds: int, count: int = 4000) -> float:
    measured(50)
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        measured(count)
        seconds.append(time.process_time() - started)
    return count / statistics.median(seconds)


_POLICIES = typical.policies()
_REQUESTS = typical.requests()
_THOUSAND = typical.many_statements(1000)


def _quick_verdict(count: int) -> None:
    request = _REQUESTS[0]
    for _ in range(count):
        evaluate(request, _POLICIES)


def _mixed_verdicts(count: int) -> None:
    for _ in range(count // len(_REQUESTS)):
        for request in _REQUESTS:
            evaluate(request, _POLICIES)


def _with_new_request(count: int) -> None:
    for _ in range(count):
        evaluate(typical.one_request(), _POLICIES)


def _with_new_set(count: int) -> None:
    layers = _POLICIES.layers
    for _ in range(count):
        fresh = PolicySet(
            identity=layers.identity or (),
            session=layers.session,
            boundary=layers.boundary,
            resource=layers.resource,
            scps=layers.scps,
            rcps=layers.rcps,
        )
        evaluate(typical.one_request(), fresh)


def _explained(count: int) -> None:
    request = _REQUESTS[0]
    for _ in range(count):
        explain(request, _POLICIES)


def _explained_in_text(count: int) -> None:
    request = _REQUESTS[0]
    for _ in range(count):
        explain(request, _POLICIES).lines()


def _asked(request: Request, policies: PolicySet) -> Callable[[int], None]:
    def measured(count: int) -> None:
        for _ in range(count):
            evaluate(request, policies)

    return measured


def _asked_in_turn(request: Request, policies: PolicySet) -> Callable[[int], None]:
    """Requests for more resources than an index of statements caches."""
    requests = mixed.other_resources(request, 1_000)

    def measured(count: int) -> None:
        for number in range(count):
            evaluate(requests[number % len(requests)], policies)

    return measured


def _many(statements: int) -> Callable[[int], None]:
    policies = typical.policies([("Many", typical.many_statements(statements))])

    def measured(count: int) -> None:
        request = _REQUESTS[0]
        for _ in range(count):
            evaluate(request, policies)

    return measured


def _many_documents(count: int) -> None:
    request = _REQUESTS[0]
    for _ in range(count):
        evaluate(request, _HUNDRED)


_HUNDRED = typical.policies(
    [
        PolicyDocument(
            {**_THOUSAND, "Statement": _THOUSAND["Statement"][first : first + 10]}, f"Policy{first}"
        )
        for first in range(0, 1000, 10)
    ]
)


def _patterns(rounds: int) -> None:
    """2 kB of stars and letters against 2 kB of text that almost matches."""
    text = "a" * 2000
    for name, pattern in (
        ("stars and letters", "*a" * 999 + "*b*"),
        ("letters and question marks", "*" + "a?" * 990 + "b*"),
    ):
        compiling, matching = [], []
        for _ in range(rounds):
            started = time.process_time()
            matches = glob_of.__wrapped__(tokens_of(pattern))
            compiling.append(time.process_time() - started)
            started = time.process_time()
            matches(text)
            matching.append(time.process_time() - started)
        compiled, matched = (statistics.median(each) * 1000 for each in (compiling, matching))
        name = f"pattern of 2 kB ({name})"
        print(f"{name:<52}compiled {compiled:.3f} ms, matched {matched:.3f} ms")


_COMPILE = """
import sys, time
from benchmarks import memory, typical
from sts_tui.__main__ import collect_rarely
from sts_tui.iam import PolicyDocument
collect_rarely()  # as the console script does; with Python's own thresholds it takes about twice as long
started = time.process_time()
documents = [
    PolicyDocument(document, f"{name}{number}")
    for number in range(10_000)
    for name, document in typical.documents_of_role(number)
]
made = time.process_time() - started
before = memory.peak()
started = time.process_time()
count = sum(len(document.statements()) for document in documents)
ready = time.process_time() - started
for document in documents:
    for statement in document.statements():
        statement.conditions  # the first look compiles what is beyond the action
seconds = time.process_time() - started
after = memory.peak()
print(
    f"{f'{count:,} statements of 10,000 roles compiled':<52}{seconds:.1f} s, "
    f"{after - before:.0f} MB more; ready to be asked after {made + ready:.1f} s"
)
"""


def _compiling() -> None:
    """Measured in a process of its own, so that other measurements do not count as its memory."""
    subprocess.run([sys.executable, "-c", _COMPILE], check=True)
