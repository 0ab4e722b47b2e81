"""How the fields of a key are given."""

from __future__ import annotations

import pytest

from pynamite import Table, entity
from pynamite.errors import KeyValueError
from pynamite.repository.session import key_values


@entity(pk="A#<left>", sk="B#<right>#<left>")
class Pair:
    left: str
    right: str
    note: str = ""


@pytest.fixture
def member():
    return Table("t", Pair).connect("sqlite://").session.registry.member(Pair)


def test_keywords_a_mapping_and_an_instance_give_the_same(member):
    """Each field once, although two templates have it."""
    expected = {"left": "1", "right": "2"}
    assert key_values(member, None, expected) == expected
    assert key_values(member, expected, {}) == expected
    assert key_values(member, Pair(left="1", right="2", note="x"), {}) == expected


@pytest.mark.parametrize("given, words", [
    ({"left": "1"}, "lacks 'right'"),
    ({}, "lacks 'left', 'right'"),
    ({"left": "1", "right": "2", "note": "x"}, "'note' is not part of the key of entity 'Pair'.*'left', 'right'"),
    ({"left": "1", "rihgt": "2"}, "did you mean 'right'"),
])  # fmt: skip
def test_wrong_fields_are_named(member, given, words):
    """With what the key is made of."""
    for key, fields in ((given, {}), (None, given)):
        with pytest.raises(KeyValueError, match=words) as refused:
            key_values(member, key, fields)
        assert refused.value.entity == "Pair" and refused.value.field is not None


def test_what_is_no_key_is_refused_by_its_kind(member):
    """Two ways at once, texts, numbers, and instances of others."""
    with pytest.raises(TypeError, match="once"):
        key_values(member, {"left": "1"}, {"right": "2"})
    for wrong in ("A#1", 7, ("1", "2"), object()):
        with pytest.raises(TypeError, match=r"\(left, right\)"):
            key_values(member, wrong, {})
