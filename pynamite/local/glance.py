"""A glance at stored items: only what a filter looks at is read of their JSON."""

from __future__ import annotations

from collections.abc import Callable

from pynamite.expression import nodes
from pynamite.operation.unread import partly
from pynamite.wire import Item

__all__ = ["glance"]


def glance(filter: nodes.Condition) -> Callable[[bytes], Item]:
    """Give what reads of an item's JSON the attributes that a filter names, or more than these."""
    paths = [leaf for leaf in nodes.leaves(filter) if isinstance(leaf, nodes.Path)]
    return partly(tuple(sorted({str(path.steps[0]) for path in paths})))
