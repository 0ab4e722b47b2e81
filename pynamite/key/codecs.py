"""Finding the codec of a type, or the one that a placeholder names: ``<number:pad(6)>``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, get_origin
from uuid import UUID

from pynamite.key import numbers, shards, texts, times
from pynamite.key.codec import Codec
from pynamite.wire import Misfit

__all__ = ["codec_for"]

_DEFAULTS: dict[type, Callable[[], Codec]] = {
    str: texts.text_codec,
    int: numbers.integer_codec,
    Decimal: numbers.decimal_codec,
    datetime: times.instant_codec,
    date: times.date_codec,
    UUID: texts.uuid_codec,
    bool: texts.flag_codec,
}

_CALL = re.compile(r"(?P<name>\w+)\s*(?:\((?P<arguments>.*)\))?", re.DOTALL)


def codec_for(of: Any, call: str | None = None, *, kind: str = "S") -> Codec:
    """Find the codec of a type, or the one that a placeholder names.

    ``kind`` is the key attribute's type: S, N or B. Raises Misfit, with the remedy, where there is none.
    """
    name = getattr(of, "__name__", str(of))
    if kind != "S" and call is not None:
        what = "a number" if kind == "N" else "binary"
        raise Misfit(f"calls {call!r}, but the key attribute is {what}, which sorts as it is: leave the codec out")
    if kind == "N":
        if of is datetime:
            return times.epoch_codec()  # Of the datetimes, those alone that say when an item expires are numbers.
        if of not in {int, Decimal, float}:
            raise Misfit(f"is a {name}, but the key attribute is a number: it takes int, Decimal or float")
        return numbers.number_codec(of)
    if kind == "B":
        if of is not bytes:
            raise Misfit(f"is a {name}, but the key attribute is binary: it takes bytes")
        return texts.binary_codec()
    if call is not None:
        return _named(of, name, call)
    if of in _DEFAULTS:
        return _DEFAULTS[of]()
    found = None
    if get_origin(of) is Literal:
        found = texts.literal_codec(of)
    elif isinstance(of, type) and issubclass(of, Enum):
        found = texts.enum_codec(of)
    if found is None:
        raise Misfit(
            f"is a {name}, which has no form in a key: "
            "use str, int, Decimal, bool, datetime, date, UUID, a Literal of texts, "
            "or an Enum of distinct str or int values"
        )
    return found


class _Call:
    """A codec as a placeholder calls it: checked arguments, for the codec's maker."""

    def __init__(self, kind: Any, kind_name: str, name: str, arguments: str | None, text: str) -> None:
        self.kind = kind
        self.kind_name = kind_name
        self.name = name
        self.raw = arguments
        self.text = text

    @property
    def words(self) -> list[str]:
        return [word.strip() for word in (self.raw or "").split(",") if word.strip()]

    def takes(self, *kinds: type) -> None:
        """Refuse another type than these."""
        if self.kind not in kinds:
            wanted = " or ".join(kind.__name__ for kind in kinds)
            raise Misfit(f"is a {self.kind_name}, but the codec {self.text!r} is for {wanted}")

    def numbers(self, low: int, high: int, least: int = 1) -> list[int]:
        """Take from ``low`` to ``high`` whole numbers, each from ``least`` up."""
        wanted = str(low) if low == high else f"{low} to {high}"
        if not low <= len(self.words) <= high or not all(word.isascii() and word.isdecimal() for word in self.words):
            raise Misfit(f"calls {self.text!r}: {self.name} takes {wanted} whole number{'s' if high > 1 else ''}")
        found = [int(word) for word in self.words]
        if any(number < least or number > 1000 for number in found):
            raise Misfit(f"calls {self.text!r}: the numbers of {self.name} are from {least} to 1000")
        return found


def _named(kind: Any, kind_name: str, text: str) -> Codec:
    match = _CALL.fullmatch(text)
    if match is None or match["name"] not in _NAMED:
        raise Misfit(f"names the codec {text!r}, which there is not: the codecs are {', '.join(sorted(_NAMED))}")
    return _NAMED[match["name"]](_Call(kind, kind_name, match["name"], match["arguments"], text))


def _pad(call: _Call) -> Codec:
    call.takes(int)
    return numbers.pad_codec(*call.numbers(1, 1))


def _signed(call: _Call) -> Codec:
    call.takes(int)
    return numbers.signed_codec(*call.numbers(1, 1))


def _decimal(call: _Call) -> Codec:
    call.takes(Decimal)
    digits, places = call.numbers(2, 2, least=0)
    if digits + places == 0:
        raise Misfit(f"calls {call.text!r}: a number needs a digit")
    return numbers.fixed_codec(digits, places)


def _desc(call: _Call) -> Codec:
    call.takes(int, datetime, date)
    if call.kind is int:
        return numbers.descending_codec(*call.numbers(1, 1))
    call.numbers(0, 0)
    return times.descending_instant_codec() if call.kind is datetime else times.descending_date_codec()


def _utc(call: _Call) -> Codec:
    call.takes(datetime)
    places = call.numbers(0, 1, least=0)
    if places and places[0] > 6:
        raise Misfit(f"calls {call.text!r}: a datetime has up to 6 places")
    return times.instant_codec(*places)


def _bucket(call: _Call) -> Codec:
    call.takes(datetime, date)
    call.numbers(0, 0)
    return times.bucket_codec(call.kind, call.name)


def _strftime(call: _Call) -> Codec:
    call.takes(datetime, date)
    if not call.raw or "%" not in call.raw:
        raise Misfit(f"calls {call.text!r}: strftime takes a pattern, such as strftime(%G-W%V)")
    return times.strftime_codec(call.kind, call.raw.strip())


def _text(make: Callable[[], Codec]) -> Callable[[_Call], Codec]:
    def made(call: _Call) -> Codec:
        call.takes(str)
        call.numbers(0, 0)
        return make()

    return made


def _name(call: _Call) -> Codec:
    if not (isinstance(call.kind, type) and issubclass(call.kind, Enum)):
        raise Misfit(f"is a {call.kind_name}, but the codec 'name' is for an Enum")
    call.numbers(0, 0)
    return texts.name_codec(call.kind)


def _shard(call: _Call) -> Codec:
    kept = call.words[1:] == ["random"]
    if kept:
        call.takes(int)
    count = call.words[0] if call.words else ""
    if not count.isascii() or not count.isdecimal() or not 1 <= int(count) <= 1000 or len(call.words) > 1 + kept:
        raise Misfit(
            f"calls {call.text!r}: write shard(10), for a shard that follows from the value, or shard(10, random), "
            "for one that is chosen once; 1 to 1000 shards"
        )
    if kept:
        return shards.kept_shard_codec(int(count))
    return shards.shard_codec(int(count), codec_for(call.kind).encode, whole=call.kind is int)


_NAMED: dict[str, Callable[[_Call], Codec]] = {
    "pad": _pad,
    "signed": _signed,
    "decimal": _decimal,
    "desc": _desc,
    "utc": _utc,
    **dict.fromkeys(("year", "month", "day", "hour", "minute"), _bucket),
    "strftime": _strftime,
    "upper": _text(texts.upper_codec),
    "lower": _text(texts.lower_codec),
    "reversed": _text(texts.reversed_codec),
    "escape": _text(texts.escape_codec),
    "name": _name,
    "shard": _shard,
}
"""The codecs that a template may name."""
