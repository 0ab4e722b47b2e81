"""What a query or a scan answers: one page of items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from pynamite.wire import Item

__all__ = ["ReadPage", "read_page"]


@attrs.frozen
class ReadPage:
    """One page of a query or a scan.

    ``count`` items fitted, of ``scanned_count`` that were read; ``items`` is empty where only the count was asked for.
    ``last_key`` is where the next page starts, None after the last. ``capacity`` is in units, where it was asked for.
    """

    items: Sequence[Any]
    count: int
    scanned_count: int
    last_key: Item | None = None
    capacity: float | None = None


def read_page(answer: dict[str, Any]) -> ReadPage:
    """Read the answer of Query or Scan."""
    items = answer.get("Items") or []
    # Items that are not read yet are not counted, either, where the answer says how many they are.
    count = answer["Count"] if "Count" in answer else len(items)
    capacity = (answer.get("ConsumedCapacity") or {}).get("CapacityUnits")
    last_key = answer.get("LastEvaluatedKey") or None
    return ReadPage(items, count, answer.get("ScannedCount", count), last_key, capacity)
