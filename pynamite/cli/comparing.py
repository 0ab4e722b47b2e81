"""`pynamite diff` and `definition`: a declared table beside the one that is there, and in others' languages."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated

import typer

from pynamite.cli.places import Db, declared, opened_client
from pynamite.cli.printing import AsJson, print_rows
from pynamite.definitions import cdk, cloudformation_yaml, create_table_json, iam_policy, terraform
from pynamite.definitions import diff as compare

__all__ = ["definition", "diff"]

Declared = Annotated[str, typer.Argument(
    metavar="MODULE:TABLE", show_default=False, help="Where the table is declared, as in shop.models:table.")]


def diff(
    table: Declared,
    db: Db = None,
    name: Annotated[str | None, typer.Option(
        metavar="NAME", show_default=False, help="The table's name there, if it is another one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a declared table with the one that is there; exit code 1 where they differ."""
    with opened_client(db) as client:
        found = compare(declared(table), client, name=name)
    rows = [
        {"what": one.what, "declared": one.declared, "there": one.live, "remedy": one.remedy}
        for one in found.differences]
    if rows or as_json:
        print_rows(("what", "declared", "there", "remedy"), rows, as_json=as_json)
    else:
        typer.echo(str(found))
    if found:
        raise typer.Exit(1)


class Language(str, Enum):  # noqa: UP042 - typer shows the values of a str
    """What a definition can be written in."""

    JSON = "json"
    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"
    CDK = "cdk"
    IAM = "iam"


def definition(
    table: Declared,
    language: Annotated[Language, typer.Option("--as", help="json is what `aws dynamodb create-table` takes.")]
    = Language.JSON,
    tenant: Annotated[str | None, typer.Option(
        metavar="TENANT", show_default=False, help="With --as iam: whose items alone are allowed.")] = None,
) -> None:
    """Write a declared table as a definition for other tools."""
    found = declared(table)
    match language:
        case Language.JSON:
            text = create_table_json(found)
        case Language.CLOUDFORMATION:
            text = cloudformation_yaml(found)
        case Language.TERRAFORM:
            text = terraform(found)
        case Language.CDK:
            text = cdk(found)
        case Language.IAM:
            text = json.dumps(iam_policy(found, tenant=tenant), indent=2)
    typer.echo(text.rstrip("\n"))
