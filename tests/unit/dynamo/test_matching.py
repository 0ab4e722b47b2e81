"""Items find the keys that they were asked for by."""

from __future__ import annotations

import pytest

from pynamite.dynamo.matching import Matching
from pynamite.dynamodb_json import to_json
from pynamite.operation.unread import Unread

TEXTS = [{"PK": {"S": pk}, "SK": {"S": sk}} for pk, sk in ("ab", "ba", "ab")]
NUMBERS = [{"PK": {"S": "a"}, "n": {"N": "1.0"}}, {"PK": {"S": "a"}, "n": {"N": "2"}}]
BINARY = [{"PK": {"B": b"\x00"}}, {"PK": {"B": b"\x01"}}]
SAME = [{"PK": {"S": b"ab".decode()}, "SK": {"S": sk}} for sk in "xyx"]
SAME_NUMBER = [{"n": {"N": "1"}, "SK": {"S": sk}} for sk in "xy"]
ONE = [{"PK": {"S": "a"}}, {"PK": {"S": "b"}}]


def test_equal_keys_have_one_identity():
    """Numbers are equal however they are written."""
    first, other, again = Matching(TEXTS).identities
    assert first == again != other
    one, two = Matching([NUMBERS[0], {"PK": {"S": "a"}, "n": {"N": "1"}}]).identities
    assert one == two


@pytest.mark.parametrize(
    "keys", [TEXTS, NUMBERS, BINARY, ONE, SAME, SAME_NUMBER],
    ids=["texts", "numbers", "binary", "one", "same", "same number"])
@pytest.mark.parametrize("form", [dict, lambda item: Unread(to_json(item))], ids=["read", "unread"])
def test_an_item_has_the_identity_of_its_key(keys, form):
    """Whatever else is in it, and whether its JSON was read or not."""
    matching = Matching(keys)
    items = [form({"other": {"L": [{"S": "x"}]}, **key}) for key in keys]
    assert [matching.of(item) for item in items] == list(matching.identities)


@pytest.mark.parametrize(("keys", "told_by"), [
    (SAME, ("SK",)), (SAME_NUMBER, ("SK",)), (ONE, ("PK",)), (TEXTS, ("PK", "SK")), (NUMBERS, None), (BINARY, None),
], ids=["same", "same number", "one", "texts", "numbers", "binary"])
def test_keys_of_one_partition_are_told_by_their_sort_keys(keys, told_by):
    """And others by all of their texts, if they are made of texts."""
    assert Matching(keys).told_by == told_by


def test_no_keys_have_no_identities():
    """There is nothing to be matched."""
    assert list(Matching([]).identities) == []
