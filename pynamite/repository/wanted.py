"""What is to be read, as a value: whoever wants something else makes another of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from pynamite.entities.member import Member
from pynamite.entities.views import EntityView
from pynamite.expression import nodes
from pynamite.repository.selection import Bounds
from pynamite.repository.session import Session

__all__ = ["Wanted", "projection_of"]


@attrs.define(eq=False)  # A value: frozen ones take three times as long to make, and each query makes one.
class Wanted:
    """What is to be read: ``values`` are the fields of a query, None for a scan; ``condition`` is the bound filter.

    A scan may go by several ``segments`` at once. ``views`` are what the entities are read by, one for each of them.
    What has expired by ``moment`` (None: by the time that it is read) is left out, unless ``include_expired`` asks for
    it. Where ``keys_only`` are wanted no instances are made.
    """

    session: Session
    members: tuple[Member[Any], ...]
    index: str | None = None
    values: Mapping[str, Any] | None = None
    bounds: Bounds | None = None
    condition: nodes.Condition | None = None
    forward: bool = True
    consistent: bool = False
    hydrated: bool = False
    segments: int = 1
    views: tuple[EntityView[Any] | None, ...] = ()
    include_expired: bool = False
    moment: datetime | None = None
    keys_only: bool = False

    @property
    def viewed(self) -> dict[Member[Any], EntityView[Any] | None]:
        """The view that each entity is read by, None for whole instances."""
        return dict(zip(self.members, self.views or (None,) * len(self.members), strict=True))


def projection_of(attributes: Iterable[str]) -> nodes.Projection:
    """Make the projection of some attributes, each once."""
    return nodes.Projection(tuple(nodes.Path((name,)) for name in dict.fromkeys(attributes)))
