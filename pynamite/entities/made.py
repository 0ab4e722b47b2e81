"""Fields that the library fills in: when an item was made, when it last changed, which shard it is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from pynamite.entities.annotations import plain, spelled, without_none
from pynamite.entities.fields import options_of
from pynamite.entities.structs import FieldPlan
from pynamite.key.codec import Codec
from pynamite.key.template import KeyTemplate
from pynamite.key.variants import KeyVariants

__all__ = ["chosen_in", "default_of", "shard_problems", "stamp_problems"]

STAMPS = ("created", "updated")


def stamp_problems(cls: type, fields: Mapping[str, FieldPlan], key_fields: Iterable[str]) -> list[str]:
    """Find what is wrong with the created and updated fields of an entity; ``key_fields`` make its table key."""
    found: list[str] = []
    name = cls.__name__
    for option in STAMPS:
        plans = [plan for plan in fields.values() if getattr(plan.options, option)]
        if len(plans) > 1:
            names = ", ".join(repr(one.name) for one in plans)
            found.append(f"entity {name!r} has more than one {option} field: {names}")
        found += [
            f"field {plan.name!r} of entity {name!r} is {option}=True, but {spelled(plan.kind)}, {default_of(plan)}: "
            f"declare it as `datetime | None = field(default=None, {option}=True)`"
            for plan in plans
            if not _is_moment(plan) or plan.own.default is not None
        ]
        found += [
            f"field {own.name!r} of entity {name!r} is {option}=True, but init=False, so that it is not stored: "
            "make it an argument of the constructor"
            for own in attrs.fields(cls)
            if not own.init and getattr(options_of(own), option)
        ]
    keys = set(key_fields)
    for plan in fields.values():
        if plan.options.created and plan.options.updated:
            found.append(f"field {plan.name!r} of entity {name!r} is created=True and updated=True: it can only be one")
        if plan.options.updated and plan.name in keys:
            found.append(
                f"field {plan.name!r} of entity {name!r} is updated=True, but part of the table key, which no update "
                "can change: take it out of the key, or put it into an index"
            )
    return found


def default_of(plan: FieldPlan) -> str:
    """Say what default a field has, for a message."""
    return f"with default {plan.own.default!r}" if plan.has_default else "without default"


def _is_moment(plan: FieldPlan) -> bool:
    return plan.optional and plain(without_none(plan.kind)) is datetime


def chosen_in(templates: Iterable[KeyTemplate | KeyVariants]) -> list[tuple[str, Codec]]:
    """Give the names in templates whose values are chosen at random when an item is made, with their codecs."""
    return [
        (gap.field, gap.codec)
        for choice in templates
        for template in choice.templates
        for gap in template.gaps
        if gap.codec.choose is not None
    ]


def shard_problems(
    name: str, fields: Mapping[str, FieldPlan], templates: Iterable[KeyTemplate | KeyVariants]
) -> list[str]:
    """Find what is wrong with the shards of an entity that are chosen at random."""
    found: list[str] = []
    codecs: dict[str, Codec] = {}
    for field, codec in chosen_in(templates):
        plan = fields.get(field)
        if plan is None:
            found.append(
                f"entity {name!r} keeps a random shard in {field!r}, which is no field of its own: "
                "declare one, `shard: int | None = None`"
            )
        elif not plan.optional or plan.own.default is not None:
            found.append(
                f"field {field!r} of entity {name!r} is to be a random shard, chosen where it is None: declare it as "
                f"`{field}: int | None = None`"
            )
        if codecs.setdefault(field, codec).name != codec.name:
            found.append(
                f"field {field!r} of entity {name!r} is to be one of two kinds of shards, {codecs[field].name} and "
                f"{codec.name}: use one, or two fields"
            )
    return list(dict.fromkeys(found))
