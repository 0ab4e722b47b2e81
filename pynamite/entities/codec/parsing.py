"""Code that reads keys: the values in the texts of templates, as `KeyTemplate.parse` reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from pynamite.entities.codec.source import Source
from pynamite.entities.slots import KeySlot
from pynamite.key.template import KeyTemplate
from pynamite.key.texts import text_codec

__all__ = ["KeyReader", "key_readers"]

_TEXT = text_codec().encode


@attrs.frozen(eq=False)
class KeyReader:
    """How one key attribute is read: the function gives the values of the names in its text, in order."""

    attribute: str
    names: tuple[str, ...]
    read: Callable[[str], tuple[Any, ...]]


def key_readers(slots: Sequence[KeySlot]) -> tuple[KeyReader, ...] | None:
    """Make what reads the table key; None where it takes more than the text of each part by itself."""
    if not all(map(_is_plain, slots)):
        return None
    return tuple(KeyReader(slot.attribute, slot.template.fields, _reader(slot.template)) for slot in slots)


def _is_plain(slot: KeySlot) -> bool:
    template = slot.template
    if not isinstance(template, KeyTemplate) or slot.prefix or template.kind != "S":
        return False
    gaps = template.gaps
    return len(template.fields) == len(gaps) and all(gap.codec.decode is not None for gap in gaps)


def _reader(template: Any) -> Callable[[str], tuple[Any, ...]]:
    source = Source("key")
    head = template.head
    source.add(f"if not text.startswith({head!r}):", "    fail()", f"start = {len(head)}")
    for number, gap in enumerate(template.gaps):
        if gap.codec.width is not None:
            source.add(f"end = start + {gap.codec.width}", f"if not text.startswith({gap.end!r}, end):", "    fail()")
        else:
            source.add(f"end = text.find({gap.end!r}, start)" if gap.end else "end = len(text)")
        source.add("if end <= start or end > len(text):", "    fail()")
        value = "text[start:end]"
        if gap.codec.encode is not _TEXT:
            value = f"{source.named(gap.codec.read)}({value})"
        source.add(f"v{number} = {value}", f"start = end + {len(gap.end)}")
    source.add("if start != len(text):", "    fail()")
    source.add(f"return ({''.join(f'v{number}, ' for number in range(len(template.gaps)))})")
    return source.function("text")
