"""`pynamite import` and `export`: files into tables, and tables into files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from pynamite.cli.items import EntityOption
from pynamite.cli.places import Db, TableArgument, TenantOption, entity_of, opened
from pynamite.cli.printing import AsJson, print_json
from pynamite.transfer import Rate, Report, State, export_items, import_items
from pynamite.transfer.formats import FORMATS

__all__ = ["export_file", "import_file"]

FormatOption = Annotated[str | None, typer.Option(
    "--format", metavar="FORMAT", show_default=False,
    help=f"One of {', '.join(FORMATS)}; without it, the file's name tells: .json, .jsonl, .csv, .tsv, .parquet.")]
RateOption = Annotated[float | None, typer.Option(
    "--rate", min=0, metavar="ITEMS", show_default=False, help="How many items a second, at most.")]
UnitsOption = Annotated[float | None, typer.Option(
    "--units", min=0, metavar="UNITS", show_default=False, help="How many capacity units a second, at most.")]
CheckpointOption = Annotated[Path | None, typer.Option(
    "--checkpoint", metavar="FILE", show_default=False,
    help="Note there how far it is; run again after a stop, it goes on from there.")]
RejectsOption = Annotated[Path | None, typer.Option(
    "--rejects", metavar="FILE", show_default=False,
    help="Write what does not fit to this file, and go on, instead of stopping at the first.")]
File = Annotated[str, typer.Argument(
    metavar="FILE", show_default=False, help="A file's path; - is standard input or output.")]


def import_file(
    table: TableArgument,
    file: File,
    db: Db = None,
    format: FormatOption = None,
    entity: EntityOption = None,
    checkpoint: CheckpointOption = None,
    rejects: RejectsOption = None,
    rate: RateOption = None,
    units: UnitsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, and write nothing.")] = False,
    tenant: TenantOption = None,
    as_json: AsJson = False,
) -> None:
    """Put what is in a file into a table."""
    with opened(table, db, tenant=tenant) as target, _bar("importing") as progress:
        report = import_items(
            target, sys.stdin.buffer if file == "-" else file, format=format, entity=entity_of(target, entity),
            on_error="raise" if rejects is None else "collect", rejects=rejects, checkpoint=checkpoint,
            rate=_rate(rate, units), dry_run=dry_run, progress=progress)
    _tell(report, "checked" if dry_run else "imported", as_json=as_json)


def export_file(
    table: TableArgument,
    file: File,
    db: Db = None,
    format: FormatOption = None,
    entity: EntityOption = None,
    segments: Annotated[int, typer.Option(min=1, help="How many segments to scan at once.")] = 1,
    checkpoint: CheckpointOption = None,
    rejects: RejectsOption = None,
    rate: RateOption = None,
    units: UnitsOption = None,
    tenant: TenantOption = None,
    as_json: AsJson = False,
) -> None:
    """Write what is in a table to a file."""
    with opened(table, db, tenant=tenant) as target, _bar("exporting") as progress:
        report = export_items(
            target, sys.stdout.buffer if file == "-" else file, format=format, entity=entity_of(target, entity),
            segments=segments, on_error="raise" if rejects is None else "collect", rejects=rejects,
            checkpoint=checkpoint, rate=_rate(rate, units), progress=progress)
    _tell(report, "exported", as_json=as_json, err=file == "-")


def _rate(items: float | None, units: float | None) -> Rate | None:
    return None if items is None and units is None else Rate(items, units)


def _tell(report: Report, what: str, *, as_json: bool, err: bool = False) -> None:
    if as_json and not err:
        print_json({
            what: report.done, "rejected": report.rejected, "seconds": round(report.seconds, 3),
            "rate": round(report.rate, 1)})
        return
    rejected = f", {report.rejected:,} rejected" if report.rejected else ""
    items = "item" if report.done == 1 else "items"
    typer.echo(f"{report.done:,} {items} {what}{rejected}, {report.rate:,.0f} a second", err=err)
    for problem in report.problems[:10]:
        typer.echo(f"row {problem}", err=True)
    if report.rejected:
        raise typer.Exit(1)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[State], Any] | None]:
    """Show how far it is, where somebody sees it: on standard error, so that it never mixes with what is exported."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"),
        TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, told="")

        def show(state: State) -> None:
            told = f"{state.done:,} items, {state.rate:,.0f}/s"
            if state.fraction is None:
                progress.update(task, told=told)
            else:
                progress.update(task, total=1.0, completed=state.fraction, told=told)

        yield show
