"""Buckets of time: each has one before it and one after it, and none is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite.key.codecs import codec_for

MOMENTS = st.datetimes(
    min_value=datetime(2, 2, 1), max_value=datetime(9998, 11, 30), timezones=st.timezones() | st.just(UTC)
)
DATES = st.dates(min_value=date(2, 2, 1), max_value=date(9998, 11, 30))
WIDTHS = {"year": 4, "month": 7, "day": 10, "hour": 13, "minute": 16}
PATTERNS = {"%G-W%V": 7, "%Y": 366, "%Y-%m": 31, "%Y-%j": 1, "%Y%m%dT%H": 1 / 24, "%Y%m%d%H%M": 1 / 24 / 60}


def check(codec, value):
    """There and back again is the same bucket; the neighbours are others."""
    assert codec.before is not None and codec.after is not None
    before, after = codec.before(value), codec.after(value)
    assert codec.encode(codec.after(before)) == codec.encode(value) == codec.encode(codec.before(after))
    assert len({codec.encode(one) for one in (before, value, after)}) == 3
    return before, after


@pytest.mark.parametrize("call", WIDTHS)
@given(value=MOMENTS)
def test_the_buckets_of_a_moment_are_in_order_without_a_gap(call, value):
    """The bucket before sorts before, and what is right before the bucket is in it."""
    codec = codec_for(datetime, call)
    before, after = check(codec, value)
    assert codec.encode(before) < codec.encode(value) < codec.encode(after)
    text = codec.encode(value) + "0001-01-01T00:00"[WIDTHS[call] :]
    start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    assert codec.encode(start - timedelta(microseconds=1)) == codec.encode(before)


@pytest.mark.parametrize("call", ["year", "month", "day"])
@given(value=DATES)
def test_the_buckets_of_a_date_are_in_order_without_a_gap(call, value):
    """As those of a moment."""
    before, after = check(codec_for(date, call), value)
    assert before < value < after


@pytest.mark.parametrize("pattern", PATTERNS)
@given(value=MOMENTS)
def test_a_pattern_finds_its_neighbours(pattern, value):
    """None is more than the bucket's length away, so that none is left out."""
    before, after = check(codec_for(datetime, f"strftime({pattern})"), value)
    longest, moment = timedelta(days=PATTERNS[pattern]), value.astimezone(UTC)
    assert moment - longest <= before < moment < after <= moment + longest


@pytest.mark.parametrize("call", ["strftime(%S)", "strftime(%H:%M:%S)", "strftime(%c)"])
def test_a_pattern_of_seconds_has_no_neighbours(call):
    """It would take too many steps to find one."""
    assert codec_for(datetime, call).before is None
