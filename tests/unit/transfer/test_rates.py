"""A rate is kept by a clock that the test sets."""

from __future__ import annotations

import pytest

from pynamite.transfer.rates import READ_UNIT, WRITE_UNIT, Rate


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def items(count, size=100):
    """Give items of about so many bytes."""
    return [{"PK": {"S": "x" * (size - 2)}}] * count


def took(rate, batches, unit=WRITE_UNIT):
    """Take batches one after the other, and give the seconds that it took until the last could begin."""
    clock = Clock()
    bucket = rate.bucket(unit, clock=clock, sleep=clock.sleep)
    for batch in batches:
        bucket.take(batch)
    return clock.now - 100.0


def test_items_are_taken_at_the_rate():
    """100 batches of 25 at 500 a second: each waits for the one before, but for what a second saves up."""
    assert took(Rate(items=500), [items(25)] * 101) == pytest.approx(5.0)


def test_units_of_writes_are_rounded_up_item_by_item():
    """An item of 1,100 bytes is two units."""
    assert took(Rate(units=100), [items(25, 1100)] * 11) == pytest.approx(5.0)


def test_units_of_reads_are_rounded_up_page_by_page():
    """A page of 80 KB is ten units."""
    assert took(Rate(units=10), [items(80, 1024)] * 6, READ_UNIT) == pytest.approx(5.0)


def test_the_slower_of_two_rates_is_kept():
    """Items and units are both kept to."""
    assert took(Rate(items=10, units=1000), [items(10)] * 4) == pytest.approx(3.0)
    assert took(Rate(items=1000, units=10), [items(10)] * 4) == pytest.approx(3.0)


def test_a_pause_is_not_made_good_by_a_burst():
    """After an hour of nothing, no more than a second's worth goes at once."""
    clock = Clock()
    bucket = Rate(items=100).bucket(WRITE_UNIT, clock=clock, sleep=clock.sleep)
    clock.now += 3600
    for _ in range(5):
        bucket.take(items(100))
    assert sum(clock.slept) == pytest.approx(3.0)


@pytest.mark.parametrize("given", [{"items": 0}, {"units": -1}])
def test_a_rate_is_above_nothing(given):
    """Nothing a second would never end."""
    with pytest.raises(ValueError, match="above 0"):
        Rate(**given)
