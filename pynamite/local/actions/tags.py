"""TagResource, UntagResource and ListTagsOfResource: words that a table carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamite.local.actions.tables import save
from pynamite.local.definition import Table
from pynamite.local.failures import RefusedError
from pynamite.local.keys import check_table_arn
from pynamite.local.storage import Session, Storage
from pynamite.local.table_settings import check_tag_count, check_tags

__all__ = ["list_tags_of_resource", "tag_resource", "untag_resource"]

def _table_of(session: Session, arn: str) -> Table:
    found = session.tables().get(check_table_arn(arn))
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
    tags = check_tags(request["Tags"])
    with storage.writing() as session:
        table = _table_of(session, request["ResourceArn"])
        _save(session, table, {**_tags_of(table), **tags})
    return {}


def untag_resource(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take tags away; those that are not there are no mistake."""
    with storage.writing() as session:
        table = _table_of(session, request["ResourceArn"])
        _save(session, table, {key: value for key, value in _tags_of(table).items() if key not in request["TagKeys"]})
    return {}


def list_tags_of_resource(storage: Storage, request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a table's tags, all in one page."""
    with storage.reading() as session:
        tags = _tags_of(_table_of(session, request["ResourceArn"]))
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
