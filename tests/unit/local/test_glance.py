"""A filter that glances at an item's JSON says what it says of the whole item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.dynamodb_json import to_json
from pynamite.expression.fill import fill
from pynamite.expression.parse import parse_condition
from pynamite.local.evaluate import predicate
from pynamite.local.glance import passing
from pynamite.wire import AttributeValue
from tests.hidden_msgspec import without_msgspec

VALUES: dict[str, AttributeValue] = {
    ":user": {"S": "User"},
    ":one": {"N": "1"},
    ":b": {"B": b"x"},
    ":quoted": {"S": '"kind":{"S":"User"}'},
}
FILTERS = [
    "kind = :user", "kind = :user AND n = :one", "kind = :user AND m.kind = :user", "n = :one", "b = :b",
    "kind = :quoted", "kind <> :user", "kind = :user OR n = :one", "kind = :user AND kind = :user", "size(kind) > :one",
]  # fmt: skip
TYPED = {"kind": {"S": "User"}}
ATTRIBUTES = st.sampled_from(
    [
        {"S": "User"},
        {"S": "Other"},
        {"N": "1"},
        {"B": b"x"},
        {"S": '"kind":{"S":"User"}'},
        {"M": TYPED},
        {"L": [{"M": TYPED}]},
        {"BS": [b"x"]},
    ]
)
ITEMS = st.dictionaries(st.sampled_from(["kind", "n", "m", "b", "M", "B"]), ATTRIBUTES)


@pytest.mark.parametrize("text", FILTERS)
@given(item=ITEMS)
def test_a_glance_sees_what_a_filter_looks_at(text, item):
    """Maps, binary and texts that look like JSON are no trap."""
    tree = fill(parse_condition(text), {}, VALUES)
    assert passing(tree)(to_json(item)) == predicate(tree)(item)


def test_without_msgspec_the_item_is_read_as_a_whole():
    """The outcome is the same."""
    tree = fill(parse_condition("n = :one"), {}, VALUES)
    with without_msgspec():
        assert passing(tree)(to_json({"n": {"N": "1.0"}}))
