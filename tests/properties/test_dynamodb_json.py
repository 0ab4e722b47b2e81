"""DynamoDB JSON is the same, whether msgspec reads and writes it or the standard library does."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import dynamodb_json as quick
from tests.properties.expressions import scalars, sets

SOURCE = str(quick.__file__)


def without_msgspec() -> ModuleType:
    """Load the module once more, as it is where msgspec is not installed."""
    spec = importlib.util.spec_from_file_location("dynamodb_json_without_msgspec", SOURCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "msgspec", None)
        spec.loader.exec_module(module)
    return module


plain: Any = without_msgspec()

names = st.text(max_size=4) | st.sampled_from(["B", "BS", "S", "M"])
values: Any = st.recursive(
    scalars | sets,
    lambda inner: st.lists(inner, max_size=3).map(lambda elements: {"L": elements})
    | st.dictionaries(names, inner, max_size=3).map(lambda elements: {"M": elements}),
    max_leaves=6,
)
items: Any = st.dictionaries(names, values, max_size=4)


def test_msgspec_is_used_where_it_is():
    """Else the other tests here would compare the standard library with itself."""
    assert vars(quick)["msgspec"] is not None
    assert vars(plain)["msgspec"] is None


@given(items)
def test_both_write_what_both_read(item):
    """Whoever has written an item, both read the same from it."""
    for text in (quick.to_json(item), plain.to_json(item)):
        assert quick.from_json(text) == plain.from_json(text) == item


@given(st.lists(items, max_size=3))
def test_many_items_are_read_as_one_by_one(many):
    """A page is read in one go, with or without binary in it."""
    texts = [plain.to_json(item) for item in many]
    assert quick.items_from_json(texts) == plain.items_from_json(texts) == many


@pytest.mark.parametrize("text", ["", "{", '{"a":{"S":"x"}} {}', '{"a":', "nothing"])
def test_what_is_no_json_is_a_value_error(text):
    """Both refuse it in the same way, although not in the same words."""
    for module in (quick, plain):
        with pytest.raises(ValueError, match=r"."):
            module.from_json(text)
