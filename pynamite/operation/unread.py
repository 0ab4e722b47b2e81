"""Items as they came: JSON that is read when somebody looks inside, or decoded by whoever knows the item's class.

msgspec finds the items in an answer, and single attributes in an item; without it, answers are read whole, by the
standard library's json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar, overload

from pynamite.dynamodb_json import from_json
from pynamite.wire import AttributeValue, Item

__all__ = ["UNMADE", "Unread", "UnreadItems", "fast_json", "partly", "read_whole", "texts_reader"]

T = TypeVar("T")


@cache
def fast_json() -> Any:
    """Give the module msgspec; None where it is not installed, or too old."""
    try:
        import msgspec
    except ImportError:
        return None
    return msgspec if hasattr(msgspec, "Raw") and hasattr(msgspec, "defstruct") else None


@lru_cache(maxsize=256)
def partly(names: tuple[str, ...]) -> Callable[[bytes], Item]:
    """Give what reads of an item's JSON the attributes of these names, or more than these."""
    msgspec = fast_json()
    if msgspec is None:
        return from_json
    fields = {f"f{number}": name for number, name in enumerate(names)}
    try:
        kind = msgspec.defstruct("Part", [(field, dict[str, Any], None) for field in fields], rename=fields, gc=False)
    except ValueError:  # a name that JSON has to escape
        return from_json
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
    pairs = list(fields.items())

    def read(raw: bytes) -> Item:
        found = decode(raw)
        return {name: value for field, name in pairs if (value := getattr(found, field)) is not None}

    def read_binary(raw: bytes) -> Item:
        # Binary stands in JSON as base64.
        return from_json(raw) if b'"B"' in raw or b'"BS"' in raw else read(raw)

    return read_binary


@lru_cache(maxsize=256)
def texts_reader(names: tuple[str, ...]) -> Callable[[Any], str | tuple[str, ...]] | None:
    """Give what reads of an item's JSON the only text, or the tuple of texts, of these attributes.

    None where nothing can.
    """
    msgspec = fast_json()
    if msgspec is None or not 0 < len(names) <= 2:
        return None
    try:
        text = msgspec.defstruct("Text", [("S", str)], gc=False)
        fields = [(f"f{number}", text) for number in range(len(names))]
        kind = msgspec.defstruct(
            "Texts", fields, rename={f"f{number}": name for number, name in enumerate(names)}, gc=False)
    except ValueError:  # a name that JSON has to escape
        return None
    decode: Callable[[Any], Any] = msgspec.json.Decoder(kind).decode

    def read_one(raw: Any) -> str:
        text: str = decode(raw).f0.S
        return text

    def read_two(raw: Any) -> tuple[str, ...]:
        found = decode(raw)
        return (found.f0.S, found.f1.S)

    return read_one if len(names) == 1 else read_two


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

    def part(self, names: tuple[str, ...]) -> Item:
        """Read some attributes, those that are there, without the others."""
        if self._item is None:
            found = partly(names)(bytes(self.raw))
            return found if len(found) <= len(names) else {name: found[name] for name in names if name in found}
        return {name: self._item[name] for name in names if name in self._item}

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

    def __bool__(self) -> bool:
        return bytes(self.raw) != b"{}"

    def __repr__(self) -> str:
        return f"Unread({self.item()!r})"


@cache
def _splitter() -> Callable[[Any], list[Any]]:
    """Give what finds the items in an array, without reading them."""
    msgspec = fast_json()
    return msgspec.json.Decoder(list[msgspec.Raw]).decode  # type: ignore[no-any-return, name-defined]


class UnreadItems(Sequence[Unread]):
    """The items of an answer: ``raws`` is the JSON of each, ``whole`` that of all in one array, where they came so."""

    __slots__ = ("_raws", "whole")

    def __init__(self, raws: list[Any] | None = None, *, whole: Any = None) -> None:
        self._raws = raws
        self.whole = whole

    @property
    def raws(self) -> list[Any]:
        """The JSON of each item."""
        if self._raws is None:
            self._raws = _splitter()(self.whole)
        return self._raws

    def __bool__(self) -> bool:
        return bool(self._raws) if self.whole is None else bytes(memoryview(self.whole)[:2]) != b"[]"

    @overload
    def __getitem__(self, place: int) -> Unread: ...
    @overload
    def __getitem__(self, place: slice) -> UnreadItems: ...
    def __getitem__(self, place: int | slice) -> Unread | UnreadItems:
        return UnreadItems(self.raws[place]) if isinstance(place, slice) else Unread(self.raws[place])

    def __iter__(self) -> Iterator[Unread]:
        return map(Unread, self.raws)

    def __len__(self) -> int:
        return len(self.raws)


def read_whole(item: Item | Unread) -> Item:
    """Give an item as a dict, whether it was read before or not."""
    return item.item() if isinstance(item, Unread) else item


UNMADE = (dict, Unread)
"""What an item is as long as nobody has made an instance of it."""
