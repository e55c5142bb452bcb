"""Rejects phrases that readers stumbled over; `make check` runs it. CONTRIBUTING.md ("Words") has the rule.

Each pattern comes with what to write instead. Generated pages and AWS's own texts (request shapes, managed
policies) are written by others and not searched; nor is this file, which has to name the phrases.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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
_PATTERN = re.compile(
    "|".join(rf"(?P<p{n}>\b(?:{phrase.replace(' ', _SPACE)})\b)" for n, (phrase, _) in enumerate(PHRASES)),
    re.I,
)


_TEST_NAME = re.compile(r"^ *(?:async )?def test_(\w+)\(", re.MULTILINE)


def names_in(text: str) -> list[tuple[int, str, str]]:
    """As `found_in`, of the names of tests: they are sentences, too."""
    return [
        (text.count("\n", 0, name.start()) + 1, phrase, instead)
        for name in _TEST_NAME.finditer(text)
        for _, phrase, instead in found_in(name[1].replace("_", " "))
    ]


def found_in(text: str) -> list[tuple[int, str, str]]:
    """(line, the phrase as written, what to write instead) of every phrase in a text."""
    found = []
    for match in _PATTERN.finditer(text):
        assert match.lastgroup is not None
        line = text.count("\n", 0, match.start()) + 1
        found.append((line, " ".join(match[0].split()), PHRASES[int(match.lastgroup[1:])][1]))
    return found


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
