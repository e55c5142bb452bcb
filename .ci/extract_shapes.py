"""Writes the shapes of API operations, from AWS's service models as botocore ships them.

Run the script by hand in a scratch environment that has botocore (it is never a dependency of the project):

    python -m venv /tmp/scratch && /tmp/scratch/bin/pip install botocore
    /tmp/scratch/bin/python .ci/extract_shapes.py

For every operation that the simulation performs it writes
- `sts/request_shapes.json` and `simulation/operations/shapes/SERVICE.json`: the request shapes, by which
  parameters are checked;
- `sts/api_shapes.py` and `simulation/operations/shapes/SERVICE.py`: parameters and answers as TypedDicts, by
  which mypy checks the operations. Nothing imports these modules at run time.

Documentation is not taken. botocore and its models are under the Apache License 2.0,
https://github.com/boto/botocore.
"""

from __future__ import annotations

import ast
import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "sts_tui"
HERE = PACKAGE / "simulation" / "operations"
STS_TABLE = PACKAGE / "sts" / "request_shapes.json"
KEPT = ("type", "required", "min", "max", "pattern", "enum", "sensitive")

ADDED: dict[str, dict[str, dict[str, Any]]] = {
    "iam": {"statusType": {"enum": ["Active", "Inactive"]}},  # `Expired` is for service-specific credentials
    "sts": {"policyDescriptorListType": {"max": 10}, "jwtAlgorithmType": {"enum": ["ES384", "RS256"]}},
}
"""Bounds that the API reference gives and the model omits, by service and shape."""


MODELS = {
    "access-analyzer": ("accessanalyzer",),
    "iam": ("iam", "iam-toolbox"),
    "sso": ("sso-admin", "sso"),  # administration and access portal of Identity Center
    "sso-oauth": ("sso-oidc",),
}
"""Service → the names of its models, where these differ from the prefix of its actions. A shape that is in
two of them is taken from the first."""


NOT_IN_MODELS: dict[str, dict[str, dict[str, Any]]] = {
    "signin": {
        "ConsoleLogin": {"SigninToken": "String"},
        "GetSigninToken": {"Session": "SigninSession!", "SessionDuration": "Seconds"},
        "AuthorizeOAuth2Access": {"clientId": "ClientId!", "sessionArn": "SessionArn!"},
    },
    "rolesanywhere": {
        "CreateSession": {
            "cert": "Certificate!",
            "certificateChain": "CertificateChain",
            "profileArn": "ProfileResourceArn!",
            "roleArn": "RoleArn!",
            "trustAnchorArn": "TrustAnchorResourceArn!",
            "durationSeconds": "CreateProfileRequestDurationSecondsInteger",
            "roleSessionName": "SessionName",
            "instanceProperties": "InstancePropertyMap",
        }
    },
}
"""Requests of the sign-in page, and CreateSession of Roles Anywhere, which is signed with a certificate: no
API model describes them. Members by shape, required ones with `!`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html"""
_OWN_SHAPES: dict[str, dict[str, Any]] = {
    "signin": {
        "SigninSession": {
            "type": "structure",
            "required": ["sessionId", "sessionKey", "sessionToken"],
            "members": {name: {"shape": "String"} for name in ("sessionId", "sessionKey", "sessionToken")},
        },
        "Seconds": {"type": "integer"},
    },
    "rolesanywhere": {
        "Certificate": {"type": "string", "min": 1, "max": 16384},
        "CertificateChain": {"type": "list", "member": {"shape": "Certificate"}, "max": 5},
        "SessionName": {"type": "string", "min": 2, "max": 64, "pattern": "[\\w+=,.@-]*"},
    },
}


def _with_more(service: str, model: Any) -> Any:
    """The model of a service with the operations that it lacks."""
    for name, members in NOT_IN_MODELS.get(service, {}).items():
        model["operations"][name] = {"input": {"shape": f"{name}Input"}}
        model["shapes"][f"{name}Input"] = {
            "type": "structure",
            "required": [one for one, shape in members.items() if shape.endswith("!")],
            "members": {one: {"shape": shape.removesuffix("!")} for one, shape in members.items()},
        }
    model["shapes"] |= _OWN_SHAPES.get(service, {})
    return model


def load_model(service: str) -> Any:
    """AWS's newest model of a service in the installed botocore."""
    loader, models = import_module("botocore.loaders").Loader(), MODELS.get(service, (service,))
    model = loader.load_service_model(models[0], "service-2")
    for name in models[1:]:
        more = loader.load_service_model(name, "service-2")
        for part in ("operations", "shapes"):
            model[part] = {**more[part], **model[part]}
    return _with_more(service, model)


def extract(service: str, operations: list[str]) -> dict[str, Any]:
    """The request shapes of these operations, and every shape that they reach."""
    model = load_model(service)
    wanted: dict[str, str] = {}
    shapes: dict[str, Any] = {}
    for name in operations:
        given = model["operations"][name].get("input")
        wanted[name] = given["shape"] if given else "NoParameters"
        _take(wanted[name], model["shapes"], shapes, ADDED.get(service, {}))
    metadata = model["metadata"]
    added = [name for name in ADDED.get(service, {}) if name in shapes]
    return {
        "source": f"AWS's service model of {metadata['serviceId']}, API version {metadata['apiVersion']} "
        f"(botocore {version('botocore')}, Apache-2.0), requests only."
        + (f" Bounds from the API reference in {', '.join(added)}." if added else ""),
        "operations": wanted,
        "shapes": shapes,
    }


def _take(name: str, model: dict[str, Any], shapes: dict[str, Any], added: dict[str, Any]) -> None:
    if name in shapes:
        return
    written = model.get(name, {"type": "structure", "members": {}})
    shape = shapes[name] = {key: written[key] for key in KEPT if _says_something(written.get(key))}
    shape |= added.get(name, {})
    if shape["type"] == "long":
        shape["type"] = "integer"
    if written.get("document"):  # any JSON value; the operations here take text
        shape["type"] = "string"
    if "members" in written:
        shape["members"] = {member: one["shape"] for member, one in written["members"].items()}
    if "member" in written:
        shape["member"] = written["member"]["shape"]
    if "value" in written:  # a map
        shape |= {"key": written["key"]["shape"], "member": written["value"]["shape"]}
    inner_shapes = [shape[part] for part in ("key", "member") if part in shape]
    for inner in [*shape.get("members", {}).values(), *inner_shapes]:
        _take(inner, model, shapes, added)


def _says_something(value: Any) -> bool:
    """Whether a value has to be stored: a bound of 0 has to be, an empty list or `false` does not."""
    return value is not None and value is not False and value != []


def print_table(table: dict[str, Any]) -> str:
    """One operation and one shape to a line, so that a difference can be read."""
    lines = [f' "source": {json.dumps(table["source"])},']
    for part in ("operations", "shapes"):
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in table[part].items())
        lines.append(f' "{part}": {{\n{rows}\n }}' + ("," if part == "operations" else ""))
    return "{\n" + "\n".join(lines) + "\n}\n"


def table_of_operations() -> tuple[tuple[str, str, str], ...]:
    """`TABLE` of table.py, read without importing it: the scratch environment lacks our dependencies."""
    for node in ast.parse((HERE / "table.py").read_text()).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "TABLE" and node.value:
            rows: tuple[tuple[str, str, str], ...] = ast.literal_eval(node.value)
            return rows
    raise SystemExit("table.py has no TABLE")


# ---- TypedDicts

PYTHON_TYPES = {
    "string": "str", "blob": "str", "timestamp": "str", "boolean": "bool",
    "integer": "int", "long": "int", "float": "float", "double": "float",
}  # fmt: skip
MODULES = {
    "lambda": "lambda_functions",
    "access-analyzer": "accessanalyzer",
    "sso-oauth": "sso_oauth",
    "cognito-identity": "cognito_identity",
    "eks-auth": "eks_auth",
}
"""Service → module name, where the service's name is not a valid module name."""
DOCUMENTS = {"policyDocumentType"}
"""Shapes that are JSON text on the wire. Calls may pass a parsed object, and responses hold one, as the AWS
CLI shows it.
"""

HEAD = '''"""Parameters and answers of {service} as TypedDicts, generated by `.ci/extract_shapes.py`.

{source}
"""

# fmt: off
# ruff: noqa: E501, F401, RUF100, UP013
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

from sts_tui.account.json_value import Json

'''


def typed_dicts(service: str, operations: list[str]) -> str:
    """A module with a TypedDict for every structure in the operations' requests and responses."""
    model = load_model(service)
    shapes, found = model["shapes"], dict[str, str]()
    for name in operations:
        operation = model["operations"][name]
        for part in ("input", "output"):
            if part in operation:
                _declare(operation[part]["shape"], shapes, found, is_request=part == "input")
    metadata = model["metadata"]
    source = (
        f"From AWS's service model, API version {metadata['apiVersion']} "
        f"(botocore {version('botocore')}, Apache-2.0)."
    )
    head = HEAD.format(service=metadata["serviceId"], source=source)
    return head + "\n".join(found[name] for name in sorted(found)) + "\n"


def _declare(name: str, shapes: dict[str, Any], found: dict[str, str], *, is_request: bool = False) -> None:
    if name in found:
        return
    found[name] = ""
    shape, members = shapes[name], list[str]()
    for member, one in shape.get("members", {}).items():
        written = _python_type(one["shape"], shapes, found, is_request=is_request)
        if member not in shape.get("required", ()):
            written = f"NotRequired[{written}]"
        is_plain = written in ("str", "int", "bool")
        members.append(f"{json.dumps(member)}: {written if is_plain else json.dumps(written)}")
    found[name] = f"{name} = TypedDict({json.dumps(name)}, {{{', '.join(members)}}})"


def _python_type(
    name: str, shapes: dict[str, Any], found: dict[str, str], *, is_request: bool = False
) -> str:
    shape = shapes[name]
    match shape["type"]:
        case "structure":
            _declare(name, shapes, found)
            return name
        case "list":
            return f"Sequence[{_python_type(shape['member']['shape'], shapes, found)}]"
        case "map":
            return f"Mapping[str, {_python_type(shape['value']['shape'], shapes, found)}]"
    if name in DOCUMENTS:
        return "str | Mapping[str, Json]"
    enum = {**shape, **_added(name)}.get("enum")
    if is_request and enum and len(enum) <= 8:
        return f"Literal[{', '.join(map(repr, enum))}]"
    return PYTHON_TYPES[shape["type"]]


def _added(name: str) -> dict[str, Any]:
    return next((added[name] for added in ADDED.values() if name in added), {})


def sts_operations() -> list[str]:
    """All operations of STS."""
    return list(load_model("sts")["operations"])


def main() -> None:
    STS_TABLE.write_text(print_table(extract("sts", sts_operations())))
    wanted: dict[str, list[str]] = {}
    for service, _, names in table_of_operations():
        wanted.setdefault(service, []).extend(names.split())
    for service, operations in wanted.items():
        target = HERE / "shapes" / f"{service}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(print_table(extract(service, operations)))
        module = MODULES.get(service, service)
        (target.parent / f"{module}.py").write_text(typed_dicts(service, operations))
    (PACKAGE / "sts" / "api_shapes.py").write_text(typed_dicts("sts", sts_operations()))


if __name__ == "__main__":
    main()
