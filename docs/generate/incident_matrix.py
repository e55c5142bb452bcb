"""Which cut ends which kind of credentials? The table in `docs/incident.md`, found by trying every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.credential_use import uses_of
from sts_tui.simulation.containment.cuts import Cut, cuts_for
from sts_tui.simulation.containment.holder import Holder, find_holder
from sts_tui.simulation.containment.trial import Trial, Trials
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import operator_identity
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "incident.md"
MODEL: Final = ROOT / "sample_accounts" / "scenarios" / "five-credentials.json"
MARKS: Final = ("<!-- matrix: written by `make docs` -->", "<!-- /matrix -->")

LONG_TERM_KEY: Final = "long-term key"
OF_ROLES: Final = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetScopedCredentials")
OF_USERS: Final = ("GetFederationToken", "GetSessionToken", LONG_TERM_KEY)
COLUMNS: Final = (*OF_ROLES[:3], *OF_USERS[:2], OF_ROLES[3], OF_USERS[2])

CUT: Final = "**cut**"
LIVES: Final = "lives"
NEW_ONLY: Final = "new only"

_FEDERATION_POLICY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
)
_ROLE: Final = "arn:aws:iam::111122223333:role"
_PROVIDER: Final = "arn:aws:iam::111122223333:saml-provider/okta"
_ISSUED: Final = f"""\
as maya
aws sts assume-role --role-arn {_ROLE}/Worker --role-session-name assumed --source-identity maya
aws sts get-federation-token --name federated --policy '{_FEDERATION_POLICY}'
aws sts get-session-token --as-session own
as assumed@Worker
aws sts get-scoped-credentials --duration-seconds 900 --as-session scoped
as anonymous
aws sts assume-role-with-saml --role-arn {_ROLE}/Staff --principal-arn {_PROVIDER} \
--saml-assertion ${{saml:okta/rosa}}
aws sts assume-role-with-web-identity --role-arn {_ROLE}/Deploy --role-session-name deploy \
--web-identity-token ${{oidc:github/main}}
wait 10s
"""
_REQUEST: Final = (
    "request s3:GetObject arn:aws:s3:::acme-reports/any aws:SourceIp=198.51.100.66\nexpect allowed\n"
)
_HOLDERS: Final = (
    "maya",
    "assumed@Worker",
    "federated",
    "own",
    "scoped@Worker",
    "rosa@Staff",
    "deploy@Deploy",
)

ROWS: Final[Mapping[str, str]] = {
    "revoke-role": "the dated Deny on the role",
    "deny-userid": "a Deny on `aws:userid`",
    "deny-source-identity": "a Deny on `aws:SourceIdentity` in the role",
    "deny-network": "a Deny on `aws:SourceIp`",
    "deny-user-dated": "the dated Deny on the user",
    "key-inactive": "the user's key is deactivated",
    "key-delete": "the user's key is deleted",
    "detach": "the policies of the role, or of the user, are removed",
    "boundary": "AWSDenyAll as permissions boundary of the role, or of the user",
    "scp": "an SCP for the principal",
    "rcp": "an RCP for the principal",
    "resource-policy": "the bucket policy denies the principal",
    "trust-policy": "the trust policy of the role",
    "shorten-maximum": "a shorter maximum duration of the role",
    "session-policy": "the session policy",
    "delete-role": "the role is emptied and deleted",
    "delete-user": "the user is emptied and deleted",
}
"""The cuts of the desk. `revoke-loop` is `revoke-role` of several roles."""
_EMPTIED_FIRST: Final = {"delete-role": ("detach",), "delete-user": ("detach", "key-delete")}


def incident_page() -> str:
    """The whole page: what is written by hand, with the table as it is now."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n{matrix_table()}\n{MARKS[1]}{after}"


def matrix_table() -> str:
    """The matrix as a Markdown table."""
    found = matrix()
    lines = [("cut", *COLUMNS), ("---",) * (len(COLUMNS) + 1)]
    lines += [
        (f"`{row}`: {words}", *(found[row, column] for column in COLUMNS)) for row, words in ROWS.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def matrix() -> dict[tuple[str, str], str]:
    """(cut, kind of credentials) to CUT, LIVES or NEW_ONLY. Every cell is tried in a copy of the model.

    A cut that is not for this kind of credentials is carried out on the user or role of the same person: a
    key is deactivated while the session of the role that it assumed still works.
    """
    simulation = _opened()
    desks = {desk.column: desk for desk in _desks(simulation)}
    return {(row, column): desk.cell(row, desks) for row in ROWS for column, desk in desks.items()}


class Desk:
    """One kind of credentials, the cuts that the incident desk offers for it, and their trials."""

    def __init__(self, holder: Holder, simulation: Simulation) -> None:
        world = simulation.world
        log = [
            event
            for event in simulation.events
            if type(event) is RequestAnswered
            and event.access_key_id in holder.credentials
            and event.action == "s3:GetObject"  # calls to STS are how the others were issued
        ]
        uses = tuple(replace(use, is_thief=True) for use in uses_of(holder.credentials, world, log))
        session = world.sessions.get(holder.who)
        self.column = session.operation if session is not None else LONG_TERM_KEY
        self._cuts = cuts_for(holder, uses, (), world)
        self._trials = Trials(simulation, holder, uses, operator_identity())

    def cell(self, row: str, desks: Mapping[str, Desk]) -> str:
        """What this row does to these credentials."""
        cuts = tuple(self._offered(row, desks))
        if not cuts or cuts[-1].why_not:
            return LIVES
        trial = self._tried(cuts)
        if trial.is_cut:
            return CUT
        is_scoped = self.column == "GetScopedCredentials"  # issued from a live session; no role is asked
        return NEW_ONLY if cuts[-1].instead and self.has(row) and not is_scoped else LIVES

    def has(self, row: str) -> bool:
        """Whether the desk offers this cut for these credentials."""
        return any(_row_of(cut) == row for cut in self._cuts)

    def of(self, row: str) -> Iterator[Cut]:
        yield from (cut for cut in self._cuts if _row_of(cut) == row)

    def _offered(self, row: str, desks: Mapping[str, Desk]) -> Iterator[Cut]:
        """The calls of a row, from this desk, else from another of the same person."""
        others = (desks[column] for column in ("AssumeRole", LONG_TERM_KEY, "GetSessionToken"))
        desk = next((one for one in (self, *others) if one.has(row)), self)
        source = desks[LONG_TERM_KEY] if row in ("delete-user", "key-inactive", "key-delete") else desk
        for first in (*_EMPTIED_FIRST.get(row, ()), row):
            yield from source.of(first)

    def _tried(self, cuts: tuple[Cut, ...]) -> Trial:
        trial = self._trials.of(*cuts)
        if trial.refused:
            raise AssertionError(f"{cuts[-1].id}: {trial.refused}")
        return trial


def _row_of(cut: Cut) -> str:
    return cut.id.partition(":")[0]


def _desks(simulation: Simulation) -> Iterator[Desk]:
    world = simulation.world
    key = simulation.access_key("arn:aws:iam::111122223333:user/maya")
    for who in (key, *world.sessions):
        holder = find_holder(who, world)
        alone = holder if who in world.sessions else replace(holder, sessions=())
        yield Desk(alone, simulation)


def _opened() -> Simulation:
    """The model with one of each kind issued and used."""
    lines = _ISSUED + "".join(f"as {who}\n{_REQUEST}" for who in _HOLDERS)
    simulation = Simulation.open(MODEL)
    for played in play(parse_tour(lines, "matrix"), Player(simulation, MODEL.parent)):
        if played.result.outcome is StepOutcome.FAILED:
            raise AssertionError(f"{played.line.number}: {played.result.message}")
    return simulation
