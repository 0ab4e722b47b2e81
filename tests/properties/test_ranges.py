"""Ranges against brute force: over sorted keys, a range has what was asked for, and nothing else where it says so."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.errors import KeyValueError
from pynamite.key.codecs import codec_for
from pynamite.key.ranges import Edge, range_of
from pynamite.key.template import compile_template
from pynamite.repository.selection import Bounds

# Few characters make many collisions: the literals' own, their neighbours, and the ends of the code points.
AWKWARD = st.text("#!$a\x00\ud7ff\ue000\U0010ffff", max_size=4)


class Size(Enum):
    SMALL = "S"
    LARGE = "XL"


@attrs.frozen
class Kind:
    """A type of key values: how they are declared in a template, and where they come from."""

    type: Any
    call: str | None
    values: st.SearchStrategy[Any]


KINDS = [
    Kind(str, None, AWKWARD),
    Kind(int, None, st.integers(-120, 120)),
    Kind(int, "pad(2)", st.integers(0, 99)),
    Kind(Decimal, None, st.decimals(-20, 20, places=1)),
    Kind(bool, None, st.booleans()),
    Kind(datetime, "utc", st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))),
    Kind(datetime, None, st.datetimes(datetime(2026, 5, 1), datetime(2026, 5, 2), timezones=st.just(UTC))),
]
ENDS = ["", "#", "##", "a", "\U0010ffff", "\ud7ff"]


def inside(text: str, low: Edge | None, high: Edge | None) -> bool:
    """Tell whether a text lies between two edges."""
    above = low is None or text > low.text or (low.included and text == low.text)
    below = high is None or text < high.text or (high.included and text == high.text)
    return above and below


@given(st.data())
def test_a_range_encloses_what_was_asked_for_and_is_exact_where_it_says_so(data):
    """Keys of every codec, with and without a literal behind the value: none is missed; if exact, none is too many."""
    kind = data.draw(st.sampled_from(KINDS))
    end = data.draw(st.sampled_from(ENDS))
    prefix = data.draw(st.sampled_from(["", "P#", "a", "\ud7ff", "\U0010ffff", "a\ud7ff\U0010ffff"]))
    fixed = codec_for(kind.type, kind.call).width is not None
    rest = data.draw(st.sampled_from(["", "<rest>"])) if end or fixed else ""
    template = compile_template(
        f"{prefix}<value{':' + kind.call if kind.call else ''}>{end}{rest}",
        entity="E",
        types={"value": kind.type, "rest": str},
        where="sort key",
    )
    keys: dict[str, Any] = {}
    for value, other in data.draw(st.lists(st.tuples(kind.values, AWKWARD), max_size=12)):
        try:
            keys[template.render({"value": value, "rest": other})] = value
        except KeyValueError:
            continue
    bound = st.none() | st.tuples(kind.values, st.booleans())
    low, high = data.draw(bound), data.draw(bound)
    gap = template.gaps[0]

    def encoded(given: tuple[Any, bool] | None) -> tuple[str, bool] | None:
        return None if given is None else (gap.codec.encode(given[0]), given[1])

    found = range_of(prefix, gap, encoded(low), encoded(high))

    wanted = {key for key, value in keys.items() if Bounds("value", low, high).hold(value)}
    read = {key for key in keys if inside(key, found.low, found.high)}
    assert wanted <= read
    if found.exact:
        assert wanted == read


@given(st.data())
def test_no_key_but_a_possible_one_is_an_edge(data):
    """An edge that is not marked as possible is never a key itself, so that BETWEEN may take it in."""
    end = data.draw(st.sampled_from(ENDS))
    template = compile_template(f"P#<value>{end}", entity="E", types={"value": str}, where="sort key")
    low, high = data.draw(AWKWARD), data.draw(AWKWARD)
    found = range_of("P#", template.gaps[0], (low, False), (high, False))
    value = data.draw(st.sampled_from([low, high]) | AWKWARD)
    try:
        key = template.render({"value": value})
    except KeyValueError:
        return
    for edge in (found.low, found.high):
        if edge is not None and not edge.included and not edge.possible and found.exact:
            assert key != edge.text


@pytest.mark.parametrize("codec", [codec_for(Size), codec_for(bool), codec_for(int), codec_for(Decimal)])
def test_codecs_without_order_say_so(codec):
    """What does not sort by its text is not called ordered."""
    assert not codec.ordered
