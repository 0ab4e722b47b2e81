"""Instances of generated classes become items and come back the same, or are refused with the path."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="valid-type, misc, var-annotated, call-overload"

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pynamite import Table, entity, make_converter
from pynamite.dynamodb_json import from_json, to_json
from pynamite.entities.converter import find_hooks
from pynamite.errors import ItemStructureError
from pynamite.wire import Misfit
from tests.properties.any_entities import FLOATS, PLAIN, TYPES, declared, in_range

CONVERTER = make_converter()


@given(st.data())
def test_a_value_of_any_type_comes_back(data):
    """Reading is the inverse of writing, by way of the wire's JSON, too."""
    kind, values = data.draw(TYPES)
    try:
        write, read = find_hooks(CONVERTER, kind)
    except Misfit:
        assume(False)
    value = data.draw(values)
    try:
        wire = write(value)
    except Misfit as refused:
        # Inside a container, an empty set cannot stand beside None.
        assume("would read back as None" not in refused.problems[0][1])
        raise
    assert read(wire, kind) == value
    assert read(from_json(to_json(wire)), kind) == value
    assert write(read(wire, kind)) == wire


def _holds_nothing(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nothing, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_nothing, value))
    return value is None or value in (set(), frozenset())


@given(declared())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_an_instance_of_any_class_comes_back(drawn):
    """Whatever the types and the defaults, the item reads back as the instance, and is written again as it was."""
    member, instance = drawn
    try:
        item = member.item(instance)
    except ItemStructureError:
        # None as the default of a field that cannot be None, or an empty set beside None.
        assert any(_holds_nothing(value) for value in attrs.asdict(instance, recurse=False).values())
        return
    assert member.instance(item) == instance
    assert member.item(member.instance(item)) == item


def attempted(action: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """Give what an action gives, or the problems for which it was refused."""
    try:
        return action(), ()
    except ItemStructureError as refused:
        return None, refused.problems


@given(declared(), st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_an_attribute_of_another_type_is_told_or_fits(drawn, data):
    """An item with something else in it is refused with the path, or reads as an instance that is written again."""
    member, instance = drawn
    try:
        item = member.item(instance)
    except ItemStructureError:
        return
    name = data.draw(st.sampled_from([name for name in member.definition.fields if name != "id"]))
    strange = data.draw(
        st.sampled_from(
            [
                {"S": "?"},
                {"N": "0.5"},
                {"BOOL": True},
                {"NULL": True},
                {"L": [{"S": "?"}]},
                {"M": {"?": {"B": b""}}},
                {"SS": ["?"]},
                {"NS": ["0.5"]},
                {"B": b"?"},
            ]
        )
    )
    found, problems = attempted(lambda: member.instance({**item, name: strange}))
    assert all(problem.startswith(f"$.{name}") for problem in problems)
    assert problems or member.instance(member.item(found)) == found


WRONG: list[tuple[Any, Callable[[Any], bool]]] = [
    (str, lambda value: isinstance(value, str)),
    (int, lambda value: isinstance(value, int) and not isinstance(value, bool)),
    (Decimal, lambda value: isinstance(value, Decimal)),
    (float, lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    (bool, lambda value: isinstance(value, bool)),
    (bytes, lambda value: isinstance(value, bytes)),
]


@pytest.mark.parametrize("kind, fits", WRONG)
@given(value=PLAIN | FLOATS | st.floats())
def test_nothing_is_coerced(kind, fits, value):
    """A scalar takes its own type, and no other that could be turned into it."""
    write, read = find_hooks(CONVERTER, kind)
    try:
        wire = write(value)
    except Misfit:
        assert not fits(value) or (isinstance(value, float) and not (math.isfinite(value) and in_range(value)))
    else:
        assert fits(value) and (read(wire, kind) == value or kind is float)


@entity(pk="P#<id>", sk="X")
class Numbers:
    id: str
    number: int
    exact: Decimal


NUMBERS = Table("t", Numbers)._registry.member(Numbers)


@given(st.integers(), st.decimals())
def test_numbers_are_exact_or_refused(number, exact):
    """Up to 38 digits come back as they were; more, or what is no number, is an error that names the field."""
    instance = Numbers(id="1", number=number, exact=exact)
    found, problems = attempted(lambda: NUMBERS.instance(NUMBERS.item(instance)))
    assert problems or (found.number, found.exact) == (number, exact)
    assert all(problem.startswith(("$.number: ", "$.exact: ")) for problem in problems)
