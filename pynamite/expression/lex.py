"""The tokens of DynamoDB's expressions, and how its syntax errors are worded."""

from __future__ import annotations

import re

from pynamite.errors import ExpressionError

__all__ = ["END", "LARGEST_TEXT", "Tokens"]

LARGEST_TEXT = 4096
"""The most bytes that an expression's text may have: Developer Guide, "Service, account, and table quotas"."""

END = ""
"""The token after the last one."""

# Any character that starts no token is a token by itself: no grammar has a place for it, so it is where the error is.
_TOKEN = re.compile(r"[:#][A-Za-z0-9_]+|[A-Za-z][A-Za-z0-9_]*|0|[1-9][0-9]*|<=|>=|<>|[^ \t\r\n]")


class Tokens:
    """The tokens of one text, and a place in them."""

    __slots__ = ("_all", "current", "position", "text")

    def __init__(self, text: str, *, tells_size: bool = False) -> None:
        if not text:
            raise ExpressionError("The expression can not be empty;")
        if (size := len(text.encode("utf-8", "surrogatepass"))) > LARGEST_TEXT:
            told = f" expression size: {size}" if tells_size else ""
            raise ExpressionError(f"Expression size has exceeded the maximum allowed size;{told}")
        self.text = text
        self._all: list[str] = _TOKEN.findall(text)
        self._all += (END, END)
        self.position = 0
        self.current = self._all[0]

    @property
    def following(self) -> str:
        """The token after the current one."""
        return self._all[self.position + 1]

    def take(self) -> str:
        """Give the current token and go on to the next."""
        token = self.current
        self.position += 1
        self.current = self._all[self.position]
        return token

    def accept(self, token: str) -> bool:
        """Take the current token if it is this one."""
        if self.current == token:
            self.take()
            return True
        return False

    def expect(self, token: str) -> None:
        """Take the current token, which has to be this one."""
        if self.take() != token:
            self.position -= 1
            raise self.error()

    def error(self) -> ExpressionError:
        """Word the syntax error at the current token, as the service does.

        What is "near" reaches from the start of the token before to the end of the token after, as it stands in the
        text.
        """
        spans = [match.span() for match in _TOKEN.finditer(self.text)]
        start = spans[self.position - 1][0] if self.position else 0
        end = spans[self.position + 1][1] if self.position + 1 < len(spans) else len(self.text)
        token = self._all[self.position] or "<EOF>"
        return ExpressionError(f'Syntax error; token: "{token}", near: "{self.text[start:end]}"')
