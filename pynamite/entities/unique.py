"""Values that no two items of an entity share, and the guard items that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from pynamite.entities.values import FieldValues
from pynamite.key.template import KeyTemplate, compile_template
from pynamite.wire import AttributeValue, Item, Misfit

if TYPE_CHECKING:
    from pynamite.entities.member import Member

__all__ = ["GUARD_HEAD", "OWNER", "Guard", "Unique", "UniqueForm", "compile_unique", "guards_of", "read_unique"]

GUARD_HEAD = "UNIQUE#"
"""What the keys of guard items begin with, so that no entity's may, in a table that has them."""

OWNER = "_owner"
"""The attribute of a guard item that has the key of the item which it stands for."""

UniqueForm = str | Sequence[str]
"""What is unique: a field, or several together; each as a placeholder names it (``"email"``, ``"email:lower"``)."""

_NAME = re.compile(r"\s*([^:\s]+)\s*(:.*)?", re.DOTALL)


@attrs.frozen
class Unique:
    """One thing that is unique: the names in it, and the template of its guard's key."""

    names: tuple[str, ...]
    template: KeyTemplate

    @property
    def label(self) -> str:
        """The names as a message shows them."""
        return " and ".join(repr(name) for name in self.names)


@attrs.frozen(eq=False)
class Guard:
    """A guard item: while it is there, the values belong to its owner; ``text`` tells guards apart."""

    unique: Unique
    text: str
    values: tuple[Any, ...]
    key: Item
    item: Item


def read_unique(forms: Iterable[UniqueForm], fields: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Read what an entity declares as unique: its ``fields`` one by one, then the ``forms``; each once."""
    given = [(form,) if isinstance(form, str) else tuple(form) for form in forms]
    return tuple(dict.fromkeys([*((name,) for name in fields), *given]))


def compile_unique(entity: str, type_value: str, forms: tuple[str, ...], types: Mapping[str, Any]) -> Unique:
    """Make the template of a guard's key; raises Misfit with what is wrong."""
    matches = [_NAME.fullmatch(form) if isinstance(form, str) else None for form in forms]
    names = tuple(match[1] for match in matches if match is not None)
    if not forms or len(names) < len(forms) or len(set(names)) < len(names):
        raise Misfit(f"entity {entity!r} is to be unique by {forms!r}: name a field, or several of them together")
    if re.search("[<>#]", type_value):
        raise Misfit(
            f"entity {entity!r} has something unique, but its type {type_value!r} has one of <, > and # in it, which "
            "the keys of its guards are made with: choose another type="
        )
    placeholders = [
        f"<{name}{match[2] or _escaped(types.get(name), last=number == len(names) - 1)}>"
        for number, (name, match) in enumerate(zip(names, matches, strict=True))
        if match is not None
    ]
    text = f"{GUARD_HEAD}{type_value}#{'+'.join(names)}#{'#'.join(placeholders)}"
    where = f"unique {', '.join(map(repr, names))}"
    return Unique(names, compile_template(text, entity=entity, types=types, where=where))


def _escaped(kind: Any, *, last: bool) -> str:
    """Let texts have the delimiter in them where another value follows."""
    return ":escape" if kind is str and not last else ""


def guards_of(member: Member[Any], item: Item, values: FieldValues) -> dict[str, Guard]:
    """Make the guard items of an item, by the text of their keys; there is none for what is None or empty.

    They expire with the item.

    Raises:
        KeyValueError: a value cannot stand in a key, or makes it too long.
    """
    found: dict[str, Guard] = {}
    own = {name: item[name] for name in member.key_attributes}
    ttl = member.definition.ttl
    for unique in member.definition.uniques:
        text = unique.template.render_sparse(values)
        if text is None:
            continue
        # The sort key is the same text: an index that has the keys the other way round is not all in one partition.
        key: Item = {slot.attribute: slot.wire(slot.sized(text)) for slot in member.slots}
        rest: dict[str, AttributeValue] = {OWNER: {"M": own}}
        if member.type_attribute is not None:
            rest[member.type_attribute] = {"S": f"{member.definition.type_value}!unique"}
        if ttl is not None and ttl.attribute in item:
            rest[ttl.attribute] = item[ttl.attribute]
        shown = tuple(values[name] for name in unique.names)
        found[text] = Guard(unique, text, shown, key, {**rest, **key})
    return found
