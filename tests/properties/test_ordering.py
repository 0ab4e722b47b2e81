"""Keys as bytes have the order and the equality of the values that they stand for."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from pynamite.local.ordering import after, join, key_bytes, member, number_bytes, prefix_end
from pynamite.wire import normalize_number

DIGITS = ("1", "11", "12", "15", "19", "2", "5", "9", "99", "1" + "0" * 36 + "1", "9" * 37, "9" * 38)


@st.composite
def numbers(draw):
    """A number of DynamoDB's: up to 38 digits, from 1E-130 to 9.99E125, or zero."""
    digits = str(draw(st.integers(1, 10**38 - 1)))
    exponent = draw(st.integers(-130, 125)) - len(digits) + 1
    return Decimal((draw(st.integers(0, 1)), tuple(map(int, digits)), exponent))


def written(number):
    return number_bytes(normalize_number(str(number)))


@given(numbers() | st.just(Decimal(0)), numbers() | st.integers(-1000, 1000).map(Decimal))
@example(Decimal("1E-130"), Decimal("-1E-130"))
@example(Decimal("9." + "9" * 37 + "E125"), Decimal("9." + "9" * 36 + "8E125"))
@example(Decimal(-12), Decimal("-12.01"))
def test_bytes_of_numbers_compare_as_the_numbers(one, other):
    """The order of the bytes is the numeric order, whatever the signs, the exponents and the digits."""
    assert (written(one) < written(other)) == (one < other)
    assert (written(one) == written(other)) == (one == other)


def test_bytes_of_numbers_increase_from_the_lowest_to_the_highest():
    """Every exponent, with digits that are prefixes of one another, and both signs: all strictly in order."""
    positive = sorted(
        {
            Decimal((0, tuple(map(int, digits)), exponent - len(digits) + 1))
            for digits in DIGITS
            for exponent in range(-130, 126)
        }
    )
    every = [number.copy_negate() for number in reversed(positive)] + [Decimal(0)] + positive
    assert all(one < other for one, other in pairwise(written(number) for number in every))


@given(numbers(), st.integers(0, 5))
def test_spellings_of_one_number_have_the_same_bytes(number, zeros):
    """Exponents, leading and trailing zeros make no difference."""
    plain = normalize_number(str(number))
    padded = ("-" if plain.startswith("-") else "") + "0" * zeros + plain.lstrip("-")
    padded += ("" if "." in plain else ".") + "0" * zeros
    assert {written(number), number_bytes(normalize_number(padded)), number_bytes(normalize_number(f"{number:E}"))} == {
        number_bytes(plain)
    }


@given(st.text(), st.text())
def test_bytes_of_texts_compare_as_their_utf8(one, other):
    """Texts are ordered by their UTF-8, which is the order of their code points."""
    try:
        expected = one.encode() < other.encode()
    except UnicodeEncodeError:
        return
    assert (key_bytes("S", one) < key_bytes("S", other)) == expected == (one < other)


parts = st.lists(
    st.binary(max_size=4) | st.sampled_from((b"", b"\x00", b"\x00\xff", b"\xff", b"a")), min_size=2, max_size=4
)


@given(parts, parts)
def test_keys_of_several_attributes_compare_attribute_by_attribute(one, other):
    """Joined attributes have the order of the tuples, also where one holds the byte that ends attributes."""
    other = (other + one)[: len(one)]
    assert (join(one) < join(other)) == (one < other)
    assert (join(one) == join(other)) == (one == other)


@given(st.binary(max_size=4), st.binary(max_size=6))
def test_a_prefix_ends_right_after_all_that_begin_with_it(prefix, content):
    """What begins with a prefix is from the prefix to its end, and nothing else is."""
    end = prefix_end(prefix)
    assert (prefix <= content and (end is None or content < end)) == content.startswith(prefix)


@given(st.binary(max_size=4), st.binary(max_size=4))
def test_nothing_is_between_bytes_and_those_after_them(content, other):
    """`after` gives the next bytes."""
    assert (other > content) == (other >= after(content))


@given(st.binary(max_size=3), st.binary(max_size=5))
def test_an_open_attribute_is_the_start_of_all_that_begin_so(start, content):
    """Without its end, an attribute of several is the common start of those that begin with it."""
    opened = member(start, ended=False)
    end = prefix_end(opened)
    inside = opened <= member(content) and (end is None or member(content) < end)
    if content.startswith(start):
        assert inside
