"""What `entity` notes of a class: its fields, its key templates, its type."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from pynamite.entities.annotations import annotations_of, plain
from pynamite.entities.epoch import whole_second
from pynamite.entities.expiry import ttl_problems
from pynamite.entities.fields import options_of
from pynamite.entities.keyed import case_problems, circles, key_only_problems
from pynamite.entities.keys import IndexTemplates, KeyForm
from pynamite.entities.made import shard_problems, stamp_problems
from pynamite.entities.structs import FieldPlan, Struct
from pynamite.entities.unique import Unique, compile_uniques
from pynamite.entities.values import Computed, FieldValues, KeyTypes, sources_of
from pynamite.entities.versions import Numbering, numbering_of, sequence_problems, version_problems
from pynamite.errors import DefinitionError
from pynamite.key.template import KeyTemplate, compile_template
from pynamite.key.variants import Choice, KeyVariants
from pynamite.wire import Misfit

if TYPE_CHECKING:
    from pynamite.entities.companions import Companion

__all__ = ["MARK", "EntityDefinition", "definition_of", "is_entity"]

MARK = "__pynamite_entity__"
"""The class attribute that holds an entity's definition."""


@attrs.frozen(eq=False)
class EntityDefinition:
    """A declared entity: its class, what its items are marked with, its templates as they were given, its fields.

    ``unique`` is what was declared as unique besides single fields; ``companions`` make items that are kept in step
    with its own, ``history`` items that stay.
    """

    cls: type
    type_value: str
    pk: KeyForm
    sk: KeyForm | None
    indexes: Mapping[str, IndexTemplates]
    computed: Mapping[str, Computed]
    struct: Struct
    unique: tuple[tuple[str, ...], ...] = ()
    companions: tuple[Companion, ...] = ()
    history: tuple[Companion, ...] = ()

    @property
    def name(self) -> str:
        """The class's name."""
        return self.cls.__name__

    @property
    def fields(self) -> Mapping[str, FieldPlan]:
        """The fields' plans, by the field's name."""
        return self.struct.fields

    @cached_property
    def rest(self) -> FieldPlan | None:
        """The field that keeps the item's other attributes, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.rest), None)

    @cached_property
    def created(self) -> FieldPlan | None:
        """The field that has the moment at which the item was made, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.created), None)

    @cached_property
    def updated(self) -> FieldPlan | None:
        """The field that has the moment of the item's last change, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.updated), None)

    @cached_property
    def version(self) -> FieldPlan | None:
        """The field that counts the item's writes, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.version), None)

    @cached_property
    def is_stamped(self) -> bool:
        """Tell whether every write changes a field by itself: a stamp of time, or the version."""
        return self.is_dated or self.version is not None

    @cached_property
    def is_dated(self) -> bool:
        """Tell whether a write keeps its moment: as that of the first, or of the last."""
        return self.created is not None or self.updated is not None

    @cached_property
    def uniques(self) -> tuple[Unique, ...]:
        """What no two of its items share; raises Misfit with what is wrong with it."""
        own = [(plan.name,) for plan in self.fields.values() if plan.options.unique]
        return compile_uniques(self.name, self.type_value, [*own, *self.unique], self.types)

    @cached_property
    def has_followers(self) -> bool:
        """Tell whether other items may be written together with its own: guards, companions, history."""
        return bool(self.uniques or self.companions or self.history)

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The fields on which its guard items depend: those that are unique, and the one that they expire by."""
        if not self.uniques:
            return frozenset()
        ttl = [plan.name for plan in self.fields.values() if plan.options.ttl]
        return frozenset(self.sources([*(name for unique in self.uniques for name in unique.names), *ttl]))

    @cached_property
    def numberings(self) -> tuple[Numbering, ...]:
        """The fields that get the next number of a sequence."""
        return tuple(numbering_of(plan) for plan in self.fields.values() if plan.options.sequence is not None)

    @cached_property
    def ttl(self) -> FieldPlan | None:
        """The field that says when the item expires, if there is one."""
        return next((plan for plan in self.fields.values() if plan.options.ttl), None)

    @cached_property
    def types(self) -> Mapping[str, Any]:
        """The type of each name that a placeholder may have."""
        return KeyTypes(self.cls, self.computed)

    def values(self, given: Mapping[str, Any]) -> FieldValues:
        """Give field values together with what is inside them and what is computed from them.

        When the item expires stands in keys as it is stored: by the second.
        """
        if self.ttl is not None and self.ttl.name in given:
            given = {**given, self.ttl.name: whole_second(given[self.ttl.name])}
        return FieldValues(given, self.computed)

    def sources(self, names: Iterable[str]) -> tuple[str, ...]:
        """Name the fields that names in keys depend on, each once."""
        return tuple(dict.fromkeys(field for name in names for field in sources_of(name, self.computed)))

    def template(self, form: KeyForm, where: str, kind: str = "S") -> KeyTemplate | KeyVariants:
        """Compile one of the entity's templates, or a choice of them; raises Misfit with its mistakes."""
        if not isinstance(form, Choice):
            return compile_template(form, entity=self.name, types=self.types, where=where, kind=kind)
        problems: list[tuple[str, str]] = []
        cases: list[tuple[Any, KeyTemplate]] = []
        if form.field is not None and form.field not in self.types:
            known = ", ".join(map(repr, self.types))
            message = f"entity {self.name!r} chooses its {where} by {form.field!r}, which is no field; "
            problems.append(("", f"{message}its fields are {known}"))
        if len(form.cases) < 1 + (form.field is None):
            problems.append(
                ("", f"entity {self.name!r} has a choice of too few templates for its {where}: give at least two")
            )
        problems += [("", problem) for problem in case_problems(self.name, where, form, self.types, self.computed)]
        for case, text in form.cases:
            try:
                cases.append((case, compile_template(text, entity=self.name, types=self.types, where=where)))
            except Misfit as misfit:
                problems += misfit.problems
        if problems:
            raise Misfit(problems=problems)
        return KeyVariants(self.name, form.field, tuple(cases))

    def problems(self, local_names: Mapping[str, Any]) -> list[str]:
        """Find everything that is wrong with the declaration, as far as the class alone can tell.

        ``local_names`` are names that its annotations may use besides its module's.
        """
        found: list[str] = circles(self.name, self.computed)
        if found:
            return found
        if not isinstance(self.type_value, str) or not self.type_value:
            found.append(f"entity {self.name!r} has the type {self.type_value!r}: give it a text")
        fields: Mapping[str, FieldPlan] = {}
        try:
            annotations_of(self.cls, local_names)
            fields = self.fields
            found += self.struct.nested_problems(local_names)
        except Misfit as misfit:
            found += [message for _, message in misfit.problems]
        found += self._computed_problems()
        texts: list[tuple[str, KeyForm]] = [("partition key", self.pk)]
        if self.sk is not None:
            texts.append(("sort key", self.sk))
        texts += [
            (f"{part} of index {index!r}", form)
            for index, key in self.indexes.items()
            for part, forms in (("partition key", key.pk), ("sort key", key.sk))
            for form in forms
            if form is not None
        ]
        keys = {"partition key", "sort key"}
        templates: list[tuple[str, KeyTemplate | KeyVariants]] = []
        for where, text in texts:
            try:
                template = self._checked(text, where)
            except Misfit as misfit:
                found += [message for _, message in misfit.problems]
            else:
                templates.append((where, template))
        found += [
            f"field {own.name!r} of entity {self.name!r} is init=False, so that it is not stored, and no key can "
            "be made of it: make it an argument of the constructor"
            for own in attrs.fields(self.cls)
            if not own.init and any(re.search(rf"<\s*{own.name}\s*[:>.]", str(text)) for _, text in texts)
        ]
        own = [template for where, template in templates if where in keys]
        key_fields = self.sources(name for one in own for name in one.fields)
        found += stamp_problems(self.cls, fields, key_fields)
        found += version_problems(self.cls, fields, key_fields)
        found += sequence_problems(self.name, fields)
        names = [name for _, template in templates for name in template.fields]
        names += [name for key in self.indexes.values() if key.when is not None for name in key.when.parameters]
        found += ttl_problems(self.cls, fields, self.sources(names))
        found += shard_problems(self.name, fields, [template for _, template in templates])
        if len(own) == sum(where in keys for where, _ in texts):
            # A template that does not compile may have been meant to name any field.
            found += key_only_problems(self.name, fields, own)
        if fields and isinstance(self.type_value, str):
            found += self._unique_problems()
        return found + self._option_problems(fields)

    def _unique_problems(self) -> list[str]:
        found = [
            f"field {own.name!r} of entity {self.name!r} is unique=True, but init=False, so that it is not stored: "
            "make it an argument of the constructor"
            for own in attrs.fields(self.cls)
            if not own.init and options_of(own).unique
        ]
        try:
            _ = self.uniques
        except Misfit as misfit:
            found += [message for _, message in misfit.problems]
        return found

    def _computed_problems(self) -> list[str]:
        known = {own.name for own in attrs.fields(self.cls) if own.init}
        whens = [key.when for key in self.indexes.values() if key.when is not None]
        found = [
            f"entity {self.name!r} computes {one.name!r} from {parameter!r}, which is no field; its fields are "
            f"{', '.join(map(repr, sorted(known)))}"
            for one in (*self.computed.values(), *whens)
            for parameter in one.parameters
            if parameter not in known and parameter not in self.computed
        ]
        found += [
            f"entity {self.name!r} computes {name!r}, which is a field, too: rename one"
            for name in self.computed
            if name in known
        ]
        return found

    def _checked(self, form: KeyForm, where: str) -> KeyTemplate | KeyVariants:
        try:
            return self.template(form, where)
        except Misfit:
            # Only the table knows whether the attribute is a number or binary; a lone placeholder may fit one.
            for kind in ("N", "B"):
                with contextlib.suppress(Misfit):
                    return self.template(form, where, kind)
            raise

    def _option_problems(self, fields: Mapping[str, FieldPlan]) -> list[str]:
        found: list[str] = []
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
