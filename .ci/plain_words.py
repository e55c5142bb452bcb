"""Rejects phrases that readers stumbled over; `make check` runs it. CONTRIBUTING.md ("Words") has the rule.

Each pattern comes with what to write instead. Generated pages, AWS's own texts (request shapes, managed
policies) and this file, which has to name the phrases, are not searched.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

# Matched against whole words, ignoring case; a space also matches a line break (and `#`).
PHRASES: tuple[tuple[str, str], ...] = (
    (r"whoever|whomever", "name the person or program: any caller, the user, a reader"),
    (r"somebody(?!['\"-])", "someone, or better: who"),
    (r"anew", "again"),
    (r"mended|mends?|mending", "fixed, fix"),
    (r"front doors?", "entry points, front ends"),
    (r"comes? of (?:it|this|that|an?|the)", "results from"),
    (r"good no more", "expired, superseded"),
    (r"at every door|at the first try", "at every entry point; on the first attempt"),
    (r"for ever", "indefinitely"),
    (r"dearer", "slower, costs more"),
    (r"heeds?|heeded", "respects"),
    (r"stands still", "is paused"),
    (r"that is none|that are none", "invalid, or say what is missing"),
    (r"(?:is|are) told(?! to\b| the\b| which\b|:)", "is reported"),
    (r"so be it|thereof|wherein|thereby|hereby|henceforth", "plain words"),
    (r"settled doubts?|how sure", "confirmed facts; confidence"),
    (r"the house|rooms? of the house", "the packages, the project"),
    (r"who acts|as whoever", "the acting identity"),
    (r"the drawer|front rooms?", "the output panel; the front end"),
    (r"no more than that|counts? no more|lives? on(?! the)", "only that; no longer; still works"),
    (r"(?:came|comes?) to stand|stands? (?:beside|there|behind|above|below|before|over|under|on)",
     "was attached; is, is shown, is listed"),
    (r"t(?:ake|akes|aken|ook) back|gives? back", "undo, undone; restores"),
    (r"bears? on", "applies to"),
    (r"hears? of", "is notified, gets the result"),
    (r"(?:goes|went) on(?! (?:the|a|an|to|line)\b)", "continues"),
    (r"looked through|lately", "searched, scanned; recently"),
    (r"(?:is|are|was|be) said|said so(?! until)", "is reported, is shown"),
    (r"t(?:old|ells?) (?:them |it |one |two )?apart", "distinguished, distinguishes"),
    (r"the very (?:same|instant|principal|arn|user|role|session|next|text)", "exactly this"),
    (r"for good", "permanently"),
    (r"any more(?! than)", "no longer"),
    (r"(?:is|was|those|model) of before|of then", "was taken before, made before; of that time"),
    (r"what came of|as ever|at a user's wish", "the result of; as usual; on request"),
    (r"t(?:ake|akes|aking|ook) (?:a|an|the|its|your|one|whole|last) (?:\w+ )?\w+ back", "undo, revert"),
    (r"go(?:es|ing)? on \w+ing", "keep …ing"),
    (r"(?<!there\x20)is no (?:text|list|object|number|error|ARN|call|account file|member)(?! at all)",
     "is not a …"),
    (r"colour\w*|\w*behaviour\w*|neighbour\w*|catalogues?|centred?|"
     r"licences?|artefacts?|labell\w+|modell(?:ed|ing)|signalled|cancelled|travell\w+|grey\w*|misspelt|spelt|learnt|"
     r"defence|towards|fulfil|dialogue|favour\w*|honour\w*|practise\w*|"
     r"(?:un)?(?:recogni|authori|organi|initiali|seriali|normali|minimi|optimi|summari|customi|speciali|generali|"
     r"memori|prioriti|reali|categori|parameteri)s(?:e|es|ed|ing|ation|ations)|analys(?:e|ed|ing)",
     "the American spelling, as AWS has it: color, behavior, modeled, recognized"),
    (r"g(?:ave|ives?|iven) out|hands? out", "issued, issues, delivers"),
    (r"(?:sessions|credentials|ones|those) that are out", "issued sessions, issued credentials"),
    (r"one's own", "your own, its own"),
    (r"stays? alive|takes? away", "still works; removes, denies"),
    (r"travels? along|to and fro", "passes along, is inherited; alternates"),
    (r"(?<!of\x20)so many(?! (?:\w+ ){1,6}that\b)", "this many, or the name of the number"),
    (r"is let go|none of it|goes? without|the same of", "is released; nothing; does not use"),
    (r"(?:takes?|brings?) along", "also deletes, also sets"),
)  # fmt: skip
SEARCHED = {".py", ".md", ".tour", ".toml", ".tcss", ".json"}
PASSED_OVER = (
    "tests/tui/__snapshots__/",
    "sts_tui/simulation/operations/shapes/",
    "sts_tui/wire/tables/",
    ".ci/aws_models.json",
    "sts_tui/sts/request_shapes.json",
    ".ci/plain_words.py",
    "tests/architecture/test_plain_words.py",
)
_SPACE = r"(?:\s|\n[ \t]*#[ \t]*)+"


class _Pattern(NamedTuple):
    """One phrase, or one of its alternatives, compiled."""

    word: str
    """Letters that every match contains. Most texts do not have them and need no search."""
    pattern: re.Pattern[str]
    instead: str


def _alternatives(phrase: str) -> Iterator[str]:
    """`a|b(?:c|d)` → `a`, `b(?:c|d)`."""
    depth, begin = 0, 0
    for at, char in enumerate(phrase):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            yield phrase[begin:at]
            begin = at + 1
    yield phrase[begin:]


def _word_of(phrase: str) -> str:
    """The longest run of letters outside groups and not optional."""
    plain = phrase
    while plain != (plain := re.sub(r"\([^()]*\)\??", " ", plain)):
        pass
    return max(re.findall(r"[a-z]+", re.sub(r"\[.*?\]|\w\?", " ", plain)), key=len, default="")


PATTERNS: tuple[_Pattern, ...] = tuple(
    _Pattern(_word_of(each), re.compile(rf"\b(?:{each.replace(' ', _SPACE)})\b", re.I), instead)
    for phrase, instead in PHRASES
    for each in _alternatives(phrase)
)
_TEST_NAME = re.compile(r"^ *(?:async )?def test_(\w+)\(", re.MULTILINE)


def names_in(text: str) -> list[tuple[int, str, str]]:
    """The same as `found_in`, for the names of tests, which are sentences as well."""
    return [
        (text.count("\n", 0, name.start()) + 1, phrase, instead)
        for name in _TEST_NAME.finditer(text)
        for _, phrase, instead in found_in(name[1].replace("_", " "))
    ]


def found_in(text: str) -> list[tuple[int, str, str]]:
    """(line, the phrase as written, what to write instead) of every phrase in a text."""
    lower = text.lower()
    return sorted(
        (text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), instead)
        for word, pattern, instead in PATTERNS
        if word in lower
        for match in pattern.finditer(text)
    )


def main() -> int:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [n for n in listed.splitlines() if Path(n).suffix in SEARCHED and not n.startswith(PASSED_OVER)]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).is_file()}
    faults = [
        f"{name}:{line}: {phrase!r}: write {instead}"
        for name, text in texts.items()
        for line, phrase, instead in (*found_in(text), *(names_in(text) if name.endswith(".py") else ()))
    ]
    print("\n".join(faults) if faults else f"{len(names)} files use plain words")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
