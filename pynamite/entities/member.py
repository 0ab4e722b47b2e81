"""An entity in its table: which attributes its keys go to, how its instances become items, and how they come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs

from pynamite.entities.definition import EntityDefinition
from pynamite.entities.epoch import Clock, bound_of, counted, counted_bound, left_of, utc_now
from pynamite.entities.expiry import has_passed
from pynamite.entities.made import chosen_in
from pynamite.entities.structs import FieldPlan
from pynamite.entities.unique import GUARD_HEAD
from pynamite.entities.values import Computed
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.key.schema import IndexSchema
from pynamite.key.template import KeyTemplate, wire_of
from pynamite.key.variants import KeyVariants
from pynamite.wire import (
    LARGEST_ITEM,
    AttributeValue,
    Item,
    Misfit,
    from_wire,
    item_from_wire,
    item_size,
    to_wire,
)

__all__ = ["IndexKeys", "KeySlot", "Member"]

E = TypeVar("E")

# "The minimum length of a partition key value is 1 byte, the maximum 2048 bytes; of a sort key 1 and 1024 bytes":
# Developer Guide, "Quotas and limits".
PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024


@attrs.frozen
class KeySlot:
    """One key attribute of a table or an index, and the template that fills it for one entity.

    ``field`` names the field that is stored as this attribute itself, ``table_key`` says that it is a key of the table,
    and ``elsewhere`` that another index has it, too. ``prefix`` is the tenant's, which every key in it begins with.
    """

    attribute: str
    template: KeyTemplate | KeyVariants
    limit: int
    field: str | None = None
    table_key: bool = False
    elsewhere: bool = False
    prefix: str = ""

    @property
    def own(self) -> bool:
        """Tell whether the attribute is there for index keys only, so that it is written, and removed, with them."""
        return self.field is None and not self.table_key

    def wire(self, text: str) -> AttributeValue:
        """Give a key text as the attribute's value."""
        return wire_of(self.template.kind, self.prefix + text)

    def text_of(self, item: Mapping[str, Any]) -> str | None:
        """Give the key text that an item has in the attribute; None where it has none, or another tenant's."""
        content = item.get(self.attribute, {}).get(self.template.kind)
        if content is None:
            return None
        text = bytes(content).decode("latin-1") if self.template.kind == "B" else str(content)
        return text.removeprefix(self.prefix) if text.startswith(self.prefix) else None

    def sparse(self, values: Mapping[str, Any]) -> str | None:
        """Write the key text of these values, None where one of them keeps the item out of the index.

        Raises:
            KeyValueError: the text is too long, or it is empty where the field itself is the key.
        """
        text = self.template.render_sparse(values)
        if text is None and self.field is not None and values.get(self.field) is not None:
            raise KeyValueError(
                f"field {self.field!r} of entity {self.template.entity!r} is empty, but it is the index key "
                f"{self.attribute!r} itself, which cannot be: use None, or keep the field under another name=",
                entity=self.template.entity,
                template=self.template.text,
                field=self.field,
            )
        return None if text is None else self.sized(text)

    def sized(self, text: str) -> str:
        """Give the key text back; raises KeyValueError if it is longer than a key may be."""
        size = len(text) if self.template.kind == "B" else len((self.prefix + text).encode())
        if self.template.kind != "N" and size > self.limit:
            raise KeyValueError(
                f"the key {self.attribute!r} of entity {self.template.entity!r} would have {size} bytes, "
                f"at most {self.limit} fit: shorten {', '.join(self.template.fields)}",
                entity=self.template.entity,
                template=self.template.text,
            )
        return text


@attrs.frozen(eq=False)
class IndexKeys:
    """The key of one index, as one entity fills it; ``when`` says which items are in it at all."""

    schema: IndexSchema
    partition: tuple[KeySlot, ...]
    sort: tuple[KeySlot, ...]
    definition: EntityDefinition
    when: Computed | None = None

    @property
    def slots(self) -> tuple[KeySlot, ...]:
        """The key's attributes, those of the partition key first."""
        return self.partition + self.sort

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields on which the key depends, each once."""
        names = [name for slot in self.slots for name in slot.template.fields]
        return self.definition.sources([*names, *(self.when.parameters if self.when is not None else ())])

    @property
    def kept(self) -> bool:
        """Tell whether there is an attribute to be kept in step with the fields."""
        return any(slot.own for slot in self.slots)

    def keeps_out(self, given: Mapping[str, Any]) -> bool:
        """Tell whether some of the fields are enough to say that an item is not in the index, whatever the others are.

        Where another index has an attribute of the key, too, all of the fields are needed.
        """
        if any(slot.own and slot.elsewhere for slot in self.slots):
            return False
        values = self.definition.values(given)
        when = self.when
        if when is not None and all(name in values for name in when.parameters) and not when.value(values):
            return True
        return any(slot.template.keeps_out(values) for slot in self.slots)

    def attributes(self, given: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for this index, None for those that the item has to be without.

        An item that one part of the key keeps out of the index has neither part, but for an attribute that another
        index has, too: that one is there as soon as its own fields are.
        """
        values = self.definition.values(given)
        texts = {slot.attribute: slot.sparse(values) for slot in self.slots}
        out = None in texts.values() or (self.when is not None and not self.when.value(values))
        return {
            slot.attribute: None if text is None or (out and not slot.elsewhere) else slot.wire(text)
            for slot, text in zip(self.slots, texts.values(), strict=True)
            if slot.own
        }


@attrs.define(eq=False)
class Member(Generic[E]):
    """An entity as a member of a table.

    ``rivals`` are the members whose templates a key of this one might fit, too: such a value is refused.
    ``reserved`` are the attributes of the item that a rest field may not hold. ``prefixes`` has the key attributes that
    begin with the tenant's prefix. ``beside_guards`` says that the table has guard items, whose keys no other may have.
    ``ttl_attribute`` is what items of the table expire by, if any do, and ``clock`` tells the time.
    """

    definition: EntityDefinition
    table_name: str
    slots: tuple[KeySlot, ...]
    indexes: Mapping[str, IndexKeys]
    type_attribute: str | None
    reserved: frozenset[str]
    rivals: Sequence[Member[Any]] = ()
    prefixes: Mapping[str, str] = attrs.field(factory=dict)
    beside_guards: bool = False
    ttl_attribute: str | None = None
    clock: Clock = utc_now

    @property
    def cls(self) -> type[E]:
        """The entity's class."""
        return self.definition.cls

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names in the templates of the table key, each once: fields, what is inside them, what is computed."""
        return tuple(dict.fromkeys(name for slot in self.slots for name in slot.template.fields))

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields on which the table key depends, each once."""
        return self.definition.sources(self.key_names)

    @property
    def key_attributes(self) -> tuple[str, ...]:
        """The names of the table's key attributes."""
        return tuple(slot.attribute for slot in self.slots)

    @property
    def marks(self) -> tuple[str, ...]:
        """The attributes that tell whose an item is: its key and, where there is one, its type."""
        return (*self.key_attributes, *([] if self.type_attribute is None else [self.type_attribute]))

    @cached_property
    def shards(self) -> Mapping[str, Callable[[], Any]]:
        """What makes a value for each field that is a shard, chosen at random when an item is made."""
        slots = (*self.slots, *(slot for keys in self.indexes.values() for slot in keys.slots))
        found = chosen_in(slot.template for slot in slots)
        return {field: codec.choose for field, codec in found if codec.choose is not None}

    def tells(self, name: str) -> bool:
        """Tell whether the table key has the exact value of a name in it, and not, say, in upper case only."""
        templates = [slot.template for slot in self.slots]
        gaps = [gap for template in templates for one in template.templates for gap in one.gaps]
        if any(gap.field == name and gap.codec.decode is not None and not gap.codec.coarse for gap in gaps):
            return True
        if any(isinstance(template, KeyVariants) and template.field == name for template in templates):
            return True
        kind = self.definition.types.get(name)
        inside = attrs.fields(kind) if isinstance(kind, type) and attrs.has(kind) else ()
        return bool(inside) and all(self.tells(f"{name}.{own.name}") for own in inside)

    def tells_index(self, keys: IndexKeys, field: str) -> bool:
        """Tell whether the table key has a field as exactly as the key of an index needs it."""
        own = {
            (gap.field, gap.codec.name)
            for slot in self.slots
            for template in slot.template.templates
            for gap in template.gaps
        }
        needed = {
            (gap.field, gap.codec.name)
            for slot in keys.slots
            for template in slot.template.templates
            for gap in template.gaps
        }
        deciding = [slot.template.field for slot in keys.slots if isinstance(slot.template, KeyVariants)]
        names = [name for name in (*deciding, *(keys.when.parameters if keys.when else ())) if name is not None]
        concerned = {*(name for name, codec in needed - own), *names}
        # What is computed may depend on every part of the field.
        parts = {
            field if name.partition(".")[0] in self.definition.computed else name
            for name in concerned
            if field in self.definition.sources([name])
        }
        return all(map(self.tells, parts))

    def missing_key(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Name the fields that are missing for the table key."""
        named = self.definition.values(values)
        return self.definition.sources([name for slot in self.slots for name in slot.template.missing(named)])

    def values_of(self, instance: E) -> dict[str, Any]:
        """Give an instance's fields by name."""
        return {name: getattr(instance, name) for name in self.definition.fields}

    def shown_key(self, values: Mapping[str, Any]) -> str:
        """Write the fields of a key for a message."""
        return (
            ", ".join(f"{name}={values[name]!r}" for name in self.key_fields if values.get(name) is not None)
            or "its key"
        )

    def key(self, values: Mapping[str, Any]) -> Item:
        """Write the table key of these field values, in wire form.

        Raises:
            KeyValueError: a value is missing, empty, ambiguous, too long, or makes the key of another entity.
        """
        named = self.definition.values(values)
        texts = [slot.sized(slot.template.render(named)) for slot in self.slots]
        if self.beside_guards and texts[0].startswith(GUARD_HEAD):
            raise KeyValueError(
                f"the key {self.slots[0].attribute}={texts[0]!r} of entity {self.definition.name!r} begins with "
                f"{GUARD_HEAD!r}, as those of the guard items of unique values do: choose another value",
                entity=self.definition.name,
                template=self.slots[0].template.text,
            )
        for rival in self.rivals:
            if rival.parse_key(texts) is not None:
                shown = " and ".join(f"{slot.attribute}={text!r}" for slot, text in zip(self.slots, texts, strict=True))
                raise KeyValueError(
                    f"the key {shown} of entity {self.definition.name!r} is also one of entity "
                    f"{rival.definition.name!r} ({' | '.join(slot.template.text for slot in rival.slots)}): "
                    "choose other values, or set the templates apart",
                    entity=self.definition.name,
                    template=" | ".join(slot.template.text for slot in self.slots),
                )
        return {slot.attribute: slot.wire(text) for slot, text in zip(self.slots, texts, strict=True)}

    def parse_key(self, texts: Sequence[str]) -> dict[str, Any] | None:
        """Read the values of a key from the texts of its attributes; None where the key is not this entity's."""
        values: dict[str, Any] = {}
        for slot, text in zip(self.slots, texts, strict=True):
            found = slot.template.parse(text)
            if found is None:
                return None
            for name, value in found.items():
                if values.setdefault(name, value) != value:
                    return None
        return values

    def parse_item_key(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read the values of an item's table key; None where the key is not this entity's."""
        texts = [slot.text_of(item) for slot in self.slots]
        return None if None in texts else self.parse_key([text for text in texts if text is not None])

    def owns_key(self, item: Mapping[str, Any]) -> bool:
        """Tell by the templates alone whether an item is this entity's: its key fits, and no more special one's."""
        if self.is_guard(item):
            return False
        return self.parse_item_key(item) is not None and not any(
            rival.parse_item_key(item) is not None for rival in self.rivals
        )

    def is_guard(self, item: Mapping[str, Any]) -> bool:
        """Tell by its key whether an item is a guard of something unique, of any of the table's entities."""
        return self.beside_guards and (self.slots[0].text_of(item) or "").startswith(GUARD_HEAD)

    def is_typed(self, item: Mapping[str, Any]) -> bool:
        """Tell whether the item is marked as this entity's (without type attribute: whether it fits its templates)."""
        if self.type_attribute is None:
            return self.owns_key(item)
        return bool(item.get(self.type_attribute) == {"S": self.definition.type_value})

    def index_attributes(self, values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for indexes, None for those that the item has to be without."""
        return {name: value for keys in self.indexes.values() for name, value in keys.attributes(values).items()}

    def has_expired(self, item: Item, moment: datetime | None = None) -> bool:
        """Tell whether an item of the entity has expired: at a moment, or now."""
        ttl = self.definition.ttl
        return ttl is not None and has_passed(item, ttl.attribute, moment or self.clock())

    def at(self, clock: Clock) -> Member[E]:
        """Give the same member at one moment of a clock, if it counts from there: what it reads and writes then agrees.

        Others do not have to look at the clock.
        """
        if self.duration is None:
            return self
        moment = clock()
        return attrs.evolve(self, clock=lambda: moment)

    @cached_property
    def duration(self) -> str | None:
        """The attribute of a ttl field that is counted from the moment of writing, if there is one."""
        ttl = self.definition.ttl
        return ttl.attribute if ttl is not None and ttl.is_duration else None

    @property
    def translates(self) -> bool:
        """Tell whether there is an attribute that the item has otherwise than its field writes it."""
        return bool(self.prefixes) or self.duration is not None

    def stored(self, attribute: str, value: AttributeValue) -> AttributeValue:
        """Give a field's value as the item has it.

        A partition key has the tenant's prefix; a duration is counted from now, and raises Misfit where that leaves the
        calendar.
        """
        if attribute == self.duration and "N" in value:
            return counted(value, self.clock())
        prefix = self.prefixes.get(attribute)
        return value if prefix is None or "S" not in value else {"S": prefix + value["S"]}

    def bound(self, plan: FieldPlan, value: Any) -> AttributeValue:
        """Write what a ttl field is compared with; raises Misfit for a value of another type."""
        written = bound_of(plan.kind, value)
        return counted_bound(written, self.clock()) if plan.is_duration else written

    def item(self, instance: E) -> Item:
        """Write an instance as a whole item: fields, type, table key, index keys and rest.

        Raises:
            ItemStructureError: the instance does not fit its class, or is too large for an item.
            KeyValueError: its key cannot be written.
        """
        try:
            item = self._translated(self.definition.struct.write(instance), self.stored, writing=True)
            rest = self._rest(instance)
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=self.definition.name) from None
        values = self.values_of(instance)
        self.check_held(values)
        marked = {} if self.type_attribute is None else {self.type_attribute: {"S": self.definition.type_value}}
        kept = {name: value for name, value in self.index_attributes(values).items() if value is not None}
        whole = {**self.key(values), **marked, **rest, **item, **kept}
        size = item_size(whole)
        if size > LARGEST_ITEM:
            raise ItemStructureError(
                f"$: the item would have {size} bytes, DynamoDB stores at most {LARGEST_ITEM} (400 KB): split it, "
                "or keep the large part elsewhere",
                entity=self.definition.name,
            )
        return whole

    def check_held(self, values: Mapping[str, Any]) -> None:
        """Refuse a key_only field that the key of these values does not hold: another variant of it would.

        Raises:
            KeyValueError: there is such a field, and it would be lost; or the key cannot be written.
        """
        names = [plan.name for plan in self.definition.fields.values() if plan.options.key_only]
        if not names:
            return
        key = self.key(values)
        held = self.parse_item_key(key) or {}
        for name in names:
            if values.get(name) is not None and held.get(name) != values[name]:
                raise KeyValueError(
                    f"field {name!r} of entity {self.definition.name!r} is key_only, but the key "
                    f"{item_from_wire(key)!r} does not hold its value {values[name]!r}: leave it None, or let the item "
                    "keep it as an attribute",
                    entity=self.definition.name,
                    field=name,
                )

    def _rest(self, instance: E) -> Item:
        plan = self.definition.rest
        if plan is None:
            return {}
        written: Item = {}
        for name, value in getattr(instance, plan.name).items():
            if name in self.reserved:
                raise Misfit(f"attribute {name!r} is the table's or another field's").under(plan.name)
            try:
                written[name] = to_wire(value)
            except Misfit as misfit:
                raise misfit.under(name).under(plan.name) from None
        return written

    def instance(self, item: Item) -> E:
        """Make an instance of an item.

        Raises:
            ItemStructureError: the item does not fit the class; the message has the path of every misfit.
        """
        given: dict[str, Any] = {}
        key_only = [plan.name for plan in self.definition.fields.values() if plan.options.key_only]
        try:
            if key_only:
                given = self._read_from_key(item, key_only)
            item = self.as_given(item)
            rest = self.definition.rest
            if rest is not None:
                given[rest.name] = {name: from_wire(value) for name, value in item.items() if name not in self.reserved}
            made: E = self.definition.struct.read(item, given)
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=self.definition.name) from misfit.__cause__
        return made

    def as_given(self, item: Item) -> Item:
        """Give an item as its fields write it: no tenant's prefix in partition keys, and what is left of a duration.

        Raises Misfit where there is no such time.
        """
        return self._translated(item, self._given)

    def _given(self, attribute: str, value: AttributeValue) -> AttributeValue:
        if attribute == self.duration:
            return left_of(value, self.clock())
        prefix = self.prefixes.get(attribute)
        return value if prefix is None or "S" not in value else {"S": value["S"].removeprefix(prefix)}

    def _translated(
        self, item: Item, translate: Callable[[str, AttributeValue], AttributeValue], *, writing: bool = False
    ) -> Item:
        if not self.translates:
            return item
        found: Item = {}
        for name, value in item.items():
            try:
                found[name] = translate(name, value)
            except Misfit as misfit:
                # Only a duration can be beyond the calendar.
                ttl = self.definition.ttl
                raise misfit.under(ttl.name if writing and ttl is not None else name) from None
        return found

    def _read_from_key(self, item: Item, names: Sequence[str]) -> dict[str, Any]:
        values = self.parse_item_key(item)
        if values is None:
            raise Misfit(
                f"its key does not fit the templates {' | '.join(slot.template.text for slot in self.slots)}, "
                f"which hold {', '.join(map(repr, names))}"
            )
        return {name: values.get(name) for name in names}
