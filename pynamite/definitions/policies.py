"""IAM policies: what a program may do on a table, all of it or one tenant's part."""

from __future__ import annotations

import re
from typing import Any, Literal

from pynamite.definitions.shape import IndexShape, TableShape, shape_of
from pynamite.errors import DefinitionError
from pynamite.key.tenant import SEPARATOR, check_tenant
from pynamite.table import Table

__all__ = ["Access", "iam_policy"]

Access = Literal["read", "write", "read-write"]

# What the library sends; a transaction needs the permissions of what is in it, and ConditionCheckItem.
_READS = ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query")
_WRITES = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_SCAN = "dynamodb:Scan"


def iam_policy(
    table: Table,
    *,
    name: str | None = None,
    tenant: str | None = None,
    access: Access = "read-write",
    account: str = "*",
    region: str = "*",
    partition: str = "aws",
) -> dict[str, Any]:
    """Make an IAM policy for those who work on the table: reads and writes of items, queries of its indexes.

    With a ``tenant``, as `Table.connect` has it, only partition keys that begin with ``tenant@`` can be reached, by
    ``dynamodb:LeadingKeys``; there is no Scan, which has no leading key. An index whose partition key is no text, or
    has several attributes, holds no prefix that IAM could see, and is left out.

    >>> from pynamite import entity
    >>> @entity(pk="USER#<account_id>", sk="PROFILE")
    ... class User:
    ...     account_id: str
    >>> policy = iam_policy(Table("shop", User), tenant="acme", account="123456789012", region="eu-west-1")
    >>> policy["Statement"][0]["Condition"]["ForAllValues:StringLike"]
    {'dynamodb:LeadingKeys': ['acme@*']}

    Raises:
        DefinitionError: the table's own partition key is no text, so that no tenant can stand in it.
    """
    shape = shape_of(table, name=name)
    reads, writes = "read" in access, "write" in access
    if access not in {"read", "write", "read-write"}:
        raise DefinitionError(f"access={access!r}: it is 'read', 'write' or 'read-write'")
    condition = {} if tenant is None else _condition(shape, check_tenant(tenant))
    arn = f"arn:{partition}:dynamodb:{region}:{account}:table/{shape.name}"
    actions = [*(_READS if reads else ()), *(_WRITES if writes else ())]
    if reads and tenant is None:
        actions.append(_SCAN)
    if writes and not reads:
        # A transaction's check reads nothing that is given back.
        actions.append("dynamodb:ConditionCheckItem")
    statements = [_statement("Items", actions, [arn], condition)]
    indexes = [index for index in shape.indexes.values() if tenant is None or _holds_prefix(shape, index)]
    if indexes and reads:
        actions = ["dynamodb:Query", *([] if tenant is not None else [_SCAN])]
        arns = [f"{arn}/index/{index.name}" for index in indexes]
        statements.append(_statement("Indexes", actions, arns, condition))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(sid: str, actions: list[str], arns: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": arns}
    return told | ({"Condition": condition} if condition else {})


def _condition(shape: TableShape, tenant: str) -> dict[str, Any]:
    if shape.types[shape.partition] != "S":
        raise DefinitionError(
            f"table {shape.name!r} has the partition key {shape.partition!r}, which is no text: no tenant can stand in "
            "it")
    # '*' and '?' stand for others in StringLike, and '$' begins a variable.
    escaped = re.sub(r"([*?$])", r"${\1}", tenant + SEPARATOR)
    return {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{escaped}*"]},
        # ForAllValues holds where there is no key at all.
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def _holds_prefix(shape: TableShape, index: IndexShape) -> bool:
    return len(index.partition) == 1 and shape.types[index.partition[0]] == "S"
