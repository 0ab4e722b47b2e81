"""Where a client of boto3's sends its requests, and how: taken from botocore, which has resolved and configured it."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

import attrs

from pynamite.transport.connection import Address

__all__ = ["FullPathError", "Place", "place_of"]


class FullPathError(Exception):
    """The call has to go all the way through boto3; the message says why."""


@attrs.frozen
class Place:
    """An endpoint of DynamoDB's: its URL, the value of its ``Host`` header, and what signs for it."""

    url: str
    host: str
    region: str
    service: str
    user_agent: str
    address: Address
    connections: int
    is_custom: bool
    """Whether somebody named the address: then it is the same for every table and account."""


def place_of(client: Any, mark: str) -> Place:
    """Say where a client's requests go; ``mark`` is added to what it calls itself.

    Raises:
        FullPathError: it is a place, or a way there, that only botocore knows.
    """
    session = client._endpoint.http_session  # noqa: SLF001 - boto3 has no other way to tell
    url, signing = _resolved(client)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname is None or parts.path not in {"", "/"} or parts.query:
        raise FullPathError(f"the endpoint {url!r} is more than a host")
    if session._proxy_config.proxy_url_for(url) is not None:  # noqa: SLF001
        raise FullPathError("there is a proxy for this endpoint")
    config = client.meta.config
    is_tls = parts.scheme == "https"
    default_port = 443 if is_tls else 80
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    address = Address(
        parts.hostname, parts.port or default_port, _tls(session) if is_tls else None, config.connect_timeout,
        config.read_timeout, tuple(session._socket_options))  # noqa: SLF001
    return Place(
        url=url, host=name if parts.port in {None, default_port} else f"{name}:{parts.port}",
        region=signing.get("region") or client._request_signer.region_name,  # noqa: SLF001
        service=signing.get("signing_name") or client._request_signer.signing_name,  # noqa: SLF001
        user_agent=f"{client._user_agent_creator.to_string()} {mark}",  # noqa: SLF001
        address=address, connections=config.max_pool_connections, is_custom=_is_custom(client))


def _is_custom(client: Any) -> bool:
    builtins = getattr(client._ruleset_resolver, "_builtins", {})  # noqa: SLF001
    return any(str(getattr(name, "value", name)) == "SDK::Endpoint" and value for name, value in builtins.items())


def _resolved(client: Any) -> tuple[str, dict[str, Any]]:
    """Let botocore's rules name the endpoint, as for a table that is given by its name."""
    signer, config = client._request_signer, client.meta.config  # noqa: SLF001
    if signer.signature_version != "v4":
        raise FullPathError(f"requests are signed by {signer.signature_version!r}")
    if getattr(config, "auth_scheme_preference", None):
        raise FullPathError("the configuration prefers a way of signing")
    operation = client.meta.service_model.operation_model("GetItem")
    context: dict[str, Any] = {
        "client_region": client.meta.region_name, "client_config": config, "has_streaming_input": False,
        "auth_type": operation.resolved_auth_type, "unsigned_payload": operation.unsigned_payload,
        "auth_options": client.meta.service_model.metadata.get("auth")}
    url, headers, _ = client._resolve_endpoint_ruleset(operation, {"TableName": "table"}, context)  # noqa: SLF001
    if headers or context["auth_type"] not in {None, "v4"}:
        raise FullPathError("the endpoint asks for headers, or a way of signing, of its own")
    return url, context.get("signing", {})


def _tls(session: Any) -> ssl.SSLContext:
    """Make what a connection is secured by, out of botocore's own settings."""
    from botocore.httpsession import get_cert_path

    if session._cert_file is not None:  # noqa: SLF001
        raise FullPathError("the client has a certificate of its own")
    context: ssl.SSLContext = session._get_ssl_context()  # noqa: SLF001
    if session._verify:  # noqa: SLF001
        context.verify_mode = ssl.CERT_REQUIRED
        context.check_hostname = True
        try:
            context.load_verify_locations(get_cert_path(session._verify))  # noqa: SLF001
        except OSError as error:
            raise FullPathError(f"the certificates of {session._verify!r} cannot be read") from error  # noqa: SLF001
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
