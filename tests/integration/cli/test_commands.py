"""The command line: what each command does, what it prints for people and for programs, and how it fails."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
from typing import Any

import pytest
import typer.main

from pynamite.cli.app import app
from pynamite.connect import connect

SEVEN = {"PK": "USER#1", "SK": "ORDER#007", "GSI1PK": "STATUS#OPEN", "GSI1SK": "007", "_type": "Order",
         "account_id": "1", "number": 7, "status": "OPEN"}


def lines(text: str) -> list[Any]:
    """Read lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]


def commands(group: Any, *names: str) -> list[tuple[tuple[str, ...], Any]]:
    """Give all commands with their names."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, command in group.commands.items():
        inner = commands(command, *names, name) if hasattr(command, "commands") else [((*names, name), command)]
        found += inner
    return found


ALL = commands(typer.main.get_command(app))


@pytest.mark.parametrize(("names", "command"), ALL, ids=[" ".join(names) for names, _ in ALL])
def test_every_command_shows_an_example_of_itself(names, command):
    """In its help, behind the options."""
    assert f"pynamite {' '.join(names)} " in command.epilog
    assert command.help


def test_tables_are_listed_by_name_or_as_objects(shop):
    """Names for a shell's loop; JSON has the rest."""
    assert shop("tables") == (0, "shop\n", "")
    (told,) = lines(shop("tables", "--json")[1])
    assert (told["name"], told["key"], told["indexes"], told["status"]) == ("shop", "PK, SK", "GSI1", "ACTIVE")


def test_a_table_of_plain_items_is_created_with_its_indexes(run):
    """Types stand behind the names."""
    created = run("create", "films", "--pk", "title", "--sk", "year:N", "--index", "ByYear,year:N,title", "--json")
    assert created[0] == 0
    told = json.loads(created[1])
    assert [part["AttributeName"] for part in told["KeySchema"]] == ["title", "year"]
    assert told["GlobalSecondaryIndexes"][0]["IndexName"] == "ByYear"
    assert run("create", "films", "--exist-ok", "--pk", "title", "--sk", "year:N")[0] == 0
    assert "there already" in run("create", "films")[2] or run("create", "films")[0] == 1
    assert run("create", "more", "--index", "a,b,c,d")[0] == 2


def test_an_item_is_found_by_its_key_as_text_and_as_json(shop):
    """The first dot separates."""
    assert lines(shop("get", "shop", "USER#1.ORDER#007")[1]) == [SEVEN]
    assert lines(shop("get", "shop", '["USER#1", "ORDER#007"]')[1]) == [SEVEN]
    assert lines(shop("get", "shop_models:table", '{"PK": "USER#1", "SK": "ORDER#007"}', "--json")[1]) == [SEVEN]


def test_an_item_that_is_not_there_is_exit_code_1(shop):
    """With one line that says so."""
    told = (1, "", "pynamite: there is no item with the key USER#1.ORDER#999 in table 'shop'\n")
    assert shop("get", "shop", "USER#1.ORDER#999") == told
    assert shop("delete", "shop", "USER#1.ORDER#999") == told


def test_numbers_of_a_key_are_written_as_numbers(run):
    """The table knows that they are; what is none is told."""
    run("create", "films", "--sk", "year:N")
    assert run("put", "films", '{"PK": "Alien", "year": 1979, "rate": 8.50}') == (0, "1 item put\n", "")
    assert json.loads(run("get", "films", "Alien.1979")[1]) == {"PK": "Alien", "year": 1979, "rate": 8.5}
    assert run("get", "films", "Alien.x")[:2] == (1, "")
    assert run("get", "films", "Alien")[0] == 2
    assert "is no JSON" in run("get", "films", "{x")[2]


def test_a_partition_is_shown_in_order(shop):
    """Of the table, of an index, a part of it, the other way round."""
    assert [one["SK"] for one in lines(shop("query", "shop", "USER#1")[1])] == ["ORDER#007", "ORDER#008", "PROFILE"]
    found = shop("query", "shop", "USER#1", "--begins-with", "ORDER#", "--reverse", "--limit", "1")
    assert [one["SK"] for one in lines(found[1])] == ["ORDER#008"]
    assert lines(shop("query", "shop", "STATUS#OPEN", "--index", "GSI1")[1]) == [SEVEN]
    assert shop("query", "shop", "USER#404") == (0, "", "")
    code, _, told = shop("query", "shop", "x", "--index", "none")
    assert (code, "the table has GSI1" in told) == (2, True)


def test_what_is_put_as_an_entity_has_all_that_belongs_to_it(shop):
    """Keys, guards and reactions; what does not fit is told, and nothing is put."""
    assert json.loads(shop("get", "shop", "USER#1.PROFILE")[1])["orders"] == 2
    ann = '{"account_id": "2", "email": "ann@example.com"}'
    code, _, told = shop("put", "shop_models:table", "--entity", "User", ann)
    assert (code, "is taken" in told) == (1, True)
    code, _, told = shop(
        "put", "shop_models:table", "--entity", "Order", '{"account_id": "1", "number": 9}', '{"account_id": "1"}')
    assert (code, "number" in told) == (1, True)
    assert shop("get", "shop", "USER#1.ORDER#009")[0] == 1


def test_items_are_put_from_standard_input(run):
    """A line each; none is put unless all fit."""
    run("create", "films", "--sk", "")
    assert run("put", "films", "-", given='{"PK": "a"}\n{"PK": "b"}\n') == (0, "2 items put\n", "")
    assert run("put", "films", "-", given='{"PK": "c"}\n{"no": "key"}\n')[0] == 1
    assert run("get", "films", "c")[0] == 1


def test_a_deleted_item_is_gone(shop):
    """Once."""
    assert shop("delete", "shop", "USER#1.ORDER#007") == (0, "deleted\n", "")
    assert shop("delete", "shop", "USER#1.ORDER#007")[0] == 1


def test_a_table_is_drawn_and_written_as_a_page(shop, folder):
    """As text where nobody looks at a terminal."""
    code, out, _ = shop("show", "shop_models:table")
    assert code == 0
    assert "ORDER#007" in out
    assert "Index GSI1" in out
    assert shop("show", "shop", "--html", "shop.html") == (0, "shop.html\n", "")
    assert "ORDER#007" in (folder / "shop.html").read_text().replace("<wbr>", "")
    assert json.loads(shop("show", "shop", "--json")[1])["TableName"] == "shop"


def test_files_go_in_and_out(shop, folder):
    """In each format that its name tells; what came in is what went out."""
    assert shop("export", "shop", "all.json.gz")[1].startswith("4 items exported")
    assert len(gzip.decompress((folder / "all.json.gz").read_bytes()).splitlines()) == 4
    assert shop("export", "shop_models:table", "orders.csv", "--entity", "Order")[0] == 0
    assert (folder / "orders.csv").read_text().splitlines() == ["account_id,number,status", "1,7,OPEN", "1,8,PAID"]
    shop("create", "copy")
    told = json.loads(shop("import", "copy", "all.json.gz", "--json")[1])
    assert (told["imported"], told["rejected"]) == (4, 0)
    assert lines(shop("get", "copy", "USER#1.ORDER#007")[1]) == [SEVEN]


def test_an_export_to_standard_output_has_nothing_else_in_it(shop):
    """What is told goes to standard error."""
    code, out, told = shop("export", "shop", "-", "--format", "json-lines")
    assert (code, len(lines(out)), told.startswith("4 items exported")) == (0, 4, True)
    assert "give format=" in shop("export", "shop", "-")[2]


def test_rows_that_do_not_fit_are_told_or_left_out(shop, folder):
    """With their numbers; the rest goes in if a file is named for them."""
    (folder / "orders.jsonl").write_text('{"account_id": "1", "number": 9}\n{"account_id": "1", "number": "x"}\n')
    code, _, told = shop("import", "shop_models:table", "orders.jsonl", "--entity", "Order")
    assert (code, "row 2" in told) == (1, True)
    code, out, told = shop("import", "shop_models:table", "orders.jsonl", "--entity", "Order", "--rejects", "no.jsonl")
    assert (code, out.startswith("1 item imported, 1 rejected"), "row 2" in told) == (1, True, True)
    assert (folder / "no.jsonl").read_text().count("\n") == 1
    assert shop("import", "shop_models:table", "orders.jsonl", "--entity", "None")[0] == 2


def test_a_model_is_made_read_and_loaded(shop, folder):
    """Code to Workbench, Workbench to code, and into a database."""
    assert shop("model", "workbench", "shop_models:table", "model.json") == (0, "model.json\n", "")
    assert json.loads((folder / "model.json").read_text())["ModelMetadata"]["AWSService"] == "Amazon DynamoDB"
    code, out, _ = shop("model", "code", "model.json")
    assert code == 0
    assert "class Order:" in out
    assert shop("model", "code", "model.json", "-o", "made.py") == (0, "made.py\n", "")
    assert (folder / "made.py").read_text() == out
    assert shop("model", "load", "model.json", "--db", "other.db") == (0, "shop: 4 items\n", "")
    assert shop("get", "shop", "USER#1.ORDER#007", "--db", "other.db")[0] == 0
    (folder / "bad.json").write_text("[]")
    assert shop("model", "code", "bad.json")[0] == 1


def test_a_table_is_compared_with_its_declaration(shop):
    """Exit code 1 where they differ."""
    assert shop("diff", "shop_models:table") == (0, "table 'shop' is as declared\n", "")
    shop("create", "other")
    code, out, _ = shop("diff", "shop_models:table", "--name", "other", "--json")
    assert (code, [one["what"] for one in lines(out)]) == (1, ["global index 'GSI1'"])


@pytest.mark.parametrize(("language", "told"), [
    ("json", '"TableName": "shop"'), ("cloudformation", "AWS::DynamoDB::"),
    ("terraform", 'resource "aws_dynamodb_table"'),
    ("cdk", "from aws_cdk"), ("iam", '"dynamodb:'),
])
def test_a_definition_is_written_in_each_language(run, language, told):
    """As the functions of `pynamite.definitions` write it."""
    code, out, _ = run("definition", "shop_models:table", "--as", language)
    assert (code, told in out) == (0, True)


@pytest.mark.parametrize(("arguments", "told"), [
    (("tables", "--db", "no.db"), "there is no file 'no.db'"),
    (("get", "nothing:table", "a.b"), "there is no module 'nothing'"),
    (("get", "shop_models:tabel", "a.b"), "its tables are table"),
    (("get", "shop_models:no_table", "a.b"), "is no Table, but a str"),
    (("get",), "Missing argument"),
    (("nothing",), "No such command"),
])
def test_a_mistake_in_a_command_is_one_line_and_exit_code_2(run, folder, arguments, told):
    """It says which help to read."""
    code, out, said = run(*arguments)
    assert (code, out, said.count("\n"), told in said, "--help" in said) == (2, "", 1, True, True)


def test_a_database_that_says_no_is_one_line_and_exit_code_1(shop):
    """Whatever it is about."""
    nowhere = ("tables", "--db", "http://127.0.0.1:1")
    for arguments in (("get", "none", "a.b"), nowhere, ("show", "shop", "--index", "x")):
        code, out, told = shop(*arguments)
        assert (code, out, told.count("\n"), told.startswith("pynamite: ")) == (1, "", 1, True)


def test_a_table_on_a_server_is_reached_by_its_address(run, dynamodb_local_url, table_name):
    """The scheme may be left out."""
    host = dynamodb_local_url.removeprefix("http://").rstrip("/")
    assert run("create", table_name, "--db", host)[0] == 0
    assert run("put", table_name, '{"PK": "a", "SK": "b", "n": 1}', "--db", host)[0] == 0
    assert json.loads(run("get", table_name, "a.b", "--db", host)[1])["n"] == 1
    connect(dynamodb_local_url).delete_table(TableName=table_name)


def test_tables_and_colours_are_for_terminals(shop):
    """The same command lays its answer out where somebody looks at it."""
    shown, hidden = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "pynamite", "get", "shop", "USER#1.ORDER#007"], stdout=hidden, env=environment
    ) as process:
        os.close(hidden)
        read = b""
        while True:
            try:
                chunk = os.read(shown, 4096)
            except OSError:  # how Linux says that the other side is closed
                break
            if not chunk:
                break
            read += chunk
    os.close(shown)
    assert process.returncode == 0
    assert b"\x1b[" in read
    assert b"status" in read
