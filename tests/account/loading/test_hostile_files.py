"""Whatever a file contains, loading it gives a model or an AccountFileError with located diagnostics.

Valid files are changed in a few places (values replaced, keys renamed, dropped, doubled, moved; text cut
or overwritten); each must load or be reported. What loads is exported and loads again as the same.
"""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.account.configuration import configuration_of, model_of
from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import parse
from sts_tui.account.writing.export import export
from sts_tui.account.writing.fetch_commands import missing_from_dump
from tests.accounts.every_part import PROD, changed, dump, own_file
from tests.accounts.policies import policy, trusts
from tests.support.representative import representative

ODD_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1e308,
    10**30,
    "",
    "x",
    "*",
    " ",
    "\u0000",
    "\x1b[31m",
    "\ud7ff",
    "ä",
    "a" * 3000,
    [],
    {},
    [[]],
    {"": {}},
    [None],
    PROD,
    "arn:aws:iam::aws:policy/x",
    f"arn:aws:iam::{PROD}:role/App",
    "arn:::::",
    "arn:a:iam::1:user/",
    "2026-01-15",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "%7B%7D",
    "{}",
    '{"Statement":[]}',
    policy(),
    trusts(),
    {"Statement": {}},
    "service:",
    "workload:",
    "/",
    "github/main",
    ["Team", "Team"],
]
ODD_KEYS = [
    "",
    "Name",
    "Arn",
    "Accounts",
    "RoleDetailList",
    "Statement",
    "Path",
    "AccountId",
    "RawDump",
    "x:y",
    "__class__",
]
SENTINEL = "here"
FILES = {"own": own_file(), "dump": dump()}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    found = []
    left = [value]
    while left:
        item = left.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        for key in keys:
            found.append((item, key))
            left.append(item[key])
    return found


def mutate(value: Any, choose: Any) -> None:
    """Change one place of a JSON value; `choose` draws from lists."""
    container, key = choose(places(value))
    match choose(["replace", "drop", "rename", "copy", "nest"]):
        case "replace":
            container[key] = copy.deepcopy(choose(ODD_VALUES))
        case "drop":
            del container[key]
        case "rename" if isinstance(container, dict):
            container[choose(ODD_KEYS)] = container.pop(key)
        case "copy":
            other, place = choose(places(value) or [(container, key)])
            if isinstance(other, dict) or place < len(other):
                container[key] = json.loads(json.dumps(other[place]))
        case _:
            container[key] = [container[key]]


def check(*texts: str, vocabulary: bool = False) -> None:
    sources = [Source(f"{number}.json", text) for number, text in enumerate(texts)]
    faults: tuple[Diagnostic, ...] = ()
    try:
        loaded = parse(sources, vocabulary=vocabulary)
    except AccountFileError as error:
        faults = error.diagnostics
    if faults:
        for diagnostic in faults:
            assert diagnostic.message
            assert diagnostic.line <= texts[int(diagnostic.file[0])].count("\n") + 1
            assert str(diagnostic).isprintable()
        return
    model = loaded.model
    assert all(str(warning).isprintable() for warning in loaded.warnings)
    text = export(model)
    again = parse([Source("again.json", text)]).model
    assert export(again) == text
    assert export(model_of(configuration_of(again), again)) == text
    missing_from_dump(model)


def mutations(data: st.DataObject, values: list[Any]) -> list[str]:
    for value in values:
        for _ in range(data.draw(st.integers(0, 3))):
            if places(value):
                mutate(value, lambda options: options[data.draw(st.integers(0, len(options) - 1))])
    return [json.dumps(value, indent=1) for value in values]


def fresh(name: str) -> Any:
    return json.loads(json.dumps(FILES[name]))


QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
THOROUGH = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))


def one_mutated_file_loads_or_is_reported(data: st.DataObject) -> None:
    value = fresh(data.draw(st.sampled_from(sorted(FILES))))
    mutate(value, lambda options: options[data.draw(st.integers(0, len(options) - 1))])
    check(*mutations(data, [value]))


def mutated_files_together_load_or_are_reported(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FILES)), min_size=2, max_size=3))
    check(*mutations(data, [fresh(name) for name in names]))


def damaged_text_loads_or_is_reported(data: st.DataObject) -> None:
    text = json.dumps(FILES[data.draw(st.sampled_from(sorted(FILES)))], indent=1)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    check(text[:start] + data.draw(st.text(max_size=8)) + text[end:])


def any_json_loads_or_is_reported(data: st.DataObject) -> None:
    scalars = (
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.sampled_from(ODD_VALUES[:20])
    )
    keys = (
        st.sampled_from([*ODD_KEYS, "UserDetailList", "Policies", "Organization", "Root", "Workloads"])
        | st.text()
    )
    value = data.draw(
        st.recursive(scalars, lambda below: st.lists(below) | st.dictionaries(keys, below), max_leaves=30)
    )
    check(json.dumps(value))


WAYS = [
    one_mutated_file_loads_or_is_reported,
    mutated_files_together_load_or_are_reported,
    damaged_text_loads_or_is_reported,
    any_json_loads_or_is_reported,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_hostile_files_load_or_are_reported(way: Any) -> None:
    QUICK(given(st.data())(way))()


@pytest.mark.parametrize("seed", representative(range(12), 0, 1))
def test_a_hundred_hostile_files_of_one_seed_load_or_are_reported(seed: int) -> None:
    dice = random.Random(seed)
    for number in range(100):
        values = [fresh(dice.choice(sorted(FILES))) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
        for value in values:
            for _ in range(dice.randint(0, 4)):
                if places(value):
                    mutate(value, dice.choice)
        check(*[json.dumps(value) for value in values], vocabulary=number % 5 == 0)


REALISTIC = [
    json.loads((Path(__file__).parent / name).read_text())
    for name in ("realistic_dump.json", "valid_policies.json")
]


def excerpt(file: Any, dice: random.Random) -> Any:
    """A few entities of each list of a dump, so that hundreds of files stay quick; other files whole."""
    copied = json.loads(json.dumps(file))
    if "Accounts" in copied:
        return copied
    return {key: dice.sample(items, min(len(items), 3)) for key, items in copied.items()}


@pytest.mark.parametrize("seed", representative(range(4), 0))
def test_excerpts_of_realistic_files_load_or_are_reported_however_they_are_changed(seed: int) -> None:
    dice = random.Random(seed)
    for number in range(50):
        values = [excerpt(dice.choice(REALISTIC), dice) for _ in range(dice.choice((1, 1, 2)))]
        for value in values:
            for _ in range(dice.randint(0, 4)):
                mutate(value, dice.choice)
        check(*[json.dumps(value) for value in values], vocabulary=number % 5 == 0)


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_ten_thousand_hostile_files_load_or_are_reported(way: Any) -> None:
    THOROUGH(given(st.data())(way))()


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("odd", ODD_VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("every", [19, pytest.param(1, marks=pytest.mark.long)])
def test_every_odd_value_in_every_place_loads_or_is_reported(name: str, odd: Any, every: int) -> None:
    """The fast run puts each value into every nineteenth place, beginning at another one for each."""
    value = fresh(name)
    for container, key in places(value)[ODD_VALUES.index(odd) % every :: every]:
        before = container[key]
        container[key] = odd
        check(json.dumps(value))
        container[key] = before


DEEP_PLACES = [
    ("own", "Accounts.0.RoleDetailList.0.AssumeRolePolicyDocument.Statement.0.Condition"),
    ("own", "Workloads.0.Requests.0.Context"),
    ("own", "Unknown"),
    ("own", "Organization"),
    ("dump", "RoleDetailList.0.AssumeRolePolicyDocument.Statement.0.Condition"),
    ("dump", "RoleDetailList.0.AssumeRolePolicyDocument.Unknown"),
    ("dump", "RoleDetailList.0.KeyOfTomorrow"),
    ("dump", "RoleDetailList.0.RoleLastUsed"),
    ("dump", "RoleDetailList.0.Tags"),
]


@pytest.mark.parametrize(("name", "where"), DEEP_PLACES)
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_values_that_nest_deeper_and_deeper_load_or_are_reported(
    name: str, where: str, opening: str, closing: str
) -> None:
    text = json.dumps(changed(FILES[name], where, SENTINEL))
    for depth in (1, 33, 400, *range(930, 1000, 14)):
        check(text.replace(json.dumps(SENTINEL), opening * depth + "1" + closing * depth))


@pytest.mark.parametrize("place", ["Name", "RoleSessionName", "PrincipalTags", "Attributes"])
def test_what_no_assertion_can_hold_is_an_error_of_a_saml_provider(place: str) -> None:
    """XML has no control characters: a sign-in would fail in the middle of a run."""
    text = "a\x00\x1b]52;"
    user = {"Name": "dana", place: {text: text} if place in ("PrincipalTags", "Attributes") else text}
    provider = {"Name": "sso", "Type": "SAML", "Issuer": "sso", "Users": [user]}
    model = {"Accounts": [], "IdentityProviders": [provider]}
    with pytest.raises(AccountFileError) as caught:
        parse([Source("mine.json", json.dumps(model))])
    assert "cannot be written in a SAML assertion" in str(caught.value)
    oidc = {**provider, "Type": "OIDC", "Issuer": "https://sso.example", "Users": [{"Name": text}]}
    assert parse([Source("mine.json", json.dumps({**model, "IdentityProviders": [oidc]}))])
