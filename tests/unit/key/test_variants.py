"""Variants of a key: which of several templates makes it, and which reads it back."""

from __future__ import annotations

import pytest

from pynamite.errors import KeyValueError
from pynamite.key.template import compile_template
from pynamite.key.variants import KeyVariants


def first_of(*texts: str) -> KeyVariants:
    """Compile a choice without a deciding field."""
    types = {"run": str, "step": str}
    cases = [(None, compile_template(text, entity="E", types=types, where="sort key")) for text in texts]
    return KeyVariants("E", None, tuple(cases))


@pytest.mark.parametrize(
    "values, key",
    [
        ({"run": "1", "step": "2"}, "R#1#2"),
        ({"run": "1", "step": None}, "R#1"),
        ({"run": "1", "step": "2#3"}, "R#1#2#3"),
    ],
)
def test_the_last_segment_of_a_key_may_be_optional(values, key):
    """The longer template goes first, and its keys are no matter of the shorter one's."""
    variants = first_of("R#<run>#<step>", "R#<run>")
    assert variants.render(values) == key
    assert variants.parse(key) == {name: value for name, value in values.items() if value is not None}


def test_a_key_that_a_variant_before_would_read_is_refused():
    """Otherwise two instances would have one key."""
    with pytest.raises(KeyValueError, match="is one of 'R#<run>#<step>', too"):
        first_of("R#<run>#<step>", "R#<run>").render({"run": "1#2", "step": None})
