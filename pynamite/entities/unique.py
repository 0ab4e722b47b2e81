"""Values that no two items of an entity share, and the guard items that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from pynamite.entities.values import FieldValues
from pynamite.errors import KeyValueError
from pynamite.key.template import KeyTemplate, compile_template
from pynamite.wire import AttributeValue, Item, Misfit

if TYPE_CHECKING:
    from pynamite.entities.member import Member
    from pynamite.entities.slots import KeySlot

__all__ = [
    "GUARD_HEAD",
    "GUARD_MARK",
    "OWNER",
    "Guard",
    "Unique",
    "UniqueForm",
    "compile_uniques",
    "guard_key",
    "guards_of",
    "read_unique",
]

GUARD_HEAD = "UNIQUE#"
"""What the keys of guard items begin with, so that no entity's may, in a table that has them."""

GUARD_MARK = "!unique"
"""What stands behind an entity's type in the type attribute of its guard items."""

OWNER = "_owner"
"""The attribute of a guard item that has the key of the item which it stands for."""

UniqueForm = str | Sequence[str]
"""What is unique: a field, or several together; each as a placeholder names it (``"email"``, ``"email:lower"``)."""

_NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(:[^<>]*)?", re.DOTALL)


@attrs.frozen
class Unique:
    """One thing that is unique: the names in it, and the template of its guard's key."""

    names: tuple[str, ...]
    template: KeyTemplate

    @property
    def label(self) -> str:
        """The names as a message shows them."""
        return " and ".join(repr(name) for name in self.names)

    @property
    def demand(self) -> str:
        """What is asked of the names, as a message says it."""
        return f"{self.label} {'has' if len(self.names) == 1 else 'have'} to be unique"


@attrs.frozen(eq=False)
class Guard:
    """A guard item: while it is there, the values belong to its owner; ``text`` tells guards apart."""

    unique: Unique
    text: str
    values: tuple[Any, ...]
    key: Item
    item: Item

    @property
    def owner(self) -> Item:
        """The key of the item that has the values."""
        owner: Item = self.item[OWNER]["M"]
        return owner

    @property
    def shown(self) -> str:
        """The values as a message shows them."""
        return " and ".join(f"{name}={value!r}" for name, value in zip(self.unique.names, self.values, strict=True))


def read_unique(given: Any, entity: str) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    """Read the ``unique=`` of an entity: the names of each thing that is unique; and what is wrong with the others."""
    listed: Any = (given,) if isinstance(given, str) else given
    if not isinstance(listed, Iterable):
        return (), [f"entity {entity!r} has unique={given!r}: list what is unique, such as unique=['email']"]
    if isinstance(listed, tuple) and len(listed) > 1 and all(isinstance(form, str) for form in listed):
        message = f"entity {entity!r} has unique={given!r}, which could mean each by itself, or all together"
        return (), [f"{message}: write unique={list(listed)!r}, or unique={[listed]!r}"]
    found: list[tuple[str, ...]] = []
    problems: list[str] = []
    for form in listed:
        names: Any = (form,) if isinstance(form, str) else form
        if isinstance(names, Sequence) and names and all(isinstance(name, str) for name in names):
            found.append(tuple(names))
        else:
            problems.append(f"entity {entity!r} is to be unique by {form!r}: name a field, or several of them together")
    return tuple(found), problems


def compile_uniques(
    entity: str, type_value: str, forms: Iterable[tuple[str, ...]], types: Mapping[str, Any]
) -> tuple[Unique, ...]:
    """Make what an entity has that is unique; raises Misfit with everything that is wrong with it."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    uniques: list[Unique] = []
    problems: list[tuple[str, str]] = []
    for form in dict.fromkeys(forms):
        try:
            unique = _compiled(entity, type_value, form, types)
        except Misfit as misfit:
            problems += misfit.problems
            continue
        first = found.setdefault(frozenset(unique.names), form)
        if first != form:
            message = f"entity {entity!r} is to be unique by {_shown(first)} and by {_shown(form)}: say it once"
            problems.append(("", message))
        uniques.append(unique)
    if uniques and re.search("[<>#]", type_value):
        message = (
            f"entity {entity!r} has something unique, but its type {type_value!r} has one of <, > and # in it, which "
            "the keys of its guard items are made with: choose another type="
        )
        problems.append(("", message))
    if problems:
        raise Misfit(problems=problems)
    return tuple(uniques)


def _shown(form: tuple[str, ...]) -> str:
    return repr(form[0] if len(form) == 1 else form)


def _compiled(entity: str, type_value: str, form: tuple[str, ...], types: Mapping[str, Any]) -> Unique:
    matches = [match for name in form if (match := _NAME.fullmatch(name)) is not None]
    names = tuple(match[1] for match in matches)
    if len(names) < len(form) or len(set(names)) < len(names):
        raise Misfit(f"entity {entity!r} is to be unique by {_shown(form)}: name a field, or several of them together")
    placeholders = [
        f"<{name}{match[2] or _escaped(types.get(name), last=number == len(names) - 1)}>"
        for number, (name, match) in enumerate(zip(names, matches, strict=True))
    ]
    head = f"{GUARD_HEAD}{re.sub('[<>]', '', type_value)}#{'+'.join(names)}#"
    where = f"unique {', '.join(map(repr, names))}"
    return Unique(names, compile_template(head + "#".join(placeholders), entity=entity, types=types, where=where))


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
        key = guard_key(member, unique, text)
        rest: dict[str, AttributeValue] = {OWNER: {"M": own}}
        if member.type_attribute is not None:
            rest[member.type_attribute] = {"S": member.definition.type_value + GUARD_MARK}
        if ttl is not None and ttl.attribute in item:
            rest[ttl.attribute] = item[ttl.attribute]
        shown = tuple(values[name] for name in unique.names)
        found[text] = Guard(unique, text, shown, key, {**rest, **key})
    return found


def guard_key(member: Member[Any], unique: Unique, text: str) -> Item:
    """Make the key of a guard item; raises KeyValueError where the text is too long for one.

    The sort key is the same text: an index that has the keys the other way round is not all in one partition.
    """
    return {slot.attribute: slot.wire(_sized(member, slot, unique, text)) for slot in member.slots}


def _sized(member: Member[Any], slot: KeySlot, unique: Unique, text: str) -> str:
    size = len((slot.prefix + text).encode())
    if size > slot.limit:
        raise KeyValueError(
            f"entity {member.definition.name!r}: {unique.demand}, but the key {slot.attribute!r} of "
            f"the guard item would have {size} bytes, at most {slot.limit} fit: shorten the value",
            entity=member.definition.name,
            template=unique.template.text,
            field=unique.names[0],
        )
    return text
