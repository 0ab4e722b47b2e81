"""Clients of boto3's with pynamite's transport in front, in a process in which moto has been at botocore."""

from __future__ import annotations

from typing import Any

__all__ = ["fast_client", "without_moto"]


def without_moto(client: Any) -> Any:
    """Take away moto's handler, which listens to every client that is made after its import, to intercept nothing."""
    from moto.core.models import botocore_stubber

    client.meta.events.unregister("before-send", botocore_stubber)
    return client


def fast_client(client: Any) -> Any:
    """Put pynamite's transport in front of a client, and see that it does not step aside."""
    from pynamite.connect import connect

    fast: Any = connect(without_moto(client), transport="fast")
    assert fast.why_not() is None
    return fast
