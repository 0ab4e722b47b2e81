"""What a tenant may be called, and what sets its name apart from a key."""

from __future__ import annotations

from typing import Any

from pynamite.errors import KeyValueError

__all__ = ["SEPARATOR", "check_tenant"]

SEPARATOR = "@"


def check_tenant(tenant: Any) -> str:
    """Give the tenant's name, if it is one.

    Raises:
        KeyValueError: it is no text, empty, or contains ``@``.
    """
    if not isinstance(tenant, str) or not tenant:
        raise KeyValueError(f"a tenant is a text that is not empty, not {tenant!r}")
    if SEPARATOR in tenant:
        raise KeyValueError(
            f"the tenant {tenant!r} contains '@', which separates the tenant from the key; choose another name"
        )
    return tenant
