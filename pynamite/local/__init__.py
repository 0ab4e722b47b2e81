"""The embedded engine: DynamoDB in this process, in one SQLite file."""

from __future__ import annotations

from pynamite.local.client import LocalClient

__all__ = ["LocalClient"]
