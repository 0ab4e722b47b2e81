"""What a codec is: how a field's value is written into a key, and read back from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from pynamite.wire import Misfit, shown

__all__ = ["Codec", "digits", "exactly"]


@attrs.frozen
class Codec:
    """How values of one type are written into a key.

    ``encode`` raises Misfit for a value of another type or outside its range. ``decode`` raises ValueError for a text
    that it did not write; None says that texts cannot be read back, ``fits`` then tells which may have been written.

    ``width`` is the length of every text in characters, or None. ``ordered`` says that texts sort as values do;
    ``descending``, that they do so the other way round; ``coarse``, that several values may share a text.

    ``bucket`` says that a text stands for a span of time, not for the value itself. ``texts`` are all texts that there
    are, where a query may have to look under each of them; ``choose`` makes a value where there is none yet; ``before``
    and ``after`` give a value of the bucket before, or after, that of a value. ``bound`` writes a value that texts are
    only compared with, where ``encode`` would round it.
    """

    name: str
    encode: Callable[[Any], str]
    decode: Callable[[str], Any] | None
    width: int | None = None
    ordered: bool = False
    descending: bool = False
    coarse: bool = False
    fits: Callable[[str], bool] | None = None
    bucket: bool = False
    texts: tuple[str, ...] = ()
    choose: Callable[[], Any] | None = None
    before: Callable[[Any], Any] | None = None
    after: Callable[[Any], Any] | None = None
    bound: Callable[[Any], str] | None = None

    def read(self, text: str) -> Any:
        """Give the value whose text this is; raises ValueError unless it is written exactly so."""
        assert self.decode is not None, f"{self.name} cannot be read back"
        value = self.decode(text)
        if self.encode(value) != text:
            raise ValueError(text)
        return value

    def accepts(self, text: str) -> bool:
        """Tell whether the codec may have written a text."""
        if self.decode is None:
            return self.fits is None or self.fits(text)
        try:
            self.read(text)
        except (ValueError, KeyError, ArithmeticError, Misfit):
            return False
        return True


def digits(number: int) -> str:
    """Write a whole number by its digits; raises Misfit for one of thousands of them, which Python refuses to write."""
    try:
        return str(int(number))
    except ValueError:
        raise Misfit(f"{shown(number)} has too many digits for a key") from None


def exactly(kind: type, *also: type) -> Callable[[Any], Any]:
    """Make the check that a value is of a type; a bool is no int here."""

    def check(value: Any) -> Any:
        if not isinstance(value, (kind, *also)) or (isinstance(value, bool) and kind is not bool):
            raise Misfit(f"expected {kind.__name__}, got {shown(value)}")
        return value

    return check
