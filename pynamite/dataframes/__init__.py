"""Data frames: entities to pandas and back, with dtypes that keep what the fields have."""

from __future__ import annotations

from pynamite.dataframes.frames import from_frame, to_frame

__all__ = ["from_frame", "to_frame"]
