"""Keys are injective: within one template, and across the entities of one table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Literal
from uuid import UUID

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pynamite import Table, entity
from pynamite.errors import KeyValueError
from pynamite.key.template import KeyTemplate, compile_template
from pynamite.wire import Misfit


class Choice(Enum):
    DELIMITER = "#"
    LETTER = "a"
    WORD = "ab"


class Rights(Flag):
    READ = 1
    WRITE = 2


# The delimiters themselves, marks of templates, and what sorts or encodes oddly.
AWKWARD = st.text("#|:<>a1-\u00e9\U0001f600\x00", max_size=5)
TEXT = AWKWARD | st.text(max_size=5)
NUMBERS = st.integers(-(10**6), 10**6)

TYPES: dict[str, tuple[Any, str, st.SearchStrategy[Any]]] = {
    "text": (str, "", TEXT),
    "other": (str, "", TEXT),
    "number": (int, "", NUMBERS),
    "padded": (int, ":pad(3)", st.integers(0, 1000)),
    "decimal": (
        Decimal,
        "",
        st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=999, min_value=-999),
    ),
    "moment": (datetime, ":utc", st.datetimes(timezones=st.just(UTC))),
    "day": (date, "", st.dates()),
    "uuid": (UUID, "", st.uuids()),
    "flag": (bool, "", st.booleans()),
    "choice": (Choice, "", st.sampled_from(Choice)),
    "rights": (Rights, "", st.builds(Rights, st.integers(0, 3))),
    "literal": (Literal["x", "#"], "", st.sampled_from(["x", "#"])),
}
KINDS = {name: kind for name, (kind, _, _) in TYPES.items()}
VALUES = st.fixed_dictionaries({name: values for name, (_, _, values) in TYPES.items()})
LITERALS = st.sampled_from(["", "#", "##", "|", ":", "a", "A#", ">", "\U0001f600"])


@st.composite
def templates(draw: st.DrawFn, names: tuple[str, ...] = tuple(TYPES)) -> KeyTemplate:
    """Draw a template that compiles: placeholders of any type between literals, some of them repeated."""
    text = draw(LITERALS)
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)):
        text += f"<{name}{TYPES[name][1]}>" + draw(LITERALS)
    try:
        return compile_template(text, entity="E", types=KINDS, where="sort key")
    except Misfit:
        assume(False)
        raise


@given(templates(), VALUES)
def test_what_is_rendered_parses_back(template, values):
    """Parsing is the inverse of rendering, or the values are refused."""
    try:
        key = template.render(values)
    except KeyValueError:
        return
    assert template.parse(key) == {name: values[name] for name in template.fields}


@given(templates(("text", "other", "choice", "literal", "padded")), VALUES, VALUES)
@example(
    compile_template("<text>#<other>", entity="E", types=KINDS, where="k"),
    {"text": "a#b", "other": "c"},
    {"text": "a", "other": "b#c"},
)
def test_different_values_have_different_keys(template, left, right):
    """No two tuples of values share a key."""
    try:
        keys = template.render(left), template.render(right)
    except KeyValueError:
        return
    assert (keys[0] == keys[1]) == ({n: left[n] for n in template.fields} == {n: right[n] for n in template.fields})


@given(templates(("text", "other", "number", "choice", "literal", "padded")), AWKWARD)
def test_what_is_parsed_renders_to_the_same_key(template, text):
    """Rendering is the inverse of parsing: a key is read only if it is the one that its values have."""
    for key in (text, template.head + text, template.head + text + "#" + text):
        values = template.parse(key)
        if values is not None:
            assert template.render(values) == key


@given(templates(), VALUES, st.data())
def test_a_beginning_begins_the_key(template, values, data):
    """The key of the values begins with its own beginnings; what a beginning refuses, the key refuses, too."""
    known = data.draw(st.sets(st.sampled_from(template.fields)))
    some = {name: value for name, value in values.items() if name in known}
    try:
        key = template.render(values)
    except KeyValueError:
        return
    lead = template.lead(some)
    assert key.startswith(lead.text)
    assert lead.next is None or lead.next.field not in known


@entity(pk="<a>", sk="CUST#<a>")
class Customer:
    a: str


@entity(pk="<a>", sk="<b>")
class Bookmark:
    a: str
    b: str


@entity(pk="<a>", sk="<b>#<c>")
class Folder:
    a: str
    b: str
    c: str


@entity(pk="<a>", sk="CUST#<number>")
class Invoice:
    a: str
    number: int


@entity(pk="X<a>", sk="<b>")
class Left:
    a: str
    b: str


@entity(pk="<a>", sk="X<b>")
class Right:
    a: str
    b: str


SHARED = Table("shared", Customer, Bookmark, Folder, Invoice, Left, Right)
SHORT = st.sampled_from(["1", "a", "#", "1#2", "CUST", "CUST#1", "CUST#a", "X", "X1", "a#", "XX"])


@st.composite
def instances(draw: st.DrawFn) -> Any:
    """Draw an instance of one of the entities whose templates overlap."""
    cls: Any = draw(st.sampled_from(SHARED.entities))
    return cls(
        **{
            field.name: draw(st.integers(0, 3) if field.name == "number" else SHORT | AWKWARD)
            for field in attrs.fields(cls)
        }
    )


@given(instances(), instances())
def test_no_two_entities_of_a_table_share_a_key(one, other):
    """Whatever the values, a key belongs to one instance of one entity: where templates overlap, a value is refused."""
    try:
        keys = SHARED.key(one), SHARED.key(other)
    except KeyValueError:
        return
    assert (keys[0] == keys[1]) == (one == other)


@given(instances())
def test_a_key_tells_its_entity(one):
    """In a table without type attribute, the templates alone find the entity of what was written."""
    try:
        item = MARKED.member(type(one)).item(one)
    except KeyValueError:
        return
    owner = MARKED.identify(item)
    assert owner is not None and owner.cls is type(one)


MARKED = Table("unmarked", *SHARED.entities, type_attribute=None)._registry


def test_the_more_special_template_keeps_its_keys():
    """Only the more general one's values are refused."""
    table = Table("t", Customer, Bookmark)
    assert table.key(Customer(a="1")) == {"PK": "1", "SK": "CUST#1"}
    assert table.key(Bookmark(a="1", b="CUST#2")) == {"PK": "1", "SK": "CUST#2"}
    with pytest.raises(KeyValueError, match="is also one of entity 'Customer'"):
        table.key(Bookmark(a="1", b="CUST#1"))


def test_where_no_template_is_more_special_both_are_refused():
    """A tie is decided for nobody."""
    table = Table("t", Left, Right)
    for instance in (Left(a="1", b="X2"), Right(a="X1", b="2")):
        with pytest.raises(KeyValueError, match="is also one of"):
            table.key(instance)
    assert table.key(Left(a="1", b="2")) == {"PK": "X1", "SK": "2"}
    assert table.key(Right(a="1", b="2")) == {"PK": "1", "SK": "X2"}


@entity(pk="<a>", sk="CUST#<b>")
class Visitor:
    a: str
    b: str


def test_a_type_is_more_special_than_a_text():
    """A key that reads as a number belongs to the entity with the number."""
    table = Table("t", Invoice, Visitor)
    assert table.key(Invoice(a="1", number=5))["SK"] == "CUST#5"
    assert table.key(Visitor(a="1", b="05"))["SK"] == "CUST#05"
    with pytest.raises(KeyValueError, match="entity 'Invoice'"):
        table.key(Visitor(a="1", b="5"))


def test_a_key_with_fewer_fields_is_more_special():
    """Of two templates with the same literals, the one that repeats a field fits fewer keys."""
    table = Table("t", Customer, Visitor)
    assert table.key(Visitor(a="1", b="2"))["SK"] == "CUST#2"
    with pytest.raises(KeyValueError, match="entity 'Customer'"):
        table.key(Visitor(a="1", b="1"))
