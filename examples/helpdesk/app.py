"""The app: `flask --app examples.helpdesk.app run`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.routing import BaseConverter

from . import problems, tickets
from .stores import Stores


class TenantConverter(BaseConverter):
    """A company's name in a path: what may stand before the `@` of its keys."""

    regex = "[a-z0-9][a-z0-9-]{0,39}"


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make the app, by HELPDESK_DATABASE and HELPDESK_TABLE of the environment unless a config is given."""
    app = Flask(__name__)
    app.config.update(DATABASE="sqlite:///helpdesk.db", TABLE="helpdesk")
    if config is None:
        app.config.from_prefixed_env("HELPDESK")
    else:
        app.config.update(config)
    database = app.config["DATABASE"]
    app.extensions["helpdesk"] = Stores(None if database == "aws" else database, app.config["TABLE"])
    app.url_map.converters["tenant"] = TenantConverter
    app.register_blueprint(tickets.bp)
    app.cli.add_command(create_table)
    app.cli.add_command(open_desk)
    problems.install(app)
    return app


@click.command("create-table")
@with_appcontext
def create_table() -> None:
    """Make the table, if it is not there."""
    current_app.extensions["helpdesk"].create_table()
    click.echo(f"table {current_app.config['TABLE']} is there")


@click.command("open-desk")
@click.argument("tenant")
@click.argument("name")
@with_appcontext
def open_desk(tenant: str, name: str) -> None:
    """Let a company in: `flask open-desk acme "Acme Ltd"`."""
    new = current_app.extensions["helpdesk"].open_desk(tenant, name)
    click.echo(f"desk {tenant} is open" if new else f"desk {tenant} was there already")
