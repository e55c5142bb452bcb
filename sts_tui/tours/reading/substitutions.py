"""Which substitutions are in a word? `${mfa:…}`, `${saml:…}`, `${oidc:…}`, `${token:…}`, `${x509:…}`,
`${pod:…}`, `${portal:…}`, `${context:…}`, `${last:…}`, `${key:…}`.

Any other `${…}` is not changed, because policy variables (`${aws:username}`) look the same. `${saml:…}` is a
substitution only if it names PROVIDER/USER: `${saml:sub}` is a policy variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.reading.errors import StepError

_BEGINS = lazy_pattern(r"\$\{(mfa|last|key|portal|context|pod|(?:saml|oidc|token|x509)(?=:[^{},/]*/)):")


class Substitution(Struct, frozen=True):
    """`${kind:argument}`"""

    kind: str
    argument: str

    def __str__(self) -> str:
        return f"${{{self.kind}:{self.argument}}}"


def pieces(word: str) -> Iterator[str | Substitution]:
    """The literal text and the substitutions of a word, in order; raises StepError for an unclosed brace."""
    position = 0
    while found := _BEGINS.search(word, position):
        if found.start() > position:
            yield word[position : found.start()]
        end = _closing_brace(word, found.end(), found[0])
        if end == found.end():
            raise StepError(f"{found[0]}}} is empty", _EXAMPLES[found[1]])
        yield Substitution(found[1], word[found.end() : end])
        position = end + 1
    if position < len(word):
        yield word[position:]


_EXAMPLES = {
    "mfa": "${mfa:alice}",
    "saml": "${saml:acme-sso/ann}",
    "oidc": "${oidc:github/main}",
    "token": "${token:facebook/ana}",
    "last": "${last:Credentials.AccessKeyId}",
    "key": "${key:alice}",
    "portal": "${portal:ann}",
    "context": "${context:ann}",
    "x509": "${x509:corp-ca/web-1}",
    "pod": "${pod:prod/shop/web}",
}


def _closing_brace(word: str, position: int, beginning: str) -> int:
    """The position of the brace that closes the one opened by `beginning`; raises StepError."""
    depth = 1
    for index in range(position, len(word)):
        depth += {"{": 1, "}": -1}.get(word[index], 0)
        if depth == 0:
            return index
    raise StepError(f"{beginning} in {word!r} is not closed by a brace")


def has_substitution(word: str) -> bool:
    """Whether the word has a substitution, so that it can only be checked when the step is performed. Raises
    StepError for a malformed one.
    """
    return any(isinstance(piece, Substitution) for piece in pieces(word))


def substituted(word: str, value_of: Callable[[Substitution], str]) -> str:
    """The word with every substitution replaced by its value. Raises StepError for a malformed one."""
    if "${" not in word:
        return word
    return "".join(piece if isinstance(piece, str) else value_of(piece) for piece in pieces(word))


def split_directory_user(argument: str) -> tuple[str, str, dict[str, str]]:
    """(provider, user, overrides) of `github/main?exp=-600&aud=other`; values may be percent-encoded.
    Overrides are by the name of the claim or attribute.

    Raises StepError.
    """
    place, overrides = split_overrides(argument)
    provider, slash, user = place.partition("/")
    if not (provider and slash and user):
        raise StepError(f"{argument!r} is not PROVIDER/USER", "for example github/main?exp=-600")
    return provider, user, overrides


def split_overrides(argument: str) -> tuple[str, dict[str, str]]:
    """(the text before `?exp=-600&aud=other`, the overrides by the name of the claim or attribute). Raises
    StepError.
    """
    from urllib.parse import unquote

    place, _, query = argument.partition("?")
    overrides: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise StepError(f"{pair!r} in {argument!r} is not name=value")
        overrides[unquote(name)] = unquote(value)
    return place, overrides
