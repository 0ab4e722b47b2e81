"""Codecs that spread one partition over several: a shard computed from a value, or chosen once and kept."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from typing import Any

from pynamite.key.codec import Codec, exactly
from pynamite.wire import Misfit, shown

__all__ = ["kept_shard_codec", "shard_codec"]


def _texts(count: int) -> tuple[str, ...]:
    width = len(str(count - 1))
    return tuple(str(number).zfill(width) for number in range(count))


def shard_codec(count: int, encode: Callable[[Any], str], *, whole: bool) -> Codec:
    """Write a value's shard, from 0 to ``count - 1``: a whole number modulo the count, else the CRC-32 of its text.

    ``encode`` gives that text. The value cannot be read back.
    """
    texts = _texts(count)

    def shard(value: Any) -> str:
        text = encode(value)
        return texts[int(value) % count if whole else zlib.crc32(text.encode()) % count]

    return Codec(f"shard({count})", shard, None, width=len(texts[0]), coarse=True, fits=texts.__contains__, texts=texts)


def kept_shard_codec(count: int) -> Codec:
    """Write a shard that the field keeps: where it is None, one is chosen at random when the item is made."""
    texts = _texts(count)
    check = exactly(int)

    def encode(value: Any) -> str:
        number = int(check(value))
        if not 0 <= number < count:
            raise Misfit(f"{shown(value)} is no shard of {count}: leave the field None, and one is chosen")
        return texts[number]

    return Codec(
        f"shard({count}, random)",
        encode,
        int,
        width=len(texts[0]),
        ordered=True,
        texts=texts,
        # Any shard will do, so that a generator of secrets would be wasted here.
        choose=lambda: random.randrange(count),  # noqa: S311
    )
