"""The keys of a batch, however they are written: those that `Member.key` writes one by one, or a closer look."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from pynamite import Table, entity
from pynamite.entities.connected import for_tenant
from pynamite.entities.member import Member
from pynamite.errors import PynamiteError
from pynamite.operation.key_texts import KeyTexts, with_plain_keys
from pynamite.repository.session import key_values
from pynamite.transport.bodies import _by_json, _by_msgspec
from tests.properties.keyed_entities import WORDS, Color


@entity(pk="LINE#<a>##<n:pad(3)>", sk="<u>#<color>")
class Line:
    a: str
    n: int
    color: Color
    u: str
    text: str = ""


@entity(pk="SHOP#<shop>", sk="ORDER#<number:pad(3)>#<shop>")
class Order:
    shop: str
    number: int


@entity(pk="CODES", sk="<code>")
class Code:
    code: str
    text: str = ""


@entity(pk="<anything>", sk="NOTE#<text>")
class Note:
    anything: str
    text: str


@entity(pk="<number>", sk="<text>")
class Count:
    number: int
    text: str


SHOP = Table("shop", Line, Order, Code)._registry
REGISTRIES = {
    "alone": SHOP, "a tenant's": for_tenant(SHOP, "acme"), "of any beginning": Table("shop", Note)._registry,
    "of rivals": Table("shop", Note, Order, Line, Code)._registry,
    "of numbers": Table("shop", Count)._registry,
}
# Most keys can be written, so that most batches are not refused for one of theirs.
NAMES = st.integers(0, 19).flatmap(lambda number: st.just("ann") if number else WORDS)
NUMBERS = st.integers(0, 19).flatmap(
    lambda number: st.just(number) if number else st.sampled_from([-1, 1000, True, "1"]))
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('",\\{}:'), max_size=8)
FIELDS: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    Line: {"a": NAMES, "n": NUMBERS, "color": st.sampled_from([*[Color.RED] * 9, *Color, "red"]), "u": NAMES},
    Order: {"shop": NAMES, "number": NUMBERS},
    Code: {"code": NAMES | TEXTS},
    Note: {"anything": NAMES | st.just("UNIQUE#a"), "text": NAMES | TEXTS},
    Count: {"number": NUMBERS, "text": NAMES},
}


@st.composite
def batches(draw: st.DrawFn) -> tuple[Member[Any], list[Any]]:
    """Draw keys of one entity: mostly of one partition, and now and then something else among them."""
    registry = REGISTRIES[draw(st.sampled_from(sorted(REGISTRIES)))]
    member: Member[Any] = registry.member(draw(st.sampled_from(list(registry.members))))
    fields = FIELDS[member.cls]
    shared = {name: draw(values) for name, values in fields.items() if name != "text" and draw(st.booleans())}
    keys = draw(st.lists(st.fixed_dictionaries({**fields, **{name: st.just(one) for name, one in shared.items()}}),
                         max_size=5, min_size=draw(st.sampled_from([1, 1, 1, 0]))))
    strange = draw(st.sampled_from([None] * 20 + [{}, "x", {"nothing": 1}]))
    return member, keys if strange is None else [*keys, strange]


def one_by_one(member: Member[Any], keys: list[Any]) -> list[Any] | None:
    """Write the keys by the careful path; None where one is refused."""
    try:
        return [member._key_carefully(key_values(member, key, {})) for key in keys]
    except (PynamiteError, TypeError, ValueError):
        return None


@given(batches())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
def test_the_keys_of_a_batch_are_those_that_are_written_one_by_one(drawn):
    """Or are left to the careful path, as soon as one of them is refused."""
    member, keys = drawn
    written, wanted = member.quick_keys(keys), one_by_one(member, keys)
    assert written is None or list(written) == wanted
    event(f"{'none' if wanted is None else len(wanted)}, by {type(written).__name__}")
    if wanted and type(written) is not KeyTexts:
        # What is left: several partitions, what needs a look, and what is no text.
        partitions = {next(iter(key[member.key_attributes[0]].values())) for key in wanted}
        assert len(partitions) > 1 or written is None or member.rivals or member.cls is Count


@given(st.lists(TEXTS, min_size=2, max_size=2, unique=True).map(tuple), TEXTS, st.lists(TEXTS, max_size=4))
def test_keys_of_one_partition_are_written_as_the_dicts_that_they_stand_for(names, partition, texts):
    """Whatever stands in them: quotes, commas, backslashes, and letters of all kinds."""
    keys = KeyTexts(names, partition, texts)
    plain = [{names[0]: {"S": partition}, names[1]: {"S": text}} for text in texts]
    quick = _by_msgspec()
    assert quick is not None
    for write in (quick[0], _by_json()[0]):
        assert write({"Keys": keys}) == write({"Keys": plain})
    assert list(keys) == plain and len(keys) == len(plain) and bool(keys) == bool(plain)
    assert repr(keys) == repr(plain)


def test_keys_of_one_partition_are_a_sequence_of_dicts():
    """By place, in slices, and backwards."""
    keys = KeyTexts(("PK", "SK"), "p", ["a", "b", "c"])
    first, second, third = ({"PK": {"S": "p"}, "SK": {"S": text}} for text in "abc")
    assert (keys[0], keys[-1]) == (first, third)
    assert list(keys[1:]) == [second, third] and type(keys[1:]) is KeyTexts
    assert list(reversed(keys)) == [third, second, first] and second in keys
    with pytest.raises(IndexError):
        keys[3]


@pytest.mark.parametrize("method", ["batch_get_item", "query"])
def test_a_request_for_boto3_has_lists_of_dicts(method):
    """Other requests are as they were, and so is the request that a plain one is made of."""
    keys = KeyTexts(("PK", "SK"), "p", ["a"])
    request = {"RequestItems": {"shop": {"Keys": keys, "ConsistentRead": True}, "more": {"Keys": []}}}
    plain = with_plain_keys(method, request)
    if method == "query":
        assert plain is request
    else:
        assert plain == {"RequestItems": {"shop": {"Keys": list(keys), "ConsistentRead": True}, "more": {"Keys": []}}}
    assert request["RequestItems"]["shop"]["Keys"] is keys
