"""Codecs: how one value is written into a key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, IntFlag
from typing import Any, Literal
from uuid import UUID

import pytest

from pynamite.key.codecs import codec_for
from pynamite.key.times import instant_from_text, instant_text
from pynamite.wire import Misfit


class Status(Enum):
    OPEN = "OPEN"
    PAID = "PAID"


class Mood(str, Enum):  # noqa: UP042 - the older form, whose str() is another than its value
    GOOD = "good"
    SO_SO = "so-so"


class Level(IntEnum):
    LOW = 1
    HIGH = 10


class Rights(Flag):
    READ = 1
    WRITE = 2


class Options(IntFlag):
    READ = 1
    WRITE = 2


ONE = UUID(int=1)
HOUR_AHEAD = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    "kind, value, text",
    [
        (str, "a#b", "a#b"),
        (int, -12, "-12"),
        (Decimal, Decimal("1.50"), "1.5"),
        (Decimal, Decimal("-0"), "0"),
        (Decimal, Decimal("1E+3"), "1000"),
        (bool, True, "true"),
        (datetime, datetime(2026, 5, 1, 13, tzinfo=HOUR_AHEAD), "2026-05-01T12:00:00.000000Z"),
        (datetime, datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (date, date(2026, 5, 1), "2026-05-01"),
        (UUID, ONE, "00000000-0000-0000-0000-000000000001"),
        (Status, Status.OPEN, "OPEN"),
        (Mood, Mood.SO_SO, "so-so"),
        (Level, Level.HIGH, "10"),
        (Rights, Rights.READ | Rights.WRITE, "3"),
        (Options, Options.READ | Options.WRITE, "3"),
        (Literal["a", "b"], "b", "b"),
        (Literal["a", None], "a", "a"),  # noqa: PYI061 - one of the spellings of Optional
    ],
)
def test_every_type_has_a_text_that_reads_back(kind, value, text):
    """A value is written in one way, and that text is read back as the value."""
    codec = codec_for(kind)
    assert codec.encode(value) == text
    assert codec.read(text) == value


@pytest.mark.parametrize(
    "kind, value",
    [
        (str, 1),
        (str, "\ud800"),
        (int, True),
        (int, 1.0),
        (int, "1"),
        (Decimal, 1),
        (Decimal, Decimal("NaN")),
        (Decimal, Decimal("1" * 39)),
        (bool, 1),
        (datetime, datetime(2026, 5, 1)),
        (datetime, date(2026, 5, 1)),
        (datetime, datetime(1, 1, 1, tzinfo=HOUR_AHEAD)),
        (date, datetime(2026, 5, 1, tzinfo=UTC)),
        (UUID, str(ONE)),
        (Status, "OPEN"),
        (Mood, "good"),
        (Level, 1),
        (Rights, 3),
        (Literal["a", "b"], "c"),
        (Literal["a"], ["a"]),
    ],
)
def test_what_is_of_another_type_is_refused(kind, value):
    """Nothing is coerced: each codec takes its own type, as far as DynamoDB can hold it."""
    with pytest.raises(Misfit):
        codec_for(kind).encode(value)


@pytest.mark.parametrize(
    "kind, call, text",
    [
        (int, None, "01"),
        (int, None, "+1"),
        (int, None, " 1"),
        (int, None, "1_0"),
        (int, None, "١"),
        (int, "pad(3)", "1"),
        (int, "pad(3)", "-01"),
        (Decimal, None, "1.0"),
        (Decimal, None, "1E2"),
        (Decimal, None, "NaN"),
        (bool, None, "True"),
        (datetime, None, "2026-05-01T12:00:00Z"),
        (datetime, None, "2026-05-01T12:00:00.000000+00:00"),
        (datetime, None, "2026-05-01T24:00:00.000000Z"),
        (datetime, None, "2026-02-30T12:00:00.000000Z"),
        (date, None, "20260501"),
        (date, None, "2026-W01-1"),
        (UUID, None, str(ONE).replace("-", "")),
        (UUID, None, "{" + str(ONE) + "}"),
        (UUID, None, str(UUID(int=10)).upper()),
        (Status, None, "open"),
        (Level, None, "2"),
        (Rights, None, "8"),
        (Literal["a", "b"], None, "c"),
    ],
)
def test_only_the_text_that_is_written_is_read(kind, call, text):
    """Another spelling of a value is not its text, or two keys would be one value's."""
    with pytest.raises((ValueError, KeyError, ArithmeticError, Misfit)):
        codec_for(kind, call).read(text)


def test_padding_keeps_the_width():
    """Padded numbers have as many digits as the template says."""
    codec = codec_for(int, "pad(3)")
    assert [codec.encode(number) for number in (0, 7, 999)] == ["000", "007", "999"]
    assert codec.width == 3 and codec.ordered


@pytest.mark.parametrize("value, told", [(-1, "negative"), (1000, "widen pad"), (True, "expected int")])
def test_padding_refuses_what_would_break_the_order(value, told):
    """Negative and longer numbers have no padded form; the message says what to do."""
    with pytest.raises(Misfit) as refused:
        codec_for(int, "pad(3)").encode(value)
    assert told in refused.value.problems[0][1]


@pytest.mark.parametrize("call", [None, "pad(3)"])
@pytest.mark.parametrize("sign", [1, -1])
def test_numbers_that_python_does_not_write_are_refused_in_words(call, sign):
    """An int of thousands of digits is refused as any other that does not fit."""
    with pytest.raises(Misfit) as refused:
        codec_for(int, call).encode(sign * 10**5000)
    assert "a number of thousands of digits" in refused.value.problems[0][1]


@pytest.mark.parametrize(
    "kind, width",
    [
        (Status, 4),
        (Mood, None),
        (Level, None),
        (Literal["ab", "cd"], 2),
        (Literal["a", "bc"], None),
        (UUID, 36),
        (str, None),
    ],
)
def test_codecs_know_whether_their_texts_are_of_one_width(kind, width):
    """Choices of one length are of fixed width, so that nothing has to end them."""
    assert codec_for(kind).width == width


class Mixed(Enum):
    TEXT = "1"
    NUMBER = 1


class Halves(Enum):
    HALF = 0.5


@pytest.mark.parametrize("kind", [float, bytes, list, Mixed, Halves, Any, Literal[1], str | int, set[str], None])
def test_a_type_without_form_in_a_key_is_refused(kind):
    """What does not sort, or would read back as something else, is not for keys; the message names what is."""
    with pytest.raises(Misfit) as refused:
        codec_for(kind)
    assert "no form in a key: use str, int" in refused.value.problems[0][1]


@pytest.mark.parametrize(
    "kind, call, told",
    [
        (int, "nope", "names the codec 'nope', which there is not: the codecs are day, decimal, desc, escape, hour"),
        (str, "pad(3)", "is a str, but the codec 'pad(3)' is for int"),
        (bool, "pad(3)", "is for int"),
        (int, "pad", "pad takes 1 whole number"),
        (int, "pad(3, 4)", "pad takes 1 whole number"),
        (int, "pad(0)", "from 1 to 1000"),
        (int, "pad(1001)", "from 1 to 1000"),
        (int, "pad(-1)", "pad takes 1 whole number"),
        (int, "pad(x)", "pad takes 1 whole number"),
        (int, "pad(3", "names the codec 'pad(3'"),
        (int, "desc", "desc takes 1 whole number"),
        (datetime, "desc(3)", "desc takes 0"),
        (Decimal, "decimal(3)", "decimal takes 2"),
        (Decimal, "decimal(0, 0)", "needs a digit"),
        (int, "decimal(3, 2)", "is for Decimal"),
        (date, "utc", "is for datetime"),
        (datetime, "utc(7)", "up to 6 places"),
        (date, "hour", "which has no hour"),
        (int, "day", "is for datetime or date"),
        (datetime, "strftime", "takes a pattern"),
        (datetime, "strftime(x)", "takes a pattern"),
        (int, "upper", "is for str"),
        (str, "upper(1)", "upper takes 0"),
        (str, "name", "is for an Enum"),
        (str, "shard", "write shard(10)"),
        (str, "shard(0)", "1 to 1000 shards"),
        (str, "shard(5, other)", "write shard(10)"),
        (str, "shard(5, random)", "is for int"),
        (list, "shard(5)", "no form in a key"),
    ],
)
def test_a_codec_has_to_be_there_and_fit_the_type(kind, call, told):
    """The message says which codecs there are, and what they are for."""
    with pytest.raises(Misfit) as refused:
        codec_for(kind, call)
    assert told in refused.value.problems[0][1]


@pytest.mark.parametrize("kind, value", [(int, 5), (Decimal, Decimal("0.5")), (float, 0.5), (float, 2)])
def test_a_key_attribute_of_numbers_takes_numbers(kind, value):
    """The number itself is the key, and sorts as one."""
    codec = codec_for(kind, kind="N")
    assert codec.read(codec.encode(value)) == value and codec.ordered


@pytest.mark.parametrize("kind", [str, bool, Level, date, timedelta])
def test_a_key_attribute_of_numbers_takes_nothing_else(kind):
    """A bool or an Enum of numbers is not what a sort key of numbers holds."""
    with pytest.raises(Misfit) as refused:
        codec_for(kind, kind="N")
    assert "it takes int, Decimal or float" in refused.value.problems[0][1]


def test_moments_of_all_zones_sort_by_their_texts():
    """One moment has one text, whatever its zone."""
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert instant_text(noon) == instant_text(noon.astimezone(HOUR_AHEAD))
    assert instant_text(noon) < instant_text(noon.astimezone(HOUR_AHEAD) + timedelta(microseconds=1))


def test_a_moment_without_zone_is_not_read():
    """A text without offset could be any of many moments."""
    with pytest.raises(ValueError, match="no time zone"):
        instant_from_text("2026-05-01T12:00:00")
