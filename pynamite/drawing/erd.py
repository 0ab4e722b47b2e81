"""The entities of a table as a diagram in Mermaid: their fields, their keys, and how they hang together."""

from __future__ import annotations

import re
from typing import Any, get_args

from pynamite.drawing.relations import relations
from pynamite.entities.annotations import is_literal, is_optional, plain, spelled, without_none
from pynamite.entities.member import Member
from pynamite.entities.registry import Registry
from pynamite.entities.slots import KeySlot
from pynamite.entities.structs import FieldPlan

__all__ = ["mermaid"]

_MARKS = ("PK", "FK", "UK")
_WRITTEN = str.maketrans({"&": "#38;", ";": "#59;", '"': "'", "<": "{", ">": "}", "\n": " ", "\r": " "})
_OPTIONS = ("version", "created", "updated", "ttl", "rest", "key_only")


def mermaid(registry: Registry) -> str:
    """Write an ``erDiagram``: GitHub, GitLab and many editors draw it from a code block of the language ``mermaid``.

    A solid line is between entities that one query reads together, a dotted one between others.
    """
    lines = ["erDiagram"]
    for member in registry.members.values():
        lines.append(f"    {_quoted(member.definition.name)} {{")
        lines += [f"        {line}" for line in (*_keys(member), *_fields(member))]
        lines.append("    }")
    for relation in relations(registry):
        shape = f"||{'--' if relation.within else '..'}{'o{' if relation.many else 'o|'}"
        lines.append(f"    {_quoted(relation.parent)} {shape} {_quoted(relation.child)} : {_quoted(relation.why)}")
    return "\n".join(lines) + "\n"


def _keys(member: Member[Any]) -> list[str]:
    """Write the templates of the keys, as if they were fields: each attribute once."""
    slots: dict[str, KeySlot] = {slot.attribute: slot for slot in member.slots}
    for keys in member.indexes.values():
        slots |= {slot.attribute: slot for slot in keys.slots if slot.own}
    table = set(member.key_attributes)
    # A name with an asterisk is a primary key; PK itself could not be a name.
    return [
        f"key {_name('*' * (slot.attribute in table) + slot.attribute)} {_quoted(slot.template.text)}"
        for slot in slots.values()
        if slot.field is None
    ]


def _fields(member: Member[Any]) -> list[str]:
    unique = {name for one in member.definition.uniques for name in one.names if len(one.names) == 1}
    together = [one.names for one in member.definition.uniques if len(one.names) > 1]
    return [_field(member, plan, plan.name in unique, together) for plan in member.definition.fields.values()]


def _field(member: Member[Any], plan: FieldPlan, unique: bool, together: list[tuple[str, ...]]) -> str:
    marks = [mark for mark, holds in (("PK", plan.name in member.key_fields), ("UK", unique)) if holds]
    words = [f"stored as {plan.attribute}"] if plan.attribute != plan.name and not plan.options.key_only else []
    kind = plain(without_none(plan.kind))
    words += [f"one of {', '.join(map(str, get_args(kind)))}"] if is_literal(kind) else []
    words += ["optional"] if is_optional(plan.kind) else []
    words += [option.replace("_", " ") for option in _OPTIONS if getattr(plan.options, option)]
    for names in together:
        words += [f"unique with {', '.join(one for one in names if one != plan.name)}"] if plan.name in names else []
    comment = f" {_quoted(', '.join(words))}" if words else ""
    return f"{_type(plan.kind)} {_name(plan.name)}{' ' + ', '.join(marks) if marks else ''}{comment}"


def _type(kind: Any) -> str:
    """Write a type as one word: ``dict[str-Address]``, ``int_or_str``."""
    if is_literal(without_none(kind)):
        return "Literal"
    text = re.sub(r"\b[A-Za-z_]\w*\.(?=[A-Za-z_])", "", spelled(without_none(kind)))
    return _name(re.sub(r",\s*", "-", re.sub(r"\s*\|\s*", "_or_", text)), also="[]")


def _name(text: str, also: str = "") -> str:
    """Write a word of the diagram's grammar: no digit in front, and none of those that mark keys there."""
    name = "".join(letter if letter.isalnum() or letter in f"*_-{also}" else "_" for letter in text)
    if not name[:1].isalpha() and name[:1] not in {"_", "*"}:
        return f"_{name}"
    return f"{name}_" if name.upper() in _MARKS else name


def _quoted(text: str) -> str:
    """Write a text in quotes. Mermaid takes HTML in it for HTML, and ``#name;`` for a character."""
    return f'"{text.translate(_WRITTEN)}"'
