"""Which tour, claim or test shows each operation of STS, kind of principal, rule about tags, cut, policy type
and error?

Each row has the model and the step, which are found by playing the tours and claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decide import evaluate
from sts_tui.iam.decision import Outcome
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.identities import IdentityKind
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS
from sts_tui.tours.claims.load import cut_rows, decision_cases, stories
from sts_tui.tours.claims.story import simulation_of
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_commands, read_tour
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.tours.reading.samples import sample_folder

SOURCES: Final = Path(__file__).parents[2] / "sts_tui"
_CODE: Final = re.compile(r'AwsError\(\s*"([A-Za-z.]+)"')
CUT_TABLE: Final = "cuts-and-credentials"
_NEVER_PERFORMED: Final = "GetDelegatedAccessToken"
"""Always refused, because its trade-in tokens are not simulated."""
TAG_TOPICS: Final = ("session-tags", "tag-based-access")


IN_TESTS: Final = {
    "IDPCommunicationError": "tests/sts/operations/test_assume_role_with_web_identity.py",
    "IDPRejectedClaim": "tests/sts/operations/test_social_providers.py",
    "InternalFailure": "tests/simulation/calls/test_hostile_tokens.py",
    "InvalidToken": "tests/sts/test_authenticate.py",
    "JWTPayloadSizeExceededException": "tests/sts/operations/test_get_web_identity_token.py",
    "MalformedInput": "tests/sts/operations/test_assume_role.py",
    "SignatureDoesNotMatch": "tests/endpoint/test_server.py",
}
"""Errors that no step of a tour can cause (a damaged token, a wrong signature, an absent provider) → the test
that shows it.
"""


class Place(Struct, frozen=True):
    """A place where something is shown."""

    model: str
    step: str
    how: str
    """The command that plays it."""


class Shown(Struct):
    """Name → the place that shows it. Names that were not found yet are missing."""

    operations: dict[str, Place]
    principals: dict[str, Place]
    policies: dict[str, Place]
    errors: dict[str, Place]


def wanted() -> Shown:
    """Every name in the table, without a place."""
    nowhere = Place("", "", "")
    return Shown(
        operations=dict.fromkeys((row.operation for row in OPERATION_ROWS.values()), nowhere),
        principals=dict.fromkeys((kind.value for kind in CallerKind), nowhere),
        policies=dict.fromkeys(_policy_rows(), nowhere),
        errors=dict.fromkeys(error_codes(), nowhere),
    )


def _policy_rows() -> Iterator[str]:
    for kind in PolicyType:
        yield f"{kind.value} denies"
        if kind not in (PolicyType.SCP, PolicyType.RCP):  # they grant nothing
            yield f"{kind.value} does not allow"


def error_codes() -> list[str]:
    """The error codes that STS can return."""
    folders = ("sts", "simulation/calls", "identity_providers")
    files = [path for folder in folders for path in (SOURCES / folder).rglob("*.py")]
    return sorted({code for path in files for code in _CODE.findall(path.read_text(encoding="utf-8"))})


def found() -> Shown:
    """The place that shows each name: tours first, then claims."""
    shown = wanted()
    for code, file in IN_TESTS.items():
        _keep(shown.errors, code, Place("of the test", file, f"pytest {file}"))
    for model, how, player, lines in (*_tours(), *_stories()):
        for text, result in lines:
            _note(shown, player, Place(model, text, how), result)
        if _is_complete(shown):
            break
    _note_decision_cases(shown)
    return shown


Played = tuple[str, str, Player, Iterator[tuple[str, StepResult]]]


def _tours() -> Iterator[Played]:
    folder = sample_folder()
    for path in sorted(folder.rglob("*.tour")):
        tour = read_tour(path)
        opening = opening_of(tour, path.parent, folder / "acme.json")
        player = Player(opening.open(), path.parent)
        name = f"sample_accounts/{path.relative_to(folder)}"
        lines = ((each.line.text, each.result) for each in play(tour, player))
        yield ", ".join(file.name for file in opening.files), f"sts-tui run {name}", player, lines


def _stories() -> Iterator[Played]:
    for story in stories():
        player = Player(simulation_of(story.given))
        tour = parse_commands([*story.when, *story.then], story.name)
        lines = ((each.line.text, each.result) for each in play(tour, player))
        model = ", ".join(each if isinstance(each, str) else "its own" for each in story.given)
        yield model, f"sts-tui selftest {story.topic}", player, lines


def _note(shown: Shown, player: Player, place: Place, result: StepResult) -> None:
    event = result.event
    if event is None:
        return
    service, _, operation = event.action.partition(":")
    if service == "sts" and (result.error is None or operation == _NEVER_PERFORMED):
        _keep(shown.operations, operation, place)
    is_federated = operation in ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
    _keep(shown.principals, CallerKind.FEDERATED.value if is_federated else _caller_kind(player), place)
    if result.error is not None:
        _keep(shown.errors, result.error.code, place)
    decision = result.decision
    if decision is not None and decision.settled_by is not None:
        verb = {Outcome.EXPLICIT_DENY: "denies", Outcome.IMPLICIT_DENY: "does not allow"}.get(
            decision.outcome
        )
        if verb:
            _keep(shown.policies, f"{decision.settled_by.value} {verb}", place)


def _caller_kind(player: Player) -> str:
    acting = player.acting
    if acting.kind is IdentityKind.SESSION:
        session = player.simulation.world.sessions.get(acting.access_key_id or "")
        return session.kind.value if session else ""
    return _KINDS.get(acting.kind, "")


def _note_decision_cases(shown: Shown) -> None:
    """Add policy types that only a claim about a single decision shows."""
    for case in decision_cases():
        decision = evaluate(case.request(), case.policy_set())
        verb = {Outcome.EXPLICIT_DENY: "denies", Outcome.IMPLICIT_DENY: "does not allow"}.get(
            decision.outcome
        )
        if decision.settled_by is not None and verb:
            place = Place("the policies of the claim", case.title, f"sts-tui selftest {case.topic}")
            _keep(shown.policies, f"{decision.settled_by.value} {verb}", place)


def _keep(places: dict[str, Place], name: str, place: Place) -> None:
    if name in places and not places[name].how:
        places[name] = place


def _is_complete(shown: Shown) -> bool:
    parts = (shown.operations, shown.principals, shown.policies, shown.errors)
    return all(place.how for part in parts for place in part.values())


_KINDS: Final = {
    IdentityKind.USER: CallerKind.USER.value,
    IdentityKind.ROOT: CallerKind.ROOT.value,
    IdentityKind.SERVICE: CallerKind.SERVICE.value,
    IdentityKind.ANONYMOUS: CallerKind.ANONYMOUS.value,
}


def coverage() -> str:
    """The page."""
    shown = found()
    sections = [
        ("Operations", "operation", shown.operations),
        ("Kinds of principals", "caller", shown.principals),
        ("Policy types", "policy type", shown.policies),
        ("Errors", "error", shown.errors),
    ]
    lines = [
        "# Coverage\n",
        "Generated by `python -m docs.generate`: every operation of STS, kind of principal, rule of tags,",
        "cut, policy type and error, with the model and the step that shows it: the first one in the tours,",
        "then in the claims. A row without a step is an error of the build.\n",
    ]
    for title, head, places in sections:
        lines += [f"## {title}\n", *_table(head, places), ""]
    lines += ["## Rules of tags\n", "Each rule is a claim with its source.\n", *_tag_rules(), ""]
    lines += ["## Cuts\n", *_cuts(), ""]
    return "\n".join(lines)


def _table(head: str, places: dict[str, Place]) -> Iterator[str]:
    yield f"| {head} | model | step | play it |"
    yield "| --- | --- | --- | --- |"
    for name, place in places.items():
        yield f"| {name} | {place.model} | {_code(place.step)} | `{place.how}` |"


def _tag_rules() -> Iterator[str]:
    yield "| rule | model | step | play it |"
    yield "| --- | --- | --- | --- |"
    for story in stories():
        if story.topic in TAG_TOPICS:
            model = ", ".join(each if isinstance(each, str) else "its own" for each in story.given)
            step, how = _code(story.then[-1]), f"`sts-tui selftest {story.topic}`"
            yield f"| {_cell(story.title)} | {model} | {step} | {how} |"
    for case in decision_cases():
        if case.topic in TAG_TOPICS:
            how = f"`sts-tui selftest {case.topic}`"
            yield f"| {_cell(case.title)} | the policies of the claim | one decision | {how} |"


def _cuts() -> Iterator[str]:
    yield "| cut | does | kinds of credentials | play it |"
    yield "| --- | --- | --- | --- |"
    for row in cut_rows(CUT_TABLE):
        how = f"`sts-tui selftest {CUT_TABLE}`"
        yield f"| `{row.cut}` | {_cell(row.does)} | [each, tried](incident.md) | {how} |"


def _code(text: str) -> str:
    """A step as code, shortened to one line for a table cell."""
    short = text if len(text) <= 110 else f"{text[:107]}..."
    return f"`{_cell(short).replace('`', '')}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
