"""`pynamite serve`: the engine over HTTP, until it is told to stop."""

from __future__ import annotations

import contextlib
import logging
import signal
import time
from types import FrameType
from typing import Annotated, NoReturn

import typer

from pynamite.errors import PynamiteError

__all__ = ["serve"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _StopError(BaseException):
    """A signal that says stop; no error, so nothing on the way catches it."""


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    # Whoever asks twice does not want to wait for requests that are under way.
    for one in SIGNALS:
        signal.signal(one, signal.SIG_DFL)
    raise _StopError


def serve(
    db: Annotated[str, typer.Option(help="The SQLite file, made if there is none; ':memory:' keeps nothing.")]
    = ":memory:",
    host: Annotated[str, typer.Option(help="The address to listen at; others than this machine's own are open to "
                                           "everybody who reaches it: nothing checks credentials.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 is any free one.")] = 8000,
    durable: Annotated[bool, typer.Option("--durable", help="Wait for the disk at each write, so that not even a "
                                                            "power failure loses one.")] = False,
    sweep_seconds: Annotated[float, typer.Option(min=0, help="How often to remove items whose time to live is over; "
                                                             "0 is never.")] = 60.0,
) -> None:
    """Serve a database over HTTP, as DynamoDB does: any client in any language can use it."""
    from pynamite.local.server import serve as start

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with contextlib.suppress(_StopError):
        for one in SIGNALS:
            signal.signal(one, _stop)
        try:
            server = start(
                None if db == ":memory:" else db, host=host, port=port, synchronous="FULL" if durable else "NORMAL",
                sweep_seconds=sweep_seconds or None)
        except (PynamiteError, OSError) as error:
            typer.echo(f"pynamite: {_reason(error, host, port)}", err=True)
            raise typer.Exit(1) from None
        with server:
            typer.echo(f"listening on {server.url}")
            while True:
                time.sleep(3600)


def _reason(error: Exception, host: str, port: int) -> str:
    if isinstance(error, OSError) and not isinstance(error, PynamiteError):
        told = str(error.strerror or error).partition(" (while ")[0]
        return f"cannot listen at {host}, port {port}: {told}; give another --port or --host"
    return str(error)
