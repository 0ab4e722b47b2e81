"""Codecs: how a field's value is written into a key, and read back from it.

Every type that may stand in a key has a default codec; a placeholder names another one, ``<number:pad(6)>``. A codec is
one of three things more: *fixed-width*, *ordered* (its texts sort as the values do), *bytes-free* (all are text).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import attrs

from pynamite.wire import Misfit, checked_text, normalize_number, number_text, shown

__all__ = ["Codec", "codec_for", "instant_from_text", "instant_text"]

INSTANT_WIDTH = len("2026-05-01T12:00:00.000000Z")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@attrs.frozen
class Codec:
    """How values of one type are written into a key.

    ``encode`` raises Misfit for a value of another type or outside its range, ``decode`` ValueError for a text that it
    did not write. ``width`` is the length of every text in characters, or None; ``ordered`` says that texts sort as
    values do.
    """

    name: str
    encode: Callable[[Any], str]
    decode: Callable[[str], Any]
    width: int | None = None
    ordered: bool = False

    def read(self, text: str) -> Any:
        """Give the value whose text this is; raises ValueError unless it is written exactly so."""
        value = self.decode(text)
        if self.encode(value) != text:
            raise ValueError(text)
        return value


def instant_text(moment: datetime) -> str:
    """Write an aware datetime as fixed-width UTC text, so that texts sort as moments do.

    >>> instant_text(datetime(2026, 5, 1, 14, tzinfo=UTC))
    '2026-05-01T14:00:00.000000Z'

    Raises Misfit for a naive datetime, and for one that leaves the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Misfit(f"{moment!r} is naive: give it a time zone, such as datetime.UTC")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise Misfit(f"{moment!r} is outside the years 1 to 9999 in UTC") from None
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from_text(text: str) -> datetime:
    """Read an aware datetime from ISO 8601 text; raises ValueError if it is none or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def _exactly(kind: type, *also: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, (kind, *also)) or (isinstance(value, bool) and kind is not bool):
            raise Misfit(f"expected {kind.__name__}, got {shown(value)}")
        return value

    return check


def _digits(number: int) -> str:
    try:
        return str(int(number))
    except ValueError:  # Python refuses to write thousands of digits.
        raise Misfit(f"{shown(number)} has too many digits for a key") from None


def _text_codec() -> Codec:
    check = _exactly(str)
    return Codec("text", lambda value: checked_text(check(value)), str, ordered=True)


def _integer_codec() -> Codec:
    check = _exactly(int)
    return Codec("integer", lambda value: _digits(check(value)), int)


def _decimal_codec() -> Codec:
    check = _exactly(Decimal)
    return Codec("decimal", lambda value: number_text(check(value)), lambda text: Decimal(normalize_number(text)))


def _instant_codec() -> Codec:
    check = _exactly(datetime)

    def decode(text: str) -> datetime:
        if not _INSTANT.fullmatch(text):
            raise ValueError(text)
        return instant_from_text(text)

    return Codec("utc", lambda value: instant_text(check(value)), decode, width=INSTANT_WIDTH, ordered=True)


def _day_codec() -> Codec:
    check = _exactly(date)

    def encode(value: Any) -> str:
        if isinstance(value, datetime):
            raise Misfit(f"expected date, got {value!r}")
        return str(check(value).isoformat())

    return Codec("date", encode, date.fromisoformat, width=len("2026-05-01"), ordered=True)


def _uuid_codec() -> Codec:
    check = _exactly(UUID)
    return Codec("uuid", lambda value: str(check(value)), UUID, width=36, ordered=True)


def _flag_codec() -> Codec:
    check = _exactly(bool)
    return Codec("bool", lambda value: "true" if check(value) else "false", {"true": True, "false": False}.__getitem__)


def _literal_codec(kind: Any) -> Codec | None:
    choices: dict[str, str] = {choice: choice for choice in get_args(kind) if choice is not None}
    if not choices or not all(type(choice) is str for choice in choices):
        return None
    spelled = ", ".join(map(repr, choices))

    def encode(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Misfit(f"expected one of {spelled}, got {shown(value)}")
        return choices[value]

    return Codec(f"one of {spelled}", encode, choices.__getitem__, width=_one_width(choices), ordered=True)


def _one_width(texts: Iterable[str]) -> int | None:
    widths = {len(text) for text in texts}
    return widths.pop() if len(widths) == 1 else None


def _flag_enum_codec(kind: type[Flag]) -> Codec:
    # Members of a Flag are combined to values that are none of its members.
    check = _exactly(kind)
    return Codec(kind.__name__, lambda value: _digits(check(value).value), lambda text: kind(int(text)))


def _enum_codec(kind: type[Enum]) -> Codec | None:
    if issubclass(kind, Flag):
        return _flag_enum_codec(kind)
    if not all(isinstance(member.value, str | int) and not isinstance(member.value, bool) for member in kind):
        return None
    texts = {member: str(member.value) for member in kind}
    members = {text: member for member, text in texts.items()}
    if len(members) != len(texts):
        return None
    check = _exactly(kind)
    # Members have no order of their own that a key could keep.
    return Codec(
        kind.__name__,
        lambda value: texts[check(value)],
        members.__getitem__,
        width=_one_width(members),
        ordered=False,
    )


def _pad_codec(width: int) -> Codec:
    check = _exactly(int)

    def encode(value: Any) -> str:
        if check(value) < 0:
            raise Misfit(f"{shown(value)} is negative: pad({width}) writes numbers from 0 to {'9' * width}")
        text = _digits(value).zfill(width)
        if len(text) > width:
            raise Misfit(f"{value!r} has more than {width} digits: widen pad({width})")
        return text

    return Codec(f"pad({width})", encode, int, width=width, ordered=True)


def _number_codec(kind: type) -> Codec:
    check = _exactly(kind, *([int] if kind is float else []))
    return Codec(
        "number",
        lambda value: number_text(check(value)),
        {int: int, Decimal: Decimal, float: float}[kind],
        ordered=True,
    )


_DEFAULTS: dict[type, Callable[[], Codec]] = {
    str: _text_codec,
    int: _integer_codec,
    Decimal: _decimal_codec,
    datetime: _instant_codec,
    date: _day_codec,
    UUID: _uuid_codec,
    bool: _flag_codec,
}

_NAMED: dict[str, tuple[type, Callable[..., Codec], int]] = {
    "pad": (int, _pad_codec, 1),
    "utc": (datetime, _instant_codec, 0),
}
"""Codecs that a template may name: the type they are for, their maker, and how many whole numbers it takes."""

_CALL = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>[\d\s,]*)\))?")


def codec_for(kind: Any, call: str | None = None, *, number: bool = False) -> Codec:
    """Find the codec of a type, or the one that a placeholder names, such as ``pad(6)``.

    ``number`` asks for the codec of a key attribute of type N. Raises Misfit, with the remedy, where there is none.
    """
    name = getattr(kind, "__name__", str(kind))
    if number:
        if kind not in {int, Decimal, float}:
            raise Misfit(f"is a {name}, but the key attribute is a number: it takes int, Decimal or float")
        return _number_codec(kind)
    if call is not None:
        return _named(kind, name, call)
    if kind in _DEFAULTS:
        return _DEFAULTS[kind]()
    found = None
    if get_origin(kind) is Literal:
        found = _literal_codec(kind)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        found = _enum_codec(kind)
    if found is None:
        raise Misfit(
            f"is a {name}, which has no form in a key: "
            "use str, int, Decimal, bool, datetime, date, UUID, a Literal of texts, "
            "or an Enum of distinct str or int values"
        )
    return found


def _named(kind: Any, kind_name: str, call: str) -> Codec:
    match = _CALL.fullmatch(call)
    if match is None or match["name"] not in _NAMED:
        raise Misfit(f"names the codec {call!r}, which there is not: the codecs are {', '.join(sorted(_NAMED))}")
    needed, make, count = _NAMED[match["name"]]
    arguments = [int(text) for text in (match["arguments"] or "").split(",") if text.strip()]
    if kind is not needed:
        raise Misfit(f"is a {kind_name}, but the codec {call!r} is for {needed.__name__}")
    if len(arguments) != count or 0 in arguments:
        raise Misfit(f"calls {match['name']!r} with {len(arguments)} numbers: it takes {count}, from 1 up")
    return make(*arguments)
