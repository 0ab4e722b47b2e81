"""A server of DynamoDB's own protocol, so that any client in any language can use the engine.

>>> import boto3
>>> with serve() as server:
...     client = boto3.client("dynamodb", endpoint_url=server.url, region_name="us-east-1",
...                           aws_access_key_id="any", aws_secret_access_key="any")
...     client.list_tables()["TableNames"]
[]
"""

from __future__ import annotations

from pynamite.local.server.serving import Server, serve

__all__ = ["Server", "serve"]
