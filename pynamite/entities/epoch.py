"""Seconds since 1970: how the field that says when an item expires is written and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamite.entities.annotations import plain, without_none
from pynamite.entities.scalars import (
    Read,
    Write,
    expected,
    read_duration,
    read_integer,
    unfit,
    write_duration,
    write_integer,
)
from pynamite.key.times import epoch_microseconds, epoch_moment, epoch_number, epoch_seconds
from pynamite.wire import AttributeValue, Misfit

__all__ = [
    "Clock",
    "bound_of",
    "counted",
    "counted_bound",
    "epoch_hooks",
    "is_epoch_kind",
    "left_of",
    "second_of",
    "utc_now",
    "whole_second",
]

Clock = Callable[[], datetime]

_MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    """Give the moment by the computer's clock."""
    return datetime.now(UTC)


def is_epoch_kind(kind: Any) -> bool:
    """Tell whether a type can say when an item expires: a datetime, a timedelta or an int, or one of them and None."""
    return plain(without_none(kind)) in _HOOKS


def epoch_hooks(kind: Any) -> tuple[Write, Read]:
    """Give the hooks of a field that says when an item expires.

    A datetime is a number of whole seconds, an int is that number. A timedelta is written as its own seconds, which
    whoever knows the time counts from there (`counted`), and takes back (`left_of`).
    """
    return _HOOKS[plain(without_none(kind))]


def _write_moment(value: Any) -> AttributeValue:
    if not isinstance(value, datetime):
        raise unfit("datetime", value)
    return {"N": str(epoch_seconds(epoch_microseconds(value)))}


def _read_moment(value: AttributeValue, _: Any = datetime) -> datetime:
    try:
        return epoch_moment(value["N"])
    except (KeyError, ValueError):
        raise expected("datetime (whole seconds since 1970)", value) from None


def _write_seconds(value: Any) -> AttributeValue:
    written = write_integer(value)
    epoch_seconds(value * 10**6)
    return written


def _read_seconds(value: AttributeValue, _: Any = int) -> int:
    seconds = read_integer(value)
    epoch_seconds(seconds * 10**6)
    return seconds


_HOOKS: dict[Any, tuple[Write, Read]] = {
    datetime: (_write_moment, _read_moment),
    timedelta: (write_duration, read_duration),
    int: (_write_seconds, _read_seconds),
}


def bound_of(kind: Any, value: Any) -> AttributeValue:
    """Write a value that a ttl field of a type is compared with: as it is, where writing the field would round it up.

    Raises Misfit for a value of another type.
    """
    inner = plain(without_none(kind))
    if inner is not datetime:
        return (write_integer if inner is int else write_duration)(value)
    if not isinstance(value, datetime):
        raise unfit("datetime", value)
    return {"N": epoch_number(epoch_microseconds(value))}


def whole_second(value: Any) -> Any:
    """Give a moment as a ttl field keeps it: the next whole second, in its own zone; anything else as it is."""
    if not isinstance(value, datetime) or not value.microsecond or value.utcoffset() is None:
        return value
    try:
        # Local times may skip an hour, or have it twice.
        later = value.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        return later.astimezone(value.tzinfo)
    except OverflowError:
        return value  # Behind the last second that there is: whoever writes it refuses it.


def second_of(moment: datetime) -> int:
    """Give the second since 1970 that a clock is in.

    Raises:
        ValueError: its moment is naive.
    """
    return _by_clock(moment) // 10**6


def _by_clock(moment: datetime) -> int:
    try:
        return epoch_microseconds(moment)
    except Misfit as misfit:
        told = misfit.problems[0][1]
        raise ValueError(f"the clock of connect(now=...) has to give aware datetimes: {told}") from None


def counted(value: AttributeValue, now: datetime) -> AttributeValue:
    """Count a duration from a moment: the second in which it is over; raises Misfit outside the years 1970 to 9999."""
    return {"N": str(epoch_seconds(_by_clock(now) + _microseconds(value)))}


def counted_bound(value: AttributeValue, now: datetime) -> AttributeValue:
    """Count a duration that is only compared with: the exact moment."""
    return {"N": epoch_number(_by_clock(now) + _microseconds(value))}


def _microseconds(value: AttributeValue) -> int:
    return read_duration(value) // _MICROSECOND


def left_of(value: AttributeValue, now: datetime) -> AttributeValue:
    """Give what is left of a time at a moment, below zero where it is over.

    What is no number stays as it is. Raises Misfit where the seconds are no whole ones of the years 1970 to 9999.
    """
    if "N" not in value:
        return value
    over = epoch_microseconds(_read_moment(value))
    return {"N": epoch_number(over - _by_clock(now))}
