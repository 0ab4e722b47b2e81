"""The commands by name."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from pynamite.cli import serving

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(serving.serve)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pynamite {version('pynamite-orm')}")
        raise typer.Exit


@app.callback()
def _pynamite(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and end.")
    ] = False,
) -> None:
    """Typed single-table data modelling for DynamoDB."""
