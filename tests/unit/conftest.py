"""What the unit tests share."""

from __future__ import annotations

import pytest

from tests.scripted_server import scripted_server


@pytest.fixture
def server():
    """A server that answers by a script."""
    with scripted_server() as running:
        yield running
