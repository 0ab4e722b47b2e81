"""What is made for a class reads as the careful path does: the same instances, the same refusals in the same words."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite.dynamodb_json import to_json
from pynamite.entities.member import Member
from pynamite.errors import ItemStructureError, PynamiteError
from pynamite.operation.unread import Unread
from tests.hidden_msgspec import without_msgspec
from tests.properties.any_entities import declared
from tests.properties.keyed_entities import INSTANCES, REGISTRY

STRANGE: list[dict[str, Any]] = [
    {"S": "?"},
    {"S": ""},
    {"S": "2026-05-01T12:00:00+02:00"},
    {"S": "2026-05-01T12:00:00"},
    {"S": "2026-05-01"},
    {"S": "{00000000-0000-0000-0000-000000000001}"},
    {"S": '\u00e9\U0001f600\x00"\\'},
    {"N": "0.5"},
    {"N": "1.0"},
    {"N": "9007199254740993.0"},
    {"N": "1E+30"},
    {"N": "-0"},
    {"BOOL": True},
    {"NULL": True},
    {"L": []},
    {"L": [{"S": "?"}, {"NULL": True}]},
    {"L": [{"N": "1"}]},
    {"M": {}},
    {"M": {"?": {"B": b""}, "text": {"S": "x"}}},
    {"M": {"text": {"S": "x"}, "number": {"N": "7"}}},
    {"SS": ["?"]},
    {"NS": ["0.5", "1"]},
    {"BS": [b"?"]},
    {"B": b"?"},
]


@pytest.fixture(params=["with msgspec", "without msgspec"], scope="module")
def library(request):
    """Let the codecs find msgspec, or not."""
    if request.param == "with msgspec":
        yield
        return
    with without_msgspec():
        yield


def attempted(read: Any, item: Any) -> tuple[Any, Any]:
    """Give the instance that a function reads, told exactly, or the problems for which the item is refused."""
    try:
        found = read(item)
    except ItemStructureError as refused:
        return None, (refused.problems, type(refused.__cause__))
    return type(found), repr(found)


@st.composite
def stored(draw: st.DrawFn) -> tuple[Member[Any], dict[str, Any]]:
    """Draw an entity, and an item of it that somebody may have changed in places."""
    member, instance = draw(declared())
    try:
        item = member.item(instance)
    except ItemStructureError:
        item = {"PK": {"S": "P#1"}, "SK": {"S": "X"}, "id": {"S": "1"}, "_type": {"S": "Made"}}
    for name in draw(st.lists(st.sampled_from(sorted({*member.definition.fields, "_type"})), max_size=2)):
        value: dict[str, Any] | None = draw(st.none() | st.sampled_from(STRANGE))
        item.pop(name, None)
        if value is not None:
            item[name] = value
    return member, item


@given(stored())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_item_reads_as_by_the_careful_path(library, drawn):
    """From a dict and from JSON, an item that fits and one that does not come to what the careful path makes of it."""
    member, item = drawn
    wanted = attempted(member._carefully, item)
    assert attempted(member.instance, item) == wanted
    assert attempted(member.instance, Unread(to_json(item))) == wanted


@given(stored())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large])
def test_many_items_are_read_as_each_of_them_is(library, drawn):
    """All at once, those of the entity are read as one by one; or none of them, where one has to be looked at."""
    member, item = drawn
    other = {**item, "_type": {"S": "Other"}}
    found = member.instances([to_json(item), to_json(other), to_json(item)])
    if found is not None:
        own = [one for one in (item, other, item) if member.is_typed(one)]
        assert list(map(repr, found)) == [repr(member._carefully(one)) for one in own]


@given(st.sampled_from(list(INSTANCES)).flatmap(INSTANCES.__getitem__), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_stands_in_keys_is_read_as_by_the_careful_path(library, instance, data):
    """Fields that the key alone has, and whatever else stands in the key then."""
    member = attrs.evolve(REGISTRY.member(type(instance)), _made={})
    try:
        item = member.item(instance)
    except PynamiteError:
        return
    name = data.draw(st.sampled_from(["PK", "SK"]))
    text = item[name]["S"]
    item[name] = {"S": data.draw(st.just(text) | st.text(max_size=3).map(lambda more: text + more) | st.text())}
    wanted = attempted(member._carefully, item)
    assert attempted(member.instance, item) == wanted
    assert attempted(member.instance, Unread(to_json(item))) == wanted
