"""What `entity` notes of a class: its fields, its key templates, its type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from pynamite.entities.annotations import annotations_of, plain, resolve, without_none
from pynamite.entities.structs import FieldPlan, Struct
from pynamite.errors import DefinitionError
from pynamite.key.template import KeyTemplate, compile_template
from pynamite.wire import Misfit

__all__ = ["MARK", "EntityDefinition", "definition_of", "is_entity", "key_types"]

MARK = "__pynamite_entity__"
"""The class attribute that holds an entity's definition."""


@attrs.frozen(eq=False)
class EntityDefinition:
    """A declared entity: the class, what its items are marked with, its templates as texts, and its fields."""

    cls: type
    type_value: str
    pk: str
    sk: str | None
    indexes: Mapping[str, tuple[str, ...]]
    struct: Struct

    @property
    def name(self) -> str:
        """The class's name."""
        return self.cls.__name__

    @property
    def fields(self) -> Mapping[str, FieldPlan]:
        """The fields' plans, by the field's name."""
        return self.struct.fields

    @property
    def rest(self) -> FieldPlan | None:
        """The field that keeps the item's other attributes, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.rest), None)

    def template(self, text: str, where: str, kind: str = "S") -> KeyTemplate:
        """Compile one of the entity's templates; raises Misfit with its mistakes."""
        return compile_template(text, entity=self.name, types=key_types(self.cls), where=where, kind=kind)

    def problems(self, local_names: Mapping[str, Any]) -> list[str]:
        """Find everything that is wrong with the declaration, as far as the class alone can tell.

        ``local_names`` are names that its annotations may use besides its module's.
        """
        found: list[str] = []
        if not isinstance(self.type_value, str) or not self.type_value:
            found.append(f"entity {self.name!r} has the type {self.type_value!r}: give it a text")
        fields: Mapping[str, FieldPlan] = {}
        try:
            annotations_of(self.cls, local_names)
            fields = self.fields
            found += self.struct.nested_problems(local_names)
        except Misfit as misfit:
            found += [message for _, message in misfit.problems]
        texts = [("partition key", self.pk), *([("sort key", self.sk)] if self.sk is not None else [])]
        texts += [
            (f"{part} of index {index!r}", text)
            for index, pair in self.indexes.items()
            for part, text in zip(("partition key", "sort key"), pair, strict=False)
        ]
        in_key: set[str] = set()
        for where, text in texts:
            try:
                template = self._checked(text, where)
            except Misfit as misfit:
                found += [message for _, message in misfit.problems]
                # It may have been meant to name any field.
                in_key |= set(fields)
            else:
                in_key |= set(template.fields) if where in {"partition key", "sort key"} else set()
        found += [
            f"field {own.name!r} of entity {self.name!r} is init=False, so that it is not stored, and no key can "
            "be made of it: make it an argument of the constructor"
            for own in attrs.fields(self.cls)
            if not own.init and any(re.search(rf"<\s*{own.name}\s*[:>]", str(text)) for _, text in texts)
        ]
        found += [
            f"index {index!r} of entity {self.name!r} has {len(pair)} templates: give one for its partition key, "
            "and one for its sort key if it has one"
            for index, pair in self.indexes.items()
            if len(pair) not in {1, 2}
        ]
        return found + self._option_problems(fields, in_key)

    def _checked(self, text: str, where: str) -> KeyTemplate:
        try:
            return self.template(text, where)
        except Misfit:
            # Only the table knows whether the attribute is a number; a lone placeholder may fit one.
            try:
                return self.template(text, where, kind="N")
            except Misfit:
                pass
            raise

    def _option_problems(self, fields: Mapping[str, FieldPlan], in_key: set[str]) -> list[str]:
        found = [
            f"field {plan.name!r} of entity {self.name!r} is key_only, but no placeholder of its keys names it: "
            "its value would be lost"
            for plan in fields.values()
            if plan.options.key_only and plan.name not in in_key
        ]
        rest = [plan for plan in fields.values() if plan.options.rest]
        if len(rest) > 1:
            found.append(
                f"entity {self.name!r} has more than one rest field: {', '.join(repr(plan.name) for plan in rest)}"
            )
        found += [
            f"field {plan.name!r} of entity {self.name!r} keeps the rest of the item: "
            "annotate it dict[str, Any] and give it factory=dict"
            for plan in rest
            if not plan.has_default or not _is_plain_dict(plan.kind)
        ]
        return found


def _is_plain_dict(kind: Any) -> bool:
    return plain(kind) is dict or plain(kind) == dict[str, Any] or plain(kind) == dict[str, object]


def key_types(cls: type) -> dict[str, Any]:
    """Give the type of each field as a key has it: without None; None for one whose annotation does not resolve."""
    kinds, _ = resolve(cls)
    names = [own.name for own in attrs.fields(cls) if own.init]
    return {name: plain(without_none(kinds[name])) if name in kinds else None for name in names}


def is_entity(cls: object) -> bool:
    """Tell whether a class was declared with `entity` (an undecorated subclass was not)."""
    return isinstance(cls, type) and MARK in cls.__dict__


def definition_of(cls: type) -> EntityDefinition:
    """Give an entity's definition.

    Raises:
        DefinitionError: the class is no entity.
    """
    if not is_entity(cls):
        name = cls.__name__ if isinstance(cls, type) else repr(cls)
        raise DefinitionError(f"{name} is no entity: declare it with @entity(pk=..., sk=...)")
    found: EntityDefinition = cls.__dict__[MARK]
    return found
