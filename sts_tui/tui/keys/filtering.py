"""Which rows does a filter show? Those with `word`, without `!word`, with `column:word` in that column.

`deny app`: both words, anywhere; `!allow`: without this word; `result:deny`: in that column;
`!state:expired`: not in that column; `~rdlg`: these letters in this order. Case is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from sts_tui.simulation.pasted_who import without_wrapping

R = TypeVar("R")
Fields = Mapping[str, Callable[[R], str]]


class Term(Struct, frozen=True):
    """One word of a filter."""

    text: str
    field: str | None = None
    is_inverse: bool = False
    is_fuzzy: bool = False

    def holds(self, text: str) -> bool:
        found = _has_letters(text, self.text) if self.is_fuzzy else self.text in text
        return found is not self.is_inverse


def _has_letters(text: str, letters: str) -> bool:
    position = 0
    for letter in letters:
        position = text.find(letter, position) + 1
        if not position:
            return False
    return True


class Filter(Struct, Generic[R], frozen=True):
    """A filter over rows whose columns `fields` names."""

    terms: tuple[Term, ...]
    fields: Fields[R]
    whole: Callable[[R], str] | None = None
    """All of a row's text in lower case, if that is faster than reading every column."""
    unknown: tuple[str, ...] = ()
    """Field names that are not columns; the pane's title reports them."""

    def __bool__(self) -> bool:
        return bool(self.terms)

    def text_test(self) -> Callable[[str], bool] | None:
        """The filter as a test of a row's whole text; None where a term is about one column."""
        if not self.terms or any(term.field is not None for term in self.terms):
            return None
        if len(self.terms) == 1 and not (self.terms[0].is_fuzzy or self.terms[0].is_inverse):
            word = self.terms[0].text
            return lambda text: word in text
        terms = self.terms
        return lambda text: all(term.holds(text) for term in terms)

    def wanted(self, rows: Sequence[R], texts: Callable[[], Sequence[str]]) -> list[R]:
        """The rows that match, in their order; `texts()` has the whole text of each, in lower case."""
        whole = [term for term in self.terms if term.field is None]
        found: Sequence[R] = rows
        if whole:
            left = texts()
            for term in whole[:-1]:
                holding = _places(term, left)
                found, left = [found[place] for place in holding], [left[place] for place in holding]
            found = _holding(whole[-1], found, left)
        for term in self.terms:
            if term.field is not None:
                get = self.fields[term.field]
                found = [row for row in found if term.holds(get(row).lower())]
        return list(found)

    def matches(self, row: R) -> bool:
        whole: str | None = None
        for term in self.terms:
            if term.field is not None:
                text = self.fields[term.field](row).lower()
            else:
                whole = self._whole(row) if whole is None else whole
                text = whole
            if not term.holds(text):
                return False
        return True

    def _whole(self, row: R) -> str:
        if self.whole is not None:
            return self.whole(row)
        return "\n".join(get(row) for get in self.fields.values()).lower()


def _places(term: Term, texts: Sequence[str]) -> list[int]:
    """The indexes of the texts in which a term holds."""
    return _holding(term, range(len(texts)), texts)


def _holding(term: Term, rows: Sequence[R], texts: Sequence[str]) -> list[R]:
    """The rows in whose text a term holds. It makes no call for each row: this is the cost of a typed
    letter.
    """
    pairs = zip(rows, texts, strict=True)
    word = term.text
    if term.is_fuzzy:
        return [row for row, text in pairs if term.holds(text)]
    if term.is_inverse:
        return [row for row, text in pairs if word not in text]
    return [row for row, text in pairs if word in text]


def parse_filter(text: str, fields: Fields[R], whole: Callable[[R], str] | None = None) -> Filter[R]:
    """Parses a filter. A word with a colon whose first part is not a column is searched for literally, and
    blanks, quotes or `AWS_ACCESS_KEY_ID=` around what was pasted are left out.
    """
    terms: list[Term] = []
    unknown: list[str] = []
    for word in without_wrapping(text).split():
        inverse = word.startswith("!")
        body = word[1:] if inverse else word
        fuzzy = body.startswith("~")
        body = body[1:] if fuzzy else body
        name, colon, rest = body.partition(":")
        field = _field(name.lower(), fields) if colon else None
        if field is not None:
            body = rest
        elif (
            colon
            and name.isalpha()
            and name.lower() not in ("arn", "http", "https")
            and rest
            and not _is_action(body)
        ):
            unknown.append(name)
        if body:
            terms.append(Term(body.lower(), field, inverse, fuzzy))
    return Filter(tuple(terms), fields, whole, tuple(unknown))


def _field(name: str, fields: Fields[R]) -> str | None:
    """A column by its name or an unambiguous prefix."""
    if name in fields:
        return name
    near = [field for field in fields if name and field.startswith(name)]
    return near[0] if len(near) == 1 else None


def _is_action(word: str) -> bool:
    """`s3:GetObject` is an action, not a column named s3."""
    service, _, name = word.partition(":")
    return service.islower() and name[:1].isupper()
