"""How are account files loaded into an AccountModel, and in which order are the steps?

`load` takes paths, `parse` texts, and `from_json` a parsed JSON value. A file is a raw dump if it has one of
GetAccountAuthorizationDetails' lists at the top and no `Accounts`. Output of AWS is never refused: every
error in those lists is a warning. All other keys are our own format. All errors of all files are reported
together.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sts_tui.account.checks.completeness import check_required, report_assumed_durations
from sts_tui.account.checks.file_check import Reviews
from sts_tui.account.checks.format_check import FormatCheck
from sts_tui.account.checks.identity_center_checks import check_identity_center
from sts_tui.account.checks.identity_provider_checks import check_identity_providers
from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.checks.merged import Merged
from sts_tui.account.checks.organization_checks import check_tops, link_oidc_providers
from sts_tui.account.checks.references import check_references
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic, Severity, UnreadableFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.format.file_format import DETAIL_LISTS, DUMP, FORMATS
from sts_tui.account.json_value import RawObject
from sts_tui.account.loading.build import build_model
from sts_tui.account.loading.loaded import Loaded as Loaded
from sts_tui.account.loading.merge import ACCOUNT_LISTS, Merge
from sts_tui.account.loading.packing import Packing
from sts_tui.account.loading.pages import ObjectFile, account_values
from sts_tui.account.loading.raw_dump import is_raw_dump, is_truncated
from sts_tui.account.loading.sources import read_sources, repeated_keys

Progress = Callable[[int, int], None]
"""Called with the number of policy documents checked so far and the approximate total."""
_WORKLOAD_IDENTITIES: Final = ("TrustAnchors", "Profiles", "Crls", "PodIdentityAssociations")
_MANY_OBJECTS: Final = 500_000
"""Containers made by one load: 100,000 roles make 750,000."""
_REPORT_EVERY: Final = 50
"""Policy documents between two progress reports."""


def load(paths: Sequence[str | Path], *, vocabulary: bool = False) -> Loaded:
    """Read account files and merge them. Raises AccountFileError with every error, or UnreadableFileError if
    a file cannot be read at all.

    `vocabulary`: also compare actions, resources and condition keys with AWS's lists (takes longer), and
    report session durations that were assumed.
    """
    sources, unreadable = read_sources(paths)
    return parse(sources, vocabulary=vocabulary, unreadable=unreadable)


def parse(
    sources: Iterable[Source],
    *,
    vocabulary: bool = False,
    unreadable: Sequence[Diagnostic] = (),
    progress: Progress | None = None,
) -> Loaded:
    """Like `load`, but from texts. `unreadable`: errors of other files, to be reported together with these.
    `progress` is called regularly, in this thread.

    Raises UnreadableFileError if a text is not a JSON object, AccountFileError for errors in its content.
    """
    return _parsed(list(sources), list(unreadable), vocabulary=vocabulary, progress=progress)


def from_json(value: Mapping[str, object], name: str = "<json>", *, vocabulary: bool = False) -> Loaded:
    """Like `load`, but from a parsed JSON value, which is not changed.

    Raises UnreadableFileError if it cannot be written as JSON, AccountFileError for errors in its content.
    """
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnreadableFileError([Diagnostic(file=name, message=f"is not JSON: {error}")]) from None
    return parse([Source(name, text)], vocabulary=vocabulary)


def _parsed(
    sources: Sequence[Source],
    unreadable: list[Diagnostic],
    *,
    vocabulary: bool,
    progress: Progress | None,
) -> Loaded:
    with _without_collection():
        files = []
        packing = Packing()
        for source in sources:
            try:
                files.extend(account_values(source, packing))
            except UnreadableFileError as error:
                unreadable.extend(error.diagnostics)
        if unreadable:
            raise UnreadableFileError(unreadable)
        if not files:
            raise UnreadableFileError([Diagnostic(file="", message="no account file given")])
        _complete_organization(files)
        return _loaded(files, vocabulary=vocabulary, progress=progress)


def _complete_organization(files: Sequence[ObjectFile]) -> None:
    """If the files have policies of an organization but not its tree, add a tree that has only a root."""
    described = [
        (parsed, organization)
        for parsed in files
        if isinstance(organization := parsed.value.get("Organization"), dict)
    ]
    policies = [one for parsed, one in described if parsed.source.moved[0][:1] == ("Organization",)]
    if len(policies) == len(described):
        for organization in policies:
            organization["Root"] = {"Name": "Root"}


@contextmanager
def _without_collection() -> Iterator[None]:
    """Turn garbage collection off. Loading makes millions of objects and no garbage, and collecting cycles
    would double the time.

    The next collections would examine all objects of a large model, which takes 0.9 s for 100,000 roles. They
    have no cycles, so they are hidden from the collector. They are still freed as soon as nothing refers to
    them. https://docs.python.org/3/library/gc.html#gc.freeze
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY_OBJECTS:
            gc.freeze()
        if was_on:
            gc.enable()


def _loaded(files: list[ObjectFile], *, vocabulary: bool, progress: Progress | None) -> Loaded:
    diagnostics = Diagnostics()
    merged = _merged(files, diagnostics, vocabulary=vocabulary, progress=progress)
    known = KnownEntities.of(merged)
    check_references(merged, known, diagnostics)
    check_tops(merged, known, diagnostics)
    check_identity_center(merged, known, diagnostics)
    check_identity_providers(merged, known, diagnostics)
    _check_workload_identities(merged, known, diagnostics)
    if vocabulary:
        report_assumed_durations(merged, diagnostics)
    found = diagnostics.located([parsed.source for parsed in files])
    errors = [one for one in found if one.severity is Severity.ERROR]
    if errors:
        warnings = [one for one in found if one.severity is Severity.WARNING]
        raise AccountFileError(errors, warnings)
    raw = merged.raw
    files.clear()  # these references would keep the memory of what has been built
    del merged, known
    return Loaded(build_model(raw), tuple(found))


def _check_workload_identities(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """The check is imported only if there is one of these entities, because most files have none."""
    accounts = merged.accounts.values()
    listed = any(account.lists.get(name) for account in accounts for name in _WORKLOAD_IDENTITIES)
    tops = [each.raw.get("IdentityProviders") for each in merged.tops]
    providers = [one for each in tops if isinstance(each, list) for one in each if isinstance(one, dict)]
    if listed or any(one.get("Type") == "X509" for one in providers):
        from sts_tui.account.checks.workload_identity_checks import check_workload_identities

        check_workload_identities(merged, known, diagnostics)


class _DocumentCount:
    """Counts the policy documents that are checked. The total is estimated from the texts: each document has
    one `Statement`.
    """

    def __init__(self, files: Sequence[ObjectFile], progress: Progress) -> None:
        self._done = 0
        texts = {id(file.source.text): file.source.text for file in files}.values()
        self._total = sum(text.count('"Statement"') + text.count("%22Statement%22") for text in texts)
        self._progress = progress

    def begin(self) -> None:
        if self._done % _REPORT_EVERY == 0:
            self._progress(self._done, max(self._total, self._done))
        self._done += 1


def _merged(
    files: Sequence[ObjectFile],
    diagnostics: Diagnostics,
    *,
    vocabulary: bool,
    progress: Progress | None,
) -> Merged:
    """All files, checked and merged into one raw model. Its accounts are in `raw["Accounts"]`."""
    merge = Merge(diagnostics)
    pages = _Pages()
    settings = _settings_of(files)
    reviews: Reviews = {}
    count = _DocumentCount(files, progress) if progress is not None else None
    for number, parsed in enumerate(files):
        check = FormatCheck(number, diagnostics, vocabulary=vocabulary)
        check.settings, check.reviews = settings, reviews
        if count is not None:
            check.begins_document = count.begin
        _add(merge, number, parsed, check, diagnostics, pages)
    pages.report_missing(diagnostics)
    merged = merge.finish()
    link_oidc_providers(merged)
    check_required(merged, diagnostics)
    merged.raw = dict(merged.raw)
    merged.raw["Accounts"] = [
        {
            **{
                key: value
                for key, value in merge.account_scalars(account).items()
                if key not in ACCOUNT_LISTS
            },
            **{key: [entity.raw for entity in listed.values()] for key, listed in account.lists.items()},
        }
        for account in merged.accounts.values()
    ]
    return merged


def _settings_of(files: Sequence[ObjectFile]) -> RawObject:
    """The `Settings` of all files, unchecked. They are read first because some settings decide what is an
    error.
    """
    written = [parsed.value.get("Settings") for parsed in files]
    return {key: value for one in written if isinstance(one, dict) for key, value in one.items()}


class _Pages:
    """Tracks whether the last page of each paginated dump is present."""

    def __init__(self) -> None:
        self._truncated: dict[str | None, Place] = {}
        self._complete: set[str | None] = set()

    def note(self, account: str | None, place: Place, *, truncated: bool) -> None:
        if truncated:
            self._truncated[account] = place
        else:
            self._complete.add(account)

    def report_missing(self, diagnostics: Diagnostics) -> None:
        for account, place in self._truncated.items():
            if account not in self._complete and None not in self._complete:
                hint = "give all pages together, or let the AWS CLI fetch them without --max-items"
                diagnostics.add(
                    place, "this is not the last page: there are more pages", hint=hint, lenient=True
                )


def _add(
    merge: Merge, number: int, parsed: ObjectFile, check: FormatCheck, diagnostics: Diagnostics, pages: _Pages
) -> None:
    value = parsed.value
    is_dump = is_raw_dump(value)
    if parsed.has_repeated_keys:
        for steps in repeated_keys(value):
            lenient = is_dump and steps[0] in DETAIL_LISTS
            place = Place(number, steps)
            message = f"the key {json.dumps(steps[-1])} occurs twice in one object"
            diagnostics.add(place, message, lenient=lenient, at_last=True)
    if not is_dump:
        check.check(value, FORMATS["AccountModel"], ())
        check.report_unknown_keys()
        merge.add_model(number, value)
        return
    own = {key: key_format for key, key_format in value.items() if key in FORMATS["AccountModel"].keys}
    check.check(own, FORMATS["AccountModel"], ())
    dumped = {key: key_format for key, key_format in value.items() if key not in own}
    check.lenient = True
    check.check(dumped, DUMP, ())
    check.report_unknown_keys()
    account = merge.add_dump(number, {**own, **dumped})
    sign = "NextToken" if value.get("NextToken") is not None else "IsTruncated"
    pages.note(account, Place(number, (sign,)), truncated=is_truncated(value))
