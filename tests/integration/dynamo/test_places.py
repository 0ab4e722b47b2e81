"""DB by URL and by environment."""

from __future__ import annotations

from typing import Any

import pytest

from pynamite import dynamo
from pynamite.connect import connect
from pynamite.errors import CredentialsError, DefinitionError, TableNotFoundError, UnreachableError


def test_everything_works_by_url(url, table_name):
    """Each call may connect for itself; a DB can be closed, or used in a block."""
    dynamo.create_table(table_name, url)
    with dynamo.DB(table_name, url) as db:
        db.put("a.b", {"n": 1})
    assert table_name in dynamo.list_tables(url)
    assert table_name in dynamo.describe_all(url)
    with dynamo.DB(table_name, url) as db:
        assert db.get("a.b", "n") == {"n": 1}
        assert db.table.get_item(Key={"PK": "a", "SK": "b"})["Item"]["n"] == 1


def test_a_client_that_was_handed_in_stays_open(embedded_url, table_name):
    """Who makes it closes it."""
    client: Any = connect(embedded_url)
    dynamo.create_table(table_name, client)
    with dynamo.DB(table_name, client) as db:
        db.put("a.b")
    assert dynamo.DB(table_name, client).get("a.b") is not None
    client.close()


def test_boto3s_own_connection(dynamodb_local_url, table_name):
    """The resource and the table of boto3."""
    dynamo.create_table(table_name, dynamodb_local_url)
    resource = dynamo.dynamo_connection(dynamodb_local_url)
    assert type(resource).__name__ == "dynamodb.ServiceResource"
    assert type(dynamo.table_connection(table_name, dynamodb_local_url)).__name__ == "dynamodb.Table"
    resource.Table(table_name).put_item(Item={"PK": "a", "SK": "b"})
    assert dynamo.DB(table_name, resource.meta.client).name == table_name


def test_the_embedded_engine_has_no_resource():
    """The error says what to use."""
    with pytest.raises(DefinitionError, match="table_connection"):
        dynamo.dynamo_connection("sqlite://")


def test_the_environment_names_the_table(monkeypatch, embedded_url, table_name):
    """DYNAMO_TABLE_NAME, where no name is given."""
    with pytest.raises(DefinitionError, match="DYNAMO_TABLE_NAME"):
        dynamo.DB(None, embedded_url)
    with pytest.raises(DefinitionError, match="DYNAMO_TABLE_NAME"):
        dynamo.table_connection(None, embedded_url)
    monkeypatch.setenv("DYNAMO_TABLE_NAME", table_name)
    with dynamo.DB(client_or_url=embedded_url) as db:
        assert db.name == table_name
        with pytest.raises(TableNotFoundError, match=table_name):
            db.get("a.b")


def test_the_environment_has_to_name_return_values(monkeypatch, embedded_url, table_name):
    """The variable is named, and what it can be."""
    dynamo.create_table(table_name, embedded_url)
    monkeypatch.setenv("RETURN_VALUES", "EVERYTHING")
    with dynamo.DB(table_name, embedded_url) as db, pytest.raises(DefinitionError, match="is 'EVERYTHING'"):
        db.update("a.b", {})


@pytest.mark.parametrize("name", ["", 5])
def test_a_name_is_a_text(name, embedded_url):
    """Anything else is refused at once."""
    with pytest.raises(DefinitionError, match="name of a table"):
        dynamo.DB(name, embedded_url)


def test_nobody_at_the_address(monkeypatch):
    """The error names the address."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9"):
        dynamo.DB("shop", "http://127.0.0.1:9").get("a.b")


def test_no_credentials(monkeypatch):
    """A newcomer's first error says what to set."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(CredentialsError, match="AWS_ACCESS_KEY_ID"):
        dynamo.DB("shop").get("a.b")
