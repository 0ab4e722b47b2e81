"""``field(...)``: an attrs field with what the item has to know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

import attrs

__all__ = ["FieldOptions", "field", "options_of"]

T = TypeVar("T")

_KEY = "pynamite"

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], Any]
"""An attrs validator: called with the instance, the field and the value; it raises where the value is wrong."""


@attrs.frozen
class FieldOptions:
    """The item's side of a field."""

    name: str | None = None
    key_only: bool = False
    rest: bool = False
    created: bool = False
    updated: bool = False
    ttl: bool = False
    version: bool = False
    unique: bool = False
    sequence: Any = None


_NONE = FieldOptions()


def options_of(own: attrs.Attribute[Any]) -> FieldOptions:
    """Give the options that a field was declared with; those of a plain attrs field are the defaults."""
    found: FieldOptions = own.metadata.get(_KEY, _NONE)
    return found


@overload
def field(
    *,
    default: T,
    validator: Validator | list[Validator] | None = ...,
    repr: bool = ...,
    eq: bool = ...,
    order: bool = ...,
    hash: bool | None = ...,
    init: bool = ...,
    alias: str | None = ...,
    kw_only: bool = ...,
    converter: Callable[[Any], Any] | attrs.Converter[Any, Any] | None = ...,
    metadata: Mapping[Any, Any] | None = ...,
    name: str | None = ...,
    key_only: bool = ...,
    rest: bool = ...,
    created: bool = ...,
    updated: bool = ...,
    ttl: bool = ...,
    version: bool = ...,
    unique: bool = ...,
    sequence: Any = ...,
) -> T: ...
@overload
def field(
    *,
    factory: Callable[[], T],
    validator: Validator | list[Validator] | None = ...,
    repr: bool = ...,
    eq: bool = ...,
    order: bool = ...,
    hash: bool | None = ...,
    init: bool = ...,
    alias: str | None = ...,
    kw_only: bool = ...,
    converter: Callable[[Any], Any] | attrs.Converter[Any, Any] | None = ...,
    metadata: Mapping[Any, Any] | None = ...,
    name: str | None = ...,
    key_only: bool = ...,
    rest: bool = ...,
    created: bool = ...,
    updated: bool = ...,
    ttl: bool = ...,
    version: bool = ...,
    unique: bool = ...,
    sequence: Any = ...,
) -> T: ...
@overload
def field(
    *,
    validator: Validator | list[Validator] | None = ...,
    repr: bool = ...,
    eq: bool = ...,
    order: bool = ...,
    hash: bool | None = ...,
    init: bool = ...,
    alias: str | None = ...,
    kw_only: bool = ...,
    converter: Callable[[Any], Any] | attrs.Converter[Any, Any] | None = ...,
    metadata: Mapping[Any, Any] | None = ...,
    name: str | None = ...,
    key_only: bool = ...,
    rest: bool = ...,
    created: bool = ...,
    updated: bool = ...,
    ttl: bool = ...,
    version: bool = ...,
    unique: bool = ...,
    sequence: Any = ...,
) -> Any: ...
def field(
    *,
    name: str | None = None,
    key_only: bool = False,
    rest: bool = False,
    created: bool = False,
    updated: bool = False,
    ttl: bool = False,
    version: bool = False,
    unique: bool = False,
    sequence: Any = None,
    metadata: Mapping[Any, Any] | None = None,
    **options: Any,
) -> Any:
    """Declare a field with options for the item; every other argument is attrs.field's.

    ``name`` is the attribute's name in the item, the field's own by default. A ``key_only`` field is stored in the key
    alone and read from it. The ``rest`` field is a dict that keeps the item's attributes which no field declares, as
    plain Python values.

    ``created`` and ``updated`` are for a ``datetime | None`` whose default is None: the moment at which the item was
    made is filled in where there is none, and that of its last change by every write.

    The ``ttl`` field says when the item expires: a datetime, a timedelta from the moment of writing, or an int, seconds
    since 1970, which it is stored as and DynamoDB deletes by; an expired item reads as absent.

    The ``version`` field, an int whose default is 0, counts the writes of an item: a write by an instance fails if the
    item has another version by then. A ``unique`` field has a value that no other item of the entity has.

    A ``sequence`` field, an ``int | None`` whose default is None, gets the next number of a counter when the item is
    made: ``sequence=Repo.issues`` counts in the Repo whose key fields have the same names (`NextOf` names others).

    >>> field(name="createDate", default=None)  # doctest: +ELLIPSIS
    _CountingAttr(...)
    """
    own = FieldOptions(
        name=name,
        key_only=key_only,
        rest=rest,
        created=created,
        updated=updated,
        ttl=ttl,
        version=version,
        unique=unique,
        sequence=sequence,
    )
    return attrs.field(metadata={**(metadata or {}), _KEY: own}, **options)
