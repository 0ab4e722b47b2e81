"""What boto3's clients build of single calls: paginators and waiters, botocore's own on the engine's methods."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pynamite.local.parameters import model

__all__ = ["pages_of", "paginator", "waiter", "waiter_names"]


@lru_cache
def _told(service: str, kind: str) -> dict[str, Any]:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        found: dict[str, Any] = Loader().load_service_model(service, kind)
    except UnknownServiceError:  # the service has none
        return {}
    return found


def pages_of(service: str) -> dict[str, Any]:
    """Give how the actions of a service are paged, by action."""
    found: dict[str, Any] = _told(service, "paginators-1").get("pagination", {})
    return found


def paginator(service: str, action: str, call: Any) -> Any:
    """Give botocore's paginator of an action that has pages.

    Raises:
        OperationNotPageableError: botocore's, where boto3 raises it.
    """
    from botocore.exceptions import OperationNotPageableError
    from botocore.paginate import Paginator

    config = pages_of(service).get(action)
    if config is None:
        raise OperationNotPageableError(operation_name=action)
    return Paginator(call, config, model(service).operation_model(action))


def waiter_names(service: str) -> list[str]:
    """Give the names of a service's waiters, as boto3 has them."""
    from botocore import xform_name

    return [xform_name(name) for name in _told(service, "waiters-2").get("waiters", ())]


def waiter(service: str, name: str, client: Any) -> Any:
    """Give botocore's waiter, which asks a client until something is so.

    Raises:
        ValueError: there is no such waiter, in boto3's words.
    """
    import botocore.waiter
    from botocore import xform_name

    waiting: Any = botocore.waiter  # its stubs do not know how it makes its own
    known = {xform_name(one): one for one in _told(service, "waiters-2").get("waiters", ())}
    if name not in known:
        raise ValueError(f"Waiter does not exist: {name}")
    config = waiting.WaiterModel(_told(service, "waiters-2")).get_waiter(known[name])
    call = waiting.NormalizedOperationMethod(getattr(client, xform_name(config.operation)))
    return waiting.Waiter(known[name], config, call)
