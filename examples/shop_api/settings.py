"""What the environment says."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import Self

import attrs

from pynamite.client import Client


@attrs.frozen
class Settings:
    """Where the shop keeps its things: ``database`` is what `pynamite.connect` takes, None for AWS."""

    database: str | Client | None = "sqlite:///shop.db"
    table: str = "shop"
    # A secret of this process alone is safe, but its cursors end with it; several processes have to share one.
    cursor_secret: str = attrs.field(factory=secrets.token_hex, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read ``SHOP_DB`` (a URL, or ``aws``), ``SHOP_TABLE`` and ``SHOP_SECRET``; what is missing is the default."""
        given: dict[str, str | None] = {}
        for name, variable in (("database", "SHOP_DB"), ("table", "SHOP_TABLE"), ("cursor_secret", "SHOP_SECRET")):
            if environment.get(variable):
                given[name] = environment[variable]
        if given.get("database") == "aws":
            given["database"] = None
        return cls(**given)  # type: ignore[arg-type]
