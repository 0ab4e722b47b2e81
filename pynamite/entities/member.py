"""An entity in its table: which attributes its keys go to, how its instances become items, and how they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from pynamite.entities.definition import EntityDefinition
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.key.schema import IndexSchema
from pynamite.key.template import KeyTemplate
from pynamite.wire import LARGEST_ITEM, AttributeValue, Item, Misfit, from_wire, item_size, to_wire

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
    and ``elsewhere`` that another index has it, too.
    """

    attribute: str
    template: KeyTemplate
    limit: int
    field: str | None = None
    table_key: bool = False
    elsewhere: bool = False

    @property
    def own(self) -> bool:
        """Tell whether the attribute is there for index keys only, so that it is written, and removed, with them."""
        return self.field is None and not self.table_key

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
        if self.template.kind == "S" and len(text) * 4 > self.limit and len(text.encode()) > self.limit:
            raise KeyValueError(
                f"the key {self.attribute!r} of entity {self.template.entity!r} would have {len(text.encode())} bytes, "
                f"at most {self.limit} fit: shorten {', '.join(self.template.fields)}",
                entity=self.template.entity,
                template=self.template.text,
            )
        return text


@attrs.frozen
class IndexKeys:
    """The key of one index, as one entity fills it."""

    schema: IndexSchema
    partition: KeySlot
    sort: KeySlot | None

    @property
    def slots(self) -> tuple[KeySlot, ...]:
        """The key's attributes, the partition key first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that make the key, each once."""
        return tuple(dict.fromkeys(name for slot in self.slots for name in slot.template.fields))

    @property
    def kept(self) -> bool:
        """Tell whether there is an attribute to be kept in step with the fields."""
        return any(slot.own for slot in self.slots)

    def attributes(self, values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for this index, None for those that the item has to be without.

        An item that one part of the key keeps out of the index has neither part, but for an attribute that another
        index has, too: that one is there as soon as its own fields are.
        """
        texts = {slot.attribute: slot.sparse(values) for slot in self.slots}
        out = None in texts.values()
        return {
            slot.attribute: None if text is None or (out and not slot.elsewhere) else slot.template.wire(text)
            for slot, text in zip(self.slots, texts.values(), strict=True)
            if slot.own
        }


@attrs.define(eq=False)
class Member(Generic[E]):
    """An entity as a member of a table.

    ``rivals`` are the members whose templates a key of this one might fit, too: such a value is refused.
    ``reserved`` are the attributes of the item that a rest field may not hold.
    """

    definition: EntityDefinition
    table_name: str
    slots: tuple[KeySlot, ...]
    indexes: Mapping[str, IndexKeys]
    type_attribute: str | None
    reserved: frozenset[str]
    rivals: Sequence[Member[Any]] = ()

    @property
    def cls(self) -> type[E]:
        """The entity's class."""
        return self.definition.cls

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that make the table key, each once."""
        return tuple(dict.fromkeys(name for slot in self.slots for name in slot.template.fields))

    @property
    def key_attributes(self) -> tuple[str, ...]:
        """The names of the table's key attributes."""
        return tuple(slot.attribute for slot in self.slots)

    def values_of(self, instance: E) -> dict[str, Any]:
        """Give an instance's fields by name."""
        return {name: getattr(instance, name) for name in self.definition.fields}

    def key(self, values: Mapping[str, Any]) -> Item:
        """Write the table key of these field values, in wire form.

        Raises:
            KeyValueError: a value is missing, empty, ambiguous, too long, or makes the key of another entity.
        """
        texts = [slot.sized(slot.template.render(values)) for slot in self.slots]
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
        return {slot.attribute: slot.template.wire(text) for slot, text in zip(self.slots, texts, strict=True)}

    def parse_key(self, texts: Sequence[str]) -> dict[str, Any] | None:
        """Read the fields of a key from the texts of its attributes; None where the key is not this entity's."""
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
        """Read the fields of an item's table key; None where the key is not this entity's."""
        texts = [item.get(slot.attribute, {}).get(slot.template.kind) for slot in self.slots]
        return None if None in texts else self.parse_key([text for text in texts if text is not None])

    def owns_key(self, item: Mapping[str, Any]) -> bool:
        """Tell by the templates alone whether an item is this entity's: its key fits, and no more special one's."""
        return self.parse_item_key(item) is not None and not any(
            rival.parse_item_key(item) is not None for rival in self.rivals
        )

    def is_typed(self, item: Mapping[str, Any]) -> bool:
        """Tell whether the item is marked as this entity's (without type attribute: whether it fits its templates)."""
        if self.type_attribute is None:
            return self.owns_key(item)
        return bool(item.get(self.type_attribute) == {"S": self.definition.type_value})

    def index_attributes(self, values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        """Write the attributes that are kept for indexes, None for those that the item has to be without."""
        return {name: value for keys in self.indexes.values() for name, value in keys.attributes(values).items()}

    def item(self, instance: E) -> Item:
        """Write an instance as a whole item: fields, type, table key, index keys and rest.

        Raises:
            ItemStructureError: the instance does not fit its class, or is too large for an item.
            KeyValueError: its key cannot be written.
        """
        try:
            item = self.definition.struct.write(instance)
            rest = self._rest(instance)
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=self.definition.name) from None
        values = self.values_of(instance)
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
            rest = self.definition.rest
            if rest is not None:
                given[rest.name] = {name: from_wire(value) for name, value in item.items() if name not in self.reserved}
            made: E = self.definition.struct.read(item, given)
        except Misfit as misfit:
            raise ItemStructureError(misfit.lines(), entity=self.definition.name) from misfit.__cause__
        return made

    def _read_from_key(self, item: Item, names: Sequence[str]) -> dict[str, Any]:
        values = self.parse_item_key(item)
        if values is None:
            raise Misfit(
                f"its key does not fit the templates {' | '.join(slot.template.text for slot in self.slots)}, "
                f"which hold {', '.join(map(repr, names))}"
            )
        return {name: values[name] for name in names}
