"""The code that is made for an entity in its table: what reads its instances, and what writes its items and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pynamite.entities.codec.copying import make_copier
from pynamite.entities.codec.decoder import Decoder, decode_marked
from pynamite.entities.codec.encoder import Shape, make_encoder, make_key, make_key_texts, make_keys
from pynamite.entities.codec.keys import make_texts
from pynamite.entities.codec.parsing import KeyReader, key_readers
from pynamite.entities.codec.readers import Wishes
from pynamite.entities.epoch import second_of
from pynamite.entities.unique import GUARD_HEAD
from pynamite.key.template import KeyTemplate
from pynamite.operation.answers import Answer
from pynamite.operation.key_texts import KeyTexts
from pynamite.operation.unread import UnreadItems
from pynamite.wire import Item

if TYPE_CHECKING:
    from pynamite.entities.member import Member

__all__ = ["Coded", "instances"]


def instances(members: Sequence[Member[Any]], items: UnreadItems) -> list[Any] | None:
    """Make the instances of those items that are marked as one of several entities of a table.

    None where that takes a look at each of them, as `Member.instances`.
    """
    first = members[0]
    if len(members) == 1:
        return first.instances(items)
    if first.type_attribute is None or any(member.coded.otherwise for member in members):
        return None
    try:
        decoders = {member.definition.type_value: member.coded.decoder for member in members}
        return decode_marked(decoders, first.type_attribute, items.raws)
    except Exception:  # noqa: BLE001 - whatever it was, the careful path says it in its words
        return None


class Coded:
    """The code for one member, made at first use.

    ``made`` has what was made for the members that it was evolved from: of another tenant, by another clock.
    """

    def __init__(self, member: Member[Any], made: dict[Any, Any]) -> None:
        self._member = member
        self._made = made
        self._prefix = next(iter(member.prefixes.values()), "")

    @cached_property
    def otherwise(self) -> frozenset[str]:
        """The fields that are read otherwise than from their attributes, or not as these are."""
        member = self._member
        return frozenset(
            plan.name
            for plan in member.definition.fields.values()
            if (plan.options.key_only and self._keys is None)
            or plan.options.rest
            or plan.attribute in member.prefixes
            or plan.attribute == member.duration
        )

    @cached_property
    def _keys(self) -> tuple[KeyReader, ...] | None:
        """What reads its table key; None where that is not for code."""
        return key_readers(self._member.slots)

    @cached_property
    def decoder(self) -> Decoder:
        """What reads its instances."""
        definition = self._member.definition

        def make(_: Shape) -> Decoder:
            held = [plan.name for plan in self._fields.values() if plan.options.key_only]
            in_keys = frozenset(held) - self.otherwise
            wishes = Wishes(self.otherwise, in_keys, (self._keys or ()) if in_keys else ())
            return Decoder(definition.cls, definition.fields, definition.struct.hooks, wishes, self._mark)

        found: Decoder = self._once(self.otherwise, make)
        return found

    @cached_property
    def item_answer(self) -> Callable[[bytes], Any] | None:
        """What reads an answer of GetItem at once, its item as an instance; None where an item is to be looked at."""
        return self.decoder.item_answer if self._reads_at_once else None

    @cached_property
    def living_answer(self) -> Callable[[bytes], Any] | None:
        """What reads an answer of GetItem at once, as `item_answer`, but for an item that has expired by now."""
        member = self._member
        if not self._reads_at_once or member.definition.ttl is None:
            return self.item_answer
        return self.decoder.living_answer(member.definition.ttl.attribute, lambda: second_of(member.clock()))

    @cached_property
    def changed_answer(self) -> Callable[[bytes], Any] | None:
        """What reads an answer of UpdateItem at once, with the item as it is then, as `item_answer` does."""
        return self.decoder.changed_answer if self._reads_at_once else None

    @cached_property
    def page_answer(self) -> Callable[[bytes], Answer] | None:
        """What reads an answer of Query or Scan at once; None where the items are to be looked at."""
        return self.decoder.page_answer if self._reads_at_once else None

    @cached_property
    def batch_answer(self) -> Callable[[tuple[str, ...]], Callable[[bytes], Answer] | None] | None:
        """What gives what reads an answer of BatchGetItem at once, by the texts of these attributes of the key.

        None where the items, or their keys, are to be looked at.
        """
        if not self._reads_at_once or any(slot.template.kind != "S" for slot in self._member.slots):
            return None
        return self._batch_answer

    def _batch_answer(self, names: tuple[str, ...]) -> Callable[[bytes], Answer] | None:
        found: Callable[[bytes], Answer] | None = self._once(
            ("batch", names), lambda _: self.decoder.batch_answer(names))
        return found

    @property
    def _reads_at_once(self) -> bool:
        """Tell whether an answer's bytes are enough for the instances in it: none of their fields is read otherwise."""
        return not self.otherwise and self._mark is not None

    @cached_property
    def key(self) -> Callable[[Mapping[str, Any]], Item] | None:
        """What writes a table key; None where the templates are not for code."""
        return self._of_member(self._once(("key", bool(self._prefix)), make_key))

    @cached_property
    def key_alone(self) -> Callable[[Any], Item] | None:
        """What writes the table key of a dict that has just the fields of the key; None as for `key`."""
        plain = self._member.plain_key
        if plain is None:
            return None
        write = self._once(("key alone", bool(self._prefix)), lambda shape: make_key(shape, len(plain)))
        return self._of_member(write)

    @cached_property
    def keys(self) -> Callable[[Sequence[Mapping[str, Any]]], list[Item]] | None:
        """What writes the table keys of many dicts, otherwise as `key_alone`."""
        plain = self._member.plain_key
        if plain is None:
            return None
        write = self._once(("keys", bool(self._prefix)), lambda shape: make_keys(shape, len(plain)))
        return self._of_member(write)

    @cached_property
    def key_texts(self) -> Callable[[Sequence[Mapping[str, Any]]], KeyTexts | None] | None:
        """What writes the texts of what `keys` writes, if these are of one partition; None where they are no texts."""
        plain = self._member.plain_key
        if plain is None:
            return None
        write = self._once(("key texts", bool(self._prefix)), lambda shape: make_key_texts(shape, len(plain)))
        return self._of_member(write)

    @cached_property
    def item(self) -> Callable[[Any], Item] | None:
        """What writes a whole item; None where one of its attributes is not what its field writes."""
        if any(not plan.options.key_only and plan.name in self.otherwise for plan in self._fields.values()):
            return None
        return self._of_member(self._once(("item", bool(self._prefix)), make_encoder))

    @cached_property
    def copy(self) -> Callable[[Any], Any] | None:
        """What copies an instance that was written, as its item would be read; None where that may be another one."""
        member = self._member
        slots = (*member.slots, *(slot for keys in member.indexes.values() for slot in keys.slots))
        taken = {member.type_attribute, *(slot.attribute for slot in slots)}
        if self.otherwise or any(plan.attribute in taken for plan in self._fields.values()):
            return None

        def make(shape: Shape) -> Callable[[Any], Any] | None:
            return make_copier(shape.cls, shape.plans, shape.find)

        found: Callable[[Any], Any] | None = self._once("copy", make)
        return found

    def texts(self, templates: Sequence[KeyTemplate]) -> Callable[[Mapping[str, Any]], list[str]] | None:
        """Make what renders templates of the entity, or beginnings of them; None where that is not for code."""
        return make_texts(self._member.definition.name, templates, self._shape.names)

    @property
    def _fields(self) -> Mapping[str, Any]:
        return self._member.definition.fields

    @property
    def _mark(self) -> tuple[str, str] | None:
        member = self._member
        return None if member.type_attribute is None else (member.type_attribute, member.definition.type_value)

    def _once(self, what: Any, make: Callable[[Shape], Any]) -> Any:
        if what not in self._made:
            self._made[what] = make(self._shape)
        return self._made[what]

    def _of_member(self, write: FunctionType | None) -> Callable[[Any], Any] | None:
        if write is None:
            return None
        # The member and its prefix are the defaults of a function of its own: another around it would take its time.
        return FunctionType(write.__code__, write.__globals__, write.__name__, (self._member, self._prefix))

    @property
    def _shape(self) -> Shape:
        member, definition = self._member, self._member.definition
        # When the item expires stands in keys by the second, which is not what the field has.
        names = [plan.name for plan in self._fields.values() if not plan.options.ttl]
        return Shape(
            definition.cls,
            definition.fields,
            definition.struct.hooks,
            member.slots,
            tuple(member.indexes.values()),
            frozenset(names) - set(definition.computed),
            self._mark,
            GUARD_HEAD if member.beside_guards else None,
            bool(member.rivals),
        )
