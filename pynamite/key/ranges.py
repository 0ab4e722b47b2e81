"""Ranges of key texts: what a bound on a field means for the sort keys that hold it."""

from __future__ import annotations

import attrs

from pynamite.key.template import Gap

__all__ = ["Edge", "TextRange", "after", "range_of"]

_LAST = 0x10FFFF
_BEFORE_SURROGATES, _BEHIND_SURROGATES = 0xD7FF, 0xE000


@attrs.frozen
class Edge:
    """One end of a range of texts, and whether it is in the range itself.

    ``possible`` says that there may be a key with just this text, so that it matters.
    """

    text: str
    included: bool = True
    possible: bool = False


@attrs.frozen
class TextRange:
    """The texts from one edge to the other; None is no bound.

    ``exact`` says that the range holds just the keys that were asked for; otherwise it encloses them, and some are to
    be dropped after reading.
    """

    low: Edge | None
    high: Edge | None
    exact: bool


def after(text: str) -> str | None:
    """Give the least text that is greater than every text beginning with this one; None if there is none.

    >>> after("ORDER#")
    'ORDER$'
    """
    while text:
        last = ord(text[-1])
        if last < _LAST:
            # No text has a code point between the two: surrogates have no UTF-8 form.
            return text[:-1] + chr(_BEHIND_SURROGATES if last == _BEFORE_SURROGATES else last + 1)
        text = text[:-1]
    return None


def range_of(prefix: str, gap: Gap, low: tuple[str, bool] | None, high: tuple[str, bool] | None) -> TextRange:
    """Give the sort keys that begin with ``prefix`` and whose next value lies within bounds.

    A bound is the value's key text, and whether the value itself is in. Keys sort by their texts: as long as the value
    is written with a fixed width, or the key ends with it, so do the values. Otherwise the literal behind the value
    takes part in the order (``a#`` sorts behind ``a b#``), and the range can only enclose what was asked for.
    """
    if not gap.codec.ordered:
        return TextRange(_start(prefix), _end(prefix), exact=False)
    if high is not None and not high[0]:
        # No key has an empty value: edges that have changed places hold nothing.
        return TextRange(Edge(prefix + chr(0)), Edge(prefix), exact=True)
    low = low if low is not None and low[0] else None
    if gap.closes_key:
        return TextRange(
            Edge(prefix + low[0], low[1], possible=True) if low else _start(prefix),
            Edge(prefix + high[0], high[1], possible=True) if high else _end(prefix),
            exact=not gap.codec.coarse,
        )
    fixed = gap.codec.width is not None
    return TextRange(
        _low(prefix, low, fixed=fixed), _high(prefix, gap.end, high, fixed=fixed), exact=fixed and not gap.codec.coarse
    )


def _start(prefix: str) -> Edge | None:
    return Edge(prefix) if prefix else None


def _end(prefix: str) -> Edge | None:
    behind = after(prefix)
    return None if behind is None else Edge(behind, included=False)


def _low(prefix: str, bound: tuple[str, bool] | None, *, fixed: bool) -> Edge | None:
    if bound is None:
        return _start(prefix)
    text, included = bound
    behind = None if included or not fixed else after(prefix + text)
    return Edge(behind or prefix + text)


def _high(prefix: str, end: str, bound: tuple[str, bool] | None, *, fixed: bool) -> Edge | None:
    if bound is None:
        return _end(prefix)
    text, included = bound
    if fixed:
        return _end(prefix + text) if included else Edge(prefix + text, included=False)
    # A value that is a beginning of the bound sorts by the literal behind it, maybe above the bound.
    behind = [after(prefix + text[:length] + end) for length in range(1, len(text) + 1)]
    return None if None in behind else Edge(max(one for one in behind if one is not None), included=False)
