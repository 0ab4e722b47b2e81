"""An entity in its table: which attributes its keys go to, how its instances become items, and how they come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import attrs

from pynamite.entities.coded import Coded
from pynamite.entities.definition import EntityDefinition
from pynamite.entities.epoch import Clock, bound_of, counted, counted_bound, left_of, utc_now
from pynamite.entities.expiry import has_passed
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.made import chosen_in
from pynamite.entities.slots import KeySlot
from pynamite.entities.structs import FieldPlan
from pynamite.entities.unique import GUARD_HEAD
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.key.variants import KeyVariants
from pynamite.operation.unread import Unread, UnreadItems, read_whole
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

__all__ = ["Member"]

E = TypeVar("E")


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
    _made: dict[Any, Any] = attrs.field(factory=dict, repr=False, alias="_made")
    """The code that is made for it, which all have that it is evolved to."""
    standing: dict[Any, Any] = attrs.field(factory=dict, repr=False, init=False)
    """What its writes have in common, for those who make them."""

    @cached_property
    def coded(self) -> Coded:
        """The code that is made for it."""
        return Coded(self, self._made)

    @property
    def cls(self) -> type[E]:
        """The entity's class."""
        return self.definition.cls

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The names in the templates of the table key, each once: fields, what is inside them, what is computed."""
        return tuple(dict.fromkeys(name for slot in self.slots for name in slot.template.fields))

    @cached_property
    def key_fields(self) -> tuple[str, ...]:
        """The fields on which the table key depends, each once."""
        return self.definition.sources(self.key_names)

    @cached_property
    def plain_key(self) -> frozenset[str] | None:
        """The fields that are the table key, all of them and no others; None where it is made of something else."""
        names = frozenset(self.key_names)
        variants = any(len(slot.template.templates) > 1 for slot in self.slots)
        return names if names == set(self.key_fields) and not variants else None

    @cached_property
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
        write = self.coded.key
        if write is not None:
            try:
                return write(values)
            except Exception:  # noqa: BLE001, S110 - whatever it was, the careful path says it in its words
                pass
        return self._key_carefully(values)

    def _key_carefully(self, values: Mapping[str, Any]) -> Item:
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
        if type(item) is Unread:
            item = item.part((self.type_attribute,))
        return bool(item.get(self.type_attribute) == {"S": self.definition.type_value})

    def index_attributes(self, values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for indexes, None for those that the item has to be without."""
        return {name: value for keys in self.indexes.values() for name, value in keys.attributes(values).items()}

    def has_expired(self, item: Item | Unread, moment: datetime | None = None) -> bool:
        """Tell whether an item of the entity has expired: at a moment, or now."""
        ttl = self.definition.ttl
        if ttl is None:
            return False
        part = item.part((ttl.attribute,)) if isinstance(item, Unread) else item
        return has_passed(part, ttl.attribute, moment or self.clock())

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
        write = self.coded.item
        if write is not None:
            try:
                return write(instance)
            except Exception:  # noqa: BLE001, S110 - as above
                pass
        return self._item_carefully(instance)

    def _item_carefully(self, instance: E) -> Item:
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

    def instance(self, item: Item | Unread) -> E:
        """Make an instance of an item.

        Raises:
            ItemStructureError: the item does not fit the class; the message has the path of every misfit.
        """
        coded = self.coded
        try:
            made: E = (
                coded.decoder.read(item, self._read_otherwise(read_whole(item)))
                if coded.otherwise
                else coded.decoder.of(item)
            )
        except Exception:  # noqa: BLE001 - whatever it was, the careful path says it in its words
            return self._carefully(read_whole(item))
        return made

    def as_stored(self, instance: E, item: Item) -> E:
        """Give a new instance as it reads in the item that an instance was written as."""
        copy = self.coded.copy
        if copy is None:
            return self.instance(item)
        try:
            made: E = copy(instance)
        except Exception:  # noqa: BLE001 - whatever it was, the item tells
            return self.instance(item)
        return made

    def instances(self, raws: Iterable[Any] | UnreadItems) -> list[E] | None:
        """Make the instances of those items, given as JSON, that are marked as the entity's.

        None where that takes a look at each of them: one does not fit, or something is not read from attributes.
        """
        coded = self.coded
        if coded.otherwise or self.type_attribute is None:
            return None
        try:
            return coded.decoder.of_each(raws)
        except Exception:  # noqa: BLE001 - as above
            return None

    def quick_keys(self, keys: Sequence[Any]) -> Sequence[Item] | None:
        """Write the table keys of mappings that have just the fields of the key; None where one is anything else."""
        write, write_texts = self.coded.keys, self.coded.key_texts
        if write is None:
            return None
        try:
            return (write_texts and write_texts(keys)) or write(keys)
        except Exception:  # noqa: BLE001 - whatever it was, the careful way says it in its words
            return None

    def is_rivalled(self, texts: Sequence[str]) -> bool:
        """Tell whether a key of the entity is one of another, more special one, too."""
        return any(rival.parse_key(texts) is not None for rival in self.rivals)

    def _read_otherwise(self, item: Item) -> dict[str, Any]:
        """Read the fields whose values are not those of their attributes, or stand elsewhere."""
        given: dict[str, Any] = {}
        fields = self.definition.fields
        key_only = [name for name in self.coded.otherwise if fields[name].options.key_only]
        if key_only:
            given = self._read_from_key(item, key_only)
        for name in self.coded.otherwise - set(key_only):
            plan = fields[name]
            if plan.options.rest:
                given[name] = self._read_rest(item)
                continue
            value = item.get(plan.attribute)
            if value is None and plan.has_default:
                default: Any = plan.own.default
                given[name] = default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]
            else:
                given[name] = plan.from_wire(None if value is None else self._given(plan.attribute, value))
        return given

    def _read_rest(self, item: Item) -> dict[str, Any]:
        return {name: from_wire(value) for name, value in item.items() if name not in self.reserved}

    def _carefully(self, item: Item) -> E:
        """Make an instance step by step, with the path of every misfit."""
        given: dict[str, Any] = {}
        key_only = [plan.name for plan in self.definition.fields.values() if plan.options.key_only]
        try:
            if key_only:
                given = self._read_from_key(item, key_only)
            item = self.as_given(item)
            rest = self.definition.rest
            if rest is not None:
                given[rest.name] = self._read_rest(item)
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
