"""Values as text: what they are, on one line or as a whole."""

from __future__ import annotations

import pytest

from pynamite.drawing.shown import one_line, shortened, visible, whole


@pytest.mark.parametrize("value, text", [
    ({"S": "plain"}, "plain"),
    ({"S": "two\nlines"}, "two␊lines"),
    ({"N": "1.50"}, "1.50"),
    ({"BOOL": True}, "true"),
    ({"NULL": True}, "null"),
    ({"B": b"abc"}, "3 bytes: YWJj"),
    ({"B": b"a"}, "1 byte: YQ=="),
    ({"L": [{"S": "a"}, {"N": "1"}]}, '["a", 1]'),
    ({"M": {}}, "{}"),
    ({"M": {"a b": {"L": [{"M": {"c": {"BOOL": False}}}]}}}, "{a b: [{c: false}]}"),
    ({"SS": ["b", "a"]}, '{"a", "b"}'),
    ({"NS": ["10", "9", "-1"]}, "{-1, 9, 10}"),
    ({"BS": [b"b", b"a"]}, "{1 byte: YQ==, 1 byte: Yg==}"),
])  # fmt: skip
def test_a_value_is_one_line(value, text):
    """Each of DynamoDB's types reads as what it is."""
    assert one_line(value) == text


def test_a_map_as_a_whole_is_indented():
    """What is nested is seen to be nested."""
    value = {"M": {"home": {"M": {"city": {"S": "Bern"}, "tags": {"L": []}}}, "all": {"L": [{"N": "1"}]}}}
    assert whole(value) == '{\n  home: {\n    city: "Bern"\n    tags: []\n  }\n  all: [\n    1\n  ]\n}'


def test_a_text_as_a_whole_keeps_its_lines():
    """Lines and tabs are lines and tabs there."""
    assert whole({"S": "a\n\tb\x00"}) == "a\n\tb␀"


@pytest.mark.parametrize("text, seen", [
    ("\x1b[31mred", "␛[31mred"), ("a\x00b\x7f", "a␀b␡"),
    ("\x9b1m", "⟨U+009B⟩1m"), ("user\u202egnp.exe", "user⟨U+202E⟩gnp.exe"),
    ("zero\u200bwidth", "zero⟨U+200B⟩width"), ("naïve 😀 日本", "naïve 😀 日本"), ("\r\n", "␍␊"),
])  # fmt: skip
def test_what_cannot_be_seen_is_named(text, seen):
    """Nothing steers the terminal, or turns a text around."""
    assert visible(text) == seen


def test_a_long_text_is_cut_with_a_mark():
    """What is shorter stays as it is."""
    assert (shortened("x" * 80), shortened("x" * 81)) == ("x" * 80, "x" * 79 + "…")
