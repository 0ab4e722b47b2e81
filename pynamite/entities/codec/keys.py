"""Code that writes keys: the texts of templates, as far as nothing about them needs a closer look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pynamite.entities.codec.source import Source
from pynamite.entities.index_keys import IndexKeys
from pynamite.entities.slots import KeySlot
from pynamite.key.codec import Codec
from pynamite.key.template import Gap, KeyTemplate, ShardText
from pynamite.key.texts import text_codec
from pynamite.key.times import instant_codec
from pynamite.key.variants import KeyVariants

__all__ = ["KeyWriter", "make_texts", "name_value"]

_TEXT = text_codec().encode
_INSTANT = instant_codec().name


class KeyWriter:
    """Writes the code by which values become keys: attributes of the item ``w``.

    ``value`` gives the expression of a name's value, None for a name that code cannot follow. ``texts`` has variables
    that hold the text of a value already. ``p`` is the tenant's prefix.
    """

    def __init__(self, source: Source, value: Callable[[str], str | None], texts: Mapping[str, str]) -> None:
        self._source = source
        self._value = value
        self._texts = texts
        self._values: dict[str, str] = {}

    def table_key(self, slots: Sequence[KeySlot], forbidden: str | None) -> list[str] | None:
        """Add the lines of the table key; gives the variables that hold its texts. None where code cannot write it.

        ``forbidden`` is what its partition key may not begin with.
        """
        if not all(self.follows(slot.template) for slot in slots):
            return None
        texts = [self.rendered(slot.template, sparse=False) for slot in slots]
        self._source.add(*_refused(texts[0], forbidden))
        for slot, text in zip(slots, texts, strict=True):
            self._put(slot, text, "")
        return texts

    def key_alone(self, slots: Sequence[KeySlot], forbidden: str | None, last: str | None = None) -> list[str] | None:
        """Add the lines of a table key that is all that ``w`` has, otherwise as `table_key` does.

        ``last`` is a variable that is nobody's value at first: where it is given, a partition key is not written again
        as long as the value that it is made of stays the same object.
        """
        if not all(self.follows(slot.template) for slot in slots):
            return None
        source = self._source
        texts, written = [], []
        for number, slot in enumerate(slots):
            text, lines = self._checked(slot, None if number else forbidden)
            value = _written(slot, text)
            if last is not None and number == 0 and self._only_value(slot.template) is not None:
                lines, value = self._once(slot, last, [*lines, f"d = {value}"]), "d"
            source.add(*lines)
            texts.append(text)
            written.append(f"{slot.attribute!r}: {value}")
        source.add(f"w = {{{', '.join(written)}}}")
        return texts

    def texts_alone(self, slots: Sequence[KeySlot], forbidden: str | None, last: str, partition: str,
                    found: str) -> bool:
        """Add the lines that write the texts of a table key, as `key_alone` does; tells whether code can.

        That of the partition key is in the variable ``partition``, which is None at first; the lines return None where
        it is another one. That of the sort key is added to the list ``found``.
        """
        if not all(self.follows(slot.template) for slot in slots):
            return False
        first, second = slots
        text, lines = self._checked(first, forbidden)
        content, other = _content(first, text), self._source.fresh("c")
        lines += [
            f"{other} = {content}", f"if {partition} is None:", f"    {partition} = {other}",
            f"elif {partition} != {other}:", "    return None"]
        self._source.add(*(lines if self._only_value(first.template) is None else self._once(first, last, lines)))
        text, lines = self._checked(second, None)
        self._source.add(*lines, f"{found}.append({_content(second, text)})")
        return True

    def _checked(self, slot: KeySlot, forbidden: str | None) -> tuple[str, list[str]]:
        """Give the variable of a key's text, and the lines that render it and refuse what it may not be."""
        text, lines = self._rendering(slot.template, sparse=False)
        return text, [*lines, f"if {_is_long(slot, text)}:", "    fail()", *_refused(text, forbidden)]

    def _once(self, slot: KeySlot, last: str, lines: Sequence[str]) -> list[str]:
        """Give lines that are run once as long as the only value that a key is made of stays the same object."""
        only = self._only_value(slot.template)
        return [f"if {only} is not {last}:", *(f"    {line}" for line in lines), f"    {last} = {only}"]

    def _only_value(self, template: KeyTemplate | KeyVariants) -> str | None:
        """Give the variable of the only value that a text is made of; None where there are several, or none."""
        values = {self._values.get(gap.field) for gap in template.gaps} if isinstance(template, KeyTemplate) else set()
        return values.pop() if len(values) == 1 else None

    def index_keys(self, keys: IndexKeys) -> bool:
        """Add the lines of an index's keys; tells whether code can write them."""
        if keys.when is not None or not all(self.follows(slot.template) for slot in keys.slots):
            return False
        names = [self.rendered(slot.template, sparse=True) for slot in keys.slots]
        for slot, name in zip(keys.slots, names, strict=True):
            if slot.field is not None:
                self._source.add(f"if {name} is None and ({self._value(slot.field)}) is not None:", "    fail()")
            if not slot.own:
                self._source.add(f"if {name} is not None and {_is_long(slot, name)}:", "    fail()")
        whole = " and ".join(f"{name} is not None" for name in names)
        for slot, name in zip(keys.slots, names, strict=True):
            if slot.own:
                self._source.add(f"if {name} is not None:" if slot.elsewhere else f"if {whole}:")
                self._put(slot, name, "    ")
        return True

    def follows(self, template: KeyTemplate | KeyVariants) -> bool:
        """Tell whether code can write the keys of a template."""
        return isinstance(template, KeyTemplate) and all(self._value(gap.field) is not None for gap in template.gaps)

    def rendered(self, template: KeyTemplate | KeyVariants, *, sparse: bool) -> str:
        """Add the lines that render a key's text, and give its variable: None if it is ``sparse`` and lacks a value."""
        key, lines = self._rendering(template, sparse=sparse)
        self._source.add(*lines)
        return key

    def _rendering(self, template: KeyTemplate | KeyVariants, *, sparse: bool) -> tuple[str, list[str]]:
        """Give the variable of a key's text, and the lines that render it of values that are there by now."""
        source, key = self._source, self._source.fresh("y")
        assert isinstance(template, KeyTemplate)
        if not template.gaps:
            return key, [f"{key} = {template.head!r}"]
        texts: dict[tuple[str, str], str] = {}
        lines: list[str] = []
        for gap in template.gaps:
            if (gap.field, gap.codec.name) not in texts:
                texts[gap.field, gap.codec.name] = self._text(gap, lines)
        lines += self._joined(template, texts, key, sparse=sparse)
        if sparse:
            source.add(f"{key} = None")
            if values := [self._values[gap.field] for gap in template.gaps if self._ready(gap) is None]:
                source.add(f"if {' and '.join(f'{value} is not None' for value in dict.fromkeys(values))}:")
                lines = [f"    {line}" for line in lines]
        return key, lines

    def _text(self, gap: Gap, lines: list[str]) -> str:
        """Give the variable that holds the text of a value; the lines that make it are added to ``lines``."""
        ready, source = self._ready(gap), self._source
        if ready is not None:
            return ready
        value = self._values.get(gap.field)
        if value is None:
            value = self._values[gap.field] = source.fresh("a")
            source.add(f"{value} = {self._value(gap.field)}")
        text, encode = source.fresh("t"), source.named(gap.codec.encode)
        # A shard's text stands for a value in queries only, which have a closer look.
        encoded = f"{encode}({value}) if {value}.__class__ is not {source.named(ShardText)} else fail()"
        if gap.codec.encode is _TEXT:
            encoded = f"{value} if {value}.__class__ is {source.named(str)} and {value}.isascii() else {encoded}"
        lines.append(f"{text} = {encoded}")
        return text

    def _ready(self, gap: Gap) -> str | None:
        return self._texts.get(gap.field) if _is_plain(gap.codec) else None

    def _joined(
        self, template: KeyTemplate, texts: Mapping[tuple[str, str], str], key: str, *, sparse: bool
    ) -> list[str]:
        """Give the lines that make a key of its texts: if none is empty, and it reads back."""
        parts = [repr(template.head)] if template.head else []
        cuts: list[str] = []
        for gap in template.gaps:
            text = texts[gap.field, gap.codec.name]
            cuts += _cuts(gap, text)
            parts += [text, *([repr(gap.end)] if gap.end else [])]
        refused = [f"if {' or '.join(cuts)}:", "    fail()"] if cuts else []
        made = [*refused, f"{key} = {' + '.join(parts)}"]
        if sparse:
            return [f"if {' and '.join(texts.values())}:", *(f"    {line}" for line in made)]
        return [f"if {' or '.join(f'not {text}' for text in texts.values())}:", "    fail()", *made]

    def _put(self, slot: KeySlot, text: str, indent: str) -> None:
        """Add the lines that put a text into its attribute, if it is clear that it is not too long."""
        self._source.add(f"{indent}if {_is_long(slot, text)}:", f"{indent}    fail()")
        self._source.add(f"{indent}w[{slot.attribute!r}] = {_written(slot, text)}")


def make_texts(
    name: str, templates: Sequence[KeyTemplate], fields: Collection[str]
) -> Callable[[Mapping[str, Any]], list[str]] | None:
    """Make the function that renders templates of ``values`` by name; None where they name more than these fields."""
    source = Source(f"texts of {name}")
    writer = KeyWriter(source, lambda one: f"values[{one!r}]" if one in fields else None, {})
    if not all(map(writer.follows, templates)):
        return None
    texts = [writer.rendered(template, sparse=False) for template in templates]
    source.add(f"return [{', '.join(texts)}]")
    return source.function("values")


def _refused(text: str, beginning: str | None) -> list[str]:
    """Give the lines that refuse a text which begins so."""
    return [] if beginning is None else [f"if {text}.startswith({beginning!r}):", "    fail()"]


def _is_plain(codec: Codec) -> bool:
    """Tell whether a codec writes a value as an attribute has it."""
    return codec.encode is _TEXT or codec.name == _INSTANT


def _written(slot: KeySlot, text: str) -> str:
    """Give the expression of a key's text as an AttributeValue."""
    return f'{{"{slot.template.kind}": {_content(slot, text)}}}'


def _content(slot: KeySlot, text: str) -> str:
    """Give the expression of the content of such an AttributeValue."""
    if slot.template.kind == "B":
        return f"{text}.encode('latin-1')"
    return f"p + {text}" if slot.prefix else text


def _is_long(slot: KeySlot, text: str) -> str:
    """Give the condition under which a text may be too long for a key."""
    return f"{'len(p) + ' if slot.prefix else ''}len({text}) > {slot.limit // 4}"


def _cuts(gap: Gap, text: str) -> list[str]:
    """Give the conditions under which a key would not read back: what ends a placeholder is found within its text."""
    if gap.codec.width is not None:
        return [f"len({text}) != {gap.codec.width}"]
    if not gap.end:
        return []
    if len(gap.end) == 1:
        return [f"{gap.end!r} in {text}"]
    return [f"({text} + {gap.end!r}).find({gap.end!r}) != len({text})"]


def name_value(name: str, root: Callable[[str], str], fields: Collection[str]) -> Any:
    """Give the expression of a name's value: of a field, or of something inside it, which is None inside of None."""
    top, *steps = name.split(".")
    if top not in fields:
        return None
    found = root(top)
    for step in steps:
        found = f"(None if (n := {found}) is None else n.{step})"
    return found
