"""Where a path leads in an entity: from field names to attribute names, and to the type of what is there."""

from __future__ import annotations

import difflib
from typing import Any, get_args

import attrs

from pynamite.entities.annotations import annotations_of, is_dict, members_of, plain, spelled, step_into, without_none
from pynamite.entities.fields import options_of
from pynamite.entities.member import Member
from pynamite.entities.structs import FieldPlan
from pynamite.entities.unions import stored_kinds
from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.key.codecs import codec_for
from pynamite.wire import Misfit

__all__ = ["Place", "resolve"]


@attrs.frozen
class Place:
    """Where a path leads: the path by attribute names, the type of what is there, and the field that it starts from.

    ``top`` is None for an attribute that only the rest field covers. ``whole`` says that the path is the field itself.
    """

    path: nodes.Path
    kind: Any
    top: FieldPlan | None

    @property
    def whole(self) -> bool:
        """Tell whether the path is a field of the entity itself, and not something inside it."""
        return self.top is not None and len(self.path.steps) == 1

    @property
    def expiry(self) -> FieldPlan | None:
        """The ttl field that the path is, if it is one: what stands beside it is written as it is stored."""
        return self.top if self.top is not None and self.whole and self.top.as_epoch else None

    @property
    def stored_kinds(self) -> frozenset[str]:
        """The DynamoDB types that are stored there; empty where that is not known beforehand."""
        return stored_kinds(self.kind) if self.top is None or not self.whole else self.top.stored_kinds


def resolve(member: Member[Any], path: nodes.Path) -> Place:
    """Find where a path of field names leads.

    Raises:
        ExpressionError: the entity has no such field, or nothing of this name inside it.
    """
    definition = member.definition
    name = str(path.steps[0])
    if path.owner is not None and path.owner not in member.cls.__mro__:
        raise ExpressionError(
            f"attribute({path.owner.__name__}.{name}) is used for entity {definition.name!r}: take the attribute of "
            f"{definition.name}, or of a class that it inherits from"
        )
    plan = definition.fields.get(name)
    if plan is None:
        if definition.rest is not None and name not in member.reserved:
            return Place(nodes.Path(path.steps), Any, None)
        raise ExpressionError(unknown_field(member, name))
    if plan.options.rest:
        raise ExpressionError(
            f"field {name!r} of entity {definition.name!r} keeps the rest of the item: name the attribute itself, "
            "path('attribute')"
        )
    if plan.options.key_only:
        raise ExpressionError(
            f"field {name!r} of entity {definition.name!r} is key_only: the item has no attribute of it"
        )
    steps: list[nodes.Step] = [plan.attribute]
    kind: Any = plan.kind
    for step in path.steps[1:]:
        try:
            inner = step_into(kind, step)
        except Misfit as misfit:
            raise ExpressionError(
                f"path {str(path)!r} of entity {definition.name!r}: {misfit.problems[0][1]}"
            ) from None
        steps.append(_attribute_step(kind, step, f"path {str(path)!r} of entity {definition.name!r}"))
        kind = inner
    return Place(nodes.Path(tuple(steps)), kind, plan)


def unknown_field(member: Member[Any], name: str) -> str:
    """Word that an entity has no field of a name, with the one that was probably meant."""
    known = list(member.definition.fields)
    close = difflib.get_close_matches(name, known, 1)
    return (
        f"entity {member.definition.name!r} has no field {name!r}"
        + (f"; did you mean {close[0]!r}?" if close else "")
        + f"; its fields are {', '.join(map(repr, known))}"
    )


def _attribute_step(kind: Any, step: Any, what: str) -> nodes.Step:
    """Give a step by the name that the item has for it: a nested field's name=, a map key's text."""
    inner = without_none(kind)
    if is_dict(inner):
        return _map_key(plain((get_args(inner) or (str,))[0]), step, what)
    names = {
        options_of(getattr(attrs.fields(cls), step)).name or step
        for cls in members_of(inner)
        if isinstance(cls, type) and attrs.has(cls) and step in annotations_of(cls)
    }
    if len(names) > 1:
        raise ExpressionError(
            f"{what}: the classes of {spelled(inner)} store {step!r} as different attributes, "
            f"{', '.join(map(repr, sorted(names)))}: give them one name="
        )
    return names.pop() if names else step


def _map_key(kind: Any, step: Any, what: str) -> str:
    codec = codec_for(kind)
    try:
        return codec.encode(step)
    except Misfit as misfit:
        told = misfit.problems[0][1]
    # In a path that is given as text, the key is a text already.
    try:
        codec.read(step)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, Misfit):
        raise ExpressionError(f"{what}: the keys are {spelled(kind)}, {told}") from None
    return str(step)
