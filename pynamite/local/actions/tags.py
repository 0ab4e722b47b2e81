"""TagResource, UntagResource and ListTagsOfResource: words that a table carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pynamite.local.actions.tables import save
from pynamite.local.definition import Table
from pynamite.local.failures import RefusedError, invalid, invalid_parameter
from pynamite.local.keys import check_table_arn
from pynamite.local.storage import Session, Storage
from pynamite.local.table_settings import check_tag_count, check_tag_key, check_tags

__all__ = ["list_tags_of_resource", "tag_resource", "untag_resource"]

_TABLE_OR_INDEX = re.compile("arn:[^:]*:dynamodb:[^:]*:[^:]*:table/[^/]+(/stream/.+)?")


def _name_of(arn: str) -> str:
    if not arn.startswith("arn:"):
        raise invalid_parameter(f"ARNs must start with 'arn:': {arn}")
    if arn.count(":") < 5 or arn.split(":")[2] != "dynamodb":
        raise invalid_parameter(f"Provided Arn is not a DynamoDB resource arn: {arn}")
    if not _TABLE_OR_INDEX.fullmatch(arn):
        raise invalid_parameter(
            f"Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}")
    return check_table_arn(arn)


def _table_of(session: Session, arn: str) -> Table:
    found = session.tables().get(_name_of(arn))
    if found is None:
        raise RefusedError("ResourceNotFoundException", f"Requested resource not found: ResourcArn: {arn} not found")
    return found


def _tags_of(table: Table) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in table.description.get("Tags", ())}


def _save(session: Session, table: Table, tags: Mapping[str, str]) -> None:
    check_tag_count(tags)
    told = [{"Key": key, "Value": value} for key, value in tags.items()]
    save(session, table, {**table.description, "Tags": told})


def tag_resource(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Give a table tags, in the place of those with the same keys."""
    _name_of(request["ResourceArn"])
    if not request["Tags"]:
        raise invalid("Atleast one Tag needs to be provided as Input.")
    tags = check_tags(request["Tags"])
    with storage.writing() as session:
        table = _table_of(session, request["ResourceArn"])
        _save(session, table, {**_tags_of(table), **tags})
    return {}


def untag_resource(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take tags away; those that are not there are no mistake."""
    _name_of(request["ResourceArn"])
    if not request["TagKeys"]:
        raise invalid("Atleast one Tag Key needs to be provided as Input.")
    for key in request["TagKeys"]:
        check_tag_key(key)
    with storage.writing() as session:
        table = _table_of(session, request["ResourceArn"])
        _save(session, table, {key: value for key, value in _tags_of(table).items() if key not in request["TagKeys"]})
    return {}


def list_tags_of_resource(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a table's tags, all in one page."""
    with storage.reading() as session:
        tags = _tags_of(_table_of(session, request["ResourceArn"]))
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
