"""Cursors: what is written is read, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.errors import CursorError
from pynamite.repository.cursor import Position, fingerprint, read_cursor, write_cursor

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.fixed_dictionaries({
    "PK": st.builds(lambda text: {"S": text}, TEXTS),
    "GSI1SK": st.builds(lambda number: {"N": str(number)}, st.integers(-(10**37), 10**37)),
})  # fmt: skip
TYPES = {"PK": "S", "GSI1SK": "N"}


@given(KEYS, st.none() | st.integers(1, 10**6), TEXTS)
def test_a_cursor_reads_back_as_the_position_that_it_was(key, left, query):
    """Keys of texts and numbers, limits, and whatever the query is."""
    position = Position((key,), left)
    cursor = write_cursor(position, query)
    assert read_cursor(cursor, query, TYPES) == position
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(TEXTS, st.integers(0, 200), st.text("Aa0-_=. \n\u00e9"))
def test_any_other_text_is_no_cursor(noise, at, middle):
    """Texts at random, and a cursor with something put into it."""
    cursor = write_cursor(Position(({"PK": {"S": "x"}},)), "q")
    for text in {noise, cursor[:at] + middle + cursor[at:]} - {cursor}:
        with pytest.raises(CursorError):
            read_cursor(text, "q", {"PK": "S"})


def test_a_cursor_of_another_query_or_another_shape_is_refused():
    """Each says which of the two it is."""
    cursor = write_cursor(Position(({"PK": {"S": "x"}},)), "q")
    with pytest.raises(CursorError, match="another query"):
        read_cursor(cursor, "p", {"PK": "S"})
    for types in ({"PK": "N"}, {"PK": "S", "SK": "S"}, {"SK": "S"}):
        with pytest.raises(CursorError, match="version"):
            read_cursor(cursor, "q", types)


def test_a_fingerprint_is_the_same_in_every_process():
    """Sets and hashes do not get into it."""
    program = (
        "from pynamite import Table, attribute, entity\n"
        "@entity(pk='U#<id>', sk='U')\n"
        "class User:\n"
        "    id: str\n"
        "    tags: set[str]\n"
        "    status: str = ''\n"
        "users = Table('t', User).connect('sqlite://')[User]\n"
        "query = users.query(id='1').filter(attribute(User.tags) == {'a', 'b', 'c'})\n"
        "print(query.filter(attribute(User.status).in_({'x'}))._reader.fingerprint)\n"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(prints) == 1
    assert fingerprint("a", "b") != fingerprint("a\x1fb")
