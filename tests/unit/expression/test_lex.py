"""Tokens, and where a syntax error is."""

from __future__ import annotations

import pytest

from pynamite.errors import ExpressionError
from pynamite.expression.lex import END, Tokens


def tokens_of(text: str) -> list[str]:
    tokens = Tokens(text)
    taken = []
    while tokens.current is not END:
        taken.append(tokens.take())
    return taken


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a = :v0", ["a", "=", ":v0"]),
        ("#n0.b[10]<>:v AND(c<=d)", ["#n0", ".", "b", "[", "10", "]", "<>", ":v", "AND", "(", "c", "<=", "d", ")"]),
        ("\ta\r\n=b", ["a", "=", "b"]),
        ("01", ["0", "1"]),
        ("1a", ["1", "a"]),
        ("#1 :2 #_", ["#1", ":2", "#_"]),
        ("_a # : ä\u00a0", ["_", "a", "#", ":", "ä", "\u00a0"]),
        ("<=>= < >", ["<=", ">=", "<", ">"]),
        ("a-b+c", ["a", "-", "b", "+", "c"]),
    ],
)
def test_a_text_falls_into_tokens(text, tokens):
    """Four characters are blank; what starts no token is one by itself."""
    assert tokens_of(text) == tokens


def test_an_empty_text_is_refused():
    """There has to be something."""
    with pytest.raises(ExpressionError, match="The expression can not be empty;"):
        Tokens("")


def test_a_text_may_have_4096_bytes():
    """The limit counts bytes of UTF-8; some kinds of expression tell how many there are."""
    Tokens("a" * 4096)
    with pytest.raises(ExpressionError, match="maximum allowed size;$"):
        Tokens("ä" * 2049)
    with pytest.raises(ExpressionError, match="maximum allowed size; expression size: 4097$"):
        Tokens("a" * 4097, tells_size=True)


@pytest.mark.parametrize(
    ("text", "taken", "message"),
    [
        ("a = b c  d", 3, 'token: "c", near: "b c  d"'),
        ("  AND a", 0, 'token: "AND", near: "  AND a"'),
        ("a = ", 2, 'token: "<EOF>", near: "= "'),
        (" ", 0, 'token: "<EOF>", near: " "'),
        ("a = b;  ", 3, 'token: ";", near: "b;  "'),
        ("a\n AND\t)", 2, 'token: ")", near: "AND\t)"'),
    ],
)
def test_a_syntax_error_shows_the_token_and_its_neighbours(text, taken, message):
    """From the start of the token before to the end of the token after, as it stands in the text."""
    tokens = Tokens(text)
    for _ in range(taken):
        tokens.take()

    assert str(tokens.error()) == f"Syntax error; {message}"


def test_expect_points_at_the_token_that_stands_in_the_way():
    """The token that was not the expected one is the one in the message."""
    tokens = Tokens("( a")
    tokens.take()

    with pytest.raises(ExpressionError, match='token: "a"'):
        tokens.expect(")")
