"""Commands as a user types them, in a folder of their own that has a declared table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from pynamite.cli.app import app

MODELS = """
from pynamite import Index, Table, attribute, entity, field


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    account_id: str
    email: str = field(unique=True)
    orders: int = 0


@entity(pk="USER#<account_id>", sk="ORDER#<number:pad(3)>", indexes={"GSI1": ("STATUS#<status>", "<number:pad(3)>")})
class Order:
    account_id: str
    number: int
    status: str = "OPEN"


table = Table("shop", User, Order, indexes=[Index("GSI1")])
no_table = "shop"


@table.on_create(Order)
def count(new, tx):
    tx[User].update({"account_id": new.account_id}, attribute(User.orders).add(1))
"""


@pytest.fixture
def folder(tmp_path: Any, monkeypatch: Any) -> Any:
    """A folder of its own with the module `shop_models`, on an empty database."""
    (tmp_path / "shop_models.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYNAMITE_DB", "shop.db")
    monkeypatch.setattr(sys, "path", [*sys.path])
    sys.modules.pop("shop_models", None)
    yield tmp_path
    sys.modules.pop("shop_models", None)


@pytest.fixture
def run(folder: Any) -> Callable[..., Any]:
    """Run a command; give its exit code, what it printed, and what it said on standard error."""
    runner = CliRunner()

    def running(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
        result = runner.invoke(app, list(arguments), input=given, prog_name="pynamite", catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr

    return running


@pytest.fixture
def shop(run: Callable[..., Any]) -> Callable[..., Any]:
    """`run`, with a table in which there is a user with two orders."""
    assert run("create", "shop_models:table")[0] == 0
    ann = '{"account_id": "1", "email": "ann@example.com"}'
    assert run("put", "shop_models:table", "--entity", "User", ann)[0] == 0
    orders = ('{"account_id": "1", "number": 7}', '{"account_id": "1", "number": 8, "status": "PAID"}')
    assert run("put", "shop_models:table", "--entity", "Order", *orders)[0] == 0
    return run
