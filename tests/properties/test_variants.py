"""Variants of a key are injective across all of them, and read back as what they were made of."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import Table, entity
from pynamite.errors import KeyValueError
from pynamite.key.variants import by, first_of

PARTS = (
    st.none() | st.sampled_from(["a", "b", "#", "a#b", "A", "A#", "A#a", "B#a", "", "1"]) | st.text("aA#1", max_size=4)
)


@entity(pk="<id>", sk=first_of("<a>#<b>#<c>", "<a>#<b>", "<a>", "B#<b>"))
class Trailing:
    id: str
    a: str | None = None
    b: str | None = None
    c: str | None = None


@entity(pk="<id>", sk=by("kind", {"x": "A#<a>", "y": "<a>#<b>", "z": "<b>"}))
class Chosen:
    id: str
    kind: Literal["x", "y", "z"]
    a: str = "a"
    b: str = "b"


FIRST = Table("first", Trailing)._registry.member(Trailing)
CHOSEN = Table("chosen", Chosen)._registry.member(Chosen)
TRAILING = st.builds(Trailing, id=st.just("1"), a=PARTS, b=PARTS, c=PARTS)
CHOICES = st.builds(
    Chosen,
    id=st.just("1"),
    kind=st.sampled_from(["x", "y", "z"]),
    a=PARTS.map(lambda part: part or "a"),
    b=PARTS.map(lambda part: part or "b"),
)


@pytest.mark.parametrize("member, instances", [(FIRST, TRAILING), (CHOSEN, CHOICES)], ids=["first_of", "by"])
def test_a_key_is_of_one_variant_and_its_values(member, instances):
    """What is rendered parses back to the values that made it, so that no two of them share a key."""

    @given(instances)
    def holds(one):
        values = member.values_of(one)
        try:
            key = member.key(values)
        except KeyValueError:
            return
        read = member.parse_item_key(key)
        assert read is not None
        assert {name: values[name] for name in read} == read
        assert member.key({"id": "1", **dict.fromkeys("abc"), **read}) == key

    holds()


@pytest.mark.parametrize("member, instances", [(FIRST, TRAILING), (CHOSEN, CHOICES)], ids=["first_of", "by"])
def test_a_query_encloses_the_keys_of_its_values(member, instances):
    """Whatever part of the values is given, one of the beginnings is that of the whole key."""

    @given(instances, st.sets(st.sampled_from(["kind", "a", "b", "c"])))
    def holds(one, given_names):
        values = {name: value for name, value in member.values_of(one).items() if value is not None}
        try:
            key = member.key({**dict.fromkeys("abc"), **values})
        except KeyValueError:
            return
        template = member.slots[1].template
        # Fields that the key does not hold say nothing about it.
        held = {"kind", *(member.parse_item_key(key) or {})}
        some = {name: value for name, value in values.items() if name in given_names & held}
        try:
            leads = template.leads(some)
        except KeyValueError:
            return
        text = member.slots[1].text_of(key)
        assert any(text == lead.text if lead.next is None else text.startswith(lead.text) for lead in leads)

    holds()
