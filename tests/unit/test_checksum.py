"""CRC32, with and without isal."""

from __future__ import annotations

import importlib
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import checksum


@given(st.binary(max_size=3000))
def test_the_checksum_is_zlibs(body):
    """Of bytes, and of what has their form."""
    assert {checksum.crc32(one) for one in (body, memoryview(body), bytearray(body))} == {zlib.crc32(body)}


@pytest.fixture
def without_isal(monkeypatch):
    """The module as it is where isal is not installed."""
    with monkeypatch.context() as patch:
        for name in ("isal", "isal.isal_zlib"):
            patch.setitem(sys.modules, name, None)
        yield importlib.reload(checksum)
    importlib.reload(checksum)


def test_without_isal_it_is_pythons_own(without_isal):
    """Nothing else changes."""
    assert without_isal.crc32 is zlib.crc32


def test_with_isal_it_is_isals():
    """The suite runs with it."""
    from isal import isal_zlib

    assert checksum.crc32 is isal_zlib.crc32
