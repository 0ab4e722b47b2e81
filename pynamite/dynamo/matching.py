"""Which of the items that came belongs to which of the keys that were asked for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

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

    Where it does that, ``by_texts`` says so: an identity is then the tuple of the texts.
    """

    def __init__(self, keys: Iterable[Item]) -> None:
        self.keys = list(keys)
        self.names = tuple(self.keys[0]) if self.keys else ()
        texts = _texts(self.keys, self.names)
        self.by_texts = texts is not None
        self.identities: Sequence[Hashable] = list(map(key_identity, self.keys)) if texts is None else texts
        self._read_texts = texts_reader(self.names)

    def of(self, item: Item | Unread) -> Hashable:
        """Tell whose key an item has."""
        if self.by_texts:
            if type(item) is Unread and item.untouched and self._read_texts is not None:
                return self._read_texts(item.raw)
            return tuple([item[name]["S"] for name in self.names])
        if isinstance(item, Unread):
            return key_identity(item.part(self.names))
        return key_identity({name: item[name] for name in self.names})


def _texts(keys: Sequence[Item], names: Sequence[str]) -> list[Hashable] | None:
    """Give the texts of each key; None where a key is made of something else."""
    try:
        if len(names) == 2:
            first, second = names
            return [(key[first]["S"], key[second]["S"]) for key in keys]
        return [tuple([key[name]["S"] for name in names]) for key in keys]
    except KeyError:
        return None
