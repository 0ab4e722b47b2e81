"""Scalars to and from AttributeValues: strictly, nothing is coerced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Literal, get_args
from uuid import UUID

from pynamite.key.times import instant_from_text, instant_text
from pynamite.wire import AttributeValue, Misfit, checked_text, describe, from_wire, number_text, shown, to_wire

__all__ = ["SCALARS", "Read", "Write", "enum_hooks", "expected", "literal_hooks", "read_any", "unfit", "write_any"]

Write = Callable[[Any], AttributeValue]
Read = Callable[[AttributeValue, Any], Any]


def expected(what: str, value: AttributeValue) -> Misfit:
    """Word a value of the wrong kind."""
    return Misfit(f"expected {what}, got {describe(value)}")


def unfit(what: str, value: Any) -> Misfit:
    """Word a Python value of the wrong type."""
    return Misfit(f"expected {what}, got {shown(value)} ({type(value).__name__})")


def write_text(value: Any) -> AttributeValue:
    """Write a str."""
    if not isinstance(value, str):
        raise unfit("str", value)
    return {"S": checked_text(value)}


def read_text(value: AttributeValue, _: Any = str) -> str:
    """Read a str."""
    text = value.get("S")
    if not isinstance(text, str):
        raise expected("str", value)
    return text


def write_integer(value: Any) -> AttributeValue:
    """Write an int of up to 38 digits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise unfit("int", value)
    return {"N": number_text(value)}


def read_integer(value: AttributeValue, _: Any = int) -> int:
    """Read an int; a number with a fraction is none."""
    text = value.get("N")
    if not isinstance(text, str):
        raise expected("int", value)
    try:
        return int(text)
    except ValueError:
        number = Decimal(text)
        if number != int(number):
            raise expected("int", value) from None
        return int(number)


def write_decimal(value: Any) -> AttributeValue:
    """Write a Decimal, exactly."""
    if not isinstance(value, Decimal):
        raise unfit("Decimal", value)
    return {"N": number_text(value)}


def read_decimal(value: AttributeValue, _: Any = Decimal) -> Decimal:
    """Read a Decimal, exactly."""
    text = value.get("N")
    if not isinstance(text, str):
        raise expected("Decimal", value)
    return Decimal(text)


def write_float(value: Any) -> AttributeValue:
    """Write a float with its shortest repr; an int will do, as it does for a type checker."""
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise unfit("float", value)
    return {"N": number_text(value)}


def read_float(value: AttributeValue, _: Any = float) -> float:
    """Read a float: the nearest to the number."""
    text = value.get("N")
    if not isinstance(text, str):
        raise expected("float", value)
    return float(text)


def write_flag(value: Any) -> AttributeValue:
    """Write a bool."""
    if not isinstance(value, bool):
        raise unfit("bool", value)
    return {"BOOL": value}


def read_flag(value: AttributeValue, _: Any = bool) -> bool:
    """Read a bool."""
    flag = value.get("BOOL")
    if not isinstance(flag, bool):
        raise expected("bool", value)
    return flag


def write_binary(value: Any) -> AttributeValue:
    """Write bytes."""
    if not isinstance(value, bytes):
        raise unfit("bytes", value)
    return {"B": value}


def read_binary(value: AttributeValue, _: Any = bytes) -> bytes:
    """Read bytes."""
    if "B" not in value:
        raise expected("bytes", value)
    return bytes(value["B"])


def write_instant(value: Any) -> AttributeValue:
    """Write an aware datetime as fixed-width UTC text."""
    if not isinstance(value, datetime):
        raise unfit("datetime", value)
    return {"S": instant_text(value)}


def read_instant(value: AttributeValue, _: Any = datetime) -> datetime:
    """Read an aware datetime, in UTC."""
    try:
        return instant_from_text(value["S"])
    except (KeyError, ValueError):
        raise expected("datetime (ISO 8601 text with an offset)", value) from None


def write_day(value: Any) -> AttributeValue:
    """Write a date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise unfit("date", value)
    return {"S": value.isoformat()}


def read_day(value: AttributeValue, _: Any = date) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(value["S"])
    except (KeyError, ValueError):
        raise expected("date (YYYY-MM-DD)", value) from None


_MICROSECOND = timedelta(microseconds=1)


def write_duration(value: Any) -> AttributeValue:
    """Write a timedelta as its seconds, exactly, so that durations sort as numbers do."""
    if not isinstance(value, timedelta):
        raise unfit("timedelta", value)
    return {"N": number_text(Decimal(value // _MICROSECOND).scaleb(-6))}


def read_duration(value: AttributeValue, _: Any = timedelta) -> timedelta:
    """Read a timedelta from a number of seconds."""
    try:
        microseconds = Decimal(value["N"]).scaleb(6)
        found = int(microseconds) * _MICROSECOND
    except (KeyError, ValueError, ArithmeticError):
        raise expected("timedelta (seconds, down to microseconds)", value) from None
    if found // _MICROSECOND != microseconds:
        raise expected("timedelta (seconds, down to microseconds)", value)
    return found


def write_uuid(value: Any) -> AttributeValue:
    """Write a UUID."""
    if not isinstance(value, UUID):
        raise unfit("UUID", value)
    return {"S": str(value)}


def read_uuid(value: AttributeValue, _: Any = UUID) -> UUID:
    """Read a UUID."""
    try:
        return UUID(value["S"])
    except (KeyError, ValueError):
        raise expected("UUID", value) from None


def write_null(value: Any) -> AttributeValue:
    """Write None."""
    if value is not None:
        raise unfit("None", value)
    return {"NULL": True}


def read_null(value: AttributeValue, _: Any = None) -> None:
    """Read None."""
    if "NULL" not in value:
        raise expected("None", value)


def write_any(value: Any) -> AttributeValue:
    """Write a plain Python value of any type that DynamoDB has."""
    return to_wire(value)


def read_any(value: AttributeValue, _: Any = Any) -> Any:
    """Read whatever is there as a plain Python value; numbers are Decimals."""
    return from_wire(value)


SCALARS: dict[Any, tuple[str, Write, Read]] = {
    str: ("S", write_text, read_text),
    int: ("N", write_integer, read_integer),
    Decimal: ("N", write_decimal, read_decimal),
    float: ("N", write_float, read_float),
    bool: ("BOOL", write_flag, read_flag),
    bytes: ("B", write_binary, read_binary),
    datetime: ("S", write_instant, read_instant),
    date: ("S", write_day, read_day),
    timedelta: ("N", write_duration, read_duration),
    UUID: ("S", write_uuid, read_uuid),
    type(None): ("NULL", write_null, read_null),
}
"""The scalar types: the DynamoDB type each is stored as, and how it is written and read."""


def enum_hooks(kind: type[Enum]) -> tuple[Write, Read]:
    """Make the hooks of an Enum, which is stored by its members' values (those of a Flag may be combined)."""
    if issubclass(kind, Flag):
        return _flag_hooks(kind)
    written = {member: to_wire(member.value) for member in kind}
    if any(not isinstance(content, str | bool | bytes) for wire in written.values() for content in wire.values()):
        raise Misfit(
            f"{kind.__name__} has members whose values are no text, number, bool or bytes: give it such values"
        )
    members = {_marked(wire): member for member, wire in written.items()}
    choices = ", ".join(repr(member.value) for member in kind)

    def write(value: Any) -> AttributeValue:
        if not isinstance(value, kind):
            raise unfit(kind.__name__, value)
        return dict(written[value])

    def read(value: AttributeValue, _: Any = kind) -> Enum:
        try:
            return members[_marked(value)]
        except (KeyError, TypeError):
            raise expected(f"{kind.__name__} ({choices})", value) from None

    return write, read


def _flag_hooks(kind: type[Flag]) -> tuple[Write, Read]:
    def write(value: Any) -> AttributeValue:
        if not isinstance(value, kind):
            raise unfit(kind.__name__, value)
        return write_integer(int(value.value))

    def read(value: AttributeValue, _: Any = kind) -> Flag:
        try:
            return kind(read_integer(value))
        except (Misfit, ValueError):
            raise expected(f"{kind.__name__} (a number of flags)", value) from None

    return write, read


def literal_hooks(kind: Any) -> tuple[Write, Read]:
    """Make the hooks of a ``Literal[...]``."""
    written = {
        (type(choice), choice): to_wire(choice.value if isinstance(choice, Enum) else choice)
        for choice in get_args(kind)
    }
    choices = {_marked(wire): choice for (_, choice), wire in written.items()}
    spelled = ", ".join(repr(choice) for _, choice in written)

    def write(value: Any) -> AttributeValue:
        try:
            return dict(written[type(value), value])
        except (KeyError, TypeError):
            raise unfit(f"one of {spelled}", value) from None

    def read(value: AttributeValue, _: Any = Literal) -> Any:
        try:
            return choices[_marked(value)]
        except (KeyError, TypeError):
            raise expected(f"one of {spelled}", value) from None

    return write, read


def _marked(value: AttributeValue) -> tuple[str, Any]:
    ((kind, content),) = value.items()
    return kind, content
