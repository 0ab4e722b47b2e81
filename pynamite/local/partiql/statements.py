"""What a statement says, once it is read: the target, the condition, what to change, what to give back.

Trees have `Literal` leaves for values until the parameters are bound: the AttributeValue, or a `Placeholder` in the
place of a ``?``.
"""

from __future__ import annotations

from typing import Any

import attrs

from pynamite.expression import nodes

__all__ = ["Delete", "Exists", "Insert", "Select", "Statement", "Update"]


@attrs.frozen
class Select:
    """``SELECT paths FROM "table"."index" WHERE condition ORDER BY order``; no paths are all attributes."""

    paths: tuple[nodes.Path, ...] | None
    table: str
    index: str | None
    condition: nodes.Condition | None
    order: tuple[tuple[nodes.Path, bool], ...]
    """What to order by, and whether downwards."""
    parameters: int


@attrs.frozen
class Exists:
    """``EXISTS(SELECT ...)``: the check of a transaction."""

    select: Select

    @property
    def parameters(self) -> int:
        """How many ``?`` there are."""
        return self.select.parameters


@attrs.frozen
class Insert:
    """``INSERT INTO "table" VALUE {...}``; ``item`` holds AttributeValues."""

    table: str
    item: dict[str, Any]
    parameters: int


@attrs.frozen
class Update:
    """``UPDATE "table" SET ... REMOVE ... WHERE condition RETURNING ...``."""

    table: str
    update: nodes.Update
    condition: nodes.Condition | None
    returning: str
    parameters: int


@attrs.frozen
class Delete:
    """``DELETE FROM "table" WHERE condition RETURNING ALL OLD *``."""

    table: str
    condition: nodes.Condition | None
    returning: str
    parameters: int


Statement = Select | Exists | Insert | Update | Delete
