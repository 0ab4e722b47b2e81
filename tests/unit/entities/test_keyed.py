"""What is wrong with declared keys: cases that never come, values that no key holds, circles."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal

import pytest

from pynamite import Index, Table, entity, field
from pynamite.entities.keys import IndexKey
from pynamite.errors import DefinitionError
from pynamite.key.variants import by, first_of

WRONG: Any = 5


class Status(Enum):
    OPEN = "open"


def declared(**options: Any) -> type:
    """Declare an entity with a field of several types."""

    @entity(**{"pk": "E#<id>", "sk": "E", **options})
    class Item:
        id: str
        status: Status = Status.OPEN
        kind: Literal["a", "b"] = "a"
        number: int = 0
        flag: bool = False
        at: datetime | None = None
        tags: list[str] = field(factory=list)

    return Item


@pytest.mark.parametrize(
    "options, told",
    [
        ({"sk": by("status", {"open": "A", Status.OPEN: "B"})}, "status='open', which it never is: expected Status"),
        ({"sk": by("kind", {"c": "A"})}, "kind='c', which it never is: expected one of 'a', 'b'"),
        ({"sk": by("flag", {1: "A"})}, "flag=1, which it never is"),
        ({"sk": by("number", {True: "A"})}, "number=True, which it never is"),
        ({"sk": by("tags", {"a": "A"})}, "'tags', which is a list, which has no form in a key"),
        ({"sk": by("nope", {"a": "A"})}, "chooses its sort key by 'nope', which is no field"),
        ({"sk": by("kind", {})}, "a choice of too few templates for its sort key"),
        ({"sk": first_of("A#<id>")}, "a choice of too few templates"),
        ({"sk": by("kind", {"a": "A", "b": "A"})}, "the template 'A' twice in the choice of its sort key"),
        ({"sk": first_of("A#<id>", "A#<id>")}, "the template 'A#<id>' twice"),
        ({"sk": by("kind", {"a": "A#<nope>", "b": "B#<id"})}, "uses placeholder <nope>"),
        ({"sk": by("kind", {"a": "A#<nope>", "b": "B#<id"})}, "unclosed '<'"),
        ({"indexes": {"G": (first_of("A", "A"), "x")}}, "the template 'A' twice"),
        ({"indexes": {"G": IndexKey(WRONG)}}, "index 'G' has 5 for its partition key"),
        ({"indexes": {"G": IndexKey("A", [WRONG])}}, "index 'G' has [5] for its sort key"),
        ({"indexes": {"G": ["A", "B"]}}, "use a template, a pair of templates, or IndexKey"),
        ({"indexes": {"G": ("A", "B", "C")}}, "index 'G' of entity 'Item' has 3 templates"),
        ({"indexes": {"G": IndexKey("A", when=lambda nope: nope)}}, "from 'nope', which is no field"),
        ({"indexes": {"G": IndexKey("A", when=lambda *all: all)}}, "write them out"),
        ({"computed": {"x": lambda y: y, "y": lambda x: x}}, "computes 'x' from itself"),
        ({"computed": {"x": lambda x: x}}, "computes 'x' from itself"),
        ({"computed": {"id": lambda number: number}}, "computes 'id', which is a field, too"),
        ({"computed": {"x": lambda nope: nope}}, "computes 'x' from 'nope', which is no field"),
        ({"computed": {"x": 5}}, "parameters cannot be read"),
    ],
)
def test_a_mistake_in_a_key_is_told_at_once(options, told):
    """Each with the entity, what is wrong and what there is."""
    with pytest.raises(DefinitionError) as refused:
        declared(**options)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {"sk": by("status", {Status.OPEN: "A"})},
        {"sk": by("kind", {"a": "A", "b": "B#<number>"})},
        {"sk": by("flag", {True: "A", False: "B"})},
        {"sk": by("at", {None: "A"})},
        {"indexes": {"G": (by("kind", {"a": "A", "b": "A"}), "x")}},
        {"computed": {"x": lambda number: number > 1, "y": lambda x: "y" if x else None}, "sk": by("x", {True: "A"})},
    ],
)
def test_what_can_be_is_taken(options):
    """None, bools, shared templates in an index, and whatever is computed."""
    made: Any = declared(**options)
    assert made


@pytest.mark.parametrize(
    "sk, told",
    [
        ("X", "no placeholder of its keys names it"),
        ("<name:upper>", "no placeholder of its keys could be read back"),
        ("<name:shard(3)>", "no placeholder of its keys could be read back"),
        (first_of("X#<name>", "Y#<other>"), "not every template of its keys holds it"),
    ],
)
def test_a_key_only_field_has_to_be_in_the_key_to_be_read(sk, told):
    """Else its value would be gone after the write."""
    with pytest.raises(DefinitionError) as refused:

        @entity(pk="<id>", sk=sk)
        class Lost:
            id: str
            other: str
            name: str = field(key_only=True)

    assert told in str(refused.value)


@pytest.mark.parametrize("index", [Index("G", pk="email", sk=None), Index("G", pk="SK", sk="PK")])
def test_a_condition_of_an_index_needs_an_attribute_to_take_out(index):
    """Where every key attribute stays with the item, nothing could keep it out of the index."""

    @entity(pk="<id>", sk="X", indexes={"G": IndexKey(when=lambda email: email is not None)})
    class Stays:
        id: str
        email: str | None = None

    with pytest.raises(DefinitionError, match="says when it is in index 'G'"):
        Table("table", Stays, indexes=[index])


def test_a_secret_is_something():
    """An empty secret would sign for everybody."""
    table = Table("table", declared())
    for secret in ("", b"", 5):
        with pytest.raises(ValueError, match="secret"):
            table.connect("sqlite://", secret=secret)  # type: ignore[arg-type]
