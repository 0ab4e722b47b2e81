"""The tokens of a statement."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from pynamite.local.failures import RefusedError, invalid

__all__ = ["Token", "Tokens", "malformed"]

_PATTERN = re.compile(r"""
    (?P<skip>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<word>[A-Za-z_$][A-Za-z0-9_$]*)
  | (?P<symbol><<|>>|<>|!=|<=|>=|\|\||[=<>(){}\[\],.*+\-/%?:;])
""", re.VERBOSE | re.DOTALL)

# What DynamoDB's PartiQL does not take for a name unless it stands in quotation marks.
_KEYWORDS = frozenset("""
    absolute action add all allocate alter and any are as asc assertion at authorization avg bag begin between
    bit blob bool boolean by cascade cascaded case cast catalog char character check clob close coalesce collate
    collation column commit conflict connect connection constraint constraints continue convert corresponding
    count create cross current current_date current_time current_timestamp current_user cursor date date_add
    date_diff deallocate dec decimal declare default deferrable deferred delete desc describe descriptor
    diagnostics disconnect distinct domain double drop else end escape except exception exec execute exists
    external extract false fetch first float for foreign found from full get global go goto grant group having
    identity immediate in index indicator initially inner input insensitive insert int integer intersect
    interval into is isolation join key language last left let level like limit list local lower match max min
    missing module names national natural nchar next no not nothing null nullif numeric of on only open option
    or order outer output overlaps pad partial pivot position precision prepare preserve primary prior
    privileges procedure public read real references relative remove restrict returning revoke right rollback
    rows schema scroll section select session session_user set sexp size smallint some space sql string struct
    substring sum symbol system_user table temporary then time timestamp to transaction translate translation
    trim true tuple union unique unknown unpivot update upper usage user using value values varchar varying view
    when whenever where with work write zone
""".split())  # noqa: SIM905 - a list of words reads best as words


class Token(NamedTuple):
    """One token: ``kind`` is text, quoted, number, word, symbol or end; ``value`` is without its quotation marks."""

    kind: str
    value: str
    start: int
    length: int

    @property
    def lower(self) -> str:
        """The word in small letters, as keywords are compared; nothing for what is no word."""
        return self.value.lower() if self.kind == "word" else ""


def malformed(statement: str) -> RefusedError:
    """Word a statement that does not read."""
    return invalid(f"Statement wasn't well formed, can't be processed: {statement}")


class Tokens:
    """The tokens of one statement, taken one after the other."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self._tokens = _tokens(statement)
        self._place = 0

    @property
    def next(self) -> Token:
        """The token that comes next; the last one is the end."""
        return self._tokens[self._place]

    @property
    def after(self) -> Token:
        """The token after the next."""
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the next token."""
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def sees(self, *words: str) -> bool:
        """Tell whether these keywords or symbols come next."""
        coming = self._tokens[self._place : self._place + len(words)]
        return len(coming) == len(words) and all(
            token.lower == word or (token.kind == "symbol" and token.value == word)
            for token, word in zip(coming, words, strict=True))

    def skip(self, *words: str) -> bool:
        """Take these keywords or symbols, if they come next."""
        if not self.sees(*words):
            return False
        self._place += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Take these keywords or symbols, which have to come next."""
        if not self.skip(*words):
            self.refuse()

    def name(self) -> str:
        """Take a name: one in quotation marks, or a word that is no keyword."""
        token = self.take()
        if token.kind == "quoted" or (token.kind == "word" and token.lower not in _KEYWORDS):
            return token.value
        raise malformed(self.statement)

    def names_next(self) -> bool:
        """Tell whether a name comes next."""
        token = self.next
        return token.kind == "quoted" or (token.kind == "word" and token.lower not in _KEYWORDS)

    def refuse(self) -> NoReturn:
        """Refuse the statement as one that does not read."""
        raise malformed(self.statement)

    def where(self, token: Token) -> str:
        """Tell where a token stands: line, column, length."""
        before = self.statement[: token.start]
        return f"{before.count(chr(10)) + 1}:{token.start - (before.rfind(chr(10)) + 1) + 1}:{token.length}"


def _tokens(statement: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while place < len(statement):
        match = _PATTERN.match(statement, place)
        if match is None:
            raise malformed(statement)
        kind, value = str(match.lastgroup), match.group()
        if kind == "text":
            value = value[1:-1].replace("''", "'")
        elif kind == "quoted":
            value = value[1:-1].replace('""', '"')
        if kind != "skip":
            found.append(Token(kind, value, place, match.end() - place))
        place = match.end()
    if found and found[-1].kind == "symbol" and found[-1].value == ";":
        found.pop()
    return [*found, Token("end", "", len(statement), 0)]
