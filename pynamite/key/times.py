"""Codecs of moments and days: fixed-width texts that sort as time goes, or against it, and buckets of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pynamite.key.codec import Codec, exactly
from pynamite.wire import Misfit, number_text, shown

__all__ = [
    "bucket_codec",
    "date_codec",
    "descending_date_codec",
    "descending_instant_codec",
    "epoch_codec",
    "epoch_microseconds",
    "epoch_moment",
    "epoch_number",
    "epoch_seconds",
    "instant_codec",
    "instant_from_text",
    "instant_text",
    "strftime_codec",
]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - the first moment of all, in UTC by agreement
_MICROSECOND = timedelta(microseconds=1)
_LAST_MICROSECOND = date.max.toordinal() * 24 * 3600 * 10**6 - 1
_UNIX_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as above
_LAST_SECOND = 253_402_300_799
"""The last second of the year 9999, counted from 1970."""
_instant = exactly(datetime)


def _utc(moment: Any) -> datetime:
    """Give an aware datetime in UTC, without its zone."""
    _instant(moment)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Misfit(f"{moment!r} is naive: give it a time zone, such as datetime.UTC")
    try:
        inside: datetime = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise Misfit(f"{moment!r} is outside the years 1 to 9999 in UTC") from None
    return inside


_TWO = [f"{number:02}" for number in range(60)]
"""The numbers below 60 in two digits."""


def instant_text(moment: datetime) -> str:
    """Write an aware datetime as fixed-width UTC text, so that texts sort as moments do.

    >>> instant_text(datetime(2026, 5, 1, 14, tzinfo=UTC))
    '2026-05-01T14:00:00.000000Z'

    Raises Misfit for a naive datetime, and for one that leaves the years 1 to 9999 in UTC.
    """
    if type(moment) is datetime and moment.tzinfo is UTC:
        # What isoformat would give, in half its time: that asks the time zone, and writes its offset.
        return (
            f"{moment.year:04}-{_TWO[moment.month]}-{_TWO[moment.day]}T{_TWO[moment.hour]}:{_TWO[moment.minute]}:"
            f"{_TWO[moment.second]}.{moment.microsecond:06}Z"
        )
    return _utc(moment).isoformat(timespec="microseconds") + "Z"


def instant_from_text(text: str) -> datetime:
    """Read an aware datetime from ISO 8601 text; raises ValueError if it is none or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def instant_codec(places: int = 6) -> Codec:
    """Write a moment as UTC text; ``utc(3)`` has milliseconds, ``utc(0)`` seconds, and takes no finer ones."""
    step = 10 ** (6 - places)
    cut = len("2026-05-01T12:00:00.") + places if places else len("2026-05-01T12:00:00")

    def encode(value: Any) -> str:
        text = instant_text(_instant(value))
        if value.microsecond % step:
            raise Misfit(f"{value!r} is finer than utc({places}): round it, or use utc")
        return text[:cut] + "Z"

    def decode(text: str) -> datetime:
        if not _INSTANT.fullmatch(text):
            raise ValueError(text)
        return instant_from_text(text)

    if places == 6:
        return Codec("utc", instant_text, decode, width=cut + 1, ordered=True)
    return Codec(f"utc({places})", encode, decode, width=cut + 1, ordered=True)


def descending_instant_codec() -> Codec:
    """Write a moment so that the newest sorts first: the microseconds up to the end of the year 9999, in 18 digits."""

    def encode(value: Any) -> str:
        return str(_LAST_MICROSECOND - (_utc(value) - _EPOCH) // _MICROSECOND).zfill(18)

    def decode(text: str) -> datetime:
        return (_EPOCH + (_LAST_MICROSECOND - int(text)) * _MICROSECOND).replace(tzinfo=UTC)

    return Codec("desc", encode, decode, width=18, ordered=True, descending=True)


def epoch_microseconds(moment: Any) -> int:
    """Count the microseconds from 1970 to a moment, exactly.

    Raises Misfit for a naive datetime, and for one that leaves the years 1 to 9999 in UTC.
    """
    return (_utc(moment) - _UNIX_EPOCH) // _MICROSECOND


def epoch_seconds(microseconds: int) -> int:
    """Give whole seconds since 1970: the next one, where the microseconds are none, so that nothing is over too early.

    >>> epoch_seconds(1_500_000)
    2

    Raises Misfit outside the years 1970 to 9999.
    """
    return _in_range(-(-microseconds // 10**6))


def _in_range(seconds: int) -> int:
    if not 0 <= seconds <= _LAST_SECOND:
        raise Misfit(f"{shown(seconds)} seconds since 1970 are outside the years 1970 to 9999")
    return seconds


def epoch_moment(text: str) -> datetime:
    """Read a moment, in UTC, from a number of seconds since 1970.

    Raises ValueError where they are no whole ones, and Misfit outside the years 1970 to 9999.
    """
    number = Decimal(text)
    if number != number.to_integral_value():
        raise ValueError(text)
    return (_UNIX_EPOCH + timedelta(seconds=_in_range(int(number)))).replace(tzinfo=UTC)


def epoch_number(microseconds: int) -> str:
    """Write microseconds as a number of seconds, exactly: what whole seconds are compared with.

    >>> epoch_number(1_500_000)
    '1.5'
    """
    return number_text(Decimal(microseconds).scaleb(-6))


def epoch_codec() -> Codec:
    """Write a moment, rounded up, as the seconds since 1970: in a key attribute of type N, which sorts as it is."""
    return Codec(
        "epoch",
        lambda value: str(epoch_seconds(epoch_microseconds(value))),
        epoch_moment,
        ordered=True,
        bound=lambda value: epoch_number(epoch_microseconds(value)),
    )


def _plain_date(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Misfit(f"expected date, got {shown(value)}")
    return value


def date_codec() -> Codec:
    """Write a date as ``2026-05-01``."""
    return Codec(
        "date", lambda value: _plain_date(value).isoformat(), date.fromisoformat, width=len("2026-05-01"), ordered=True
    )


def descending_date_codec() -> Codec:
    """Write a date so that the newest sorts first: the days up to the end of the year 9999, in 7 digits."""
    last = date.max.toordinal()
    return Codec(
        "desc",
        lambda value: str(last - _plain_date(value).toordinal()).zfill(7),
        lambda text: date.fromordinal(last - int(text)),
        width=7,
        ordered=True,
        descending=True,
    )


_BUCKETS: dict[str, int] = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16}
"""The buckets of time, and how much of an ISO 8601 text names each."""


def bucket_codec(kind: type, name: str) -> Codec:
    """Write the year, month, day, hour or minute, in UTC, in which a moment (or a date) lies: ``2026-05-01T12``.

    Raises Misfit for the hour or the minute of a date.
    """
    width = _BUCKETS[name]
    if kind is date and width > _BUCKETS["day"]:
        raise Misfit(f"is a date, which has no {name}")
    pattern = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"[: {4: 5, 7: 10, 10: 15, 13: 20, 16: 25}[width]], re.ASCII)

    def encode(value: Any) -> str:
        text = _plain_date(value).isoformat() if kind is date else instant_text(_instant(value))
        return text[:width]

    return Codec(
        name,
        encode,
        None,
        width=width,
        ordered=True,
        coarse=True,
        bucket=True,
        fits=lambda text: pattern.fullmatch(text) is not None,
        before=_stepping(_STEPS[name], back=True),
        after=_stepping(_STEPS[name], back=False),
    )


_STEPS: dict[str, int | timedelta] = {
    "year": 12,
    "month": 1,
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}
"""How far the buckets are apart: in months, or in time."""


def _stepping(step: int | timedelta, *, back: bool) -> Callable[[Any], Any]:
    """Make the function that gives a value of the next bucket, or of the one before; buckets are those of UTC.

    It raises OverflowError or ValueError where the calendar ends.
    """

    def stepped(value: Any) -> Any:
        inside = value.astimezone(UTC) if isinstance(value, datetime) else value
        if isinstance(step, timedelta):
            return inside - step if back else inside + step
        year, month = divmod(inside.year * 12 + inside.month - 1 + (-step if back else step), 12)
        return inside.replace(year=year, month=month + 1, day=min(inside.day, 28))

    return stepped


def strftime_codec(kind: type, pattern: str) -> Codec:
    """Write a moment (in UTC) or a date by a strftime pattern: ``strftime(%G-W%V)`` writes the week ``2026-W18``."""

    def encode(value: Any) -> str:
        return (_plain_date(value) if kind is date else _utc(value)).strftime(pattern)

    step = _step_of(pattern)

    def neighbour(step: timedelta, *, back: bool) -> Callable[[Any], Any]:
        one = _stepping(step, back=back)

        def moved(value: Any) -> Any:
            text = encode(value)
            # A year at most lies between two buckets.
            for _ in range(366 * (timedelta(days=1) // step)):
                value = one(value)
                if encode(value) != text:
                    break
            return value

        return moved

    return Codec(
        f"strftime({pattern})",
        encode,
        None,
        coarse=True,
        bucket=True,
        before=None if step is None else neighbour(step, back=True),
        after=None if step is None else neighbour(step, back=False),
    )


def _step_of(pattern: str) -> timedelta | None:
    """Give the shortest time after which a pattern may write another text; None where that is less than a minute."""
    directives = set(re.findall(r"%[-_0^#:]*([A-Za-z])", pattern))
    if directives & set("SfcXTrs"):
        return None
    return timedelta(minutes=1) if directives & set("MR") else timedelta(hours=1 if directives & set("HIklp") else 24)
