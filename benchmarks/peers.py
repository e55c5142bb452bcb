"""How long do other projects take for the same decisions? moto from PyPI and iam-simulate from npm, in turn
with ours.

    pip install -e '.[bench]'; python -m benchmarks peers [--quick]
    make bench-peers        fails where node or iam-simulate is missing

The same policies and requests as `floors`: the layers (identity, boundary, three levels of SCPs) and 1,000
mixed statements. moto evaluates neither boundaries nor SCPs: its matcher is called for each layer. It cannot
read `?` or policy variables: statements with them are omitted for it. iam-simulate explains each of its
decisions, so ours are measured with explanations too. Each peer's verdicts are compared with ours before it
is measured.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks import mixed
from sts_tui.iam import Layer, PolicySet, Request, evaluate, explain

PACKAGES: Final = Path(os.environ.get("STS_TUI_PEERS", Path(__file__).parents[1] / ".venv" / "peers"))
"""The folder in which `make bench-peers` installs the npm packages."""
_SCRIPT: Final = Path(__file__).with_name("peers.mjs")
_ASKED: Final = 200


def main(argv: Sequence[str]) -> None:
    """`--require`: a missing peer is an error; otherwise a line is printed for it."""
    rounds = 3 if "--quick" in argv else 7
    missing = []
    for name, (request, policies), count in (
        ("layers", mixed.layered(), 2_000),
        ("1,000 mixed statements", mixed.mixed(1_000), _ASKED),
    ):
        requests = mixed.other_resources(request, count)
        print(f"{name:<28}{'decisions per second':>24}{'ours / theirs':>16}")
        ours = _rate(partial(_each, evaluate, requests, policies), count, rounds)
        with_text = _rate(partial(_each, explain, requests, policies), count, rounds)
        print(f"  {'ours':<26}{ours:>24,.0f}\n  {'ours, explained':<26}{with_text:>24,.0f}")
        for peer, measure in (("moto", _moto), ("iam-simulate", _iam_simulate)):
            try:
                theirs = measure(policies, requests, rounds)
            except _MissingError as error:
                missing.append(f"{peer}: {error}")
                print(f"  {peer:<26}{'not installed':>24}")
                continue
            base = with_text if peer == "iam-simulate" else ours
            print(f"  {peer:<26}{theirs:>24,.0f}{base / theirs:>16,.0f}")
    if missing and "--require" in argv:
        sys.exit("benchmarks: " + "; ".join(dict.fromkeys(missing)))


class _MissingError(Exception):
    """A peer is not installed; the message says how to install it."""


def _rate(work: Callable[[], object], count: int, rounds: int) -> float:
    work()
    seconds = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return count / statistics.median(seconds)


def _each(answer: Callable[..., object], requests: Sequence[Request], policies: PolicySet) -> None:
    for request in requests:
        answer(request, policies)


def _layers(policies: PolicySet) -> list[list[dict[str, Any]]]:
    return [_documents(layer) for layer in policies.layers.in_order]


def _documents(layer: Layer | None) -> list[dict[str, Any]]:
    return [dict(document.document) for document in layer.documents] if layer is not None else []


def _moto(policies: PolicySet, requests: Sequence[Request], rounds: int) -> float:
    """<https://github.com/getmoto/moto/blob/master/moto/iam/access_control.py>. Raises _MissingError."""
    try:
        access_control = importlib.import_module("moto.iam.access_control")
    except ImportError:
        raise _MissingError("pip install -e '.[bench]'") from None
    permitted = access_control.PermissionResult.PERMITTED
    denied = access_control.PermissionResult.DENIED
    layers = [
        [access_control.IAMPolicy({"policy_document": json.dumps(_readable(each))}) for each in layer]
        for layer in _layers(policies)
    ]

    def allows(request: Request) -> bool:
        for layer in layers:
            found = [policy.is_action_permitted(request.action, request.resource) for policy in layer]
            if denied in found or permitted not in found:
                return False
        return True

    asked = requests[:_ASKED]
    assert all(allows(each) is evaluate(each, policies).is_allowed for each in asked)
    return _rate(lambda: [allows(each) for each in asked], len(asked), min(rounds, 3))


def _readable(document: dict[str, Any]) -> dict[str, Any]:
    """Without the statements that moto's regular expressions refuse."""
    statements = [each for each in document["Statement"] if not set("?$") & set(json.dumps(each))]
    return {**document, "Statement": statements}


def _iam_simulate(policies: PolicySet, requests: Sequence[Request], rounds: int) -> float:
    """<https://github.com/cloud-copilot/iam-simulate>; its own process measures it. Raises _MissingError."""
    node = shutil.which("node")
    if node is None or not (PACKAGES / "node_modules/@cloud-copilot/iam-simulate").is_dir():
        raise _MissingError("make bench-peers installs it, and needs node and npm")
    layers = policies.layers
    given = {
        "identity": _documents(layers.identity),
        "boundary": _documents(layers.boundary),
        "scps": [_documents(level) for level in layers.scps],
        "requests": [
            {"principal": each.principal, "action": each.action, "resource": each.resource}
            for each in requests[: _ASKED // 4]
        ],
        "account": mixed.ACCOUNT,
        "rounds": rounds,
    }
    run = subprocess.run(
        [node, str(_SCRIPT), str(PACKAGES)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answer = json.loads(run.stdout)
    expected = [evaluate(each, policies).is_allowed for each in requests[: _ASKED // 4]]
    assert answer["allowed"] == expected, "it gives other verdicts"
    return float(answer["per_second"])
