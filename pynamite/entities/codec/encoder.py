"""The encoder of an entity: functions made for it that write whole items, and table keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

import attrs

from pynamite.entities.codec.keys import KeyWriter, name_value
from pynamite.entities.codec.source import Source
from pynamite.entities.codec.writing import SMALL, FieldWriter
from pynamite.entities.containers import Hooks
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.slots import KeySlot
from pynamite.entities.structs import FieldPlan
from pynamite.operation.key_texts import KeyTexts
from pynamite.wire import LARGEST_ITEM, Item

__all__ = ["Shape", "Whole", "make_encoder", "make_key", "make_key_texts", "make_keys", "make_value"]


class Whole(Protocol):
    """The entity, for what code leaves to it."""

    def key(self, values: Mapping[str, Any], /) -> Item:
        """Write the table key."""
        ...

    def values_of(self, instance: Any, /) -> dict[str, Any]:
        """Give an instance's fields by name."""
        ...

    def index_attributes(self, values: Mapping[str, Any], /) -> dict[str, Any]:
        """Write the attributes of all indexes."""
        ...

    def check_held(self, values: Mapping[str, Any], /) -> None:
        """Refuse a key_only field that the key does not hold."""
        ...

    def is_rivalled(self, texts: Iterable[str], /) -> bool:
        """Tell whether a key is another entity's, too."""
        ...


@attrs.frozen(eq=False)
class Shape:
    """What of an entity its code is made of.

    ``names`` are the fields of which names in keys may be made; ``mark`` the type attribute and what it has in the
    entity's items; ``forbidden`` what no partition key begins with. ``rivalled`` says that the key has to be looked at.
    """

    cls: type
    plans: Mapping[str, FieldPlan]
    find: Callable[[Any], Hooks]
    slots: tuple[KeySlot, ...]
    indexes: tuple[IndexKeys, ...]
    names: Collection[str]
    mark: tuple[str, str] | None
    forbidden: str | None
    rivalled: bool


def make_key(shape: Shape, size: int | None = None) -> Callable[[Mapping[str, Any], Whole, str], Item] | None:
    """Make the function that writes the table key of values; None where the templates are not for code.

    Where a ``size`` is given, it takes nothing but a dict of as many values.
    """
    source = Source(f"key of {shape.cls.__name__}")
    if size is not None:
        _look_at_dict(source, size)
    if not _write_key(shape, source):
        return None
    source.add("return w")
    return source.function("values", "whole", "p")


def make_keys(shape: Shape, size: int) -> Callable[[Iterable[Mapping[str, Any]], Whole, str], list[Item]] | None:
    """Make the function that writes the table keys of many dicts of this ``size``, as `make_key` otherwise."""
    source = Source(f"keys of {shape.cls.__name__}")
    source.add("found = []", "last = found", "for values in many:")
    with source.indented():
        _look_at_dict(source, size)
        if not _write_key(shape, source, "last"):
            return None
        source.add("found.append(w)")
    source.add("return found")
    return source.function("many", "whole", "p")


def make_key_texts(
    shape: Shape, size: int
) -> Callable[[Iterable[Mapping[str, Any]], Whole, str], KeyTexts | None] | None:
    """Make the function that writes the texts of what `make_keys` writes; it gives None for several partitions.

    None where the keys have not just two texts, or have to be looked at.
    """
    if shape.rivalled or [slot.template.kind for slot in shape.slots] != ["S", "S"]:
        return None
    source = Source(f"key texts of {shape.cls.__name__}")
    source.add("found = []", "last, partition = found, None", "for values in many:")
    with source.indented():
        _look_at_dict(source, size)
        if not _key_writer(shape, source).texts_alone(shape.slots, shape.forbidden, "last", "partition", "found"):
            return None
    made, names = source.named(KeyTexts), tuple(slot.attribute for slot in shape.slots)
    source.add(f"return None if partition is None else {made}({names!r}, partition, found)")
    return source.function("many", "whole", "p")


def _look_at_dict(source: Source, size: int) -> None:
    """Add the lines that refuse what is no dict of so many ``values``."""
    # A mapping of another class may give a value for what it does not have.
    source.add(f"if values.__class__ is not {source.named(dict)} or len(values) != {size}:", "    fail()")


def _write_key(shape: Shape, source: Source, last: str | None = None) -> bool:
    """Add the lines that write the table key of ``values``; tells whether code can."""
    texts = _key_writer(shape, source).key_alone(shape.slots, shape.forbidden, last)
    if texts is None:
        return False
    _look_for_rivals(shape, source, texts)
    return True


def _key_writer(shape: Shape, source: Source) -> KeyWriter:
    """Give what writes keys of ``values``."""

    def value(name: str) -> str | None:
        # What is inside of a field may be given by itself: whoever looks closer finds it.
        return None if "." in name else name_value(name, lambda top: f"values[{top!r}]", shape.names)

    return KeyWriter(source, value, {})


def make_value(
    kind: Any, write: Any, find: Callable[[Any], Hooks]
) -> Callable[[Any], dict[str, Any]] | None:
    """Make the function that writes a value of a type which has a hook, alone and not larger than an item may be.

    It takes neither None nor an empty set. None where the hook itself has to write it.
    """
    source = Source("value")
    fields = FieldWriter(source, find, {})
    written = fields.of(kind, write)
    if written is None:
        return None
    source.add(f"x = {written.content('v')}")
    if written.tag in {"SS", "NS", "BS"}:
        source.add("if not x:", "    fail()")
    if written.size is not None:
        source.add(f"if {written.size('x')} > {LARGEST_ITEM}:", "    fail()")
    source.add(f'return {{"{written.tag}": x}}')
    return source.function("v")


def make_encoder(shape: Shape) -> Callable[[Any, Whole, str], Item]:
    """Make the function that writes an instance as a whole item."""
    source = Source(f"item of {shape.cls.__name__}")
    source.add(f"if o.__class__ is not {source.named(shape.cls)}:", "    fail()", "w = {}")
    # The table key comes first in an item, whose texts are known when the fields are written.
    for slot in shape.slots:
        source.add(f"w[{slot.attribute!r}] = None")
    if shape.mark is not None:
        source.add(f"w[{shape.mark[0]!r}] = {{'S': {shape.mark[1]!r}}}")
    fields = FieldWriter(source, shape.find, {})
    for plan in shape.plans.values():
        fields.write(plan)
    keys = KeyWriter(source, lambda name: name_value(name, lambda top: f"o.{top}", shape.names), fields.texts)
    texts = keys.table_key(shape.slots, shape.forbidden)
    followed = [keys.index_keys(one) for one in shape.indexes if texts is not None]
    held = any(plan.options.key_only for plan in shape.plans.values())
    if texts is None or held or not all(followed):
        source.add("values = whole.values_of(o)")
    if held:
        source.add("whole.check_held(values)")
    if texts is None:
        source.add("w.update(whole.key(values))")
    else:
        _look_for_rivals(shape, source, texts)
    if len(followed) < len(shape.indexes) or not all(followed):
        source.add("kept = whole.index_attributes(values)")
        source.add("w.update({name: x for name, x in kept.items() if x is not None})")
    _look_at_size(shape, source, fields.sizes)
    source.add("return w")
    return source.function("o", "whole", "p")


def _look_for_rivals(shape: Shape, source: Source, texts: list[str]) -> None:
    if shape.rivalled:
        source.add(f"if whole.is_rivalled([{', '.join(texts)}]):", "    fail()")


def _look_at_size(shape: Shape, source: Source, sizes: list[str]) -> None:
    """Add the lines that leave an item to others which may be too large."""
    slots = [*shape.slots, *(slot for keys in shape.indexes for slot in keys.slots)]
    names = [*(plan.attribute for plan in shape.plans.values()), *(slot.attribute for slot in slots)]
    least = sum(len(name.encode()) + SMALL for name in names) + sum(slot.limit for slot in slots)
    least += sum(len(part.encode()) for part in shape.mark or ())
    source.add(f"if {' + '.join([str(least), *sizes])} > {LARGEST_ITEM}:", "    fail()")
