"""What to do as if msgspec were not installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pynamite.entities.codec import decoder
from pynamite.operation import answers, unread

__all__ = ["without_msgspec"]

_CACHES = (unread.fast_json, unread.partly, answers._envelopes, decoder._marks)


@contextmanager
def without_msgspec() -> Iterator[None]:
    """Begin a block in which nothing finds msgspec; what was made before it still uses it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "msgspec", None)
        for cached in _CACHES:
            cached.cache_clear()
        yield
    for cached in _CACHES:
        cached.cache_clear()
