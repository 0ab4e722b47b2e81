"""Which of the items that came belongs to which of the keys that were asked for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from pynamite.operation.key_texts import KeyTexts
from pynamite.operation.unread import Unread, texts_reader
from pynamite.wire import Item, normalize_number

__all__ = ["KeyIdentity", "Matching", "key_identity"]

KeyIdentity = tuple[tuple[str, str, Any], ...]


def key_identity(key: Mapping[str, Any]) -> KeyIdentity:
    """Give what tells a key from others, as something hashable: equal numbers are equal however they are written."""
    parts = []
    for name in sorted(key):
        ((kind, content),) = key[name].items()
        parts.append((name, kind, normalize_number(content) if kind == "N" else content))
    return tuple(parts)


class Matching:
    """Tells keys of one form apart, and the items that have them; keys of texts, which most are, by the texts alone.

    Where it does that, ``told_by`` names the attributes that the texts are of: the sort key's alone, where all keys are
    of one partition. An identity is then the only text, or the tuple of them. Otherwise ``told_by`` is None.
    """

    def __init__(self, keys: Iterable[Item]) -> None:
        self.keys: Sequence[Item] = keys if type(keys) is KeyTexts else list(keys)
        self.names = tuple(self.keys[0]) if self.keys else ()
        self.told_by: tuple[str, ...] | None
        self.identities: Sequence[Hashable]
        try:
            self.told_by, self.identities = _texts(self.keys, self.names)
        except KeyError:  # A key is made of something else.
            self.told_by, self.identities = None, list(map(key_identity, self.keys))
        self._read_texts = None if self.told_by is None else texts_reader(self.told_by)

    def of(self, item: Item | Unread) -> Hashable:
        """Tell whose key an item has."""
        if self.told_by is not None:
            if type(item) is Unread and item.untouched and self._read_texts is not None:
                return self._read_texts(item.raw)
            texts = tuple([item[name]["S"] for name in self.told_by])
            return texts[0] if len(texts) == 1 else texts
        if isinstance(item, Unread):
            return key_identity(item.part(self.names))
        return key_identity({name: item[name] for name in self.names})


def _texts(keys: Sequence[Item], names: tuple[str, ...]) -> tuple[tuple[str, ...], Sequence[Hashable]]:
    """Find the attributes whose texts tell the keys apart, and give the texts of each.

    Raises:
        KeyError: a key is made of something else.
    """
    if type(keys) is KeyTexts:
        return names[1:], keys.texts
    if len(names) == 2:
        first, second = names
        head = keys[0][first]
        texts = [key[second]["S"] for key in keys if (part := key[first]) is head or part == head]
        if len(texts) == len(keys):
            return (second,), texts
        return names, [(key[first]["S"], key[second]["S"]) for key in keys]
    if len(names) == 1:
        return names, [key[names[0]]["S"] for key in keys]
    return names, [tuple([key[name]["S"] for name in names]) for key in keys]
