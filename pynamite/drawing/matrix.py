"""The access patterns of a table as a matrix in Markdown: what is asked for, which keys answer, and by which call."""

from __future__ import annotations

from collections.abc import Iterable

from pynamite.entities.patterns import AccessPattern

__all__ = ["access_pattern_matrix"]

_HEADINGS = ("Access pattern", "Entity", "Index", "Key condition", "Call")


def access_pattern_matrix(patterns: Iterable[AccessPattern]) -> str:
    """Write access patterns as a table in Markdown."""
    rows = [
        (_worded(one), one.entity, one.index or "the table", _code(one.key_condition), _code(one.call))
        for one in patterns
    ]
    lines = [_HEADINGS, tuple("---" for _ in _HEADINGS), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _worded(pattern: AccessPattern) -> str:
    """Say what is asked for: ``Order by account_id, bounds on placed_at``."""
    fields = ", ".join((*pattern.partition_fields, *pattern.sort_fields))
    by = f" by {fields}" if fields else ""
    match pattern.verb:
        case "get" | "get_unique":
            words = f"one {pattern.entity}{by}"
        case "walk_back":
            words = f"{pattern.entity}{by}, bucket by bucket back in time"
        case "collection":
            words = f"{pattern.entity} together{by}"
        case _:
            words = f"{pattern.entity}{by}" if by else f"all {pattern.entity} in {pattern.index or 'the table'}"
    bounds = f", bounds on {pattern.bounded_by}" if pattern.bounded_by else ""
    shards = f", over {pattern.shards} shards" if pattern.shards > 1 else ""
    return f"{words}{bounds}{shards}"


def _code(text: str) -> str:
    """Put a text into a code span that a cell of a table can hold: a bar would end the cell."""
    ticks = "`"
    while ticks in text:
        ticks += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}".replace("|", "\\|").replace("\n", " ")
