"""What is made for an entity writes as the careful path does: the same items and keys, the same refusals.

And a copy of what was written is what its item reads as.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynamite.entities.member import Member
from pynamite.errors import PynamiteError
from pynamite.wire import Misfit, number_text
from tests.properties.any_entities import declared
from tests.properties.keyed_entities import INSTANCES, REGISTRY

STRANGE = [None, 1, True, 1.5, "x", b"x", [], ["x"], (), {}, {"": 1}, {1}, set(), Decimal(1)]


def attempted(write: Any, value: Any) -> tuple[Any, Any]:
    """Give what a function writes, or the error's class and words."""
    try:
        return write(value), None
    except PynamiteError as refused:
        return None, (type(refused), str(refused))


def copied(member: Member[Any], instance: Any) -> tuple[Any, Any]:
    """Give a written instance's copy, and what its item reads as; two Nones where it cannot be written."""
    item, _ = attempted(member.item, instance)
    return (None, None) if item is None else (member.as_stored(instance, item), member.instance(item))


def shared(one: Any, other: Any) -> list[str]:
    """Name the fields of two instances that are the same object, and could be changed in both by changing one."""
    names = [own.name for own in attrs.fields(type(other))] if one is not None else []
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in names}
    return [name for name, (mine, its) in pairs.items()
            if mine is its and (isinstance(mine, (list, dict, set)) or attrs.has(type(mine)))]


def spelt(value: Any) -> Any:
    """Give a value in a form that tells its types, all the way down."""
    if attrs.has(type(value)):
        return type(value), [spelt(getattr(value, own.name)) for own in attrs.fields(type(value))]
    if isinstance(value, (list, tuple)):
        return type(value), [spelt(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(repr(spelt(one)) for one in value)
    if isinstance(value, dict):
        return type(value), [(spelt(key), spelt(one)) for key, one in value.items()]
    return type(value), repr(value)


def written(item: Any, key: Any, member: Member[Any], instance: Any) -> list[Any]:
    """Give what two functions write, or why they refuse: an instance's item, and the key of its fields."""
    return [attempted(item, instance), attempted(key, member.values_of(instance))]


def quickly(member: Member[Any], instance: Any) -> list[Any]:
    """Write by the code that is made for the class, where it can."""
    return written(member.item, member.key, member, instance)


def carefully(member: Member[Any], instance: Any) -> list[Any]:
    """Write step by step."""
    return written(member._item_carefully, member._key_carefully, member, instance)


@given(declared())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large])
def test_an_instance_of_any_class_is_written_as_by_the_careful_path(drawn):
    """Whatever the types and the defaults, the item is the same, or the refusal."""
    member, instance = drawn
    assert quickly(member, instance) == carefully(member, instance)
    copy, read = copied(member, instance)
    # A default that is no factory is one object for all instances: attrs gives it to whatever is read, too.
    assert spelt(copy) == spelt(read) and set(shared(copy, instance)) <= set(shared(read, instance))


@given(st.sampled_from(list(INSTANCES)).flatmap(INSTANCES.__getitem__))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_keys_of_all_kinds_are_written_as_by_the_careful_path(instance):
    """Templates of all kinds, of the table and of indexes: the same keys, or the same refusal."""
    member = REGISTRY.member(type(instance))
    assert quickly(member, instance) == carefully(member, instance)
    copy, read = copied(member, instance)
    assert spelt(copy) == spelt(read) and shared(copy, instance) == []


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_a_value_of_another_type_is_refused_as_by_the_careful_path(data):
    """Nothing is coerced: a field with a value of another type is refused in the same words."""
    member, instance = data.draw(declared())
    name = data.draw(st.sampled_from(sorted(member.definition.fields)))
    object.__setattr__(instance, name, data.draw(st.sampled_from(STRANGE)))
    assert quickly(member, instance) == carefully(member, instance)
    copy, read = copied(member, instance)
    assert spelt(copy) == spelt(read) and shared(copy, instance) == []


@given(st.floats() | st.decimals() | st.decimals(allow_nan=False, places=5))
def test_a_number_without_exponent_is_written_as_any_other(number):
    """The short way of writing a number gives the text that the long one gives."""
    class Long(type(number)):  # type: ignore[misc]
        """A number that goes the long way."""

    try:
        wanted = number_text(Long(number))
    except Misfit:
        with pytest.raises(Misfit):
            number_text(number)
    else:
        assert number_text(number) == wanted
