"""How `simulation/operations/shapes/*.json` were made: from AWS's service models as botocore ships them.

Run by hand in a scratch environment that has botocore (it is never a dependency of the project):

    python -m venv /tmp/scratch && /tmp/scratch/bin/pip install botocore
    /tmp/scratch/bin/python .ci/extract_shapes.py

Only the request shapes of the operations that we know are taken, without documentation. botocore and its
models are under the Apache License 2.0, https://github.com/boto/botocore.
"""

from __future__ import annotations

import ast
import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent / "sts_tui" / "simulation" / "operations"
KEPT = ("type", "required", "min", "max", "pattern", "enum", "sensitive")

# What the API reference says and the model is silent about.
ADDED: dict[str, dict[str, Any]] = {
    "statusType": {"enum": ["Active", "Inactive"]},  # UpdateAccessKey takes no other
}


def extract(service: str, operations: list[str]) -> dict[str, Any]:
    """The request shapes of these operations, and every shape that they reach."""
    model = import_module("botocore.loaders").Loader().load_service_model(service, "service-2")
    wanted: dict[str, str] = {}
    shapes: dict[str, Any] = {}
    for name in operations:
        given = model["operations"][name].get("input")
        wanted[name] = given["shape"] if given else "NoParameters"
        _take(wanted[name], model["shapes"], shapes)
    metadata = model["metadata"]
    return {
        "source": f"AWS's service model of {metadata['serviceId']}, API version {metadata['apiVersion']} "
        f"(botocore {version('botocore')}, Apache-2.0), requests only.",
        "operations": wanted,
        "shapes": shapes,
    }


def _take(name: str, model: dict[str, Any], shapes: dict[str, Any]) -> None:
    if name in shapes:
        return
    written = model.get(name, {"type": "structure", "members": {}})
    shape = shapes[name] = {key: written[key] for key in KEPT if written.get(key) not in (None, [], False)}
    shape |= ADDED.get(name, {})
    if "members" in written:
        shape["members"] = {member: one["shape"] for member, one in written["members"].items()}
    if "member" in written:
        shape["member"] = written["member"]["shape"]
    for inner in [*shape.get("members", {}).values(), *([shape["member"]] if "member" in shape else [])]:
        _take(inner, model, shapes)


def print_table(table: dict[str, Any]) -> str:
    """One operation and one shape to a line, so that a difference can be read."""
    lines = [f' "source": {json.dumps(table["source"])},']
    for part in ("operations", "shapes"):
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in table[part].items())
        lines.append(f' "{part}": {{\n{rows}\n }}' + ("," if part == "operations" else ""))
    return "{\n" + "\n".join(lines) + "\n}\n"


def table_of_operations() -> tuple[tuple[str, str, str], ...]:
    """`TABLE` of table.py, read without importing it: a scratch environment has not our dependencies."""
    for node in ast.parse((HERE / "table.py").read_text()).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "TABLE" and node.value:
            rows: tuple[tuple[str, str, str], ...] = ast.literal_eval(node.value)
            return rows
    raise SystemExit("table.py has no TABLE")


def main() -> None:
    wanted: dict[str, list[str]] = {}
    for service, _, names in table_of_operations():
        wanted.setdefault(service, []).extend(names.split())
    for service, operations in wanted.items():
        target = HERE / "shapes" / f"{service}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(print_table(extract(service, operations)))


if __name__ == "__main__":
    main()
