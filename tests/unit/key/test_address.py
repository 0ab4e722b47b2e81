"""Addresses: every form in which the key of a plain item can be given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.errors import KeyValueError
from pynamite.key.address import parse_address

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    "address",
    ["USER.1", ["USER", "1"], ("USER", "1"), {"PK": "USER", "SK": "1"}, {"SK": "1", "PK": "USER"}],
)
def test_every_form_gives_the_same_key(address: Any) -> None:
    """A string, a list, a tuple and a dict are the same address."""
    assert parse_address(address) == {"PK": "USER", "SK": "1"}


def test_only_the_first_dot_separates() -> None:
    """A sort key keeps its dots."""
    assert parse_address("123.https://aws.amazon.com/a.b") == {"PK": "123", "SK": "https://aws.amazon.com/a.b"}


@given(TEXT.filter(lambda text: "." not in text), TEXT)
def test_a_dotted_string_is_split_into_what_was_joined(partition: str, sort: str) -> None:
    """Joining by a dot and parsing is the identity for partition keys without one."""
    assert parse_address(f"{partition}.{sort}") == {"PK": partition, "SK": sort}


@given(TEXT, TEXT)
def test_a_list_takes_any_text(partition: str, sort: str) -> None:
    """A list is not split, so its parts may hold dots."""
    assert parse_address([partition, sort]) == {"PK": partition, "SK": sort}


def test_other_key_names() -> None:
    """The names of the key attributes are the table's."""
    assert parse_address("a.b", pk="id", sk="range") == {"id": "a", "range": "b"}
    assert parse_address({"id": "a", "range": "b"}, pk="id", sk="range") == {"id": "a", "range": "b"}


@pytest.mark.parametrize("address", ["a.b", ["a.b"], ("a.b",), {"id": "a.b"}])
def test_a_table_without_sort_key_takes_the_whole_string(address: Any) -> None:
    """Without a sort key there is nothing to separate."""
    assert parse_address(address, pk="id", sk=None) == {"id": "a.b"}


@pytest.mark.parametrize("value", [7, Decimal("1.5"), b"\x00\xff"])
def test_numbers_and_binary_are_keys(value: Any) -> None:
    """Keys of type N and B are given as numbers and bytes."""
    assert parse_address(["a", value]) == {"PK": "a", "SK": value}
    assert parse_address(value, pk="id", sk=None) == {"id": value}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("123", "'123' has no dot"),
        (".b", "'PK' is empty"),
        ("a.", "'SK' is empty"),
        ("", "'' has no dot"),
        ([], "0 parts instead of 2"),
        (["a"], "1 parts instead of 2"),
        (["a", "b", "c"], "3 parts instead of 2"),
        ({"PK": "a"}, "lacks 'SK'"),
        ({"pk": "a", "SK": "b"}, "lacks 'PK' and 'pk' is no key attribute"),
        ({"PK": "a", "SK": "b", "x": 1, "y": 2}, "'x', 'y' are no key attribute"),
        (None, "None is no key"),
        (5, "5 is no key"),
        (["a", None], "'SK' cannot be None"),
        (["a", ""], "'SK' is empty"),
        ([True, "b"], "'PK' cannot be True"),
        (["a", float("nan")], "'SK' cannot be nan"),
        (["a", {"b"}], "'SK' cannot be {'b'}"),
        (["a", object], "'SK' cannot be <class 'object'>"),
        (["x" * 2049, "b"], "'PK' has 2049 bytes"),
        (["a", "ä" * 513], "'SK' has 1026 bytes"),
    ],
)
def test_a_wrong_address_is_told(address: Any, told: str) -> None:
    """The error names the part that is wrong."""
    with pytest.raises(KeyValueError) as error:
        parse_address(address)
    assert told in str(error.value)


def test_the_longest_keys_are_taken() -> None:
    """The limits are inclusive."""
    key = ["x" * 2048, "y" * 1024]
    assert list(parse_address(key).values()) == key
