"""boto3's own objects for a place where tables live, and what stands for them on the embedded engine."""

from __future__ import annotations

import os
from typing import Any

from pynamite.client import Client
from pynamite.connect import behind, connect, is_boto3
from pynamite.dynamo.client_table import ClientTable
from pynamite.dynamo.logs import show_if_asked
from pynamite.errors import DefinitionError

__all__ = ["dynamo_connection", "table_connection", "table_of"]


def dynamo_connection(client_or_url: Client | str | None = None) -> Any:
    """Give boto3's DynamoDB resource for AWS (nothing), an http address, or a client of boto3.

    Raises:
        DefinitionError: it is another client: the embedded engine has tables (`table_connection`), but no resource.
    """
    show_if_asked()
    client = behind(connect(client_or_url))
    if not is_boto3(client):
        raise DefinitionError(
            f"{client_or_url!r} is no place that boto3 reaches: "
            "use table_connection(name, ...), which works everywhere")
    return _resource(client)


def table_connection(name: str | None = None, client_or_url: Client | str | None = None) -> Any:
    """Give boto3's Table, or an object with its item methods where boto3 does not reach.

    ``name`` is the environment's DYNAMO_TABLE_NAME if it is left out.

    Raises:
        DefinitionError: there is no name.
    """
    show_if_asked()
    found = os.environ.get("DYNAMO_TABLE_NAME") if name is None else name
    if not found:
        raise DefinitionError(
            "table_connection() needs the name of a table, or the environment variable DYNAMO_TABLE_NAME")
    return table_of(connect(client_or_url), found)


def table_of(client: Client, name: str) -> Any:
    """Give the table of a client: boto3's Table if it is one of boto3's clients."""
    boto3_client = behind(client)
    return _resource(boto3_client).Table(name) if is_boto3(boto3_client) else ClientTable(client, name)


def _resource(client: Any) -> Any:
    import boto3
    import botocore.session

    # The same credentials object, not a copy: it may refresh itself.
    session: Any = botocore.session.get_session()
    session._credentials = client._get_credentials()  # noqa: SLF001
    return boto3.Session(botocore_session=session, region_name=client.meta.region_name).resource(
        "dynamodb", endpoint_url=client.meta.endpoint_url, config=client.meta.config)
