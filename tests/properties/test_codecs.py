"""Codecs over the whole range of their values: what is written reads back, sorts as the values do, keeps its width."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pynamite.key.codec import Codec
from pynamite.key.codecs import codec_for
from pynamite.key.times import instant_text
from pynamite.wire import Misfit


class Status(Enum):
    OPEN = "o"
    PAID = "p"


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11, minutes=30))])
# A day off each end: inside the years 1 to 9999 in every zone.
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)
TEXTS = st.text("aZ#|%-._~<>\u00e9\u00df\u0130\U0001f600\x00 ") | st.text()


def whole(width: int) -> st.SearchStrategy[int]:
    return st.integers(0, 10**width - 1)


def decimals(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    """Draw numbers of a fixed point, written with more or fewer zeros than they need."""
    top = 10 ** (digits + places) - 1
    return st.builds(
        lambda scaled, zeros: Decimal(f"{scaled}{'0' * zeros}E-{places + zeros}"),
        st.integers(-top, top),
        st.integers(0, 3),
    )


def cut(places: int) -> st.SearchStrategy[datetime]:
    """Draw moments that are no finer than so many places."""
    step = 10 ** (6 - places)
    return MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // step * step))


@attrs.frozen
class Case:
    """A codec, the values that it is for, and how its texts sort: 1 as they do, -1 against them, 0 by nothing."""

    kind: Any
    call: str | None
    values: st.SearchStrategy[Any]
    sorts: int = 1
    attribute: str = "S"

    @property
    def codec(self) -> Codec:
        return codec_for(self.kind, self.call, kind=self.attribute)

    def __str__(self) -> str:
        return f"{getattr(self.kind, '__name__', self.kind)}-{self.call or self.attribute}"


READABLE = [
    Case(str, None, TEXTS),
    Case(str, "reversed", TEXTS, sorts=0),
    Case(str, "escape", TEXTS, sorts=0),
    Case(int, None, st.integers(), sorts=0),
    Case(int, "pad(6)", whole(6)),
    Case(int, "pad(100)", whole(100)),
    Case(int, "desc(6)", whole(6), sorts=-1),
    Case(int, "desc(40)", whole(40), sorts=-1),
    Case(int, "signed(4)", st.integers(-9999, 9999)),
    Case(int, "signed(40)", st.integers(1 - 10**40, 10**40 - 1)),
    Case(int, "shard(10, random)", st.integers(0, 9)),
    Case(Decimal, None, decimals(20, 18), sorts=0),
    Case(Decimal, "decimal(6,2)", decimals(6, 2)),
    Case(Decimal, "decimal(4,0)", decimals(4, 0)),
    Case(Decimal, "decimal(0,4)", decimals(0, 4)),
    Case(Decimal, "decimal(60,60)", decimals(60, 60)),
    Case(bool, None, st.booleans()),
    Case(datetime, None, MOMENTS),
    Case(datetime, "utc", MOMENTS),
    Case(datetime, "utc(3)", cut(3)),
    Case(datetime, "utc(0)", cut(0)),
    Case(datetime, "desc", MOMENTS, sorts=-1),
    Case(date, None, st.dates()),
    Case(date, "desc", st.dates(), sorts=-1),
    Case(UUID, None, st.uuids()),
    Case(Literal["a", "b#"], None, st.sampled_from(["a", "b#"])),
    Case(Status, None, st.sampled_from(Status), sorts=0),
    Case(Status, "name", st.sampled_from(Status), sorts=0),
    Case(bytes, None, st.binary(), attribute="B"),
]
BUCKETS = [
    Case(kind, name, values)
    for kind, values, names in (
        (datetime, MOMENTS, ("year", "month", "day", "hour", "minute")),
        (date, st.dates(), ("year", "month", "day")),
    )
    for name in names
]
ONE_WAY = [
    *BUCKETS,
    Case(str, "upper", TEXTS, sorts=0),
    Case(str, "lower", TEXTS, sorts=0),
    Case(str, "shard(7)", TEXTS, sorts=0),
    Case(int, "shard(7)", st.integers(), sorts=0),
    Case(UUID, "shard(100)", st.uuids(), sorts=0),
    Case(datetime, "shard(1)", MOMENTS, sorts=0),
    Case(datetime, "strftime(%G-W%V)", MOMENTS, sorts=0),
    Case(date, "strftime(%Y/%m)", st.dates(), sorts=0),
]


def stored_order(codec: Codec, case: Case, value: Any) -> bytes:
    """Give what the database compares: UTF-8 bytes, or the bytes of a binary key."""
    return codec.encode(value).encode("latin-1" if case.attribute == "B" else "utf-8")


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_what_is_written_reads_back(case):
    """Decoding is the inverse of encoding over the whole range, and each text is accepted."""
    codec = case.codec

    @given(case.values)
    def holds(value):
        text = codec.encode(value)
        assert codec.read(text) == value
        assert codec.accepts(text)
        assert codec.width is None or len(text) == codec.width

    holds()


@pytest.mark.parametrize("case", ONE_WAY, ids=str)
def test_what_cannot_be_read_back_says_so(case):
    """One-way codecs have no inverse; they know their own texts all the same."""
    codec = case.codec
    assert codec.decode is None and codec.coarse

    @given(case.values)
    def holds(value):
        text = codec.encode(value)
        assert codec.accepts(text)
        assert codec.width is None or len(text) == codec.width
        assert not codec.texts or text in codec.texts

    holds()


@pytest.mark.parametrize("case", [case for case in READABLE if case.sorts], ids=str)
def test_texts_sort_as_values_do(case):
    """Of two values the smaller one has the smaller text, or the larger one where the codec says so."""
    codec = case.codec
    assert case.call is None or codec.ordered
    assert codec.descending == (case.sorts < 0)

    @given(case.values, case.values)
    def holds(left, right):
        texts = stored_order(codec, case, left), stored_order(codec, case, right)
        if case.sorts < 0:
            left, right = right, left
        assert (texts[0] < texts[1]) == (left < right)
        assert (texts[0] == texts[1]) == (left == right)

    holds()


@pytest.mark.parametrize("case", BUCKETS, ids=str)
def test_buckets_never_go_back(case):
    """A later moment is in the same bucket or in one that sorts behind."""
    codec = case.codec
    assert codec.bucket and codec.ordered

    @given(case.values, case.values)
    def holds(left, right):
        low, high = sorted((left, right))
        assert codec.encode(low) <= codec.encode(high)

    holds()


@pytest.mark.parametrize("case", [case for case in READABLE if case.codec.width is not None], ids=str)
def test_any_text_of_the_width_is_read_only_if_it_is_written_so(case):
    """What another program wrote is refused, never guessed at; nothing but a refusal comes of it."""
    codec = case.codec

    @given(st.text("0123456789-.:TZ+ aof\u0661", min_size=codec.width or 0, max_size=codec.width))
    @example("-" + "0" * ((codec.width or 1) - 1))
    def holds(text):
        if codec.accepts(text):
            assert codec.encode(codec.read(text)) == text

    holds()


@given(st.integers())
def test_numbers_sort_in_a_key_of_numbers_as_they_are(number):
    """A key attribute of numbers holds the number itself."""
    codec = codec_for(int, kind="N")
    if abs(number) < 10**38:
        assert codec.read(codec.encode(number)) == number


@pytest.mark.parametrize(
    "kind, call, value, told",
    [
        (int, "pad(3)", 1000, "widen pad(3)"),
        (int, "pad(3)", -1, "use signed(3)"),
        (int, "signed(3)", 1000, "widen signed(3)"),
        (int, "signed(3)", -1000, "widen signed(3)"),
        (int, "desc(3)", 1000, "outside 0 to 999"),
        (int, "desc(3)", -1, "outside 0 to 999"),
        (int, "shard(3, random)", 3, "no shard of 3"),
        (int, "shard(3, random)", -1, "no shard of 3"),
        (int, "shard(3, random)", True, "expected int"),
        (int, "signed(3)", True, "expected int"),
        (int, "signed(3)", 10**5000, "thousands of digits"),
        (Decimal, "decimal(3,2)", Decimal("999.995"), "more than 2 places"),
        (Decimal, "decimal(3,2)", Decimal(1000), "more than 3 digits before the point"),
        (Decimal, "decimal(3,2)", Decimal(-1000), "more than 3 digits before the point"),
        (Decimal, "decimal(3,2)", Decimal("1E+999999999999999"), "more than 3 digits before the point"),
        (Decimal, "decimal(3,2)", Decimal("1E-999999999999999"), "more than 2 places"),
        (Decimal, "decimal(3,2)", Decimal("0." + "1" * 5000), "more than 2 places"),
        (Decimal, "decimal(3,2)", Decimal("NaN"), "no finite number"),
        (Decimal, "decimal(3,2)", Decimal("-Infinity"), "no finite number"),
        (Decimal, "decimal(3,2)", 1, "expected Decimal"),
        (datetime, "utc(3)", datetime(2026, 5, 1, 0, 0, 0, 1, tzinfo=UTC), "finer than utc(3)"),
        (datetime, "utc(0)", datetime(2026, 5, 1, 0, 0, 0, 999999, tzinfo=UTC), "finer than utc(0)"),
        (datetime, "desc", datetime(2026, 5, 1), "is naive"),
        (datetime, "day", datetime(2026, 5, 1), "is naive"),
        (datetime, "strftime(%Y)", datetime(2026, 5, 1), "is naive"),
        (datetime, "day", date(2026, 5, 1), "expected datetime"),
        (date, "day", datetime(2026, 5, 1, tzinfo=UTC), "expected date"),
        (date, "desc", datetime(2026, 5, 1, tzinfo=UTC), "expected date"),
        (str, "upper", 1, "expected str"),
        (str, "escape", "\ud800", "surrogate"),
        (str, "shard(3)", None, "expected str"),
    ],
    ids=lambda part: None if isinstance(part, str) else repr(type(part).__name__),
)
def test_what_does_not_fit_is_an_error(kind, call, value, told):
    """Overflow, finer precision and other types are refused, never cut, wrapped or rounded."""
    with pytest.raises(Misfit) as refused:
        codec_for(kind, call).encode(value)
    assert told in refused.value.problems[0][1]


@given(decimals(30, 30))
def test_decimals_do_not_depend_on_the_context(number):
    """A program that computes with few digits writes and reads the same keys."""
    codec = codec_for(Decimal, "decimal(30,30)")
    with localcontext() as context:
        context.prec = 3
        text = codec.encode(number)
        read = codec.read(text)
    assert read == number


@pytest.mark.parametrize(
    "kind, call, value, text",
    [
        (int, "signed(4)", 42, "00042"),
        (int, "signed(4)", -42, "-9958"),
        (int, "signed(4)", -9999, "-0001"),
        (int, "desc(6)", 1, "999998"),
        (Decimal, "decimal(6,2)", Decimal("1.5"), "0000001.50"),
        (Decimal, "decimal(2,1)", Decimal("-0.0"), "000.0"),
        (Decimal, "decimal(2,1)", Decimal("-0.1"), "-99.9"),
        (datetime, "desc", datetime.max.replace(tzinfo=UTC), "0" * 18),
        (datetime, "utc(3)", datetime(2026, 5, 1, 12, 0, 0, 120000, tzinfo=UTC), "2026-05-01T12:00:00.120Z"),
        (datetime, "hour", datetime(2026, 5, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))), "2026-04-30T22"),
        (datetime, "strftime(%G-W%V)", datetime(2026, 1, 1, tzinfo=UTC), "2026-W01"),
        (date, "desc", date.max, "0000000"),
        (str, "escape", "a b-c.d_e~f#%\u00e9", "a%20b%2Dc%2Ed%5Fe%7Ef%23%25%C3%A9"),
        (str, "reversed", "com.example", "elpmaxe.moc"),
        (str, "upper", "stra\u00dfe", "STRASSE"),
        (int, "shard(10)", 42, "2"),
        (int, "shard(10)", -1, "9"),
        (int, "shard(11)", 5, "05"),
        (str, "shard(10)", "a", "7"),
        (Status, "name", Status.OPEN, "OPEN"),
    ],
)
def test_the_form_of_a_key_stays_what_it_is(kind, call, value, text):
    """Keys that are stored already have to be found by later versions, too."""
    assert codec_for(kind, call).encode(value) == text


@given(MOMENTS | st.datetimes(timezones=st.just(UTC)))
def test_the_text_of_a_moment_is_the_one_of_iso_8601(moment):
    """To microseconds, in UTC, whatever the zone."""
    # Act
    text = instant_text(moment)

    # Assert
    assert text == moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
