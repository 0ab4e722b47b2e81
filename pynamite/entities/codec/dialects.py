"""What made code reads: items as dicts, or typed structs that msgspec makes of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from pynamite.dynamodb_json import from_json
from pynamite.entities.codec.source import Source
from pynamite.operation.unread import fast_json

__all__ = ["DICTS", "Dialect", "Dicts", "Structs"]


class Dialect(Protocol):
    """How the parts of an item are named in code, and of which types they are."""

    @property
    def makes_sets(self) -> bool:
        """Whether the contents of a set are one already, if its type says so."""
        ...

    def attribute(self, item: str, number: int, name: str, *, required: bool) -> str:
        """Give the expression of an attribute of an item; None where it is not there and not ``required``."""
        ...

    def content(self, value: str, tag: str) -> str:
        """Give the expression of what an AttributeValue of a type holds."""
        ...

    def checked(self, content: str, kind: type, source: Source) -> str:
        """Give the expression of a content which has to be of a Python type."""
        ...

    def or_null(self, value: str, tag: str, found: str, null: str) -> str:
        """Give the expression of what is ``found`` in a value of a type, or ``null`` where the value is NULL."""
        ...

    def whole(self, value: str, source: Source) -> str:
        """Give the expression of a value as an AttributeValue."""
        ...

    def type_of(self, tag: str, content: Any, *, nullable: bool) -> Any:
        """Give the type of an AttributeValue that holds a content of a type, or NULL."""
        ...

    @property
    def unknown(self) -> Any:
        """The type of an AttributeValue of which nothing is known."""
        ...

    def item_type(self, name: str, attributes: Sequence[tuple[str, Any, bool]]) -> Any:
        """Give the type of an item: names, types, and whether each is required."""
        ...


class Dicts:
    """Items as dicts, whose types are not known until they are looked at."""

    makes_sets: bool = False
    unknown: Any = None

    def attribute(self, item: str, number: int, name: str, *, required: bool) -> str:
        """Name an attribute."""
        return f"{item}[{name!r}]" if required else f"{item}.get({name!r})"

    def content(self, value: str, tag: str) -> str:
        """Name a content."""
        return f'{value}["{tag}"]'

    def checked(self, content: str, kind: type, source: Source) -> str:
        """Look at the type of a content."""
        return f"(t if (t := {content}).__class__ is {source.named(kind)} else fail())"

    def or_null(self, value: str, tag: str, found: str, null: str) -> str:
        """Look for a NULL."""
        return f'({null} if "NULL" in {value} else {found})'

    def whole(self, value: str, source: Source) -> str:
        """Name a value."""
        return value

    def type_of(self, tag: str, content: Any, *, nullable: bool) -> Any:
        """Give no type."""
        return None

    def item_type(self, name: str, attributes: Sequence[tuple[str, Any, bool]]) -> Any:
        """Give no type."""
        return None


DICTS = Dicts()


class Structs:
    """Items as structs of msgspec, whose decoder has looked at the types of all contents."""

    makes_sets: bool = True

    def __init__(self) -> None:
        """Find msgspec, which has to be there."""
        self._msgspec = fast_json()
        self.unknown: Any = self._msgspec.Raw

    def attribute(self, item: str, number: int, name: str, *, required: bool) -> str:
        """Name an attribute: as a field of a struct it has a number, whatever its own name is."""
        return f"{item}.f{number}"

    def content(self, value: str, tag: str) -> str:
        """Name a content."""
        return f"{value}.{tag}"

    def checked(self, content: str, kind: type, source: Source) -> str:
        """Trust the decoder."""
        return content

    def or_null(self, value: str, tag: str, found: str, null: str) -> str:
        """Look which of the two fields is there."""
        there = self.content(value, tag)
        if found == there:
            return f"(c if (c := {there}) is not None else {null} if {value}.NULL is not None else fail())"
        return f"({found} if {there} is not None else {null} if {value}.NULL is not None else fail())"

    def whole(self, value: str, source: Source) -> str:
        """Read a value, which was left as JSON."""
        return f"{source.named(_read)}({value})"

    def type_of(self, tag: str, content: Any, *, nullable: bool) -> Any:
        """Give a struct of one field; of two where it may be NULL."""
        return _value_type(self._msgspec, tag, content, nullable)

    def item_type(self, name: str, attributes: Sequence[tuple[str, Any, bool]]) -> Any:
        """Give a struct with a numbered field for each attribute; raises ValueError for names that JSON escapes."""
        fields = [
            (f"f{number}", kind) if required else (f"f{number}", kind, None)
            for number, (_, kind, required) in enumerate(attributes)
        ]
        # Fields without defaults come first, wherever they stand.
        fields.sort(key=len)
        names = {f"f{number}": attribute for number, (attribute, _, _) in enumerate(attributes)}
        return self._msgspec.defstruct(name, fields, rename=names, gc=False)


def _read(raw: Any) -> Any:
    return from_json(bytes(raw))


@cache
def _value_type(msgspec: Any, tag: str, content: Any, nullable: bool) -> Any:
    fields = [(tag, content, None), ("NULL", bool, None)] if nullable else [(tag, content)]
    return msgspec.defstruct("Value" + tag, fields, gc=False)
