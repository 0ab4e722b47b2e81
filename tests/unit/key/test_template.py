"""Key templates: what they take, what they refuse, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest

from pynamite.errors import KeyValueError
from pynamite.key.template import KeyTemplate, Lead, compile_template, wire_of
from pynamite.wire import Misfit

TYPES = {
    "a": str,
    "b": str,
    "number": int,
    "at": datetime,
    "price": Decimal,
    "kind": Literal["x", "y"],
    "blob": bytes,
    "odd": None,
}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def compiled(text: str, kind: str = "S") -> KeyTemplate:
    """Compile a template of entity E."""
    return compile_template(text, entity="E", types=TYPES, where="sort key", kind=kind)


@pytest.mark.parametrize(
    "text, values, key",
    [
        ("PROFILE", {}, "PROFILE"),
        ("<a>", {"a": "#"}, "#"),
        ("USER#<a>", {"a": "1#2"}, "USER#1#2"),
        ("<a>#<b>", {"a": "1", "b": "2#3"}, "1#2#3"),
        ("<a>#<b>#", {"a": "1", "b": "2"}, "1#2#"),
        ("<number:pad(3)><a>", {"number": 7, "a": "8"}, "0078"),
        ("<at><a>", {"at": NOON, "a": "Z"}, "2026-05-01T12:00:00.000000ZZ"),
        ("<at>:<a>", {"at": NOON, "a": ":"}, "2026-05-01T12:00:00.000000Z::"),
        ("<kind><a>", {"kind": "x", "a": "y"}, "xy"),
        ("<a>#<a>", {"a": "1"}, "1#1"),
        ("a>b<a>", {"a": "1"}, "a>b1"),
        ("< a >|< number : pad( 3 ) >", {"a": "1", "number": 2}, "1|002"),
    ],
)
def test_a_key_is_rendered_and_parsed(text, values, key):
    """Literals before, between and behind placeholders, repeated fields, fixed widths: the key reads back."""
    template = compiled(text)
    assert template.render(values) == key
    assert template.parse(key) == values


@pytest.mark.parametrize(
    "text, values, told",
    [
        ("<a>#<b>", {"a": "1#2", "b": "3"}, "field 'a' of entity 'E' may not be '1#2'"),
        ("<a>##<b>", {"a": "1#", "b": "3"}, "field 'a' of entity 'E' may not be '1#'"),
        ("<a>#", {"a": "#"}, "may not be '#'"),
        ("<a>::<b>!", {"a": "1", "b": "2!"}, "field 'b' of entity 'E' may not be '2!'"),
        ("<a>#<a>", {"a": "1#1"}, "may not be '1#1'"),
        ("<a>", {"a": ""}, "is empty: a key needs a value"),
        ("<a>", {"a": None}, "is None: a key needs a value"),
        ("<a>#<b>", {"a": "1"}, "field 'b' of entity 'E' is missing: the key '<a>#<b>' needs it"),
        ("<a>", {"a": 5}, "expected str, got 5"),
        ("<a>", {"a": "\ud800"}, "lone surrogate"),
        ("<number:pad(3)>", {"number": 1000}, "widen pad(3)"),
        ("<at>", {"at": datetime(2026, 5, 1)}, "is naive"),
        ("<kind>", {"kind": "z"}, "expected one of 'x', 'y'"),
    ],
)
def test_a_value_that_would_not_read_back_is_refused(text, values, told):
    """Before any call, with the entity, the field and the template as facts."""
    with pytest.raises(KeyValueError) as refused:
        compiled(text).render(values)
    assert told in str(refused.value)
    assert refused.value.entity == "E" and refused.value.template == text and refused.value.field in {*values, "b"}


@pytest.mark.parametrize(
    "text, key",
    [
        ("USER#<a>", "ORG#1"),
        ("USER#<a>", "USER#"),
        ("PROFILE", "PROFILE2"),
        ("<a>#<b>", "1"),
        ("<a>#<b>", "#1"),
        ("<a>#<b>", "1#"),
        ("<a>#", "1#2"),
        ("<a>#", "1#2#"),
        ("<a>#<a>", "1#2"),
        ("<number>", "01"),
        ("<number:pad(3)>", "1234"),
        ("<number:pad(3)>#<a>", "12#a"),
        ("<at>", "2026-05-01"),
        ("<kind>", "z"),
        ("<price>", "1.0"),
    ],
)
def test_a_key_of_another_form_is_not_read(text, key):
    """Only what the template renders is one of its keys."""
    assert compiled(text).parse(key) is None


@pytest.mark.parametrize(
    "values, key",
    [
        ({"a": "1", "b": "2"}, "X#1#2"),
        ({"a": "1", "b": None}, None),
        ({"a": "1"}, None),
        ({"a": "", "b": "2"}, None),
    ],
)
def test_an_item_stays_out_of_a_sparse_index(values, key):
    """None and the empty text in an index key keep the item out of the index."""
    assert compiled("X#<a>#<b>").render_sparse(values) == key


def test_a_sparse_index_is_no_excuse_for_an_ambiguous_key():
    """A value that is there, but cannot stand in the key, is refused as in any key."""
    with pytest.raises(KeyValueError, match="may not be '1#2'"):
        compiled("X#<a>#<b>").render_sparse({"a": "1#2", "b": "3"})


def test_a_key_is_begun_as_far_as_its_fields_are_known():
    """The beginning ends with the literal before the first field that is not given."""
    template = compiled("ORDER#<at>#<a>!")
    assert template.lead({}) == Lead("ORDER#", template.gaps[0])
    assert template.lead({"at": NOON}) == Lead("ORDER#2026-05-01T12:00:00.000000Z#", template.gaps[1])
    assert template.lead({"at": NOON, "a": "1"}) == Lead("ORDER#2026-05-01T12:00:00.000000Z#1!", None)


@pytest.mark.parametrize(
    "text, values",
    [
        ("<a>#<b>#<number>", {"a": "1#"}),
        ("<a>##<b>", {"a": "1#"}),
        ("<a>#<b>", {"a": ""}),
        ("<a>#<b>", {"a": None}),
        ("<a>#<b>", {"a": "1", "b": ""}),
        ("<a>#<b>", {"a": 1}),
    ],
)
def test_no_beginning_holds_a_value_that_no_key_holds(text, values):
    """A beginning is checked as a whole key is, or it would lead to another value's items."""
    with pytest.raises(KeyValueError):
        compiled(text).lead(values)


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "has an empty template for its sort key: give it a text"),
        (None, "has an empty template for its sort key"),
        ("USER#<", "has an unclosed '<' in its sort key 'USER#<': close the placeholder with '>'"),
        ("USER#<a", "has an unclosed '<'"),
        ("USER#<<a>", "has an unclosed '<'"),
        ("USER#<>", "has the placeholder <> in its sort key 'USER#<>'"),
        ("USER#<1a>", "a placeholder is the name of a field, such as <user_id>"),
        ("USER#<a.>", "a placeholder is the name of a field"),
        ("USER#<a.b>", "uses placeholder <a.b> in its sort key, but has no 'b' in its field 'a'"),
        ("USER#<nope.b>", "has no field 'nope.b'; its fields are 'a', 'b'"),
        ("USER#<nope>", "uses placeholder <nope> in its sort key, but has no field 'nope'; its fields are 'a', 'b'"),
        ("<a><b>", "has nothing between <a> and <b>"),
        ("<a:pad(3)>", "field 'a' is a str, but the codec 'pad(3)' is for int"),
        ("<a:nope>", "names the codec 'nope', which there is not"),
        ("<blob>", "field 'blob' is a bytes, which has no form in a key"),
    ],
)
def test_a_wrong_template_says_what_to_do(text: Any, told):
    """Each mistake is told with the entity, the template and the remedy."""
    with pytest.raises(Misfit) as refused:
        compiled(text)
    ((_, message),) = refused.value.problems
    assert told in message and "entity 'E'" in message


def test_all_mistakes_of_a_template_are_told_at_once():
    """Nobody mends a template one mistake at a time."""
    with pytest.raises(Misfit) as refused:
        compiled("<nope>#<a:pad(2)>#<b><at><number><a>#<")
    told = [message for _, message in refused.value.problems]
    assert len(told) == 5
    assert [part in "\n".join(told) for part in ("<nope>", "pad(2)", "<b> and <at>", "<number> and <a>", "unclosed")]


def test_a_field_whose_type_is_not_known_is_left_to_others():
    """Where an annotation does not resolve, the template says nothing about it."""
    assert compiled("<odd:pad(3)>#<a>").fields == ("odd", "a")


@pytest.mark.parametrize("text", ["N#<number>", "<number>#", "<number>#<number>", "7"])
def test_a_number_holds_a_single_placeholder(text):
    """A key attribute of type N has no room for literals."""
    with pytest.raises(Misfit) as refused:
        compiled(text, kind="N")
    assert "a number holds a single one" in refused.value.problems[0][1]


def test_a_number_is_its_own_key():
    """The key is of type N, and zero is a value as any other."""
    template = compiled("<number>", kind="N")
    assert wire_of(template.kind, template.render({"number": 0})) == {"N": "0"}
    assert template.parse("0") == {"number": 0}
    assert template.parse("0.5") is None
