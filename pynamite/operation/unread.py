"""Items as they came: JSON that is read when somebody looks inside, or decoded by whoever knows the item's class.

msgspec finds the items in an answer; without it, answers are read whole, by the standard library's json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, overload

from pynamite.wire import AttributeValue, Item, from_json

__all__ = ["Unread", "decoders", "fast_json", "read_whole"]

T = TypeVar("T")


@cache
def fast_json() -> Any:
    """Give the module msgspec; None where it is not installed, or too old."""
    try:
        import msgspec
    except ImportError:
        return None
    return msgspec if hasattr(msgspec, "Raw") and hasattr(msgspec, "defstruct") else None


@cache
def decoders(attribute: str) -> Callable[[Any], Any]:
    """Give what finds the text of one attribute in an item's JSON; it raises where that is none."""
    msgspec = fast_json()
    text = msgspec.defstruct("Text", [("S", str)], gc=False)
    found = msgspec.defstruct("Marked", [("mark", text)], rename={"mark": attribute}, gc=False)
    decode: Callable[[Any], Any] = msgspec.json.Decoder(found).decode
    return lambda raw: decode(raw).mark.S


class Unread(Mapping[str, AttributeValue]):
    """An item of which only the JSON is known, ``raw``; to look inside reads it."""

    __slots__ = ("_item", "raw")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._item: Item | None = None

    @property
    def untouched(self) -> bool:
        """Tell whether nobody has looked inside yet."""
        return self._item is None

    def item(self) -> Item:
        """Read the item."""
        if self._item is None:
            self._item = from_json(bytes(self.raw))
        return self._item

    def text(self, attribute: str) -> str | None:
        """Give the text of an attribute; None where it is no text, or not there."""
        if self._item is None:
            try:
                found: str = decoders(attribute)(self.raw)
            except Exception:  # noqa: BLE001 - whatever is there, it is no text
                return None
            return found
        return self._item.get(attribute, {}).get("S")

    def __getitem__(self, name: str) -> AttributeValue:
        return self.item()[name]

    @overload
    def get(self, key: str, /) -> AttributeValue | None: ...
    @overload
    def get(self, key: str, /, default: AttributeValue | T) -> AttributeValue | T: ...
    def get(self, key: str, /, default: Any = None) -> Any:
        """Give an attribute, or the default."""
        return self.item().get(key, default)

    def __contains__(self, name: object) -> bool:
        return name in self.item()

    def __iter__(self) -> Iterator[str]:
        return iter(self.item())

    def __len__(self) -> int:
        return len(self.item())

    def __repr__(self) -> str:
        return f"Unread({self.item()!r})"


def read_whole(item: Item | Unread) -> Item:
    """Give an item as a dict, whether it was read before or not."""
    return item.item() if isinstance(item, Unread) else item
