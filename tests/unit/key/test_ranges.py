"""Ranges of sort keys: what a bound on a field means for the texts of keys."""

from __future__ import annotations

import pytest

from pynamite.key.codecs import codec_for
from pynamite.key.ranges import Edge, TextRange, after, range_of
from pynamite.key.template import Gap

LAST = "\U0010ffff"
TEXT = Gap("name", codec_for(str), "", closes_key=True)
TEXT_BEFORE_LITERAL = Gap("name", codec_for(str), "#")
PADDED = Gap("number", codec_for(int, "pad(3)"), "#")
PADDED_BEFORE_ANOTHER = Gap("number", codec_for(int, "pad(3)"), "")
UNORDERED = Gap("number", codec_for(int), "", closes_key=True)


@pytest.mark.parametrize(
    "text, behind",
    [
        ("ORDER#", "ORDER$"),
        ("a" + LAST, "b"),
        ("\ud7ff", "\ue000"),
        ("a\ud7ff" + LAST + LAST, "a\ue000"),
        (LAST, None),
        ("", None),
    ],
)
def test_the_text_behind_a_beginning(text, behind):
    """The least text behind all that begin with a text steps over surrogates, and over characters that are the last."""
    assert after(text) == behind


def test_a_value_at_the_end_of_the_key_is_bounded_exactly():
    """Where the key ends with the value, the bounds are keys themselves."""
    assert range_of("P#", TEXT, ("b", True), ("d", False)) == TextRange(
        Edge("P#b", possible=True), Edge("P#d", included=False, possible=True), exact=True
    )


def test_without_bounds_the_prefix_is_the_range():
    """What begins with the prefix lies between it and the text behind it."""
    assert range_of("P#", TEXT, None, None) == TextRange(Edge("P#"), Edge("P$", included=False), exact=True)


def test_without_prefix_and_bounds_there_is_no_edge():
    """A whole partition has no edges."""
    assert range_of("", TEXT, None, None) == TextRange(None, None, exact=True)


@pytest.mark.parametrize("gap", [PADDED, PADDED_BEFORE_ANOTHER])
def test_a_fixed_width_value_that_something_follows_is_bounded_exactly(gap):
    """Values of one width sort as they are, whatever stands behind them, a literal or another placeholder."""
    assert range_of("P#", gap, ("003", False), ("007", True)) == TextRange(
        Edge("P#004"), Edge("P#008", included=False), exact=True
    )


def test_a_free_value_before_a_literal_is_enclosed():
    """The literal behind a value of any width takes part in the order, so the range is wider than what was asked."""
    found = range_of("P#", TEXT_BEFORE_LITERAL, ("b", True), ("d", False))
    assert not found.exact


def test_values_without_order_are_only_enclosed_by_their_prefix():
    """Whole numbers without padding do not sort by their texts."""
    assert range_of("P#", UNORDERED, ("3", True), ("20", True)) == TextRange(
        Edge("P#"), Edge("P$", included=False), exact=False
    )


@pytest.mark.parametrize("gap", [TEXT, TEXT_BEFORE_LITERAL])
@pytest.mark.parametrize("included", [True, False])
def test_an_empty_lower_bound_is_none(gap, included):
    """Every value is greater than the empty text, which itself is never in a key (nor may be sent)."""
    assert range_of("", gap, ("", included), None).low is None


@pytest.mark.parametrize("gap", [TEXT, TEXT_BEFORE_LITERAL])
@pytest.mark.parametrize("prefix", ["", "P#", LAST])
@pytest.mark.parametrize("included", [True, False])
def test_nothing_lies_below_an_empty_upper_bound(gap, prefix, included):
    """No value is less than the empty text: the edges have changed their places."""
    found = range_of(prefix, gap, None, ("", included))
    assert found.exact and found.low is not None and found.high is not None and found.low.text > found.high.text


def test_an_upper_bound_that_holds_the_literal_encloses_its_beginnings():
    """``a#zzz`` holds the value ``a``, which is less than ``a#!``, though the key sorts behind it."""
    found = range_of("", TEXT_BEFORE_LITERAL, None, ("a#!", True))
    assert found.high is not None and found.high.text > "a#zzz"
