"""Whether somebody listens to a client's calls, so that they have to go the way on which they are heard.

botocore calls handlers at a dozen points of a call, and people wrap its methods: moto, Stubber, X-Ray, OpenTelemetry.
Whoever is not botocore itself is taken for a listener. As long as nothing changes, a look costs a few comparisons:
botocore's emitter replaces its lookup cache whenever a handler comes or goes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from pynamite.operation.sending import needs_retry

__all__ = ["METHODS", "UNKNOWN_BOTOCORE", "Guard", "guard_of"]

_EVENTS = (
    "provide-client-params", "before-parameter-build", "before-endpoint-resolution", "before-call", "request-created",
    "choose-signer", "before-sign", "before-send", "response-received", "before-parse", "needs-retry", "after-call",
    "after-call-error",
)

_BOTOCORES_OWN = {
    "botocore.discovery.block_endpoint_discovery_required_operations",
    "botocore.handlers._handle_request_validation_mode_member",
    "botocore.handlers._set_auth_scheme_preference_signer",
    "botocore.handlers.add_query_compatibility_header",
    "botocore.handlers.add_recursion_detection_header",
    "botocore.handlers.add_retry_headers",
    "botocore.handlers.generate_idempotent_uuid",
    "botocore.handlers.inject_api_version_header_if_needed",
    "botocore.handlers.set_operation_specific_signer",
    "botocore.retries.standard.MaxAttemptsSeeder.seed_max_attempts",
    "botocore.retries.standard.RetryHandler.needs_retry",
    "botocore.retries.standard.RetryQuotaChecker.release_retry_quota",
    "botocore.retryhandler.RetryHandler",
    "botocore.signers.RequestSigner.handler",
    "botocore.useragent.UserAgentString.rebuild_and_replace_user_agent_handler",
}
"""The handlers that every client has, of which each is minded: what it does is done here too, or concerns others."""

METHODS = {
    "get_item": "GetItem", "put_item": "PutItem", "update_item": "UpdateItem", "delete_item": "DeleteItem",
    "query": "Query", "scan": "Scan", "batch_get_item": "BatchGetItem", "batch_write_item": "BatchWriteItem",
    "transact_get_items": "TransactGetItems", "transact_write_items": "TransactWriteItems",
}
"""The item operations: the client's methods, and the API's names of what they do."""

UNKNOWN_BOTOCORE = "botocore is of a version that the transport does not know"

_WRAPPED = ("_make_api_call", "make_request", "_send", "send")
"""Methods on a call's way that people replace on a single object."""


class Guard:
    """Looks after one client of boto3's; ``replay`` is the transport's own handler."""

    def __init__(self, client: Any, replay: Any) -> None:
        import botocore.history

        self._client = client
        self._emitter = client.meta.events._emitter  # noqa: SLF001
        self._own = (needs_retry, replay)
        self._silent: tuple[Any, dict[str, bool]] = (None, {})
        self._history: Any = botocore.history.get_global_history_recorder()
        self._log = logging.getLogger("botocore.endpoint")
        self._endpoint = client._endpoint  # noqa: SLF001
        self._session = self._endpoint.http_session
        self._dicts: tuple[dict[str, Any], ...] = (vars(client), vars(self._endpoint), vars(self._session))
        self._look = _look_at_seams(type(client))
        self._look("get_item")  # What is not there is to be told now.
        self._known: dict[str, Callable[[], bool]] = {}

    def is_calm(self, method: str) -> bool:
        """Tell whether nobody listens to the calls of a method, and nobody has replaced what does them."""
        is_as_before = self._known.get(method)
        return (is_as_before is not None and is_as_before()) or self._look_again(method)

    def why_not(self, method: str) -> str | None:
        """Say, in words, what keeps a method from being calm; None if nothing does."""
        if self.is_calm(method):
            return None
        strangers = self._strangers(METHODS[method])
        return f"a handler listens: {strangers[0]}" if strangers else "somebody has wrapped, or watches, what sends it"

    def _strangers(self, action: str) -> list[str]:
        listening = [
            handler for event in _EVENTS
            for handler in self._emitter._handlers.prefix_search(f"{event}.dynamodb.{action}")]  # noqa: SLF001
        return [name for handler in listening if handler not in self._own
                for name in [_name(handler)] if name not in _BOTOCORES_OWN]

    def _look_again(self, method: str) -> bool:
        """Look at everything; what is calm is as before, as long as nothing changes."""
        # Taken before the handlers are looked at: one that comes meanwhile makes a new one.
        heard = self._emitter._lookup_cache  # noqa: SLF001
        sizes = [len(one) for one in self._dicts]
        found, unchanged = self._look(method)
        if not (self._is_silent(heard, METHODS[method]) and self._is_whole() and all(map(_is_botocores, found))):
            return False
        self._known[method] = self._watch(heard, sizes, unchanged)
        return True

    def _is_silent(self, heard: Any, action: str) -> bool:
        """Tell whether no stranger listens to an action; that is looked for once for all calls between two changes."""
        if self._silent[0] is not heard:
            self._silent = (heard, {})
        silent = self._silent[1]
        if action not in silent:
            silent[action] = not self._strangers(action)
        return silent[action]

    def _is_whole(self) -> bool:
        """Tell whether the client, and what it sends by, are as they were, and neither log nor history is kept."""
        endpoint = self._client._endpoint  # noqa: SLF001
        if endpoint is not self._endpoint or endpoint.http_session is not self._session:
            return False
        if self._history._enabled or self._log.isEnabledFor(logging.DEBUG):  # noqa: SLF001
            return False
        return not any(name in one for one in self._dicts for name in (*_WRAPPED, *METHODS))

    def _watch(self, heard: Any, sizes: Sequence[int], unchanged: Callable[[], bool]) -> Callable[[], bool]:
        """Give a function that tells whether all is as it was: a single one, since each call asks it."""
        client, emitter, endpoint, session = self._client, self._emitter, self._endpoint, self._session
        history, is_logged, debug = self._history, self._log.isEnabledFor, logging.DEBUG
        own, ends, sends = self._dicts
        own_size, ends_size, sends_size = sizes

        def is_as_before() -> bool:
            return (
                emitter._lookup_cache is heard and unchanged()  # noqa: SLF001
                and client._endpoint is endpoint and endpoint.http_session is session  # noqa: SLF001
                and len(own) == own_size and len(ends) == ends_size and len(sends) == sends_size
                and not history._enabled and not is_logged(debug)  # noqa: SLF001
            )

        return is_as_before


def _look_at_seams(client_class: type) -> Callable[[str], tuple[Sequence[Any], Callable[[], bool]]]:
    """Give what looks at the places where people step in: what is there now, and a function that tells if it still is.

    Raises:
        ImportError: botocore has them elsewhere; and AttributeError where it has none.
    """
    from botocore.awsrequest import AWSHTTPConnectionPool, AWSHTTPSConnectionPool
    from botocore.endpoint import Endpoint
    from botocore.httpsession import URLLib3Session
    from urllib3.connectionpool import HTTPConnectionPool

    owner: Any = client_class
    plain: Any = AWSHTTPConnectionPool
    secure: Any = AWSHTTPSConnectionPool
    endpoint: Any = Endpoint

    def look(method: str) -> tuple[Sequence[Any], Callable[[], bool]]:
        found = (
            getattr(owner, method), owner._make_api_call, endpoint.make_request, endpoint._send,  # noqa: SLF001
            URLLib3Session.send, HTTPConnectionPool.urlopen, plain.ConnectionCls, secure.ConnectionCls,
        )
        own, call, request, send, deliver, opened, plain_class, secure_class = found

        def unchanged() -> bool:
            # By identity: a wrapper may say that it is equal to what it wraps. In full: it is looked at on every call.
            return (
                getattr(owner, method, None) is own and owner._make_api_call is call  # noqa: SLF001
                and endpoint.make_request is request and endpoint._send is send  # noqa: SLF001
                and URLLib3Session.send is deliver and HTTPConnectionPool.urlopen is opened
                and plain.ConnectionCls is plain_class and secure.ConnectionCls is secure_class
            )

        return found, unchanged

    return look


class _Shut:
    """Stands for a guard where botocore has not the parts that one looks after."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def is_calm(self, _method: str) -> bool:
        return False

    def why_not(self, _method: str) -> str | None:
        return self._reason


def guard_of(client: Any, replay: Any) -> Guard | _Shut:
    """Give the guard of a client: one that lets nothing by, where botocore is of a version that nobody here knows."""
    try:
        return Guard(client, replay)
    except (AttributeError, ImportError) as error:
        return _Shut(f"{UNKNOWN_BOTOCORE}: {error}")


def _is_botocores(found: Any) -> bool:
    """Tell whether a method is as botocore, or urllib3, has made it: a wrapper may bear its name."""
    # Not isinstance: a wrapper may say that it is of the class of what it wraps, too.
    if type(found) is FunctionType:
        return found.__code__.co_filename.startswith(_homes())
    return type(found) is type and found.__module__.startswith("botocore.")


@cache
def _homes() -> tuple[str, ...]:
    import botocore
    import urllib3

    return tuple(str(Path(str(package.__file__)).parent) for package in (botocore, urllib3))


def _name(handler: Any) -> str:
    """Name a handler by where it was made; an object that is called goes by its class."""
    named = handler if hasattr(handler, "__qualname__") else type(handler)
    return f"{getattr(named, '__module__', None)}.{named.__qualname__}"
