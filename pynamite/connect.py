"""Connect to a database: the only place that makes a client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qs, unquote, urlsplit

from pynamite.client import Client
from pynamite.errors import CredentialsError

__all__ = ["Transport", "behind", "connect", "is_boto3", "made_here", "same_database"]

Transport = Literal["auto", "fast", "boto3"]
"""How requests are sent: by a transport of pynamite's own, or by boto3's."""

_FORMS = (
    "'sqlite:///file.db' (a file), 'sqlite://' (in memory), 'http://host:port' (DynamoDB Local and the like), "
    "nothing (AWS), or a client")
_METHODS = [name for name in vars(Client) if not name.startswith("_")]
_SCHEME = "sqlite://"


def connect(target: str | Client | None = None, *, transport: Transport = "auto") -> Client:
    """Give a client for a URL; a client is handed through.

    ``"sqlite:///file.db"`` is the embedded engine on a file (relative to the working directory; with four slashes the
    path is absolute; with ``?durable=1`` each write waits for the disk, so that not even a power failure loses one),
    ``"sqlite://"`` the engine in a memory of its own, ``"http://host:port"`` a DynamoDB server,
    with the credentials that boto3 finds, else made-up ones, and None is AWS, by boto3's own configuration, with the
    region of ``DEFAULT_REGION`` where boto3 finds none. Nothing is sent. A client of boto3's gets one event handler,
    which concerns pynamite's calls only: it keeps writes from being sent twice that must not be done twice.

    The client of a URL, or of AWS, is boto3's with a transport of pynamite's in front, which steps aside by itself
    whenever a call is listened to, or a setting wants boto3's own; ``transport="boto3"`` gives boto3's client alone. A
    client that is handed in is used as it is, unless ``transport="fast"`` puts the transport in front of it, too.

    Raises:
        ValueError: the URL has none of these forms, or a transport is chosen for what needs none.
        TypeError: the target is neither a URL nor a client.
        UnreachableError: the file cannot be used.
        CredentialsError: boto3 finds no region, or not the profile that it is told.
    """
    if transport not in get_args(Transport):
        raise ValueError(f"transport={transport!r}: it is one of 'auto', 'fast', 'boto3'")
    if target is None:
        return _sent_by(transport, _watched(_aws()))
    if not isinstance(target, str):
        # Not isinstance: from Python 3.12 on that does not see the methods of a proxy.
        if all(callable(getattr(target, name, None)) for name in _METHODS):
            return _handed_in(target, transport)
        raise TypeError(
            f"cannot connect to {target!r}, a {type(target).__name__} without DynamoDB's methods; "
            f"connect takes {_FORMS}" + _HINTS.get(type(target).__name__, ""))
    if target.startswith("sqlite:"):
        if transport != "auto":
            raise ValueError(f"transport={transport!r} is for servers: nothing is sent to {target!r}")
        return _file(target)
    parts = urlsplit(target)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return _sent_by(transport, _watched(_server(target)))
    raise ValueError(f"cannot connect to {target!r}; connect takes {_FORMS}" + _guess(target))


def _sent_by(transport: Transport, client: Client) -> Client:
    """Put pynamite's transport in front of a client of boto3's that was made here."""
    if transport == "boto3":
        return client
    from pynamite.transport.fast import FastClient

    return cast("Client", FastClient(client))


def _handed_in(client: Client, transport: Transport) -> Client:
    if transport == "auto":
        return _watched(client)
    if transport == "boto3":
        return _watched(behind(client))
    if behind(client) is not client:
        return client
    if not is_boto3(client):
        raise ValueError(f"transport='fast' is for boto3's clients, and {client!r} is none")
    from pynamite.transport.fast import FastClient

    return cast("Client", FastClient(_watched(client), closes_client=False))


def is_boto3(client: Any) -> bool:
    """Tell whether a client is one of boto3's, by what it is made of, so that nothing has to be imported for it."""
    return any(kind.__module__ == "botocore.client" for kind in type(client).__mro__)


def behind(client: Any) -> Any:
    """Give the client of boto3's behind pynamite's transport; any other client is handed through."""
    return client.boto3 if type(client).__module__ == "pynamite.transport.fast" else client


def made_here(client: Client, target: str | Client | None) -> bool:
    """Tell whether `connect` made the client that it gave for this target, so that its caller has to close it."""
    return client is not target and client is not behind(target)


def _watched(client: Client) -> Client:
    """Let a client of boto3's ask before it sends a request again by itself: see `pynamite.operation.sending`."""
    events = getattr(getattr(client, "meta", None), "events", None)
    register = getattr(events, "register_first", None)
    if register is not None:
        from pynamite.operation.sending import needs_retry

        register("needs-retry.dynamodb", needs_retry, unique_id="pynamite-needs-retry")
    return client


_HINTS = {
    "dynamodb.ServiceResource": "; give the resource's client: resource.meta.client",
    "dynamodb.Table": "; give the table's client: table.meta.client",
}


def _guess(target: str) -> str:
    if "://" not in target and target.endswith((".db", ".sqlite", ".sqlite3")):
        return f"; did you mean 'sqlite:///{target}'?"
    if "://" not in target and target.startswith(("localhost", "127.0.0.1")):
        return f"; did you mean 'http://{target}'?"
    return ""


# The engine and boto3 are imported by whoever needs them: each takes as long as the whole rest of the package.


def _file(url: str) -> Client:
    from pynamite.local.client import LocalClient

    address, _, query = url.partition("?")
    return LocalClient(_sqlite_path(address), synchronous="FULL" if _durable(url, query) else "NORMAL")


def _durable(url: str, query: str) -> bool:
    options = parse_qs(query, keep_blank_values=True)
    durable = options.pop("durable", ["0"])
    if options or durable not in (["0"], ["1"]):
        raise ValueError(
            f"{url!r}: the only option is durable, 0 or 1, as in 'sqlite:///file.db?durable=1'; "
            "a question mark that belongs to the file's name is written %3F")
    return durable == ["1"]


def _sqlite_path(url: str) -> str | None:
    rest = url.removeprefix("sqlite:")
    if rest in {"//", "///:memory:"}:
        return None
    path = unquote(rest.removeprefix("///"))
    if not rest.startswith("///") or not path:
        raise ValueError(
            f"{url!r} names no file; write 'sqlite:///file.db' (three slashes; four for an absolute path), "
            "or 'sqlite://' for a database in memory")
    return path


def _server(url: str) -> Client:
    import boto3
    import botocore.session

    with _configuration_told():
        found = botocore.session.get_session()
        # Without these two, looking for credentials asks nobody over the network.
        for provider in ("iam-role", "container-role"):
            found.get_component("credential_provider").remove(provider)
        session = boto3.Session(botocore_session=found)
        options: dict[str, Any] = {"endpoint_url": url}
        if session.region_name is None:
            options["region_name"] = os.environ.get("DEFAULT_REGION") or "us-east-1"
        if session.get_credentials() is None:
            options.update(aws_access_key_id="local", aws_secret_access_key="local")  # noqa: S106 - nobody checks them
        return cast("Client", session.client("dynamodb", **options))


def _aws() -> Client:
    import boto3

    with _configuration_told():
        session = boto3.Session()
        region = session.region_name or os.environ.get("DEFAULT_REGION") or None
        return cast("Client", session.client("dynamodb", region_name=region))


@contextmanager
def _configuration_told() -> Iterator[None]:
    """Say what to set where boto3 finds its configuration wanting."""
    from botocore.exceptions import NoRegionError, ProfileNotFound

    try:
        yield
    except NoRegionError as error:
        raise CredentialsError(
            "connect() goes to AWS, and boto3 finds no region; set AWS_DEFAULT_REGION (or DEFAULT_REGION), "
            "or connect to 'sqlite:///file.db' to work without AWS") from error
    except ProfileNotFound as error:
        raise CredentialsError(
            f"{error}; set AWS_PROFILE to a profile of yours, or connect to 'sqlite:///file.db' to work without AWS"
        ) from error


def same_database(one: Client, other: Client) -> bool:
    """Tell whether two clients speak to the same database, so that what goes to both can be one transaction.

    They do if they are the same, use the same file of the embedded engine, or the same address and region. Whose
    account the credentials of two of boto3's clients are is not known before something is sent.
    """
    if one is other:
        return True
    place = _place(one)
    return place is not None and place == _place(other)


def _place(client: Any) -> tuple[str, ...] | None:
    """Say where a client's tables are; None for a memory, and for what does not tell."""
    meta = getattr(client, "meta", None)
    if meta is not None:
        return str(meta.endpoint_url).rstrip("/"), str(meta.region_name)
    path = getattr(client, "path", None)
    return None if path is None else (os.path.realpath(path),)
