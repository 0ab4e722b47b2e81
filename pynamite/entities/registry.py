"""The entities that share a table: checked against each other, and found again by class or by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import attrs

from pynamite.entities.annotations import spelled
from pynamite.entities.definition import EntityDefinition, definition_of, is_entity
from pynamite.entities.expiry import ttl_conflicts
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.keys import KeyForm
from pynamite.entities.member import Member
from pynamite.entities.reactions import Reactions
from pynamite.entities.shared import shared_problems
from pynamite.entities.slots import PARTITION_KEY_BYTES, SORT_KEY_BYTES, KeySlot
from pynamite.entities.structs import FieldPlan
from pynamite.errors import DefinitionError, UnknownEntityError
from pynamite.key.schema import IndexSchema, KeyAttribute, KeySchema, KeyType
from pynamite.key.template import KeyTemplate
from pynamite.key.variants import KeyVariants
from pynamite.wire import Item, Misfit

__all__ = ["IndexDraft", "Registry", "build_registry"]

E = TypeVar("E")


@attrs.frozen
class IndexDraft:
    """An index as it is declared: the names of its key attributes, whose types follow from the entities."""

    name: str
    pk: tuple[str, ...]
    sk: tuple[str, ...]
    projection: str | tuple[str, ...] = "ALL"
    local: bool = False

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of all its key attributes."""
        return (*self.pk, *self.sk)


@attrs.frozen(eq=False)
class Registry:
    """The entities of one table; ``ttl_attribute`` is what their items expire by, if any do."""

    table_name: str
    schema: KeySchema
    indexes: Mapping[str, IndexSchema]
    type_attribute: str | None
    members: Mapping[type, Member[Any]]
    reactions: Reactions = attrs.field(factory=Reactions)
    ttl_attribute: str | None = None

    def member(self, cls: type[E]) -> Member[E]:
        """Give the member of a class.

        Raises:
            UnknownEntityError: the class is none of the table's entities.
        """
        if cls not in self.members:
            known = ", ".join(member.definition.name for member in self.members.values()) or "none"
            raise UnknownEntityError(
                f"table {self.table_name!r} does not hold {spelled(cls)}; its entities are {known}: "
                "name the class in Table(...)"
            )
        return cast("Member[E]", self.members[cls])

    def identify(self, item: Item) -> Member[Any] | None:
        """Find the entity that an item belongs to; None for a foreign one."""
        return next((member for member in self.members.values() if member.is_typed(item)), None)


def build_registry(
    table_name: str,
    entities: Sequence[type],
    *,
    pk: str,
    sk: str | None,
    indexes: Sequence[IndexDraft],
    type_attribute: str | None,
    same_key: Sequence[Iterable[type]],
    found: Iterable[str] = (),
) -> Registry:
    """Bring the entities of a table together; ``found`` is what is known to be wrong before.

    Raises:
        DefinitionError: with every mistake that the entities, the table and its indexes have between them.
    """
    problems = [*found]
    problems += [
        f"table {table_name!r}: {spelled(cls)} is no entity: declare it with @entity(pk=..., sk=...)"
        for cls in entities
        if not is_entity(cls)
    ]
    definitions = [definition_of(cls) for cls in entities if is_entity(cls)]
    return _Builder(table_name, definitions, pk, sk, indexes, type_attribute, same_key, problems).build()


def _ttl_fields(members: Iterable[Member[Any]]) -> list[FieldPlan]:
    return [member.definition.ttl for member in members if member.definition.ttl is not None]


def _shared(slot: KeySlot, sort: Sequence[KeySlot]) -> KeySlot:
    """Let variants of a partition key make the same key where the sort key, chosen by the same field, tells them."""
    template = slot.template
    if slot.table_key or not isinstance(template, KeyVariants) or template.field is None:
        return slot
    told = any(isinstance(one.template, KeyVariants) and one.template.field == template.field for one in sort)
    return attrs.evolve(slot, template=attrs.evolve(template, shared=told))


class _Builder:
    """Collects what is wrong while it brings the parts of a table together."""

    def __init__(
        self,
        table_name: str,
        definitions: list[EntityDefinition],
        pk: str,
        sk: str | None,
        indexes: Sequence[IndexDraft],
        type_attribute: str | None,
        same_key: Sequence[Iterable[type]],
        problems: list[str],
    ) -> None:
        self.table_name = table_name
        self.definitions = definitions
        self.pk, self.sk = pk, sk
        self.indexes = indexes
        self.type_attribute = type_attribute
        self.same_key = [frozenset(group) for group in same_key]
        self.problems = problems
        self.types: dict[str, tuple[KeyType, str]] = {}

    def build(self) -> Registry:
        self._check_names()
        members = {
            definition.cls: member
            for definition in self.definitions
            if (member := self._member(definition)) is not None
        }
        self._check_rivals(list(members.values()))
        names = {self.pk, self.sk, self.type_attribute, *(name for draft in self.indexes for name in draft.attributes)}
        classes = {definition.cls for definition in self.definitions}
        self.problems += shared_problems(self.table_name, list(members.values()), classes, names)
        self.problems += ttl_conflicts(self.table_name, {one.name: one.fields for one in self.definitions})
        if self.problems:
            raise DefinitionError(self.problems)
        ttl_attribute = next((plan.attribute for plan in _ttl_fields(members.values())), None)
        schema = KeySchema(self._attribute(self.pk), None if self.sk is None else self._attribute(self.sk))
        shapes = {
            draft.name: IndexSchema(
                draft.name,
                [self._attribute(name) for name in draft.pk],
                [self._attribute(name) for name in draft.sk],
                self._projection(draft, [member for member in members.values() if draft.name in member.indexes]),
                draft.local,
            )
            for draft in self.indexes
        }
        guards = any(definition.uniques for definition in self.definitions)
        for member in members.values():
            member.beside_guards = guards
            member.indexes = {name: attrs.evolve(keys, schema=shapes[name]) for name, keys in member.indexes.items()}
            member.ttl_attribute = ttl_attribute
            member.reserved |= {ttl_attribute} if ttl_attribute is not None else set()
        return Registry(self.table_name, schema, shapes, self.type_attribute, members, ttl_attribute=ttl_attribute)

    def _projection(self, draft: IndexDraft, members: Iterable[Member[Any]]) -> Any:
        if isinstance(draft.projection, str):
            return draft.projection
        # Without these, an item of the index could not be told from a foreign one, or from one that has expired.
        marks = [self.type_attribute, *(plan.attribute for plan in _ttl_fields(members))]
        keys = {self.pk, self.sk, *draft.attributes}
        return tuple(dict.fromkeys((*draft.projection, *(mark for mark in marks if mark and mark not in keys))))

    def _attribute(self, name: str) -> KeyAttribute:
        kind, _ = self.types.get(name, ("S", ""))
        return KeyAttribute(name, kind)

    def _check_names(self) -> None:
        for what, names in (
            ("entity", [definition.name for definition in self.definitions]),
            (
                "type",
                [definition.type_value for definition in self.definitions] if self.type_attribute is not None else [],
            ),
            ("index", [draft.name for draft in self.indexes]),
        ):
            self.problems += [
                f"table {self.table_name!r} has two entries for {what} {name!r}: each needs a name of its own"
                for name in sorted({name for name in names if names.count(name) > 1})
            ]
        self.problems += [
            f"{what} has the type attribute {self.type_attribute!r} as a key: give it an attribute of its own, "
            'filled by a template such as "USER"'
            for what, names in (
                (f"table {self.table_name!r}", (self.pk, self.sk)),
                *((f"index {draft.name!r}", draft.attributes) for draft in self.indexes),
            )
            if self.type_attribute is not None and self.type_attribute in names
        ]
        known = {draft.name for draft in self.indexes}
        for definition in self.definitions:
            self.problems += [
                f"entity {definition.name!r} has templates for index {name!r}, which table {self.table_name!r} does "
                f"not declare; its indexes are {', '.join(map(repr, sorted(known))) or 'none'}: add Index({name!r})"
                for name in definition.indexes
                if name not in known
            ]
        listed = {definition.cls for definition in self.definitions}
        for group in self.same_key:
            self.problems += [
                f"same_key of table {self.table_name!r} names {spelled(cls)}, which is none of its entities"
                for cls in group
                if cls not in listed
            ]
        if self.same_key and self.type_attribute is None:
            self.problems.append(
                f"table {self.table_name!r} has same_key, but no type attribute that could tell the entities apart"
            )

    def _member(self, definition: EntityDefinition) -> Member[Any] | None:
        before = len(self.problems)
        if (definition.sk is None) != (self.sk is None):
            has, lacks = ("no", f"a sort key {self.sk!r}") if definition.sk is None else ("a", "none")
            self.problems.append(
                f"entity {definition.name!r} has {has} sort key template, but table {self.table_name!r} has {lacks}: "
                "give both a sort key, or neither"
            )
            return None
        reserved_type = {plan.name for plan in definition.fields.values() if plan.attribute == self.type_attribute}
        self.problems += [
            f"field {name!r} of entity {definition.name!r} is stored as {self.type_attribute!r}, the table's type "
            "attribute: give the field another name=, or the table another type_attribute="
            for name in reserved_type
        ]
        slots = [self._slot(definition, self.pk, definition.pk, "partition key", PARTITION_KEY_BYTES)]
        if self.sk is not None and definition.sk is not None:
            slots.append(self._slot(definition, self.sk, definition.sk, "sort key", SORT_KEY_BYTES))
        if None in slots:
            return None
        table_slots = tuple(slot for slot in slots if slot is not None)
        indexes = {
            draft.name: keys
            for draft in self.indexes
            if (keys := self._index(definition, draft, table_slots)) is not None
        }
        self._check_shared(definition, indexes.values())
        if len(self.problems) > before:
            return None
        own = {plan.attribute for plan in definition.fields.values() if not plan.options.key_only}
        tables = {
            self.pk,
            self.sk,
            self.type_attribute,
            *(name for draft in self.indexes for name in draft.attributes),
        }
        return Member(
            definition,
            self.table_name,
            table_slots,
            indexes,
            self.type_attribute,
            frozenset(own | {name for name in tables if name is not None}),
        )

    def _check_shared(self, definition: EntityDefinition, indexes: Iterable[IndexKeys]) -> None:
        """Find the attributes that two indexes have in common and fill differently."""
        filled: dict[str, tuple[str, str]] = {}
        for keys in indexes:
            for slot in keys.slots:
                text, first = filled.setdefault(slot.attribute, (slot.template.text, keys.schema.name))
                if text != slot.template.text:
                    self.problems.append(
                        f"entity {definition.name!r} gives {text!r} for {slot.attribute!r} in index {first!r}, but "
                        f"{slot.template.text!r} in index {keys.schema.name!r}: it is one attribute, give one template"
                    )

    def _index(
        self, definition: EntityDefinition, draft: IndexDraft, table_slots: tuple[KeySlot, ...]
    ) -> IndexKeys | None:
        given = definition.indexes.get(draft.name)
        before = len(self.problems)
        partition = self._parts(definition, draft, table_slots, sort=False)
        sort = self._parts(definition, draft, table_slots, sort=True)
        if len(self.problems) > before or None in (*partition, *sort):
            return None
        if given is not None and given.when is not None:
            self._check_when(definition, draft, [slot for slot in (*partition, *sort) if slot is not None])
        shape = IndexSchema(draft.name, KeyAttribute(draft.pk[0]))
        sort_slots = tuple(slot for slot in sort if slot is not None)
        return IndexKeys(
            shape,
            tuple(_shared(slot, sort_slots) for slot in partition if slot is not None),
            sort_slots,
            definition,
            None if given is None else given.when,
        )

    def _check_when(self, definition: EntityDefinition, draft: IndexDraft, slots: Sequence[KeySlot]) -> None:
        if not any(slot.own and not slot.elsewhere for slot in slots):
            self.problems.append(
                f"entity {definition.name!r} says when it is in index {draft.name!r}, but each of its key attributes "
                "is also a field, a key of the table or another index's, so that it cannot be taken out: give the "
                "index an attribute of its own"
            )

    def _parts(
        self, definition: EntityDefinition, draft: IndexDraft, table_slots: tuple[KeySlot, ...], *, sort: bool
    ) -> list[KeySlot | None]:
        """Find what fills the partition or the sort attributes of an index; None for those that nothing fills."""
        part, names = ("sort key", draft.sk) if sort else ("partition key", draft.pk)
        given = definition.indexes.get(draft.name)
        forms = () if given is None else given.sk if sort else given.pk
        known = {slot.attribute: slot for slot in table_slots}
        if (
            given is not None
            and not given.sk
            and set(draft.pk) <= set(known)
            and not set(draft.sk) <= set(known)
            and draft.sk
        ):
            # The partition key is the table's: a single template is the sort key's.
            forms = given.pk if sort else ()
        where = f"{part} of index {draft.name!r}"
        if len(forms) > len(names):
            has = f"{len(names)} attributes" if len(names) > 1 else "one attribute" if names else f"no {part}"
            self.problems.append(
                f"entity {definition.name!r} has {len(forms)} template{'s' * (len(forms) > 1)} for the {where}, "
                f"which has {has}"
            )
            return []
        limit = SORT_KEY_BYTES if sort else PARTITION_KEY_BYTES
        found: list[KeySlot | None] = []
        for number, attribute in enumerate(names):
            form = forms[number] if number < len(forms) else None
            before = len(self.problems)
            slot = (
                self._table_slot(definition, known, attribute, form, where)
                if attribute in known
                else self._slot(definition, attribute, form, where, limit)
            )
            if slot is None and given is not None and form is None and len(self.problems) == before:
                self.problems.append(
                    f"entity {definition.name!r} has no template for the {where}, and "
                    + (
                        f"its ttl field, a timedelta, is none: declare {definition.ttl.name!r} datetime"
                        if definition.ttl is not None and definition.ttl.attribute == attribute
                        else f"no field is stored as {attribute!r}: give one"
                    )
                )
            found.append(None if slot is None else attrs.evolve(slot, elsewhere=self._elsewhere(draft, attribute)))
        return found

    def _elsewhere(self, draft: IndexDraft, attribute: str) -> bool:
        return any(attribute in other.attributes for other in self.indexes if other is not draft)

    def _table_slot(
        self,
        definition: EntityDefinition,
        known: Mapping[str, KeySlot],
        attribute: str,
        text: KeyForm | None,
        where: str,
    ) -> KeySlot | None:
        slot = known[attribute]
        if text is not None and str(text) != slot.template.text:
            self.problems.append(
                f"entity {definition.name!r} gives {str(text)!r} for the {where}, but that is the table's key "
                f"{attribute!r}, whose template is {slot.template.text!r}: leave it out"
            )
            return None
        return attrs.evolve(slot, table_key=True)

    def _slot(
        self, definition: EntityDefinition, attribute: str, text: KeyForm | None, where: str, limit: int
    ) -> KeySlot | None:
        """Find what fills a key attribute: a template, or the field that is stored under its name."""
        plan = next((plan for plan in definition.fields.values() if plan.attribute == attribute), None)
        kind: str = "S"
        if plan is not None:
            own = f"<{plan.name}>"
            if text is not None and str(text).replace(" ", "") != own:
                self.problems.append(
                    f"entity {definition.name!r} gives {str(text)!r} for the {where}, but its field {plan.name!r} is "
                    f"stored as {attribute!r} itself: the template can only be {own!r}; or store the field under "
                    "another name="
                )
                return None
            text = own
            stored = plan.stored_kinds - {"NULL"}
            kind = next(iter(stored)) if len(stored) == 1 else ""
            if kind not in {"S", "N", "B"}:
                self.problems.append(
                    f"field {plan.name!r} of entity {definition.name!r} is the {where}: "
                    f"it has to be stored as a text, a number or bytes, {spelled(plan.kind)} is not"
                )
                return None
            if plan.nullable and plan.default is not None:
                self.problems.append(
                    f"field {plan.name!r} of entity {definition.name!r} is the {where}, and None would be stored as "
                    "NULL, which no key can be: give it the default None"
                )
                return None
            if plan.is_duration:
                return None  # It is counted from the moment of writing: no key can be given by it.
        if text is None:
            return None
        try:
            template = definition.template(text, where, kind)
        except Misfit as misfit:
            self.problems += [message for _, message in misfit.problems]
            return None
        if not self._same_type(definition, attribute, cast("KeyType", kind)):
            return None
        return KeySlot(attribute, template, limit, field=None if plan is None or plan.options.key_only else plan.name)

    def _same_type(self, definition: EntityDefinition, attribute: str, kind: KeyType) -> bool:
        known, first = self.types.setdefault(attribute, (kind, definition.name))
        if known != kind:
            self.problems.append(
                f"key attribute {attribute!r} is of type {known} for entity {first!r}, but {kind} for "
                f"{definition.name!r}: a key attribute has one type in a table"
            )
        return known == kind

    def _check_rivals(self, members: list[Member[Any]]) -> None:
        for index, member in enumerate(members):
            rivals = []
            for other_index, other in enumerate(members):
                if other is member or self._may_share(member, other):
                    continue
                if _outline(member) == _outline(other):
                    if other_index > index:
                        self.problems.append(
                            f"entities {member.definition.name!r} and {other.definition.name!r} of table "
                            f"{self.table_name!r} have the same key templates "
                            f"({' | '.join(slot.template.text for slot in other.slots)}): set them apart, "
                            f"or allow it with same_key=[({member.definition.name}, {other.definition.name})]"
                        )
                elif _may_overlap(member, other) and _specialty(other) >= _specialty(member):
                    rivals.append(other)
            member.rivals = tuple(rivals)

    def _may_share(self, member: Member[Any], other: Member[Any]) -> bool:
        return any(member.cls in group and other.cls in group for group in self.same_key)


def _outline(member: Member[Any]) -> tuple[object, ...]:
    order: dict[str, int] = {}
    return tuple(slot.template.outline(order) for slot in member.slots)


def _specialty(member: Member[Any]) -> tuple[int, int, int]:
    templates = [slot.template for slot in member.slots]
    narrow = sum(gap.codec.name != "text" for template in templates for gap in template.templates[0].gaps)
    return sum(template.literals for template in templates), -len(member.key_names), narrow


def _may_overlap(member: Member[Any], other: Member[Any]) -> bool:
    return all(
        any(_heads_agree(one, another) for one in left.template.templates for another in right.template.templates)
        for left, right in zip(member.slots, other.slots, strict=True)
    )


def _heads_agree(left: KeyTemplate, right: KeyTemplate) -> bool:
    return left.head.startswith(right.head) or right.head.startswith(left.head)
