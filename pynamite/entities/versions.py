"""Fields that count: the version of an item, and the numbers that a parent hands out."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from pynamite.entities.annotations import plain, spelled, without_none
from pynamite.entities.fields import options_of
from pynamite.entities.made import default_of
from pynamite.entities.structs import FieldPlan
from pynamite.wire import Misfit

__all__ = ["NextOf", "Numbering", "numbering_of", "sequence_problems", "version_problems"]


APART = ("key_only", "rest", "created", "updated", "ttl", "unique")
"""The options of a field that say something else of it than that it counts versions."""


@attrs.frozen
class NextOf:
    """Where a ``sequence`` field gets its numbers: the counter, a field of another entity of the table.

    ``key`` names, for key fields of that entity, the fields here that have their values:
    ``NextOf(Repo.issues, key={"name": "repo_name"})``; without an entry they have the same name. ``of`` is the entity
    where several of the table inherit the counter from one class: ``NextOf(Repo.issues, of=Repo)``.
    """

    counter: Any
    key: Mapping[str, str] = attrs.field(factory=dict)
    of: type | None = None


@attrs.frozen
class Numbering:
    """A sequence field as it is read: the field that counts, its class, and where the counting entity's key is from.

    The class may be one that entities inherit from; ``of`` says which of them it is.
    """

    field: str
    parent: type
    counter: str
    key: Mapping[str, str]
    of: type | None = None

    def candidates(self, classes: Iterable[type]) -> list[type]:
        """Give the classes that may be meant; it takes exactly one."""
        return [cls for cls in classes if issubclass(cls, self.parent) and self.of in {None, cls}]


def version_problems(cls: type, fields: Mapping[str, FieldPlan], key_fields: Iterable[str]) -> list[str]:
    """Find what is wrong with the version field of an entity; ``key_fields`` make its table key."""
    name, keys = cls.__name__, set(key_fields)
    plans = [plan for plan in fields.values() if plan.options.version]
    found: list[str] = []
    if len(plans) > 1:
        found.append(f"entity {name!r} has more than one version field: {', '.join(repr(one.name) for one in plans)}")
    for plan in plans:
        default = plan.own.default
        if plain(plan.kind) is not int or default != 0 or isinstance(default, bool):
            found.append(
                f"field {plan.name!r} of entity {name!r} is version=True, but {spelled(plan.kind)}, "
                f"{default_of(plan)}: declare it as `int = field(default=0, version=True)`"
            )
        if plan.name in keys:
            found.append(
                f"field {plan.name!r} of entity {name!r} is version=True, but part of the table key, which no update "
                "can change: take it out of the key, or keep the versions as items of their own (history=)"
            )
        if any(getattr(plan.options, option) for option in APART):
            found.append(f"field {plan.name!r} of entity {name!r} is version=True and more: it can only be one")
    return found + [
        f"field {own.name!r} of entity {name!r} is version=True, but init=False, so that it is not stored: "
        "make it an argument of the constructor"
        for own in attrs.fields(cls)
        if not own.init and options_of(own).version
    ]


def numbering_of(plan: FieldPlan) -> Numbering:
    """Read a sequence field; raises Misfit with what is wrong with it."""
    given = plan.options.sequence
    named = given if isinstance(given, NextOf) else NextOf(given)
    counter = named.counter
    if not isinstance(counter, types.MemberDescriptorType):
        raise Misfit(
            f"field {plan.name!r} has sequence={given!r}: name the field that counts by its class, such as "
            "sequence=Repo.issues"
        )
    if not plan.optional or plan.own.default is not None or plain(without_none(plan.kind)) is not int:
        raise Misfit(
            f"field {plan.name!r} gets the next number of a sequence where it is None: declare it as "
            f"`{plan.name}: int | None = field(default=None, sequence=...)`"
        )
    if named.of is not None and not (isinstance(named.of, type) and issubclass(named.of, counter.__objclass__)):
        raise Misfit(
            f"field {plan.name!r} counts in {spelled(counter.__objclass__)}.{counter.__name__} of={named.of!r}, which "
            f"does not have that field: name {spelled(counter.__objclass__)}, or an entity that inherits from it"
        )
    return Numbering(plan.name, counter.__objclass__, counter.__name__, named.key, named.of)


def sequence_problems(name: str, fields: Mapping[str, FieldPlan]) -> list[str]:
    """Find what is wrong with the sequence fields of an entity, as far as its class alone can tell."""
    found: list[str] = []
    for plan in fields.values():
        if plan.options.sequence is None:
            continue
        try:
            numbering = numbering_of(plan)
        except Misfit as misfit:
            found += [f"entity {name!r}: {message}" for _, message in misfit.problems]
            continue
        found += [
            f"entity {name!r}: field {plan.name!r} takes a key field from {source!r}, which is no field"
            for source in numbering.key.values()
            if source not in fields
        ]
    return found
