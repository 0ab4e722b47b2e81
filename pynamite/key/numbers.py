"""Codecs of numbers: as they are, and in fixed widths that sort as the numbers do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pynamite.key.codec import Codec, digits, exactly
from pynamite.wire import Misfit, normalize_number, number_text, shown

__all__ = [
    "decimal_codec",
    "descending_codec",
    "fixed_codec",
    "integer_codec",
    "number_codec",
    "pad_codec",
    "signed_codec",
]

_whole = exactly(int)
_decimal = exactly(Decimal)


def integer_codec() -> Codec:
    """Write a whole number by its digits, which do not sort as numbers do."""
    return Codec("integer", lambda value: digits(_whole(value)), int)


def decimal_codec() -> Codec:
    """Write a Decimal by its shortest digits, which do not sort as numbers do."""
    return Codec("decimal", lambda value: number_text(_decimal(value)), lambda text: Decimal(normalize_number(text)))


def number_codec(kind: type) -> Codec:
    """Write a key attribute of type N, which the database itself sorts as numbers."""
    check = exactly(kind, *([int] if kind is float else []))
    read = {int: int, Decimal: Decimal, float: float}[kind]
    return Codec("number", lambda value: number_text(check(value)), read, ordered=True)


def pad_codec(width: int) -> Codec:
    """Write a whole number from 0 up with leading zeros: ``pad(6)`` writes 42 as ``000042``."""

    def encode(value: Any) -> str:
        if _whole(value) < 0:
            raise Misfit(
                f"{shown(value)} is negative: pad({width}) writes numbers from 0 to {'9' * width}; use signed({width})"
            )
        return _fitting(int(value), width, "pad")

    return Codec(f"pad({width})", encode, int, width=width, ordered=True)


def _fitting(number: int, width: int, name: str) -> str:
    text = digits(number).zfill(width)
    if len(text) > width:
        raise Misfit(f"{shown(number)} has more than {width} digits: widen {name}({width})")
    return text


def signed_codec(width: int) -> Codec:
    """Write a whole number with its sign: ``signed(4)`` writes 42 as ``00042`` and -42 as ``-9958``.

    A negative number is written as what it lacks to the largest, so that it sorts before those nearer to zero.
    """
    return Codec(
        f"signed({width})",
        lambda value: _signed_text(int(_whole(value)), width, f"signed({width})"),
        lambda text: _signed_number(text, width),
        width=width + 1,
        ordered=True,
    )


def _signed_text(number: int, width: int, name: str) -> str:
    if abs(number) >= 10**width:
        raise Misfit(f"{shown(number)} has more than {width} digits: widen {name}")
    return "-" + str(10**width + number).zfill(width) if number < 0 else "0" + str(number).zfill(width)


def _signed_number(text: str, width: int) -> int:
    digits = text[1:]
    if text[:1] not in {"-", "0"} or not digits.isdecimal():
        raise ValueError(text)
    return int(digits) - 10**width if text[0] == "-" else int(digits)


def descending_codec(width: int) -> Codec:
    """Write a whole number from 0 up so that the highest sorts first: ``desc(6)`` writes 1 as ``999998``."""
    top = 10**width - 1

    def encode(value: Any) -> str:
        number = int(_whole(value))
        if not 0 <= number <= top:
            raise Misfit(
                f"{shown(number)} is outside 0 to {top}, which desc({width}) writes: widen it, or use another codec"
            )
        return str(top - number).zfill(width)

    return Codec(f"desc({width})", encode, lambda text: top - int(text), width=width, ordered=True, descending=True)


def fixed_codec(whole: int, places: int) -> Codec:
    """Write a Decimal with its sign and a fixed point: ``decimal(6,2)`` writes 1.5 as ``0000001.50``.

    ``whole`` digits stand before the point, ``places`` behind it; negative numbers sort first, as with ``signed``.
    """
    name = f"decimal({whole},{places})"
    width = whole + places

    def encode(value: Any) -> str:
        number = _decimal(value)
        if not number.is_finite():
            raise Misfit(f"{number} is no finite number")
        if number and number.adjusted() >= whole:
            raise Misfit(f"{shown(number)} has more than {whole} digits before the point: widen {name}")
        sign, digit_tuple, exponent = number.as_tuple()
        significant = "".join(map(str, digit_tuple)).rstrip("0")
        shift = int(exponent) + len(digit_tuple) - len(significant) + places
        if significant and shift < 0:
            raise Misfit(f"{shown(number)} has more than {places} places behind the point: round it, or widen {name}")
        scaled = int(significant) * 10**shift if significant else 0
        text = _signed_text(-scaled if sign else scaled, width, name)
        return f"{text[: whole + 1]}.{text[whole + 1 :]}"

    def decode(text: str) -> Decimal:
        # By its text, since arithmetic would round to the context's precision.
        return Decimal(f"{_signed_number(text.replace('.', '', 1), width)}E-{places}")

    return Codec(name, encode, decode, width=width + 2, ordered=True)
