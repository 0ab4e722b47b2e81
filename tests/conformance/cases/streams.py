"""Streams: Developer Guide, "Change data capture for DynamoDB Streams"."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import ANY, From, call, case, item, key_schema

GUIDE = "Developer Guide, Change data capture for DynamoDB Streams"
LOCAL = "DynamoDB Local"
CAPTURED = "captured answers of the service"
OTHER_WORDS = "it has other words for it"


def shape(**rest: Any) -> dict[str, Any]:
    """Make what creates a table of a partition key."""
    return {
        "KeySchema": key_schema("pk"),
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        **rest,
    }


def view(name: str) -> dict[str, Any]:
    """Switch a stream on."""
    return {"StreamEnabled": True, "StreamViewType": name}


TABLES: dict[str, Any] = {"STREAMED": shape(StreamSpecification=view("NEW_AND_OLD_IMAGES")), "SILENT": shape()}
ITEMS = {"STREAMED": [item(pk="old", n=1)]}
KEY = item(pk="old")
ARN = From(0, ("Table", "LatestStreamArn"))
SHARD = From(1, ("StreamDescription", "Shards", 0, "ShardId"))
LATEST = (
    call("describe_table", TableName="STREAMED"),
    call("describe_stream", StreamArn=ARN),
    call("get_shard_iterator", StreamArn=ARN, ShardId=SHARD, ShardIteratorType="LATEST"),
)
READ = call("get_records", ShardIterator=From(2, ("ShardIterator",)))
INVALID = "ValidationException: One or more parameter values were invalid: "


def writes(name: str, *calls: Any, records: Any, **outcome: Any) -> Any:
    """Make a case of what a stream tells of some writes."""
    outcome.setdefault("source", GUIDE)
    return case(
        f"record: {name}",
        READ,
        given=(*LATEST, *calls),
        has={
            "Records": [
                {"eventName": event, "eventSource": "aws:dynamodb", "eventVersion": "1.1", "dynamodb": told}
                for event, told in records
            ]
        },
        **outcome,
    )


def change(event: str, old: Any, new: Any, size: int) -> Any:
    """Make a record of both images."""
    told: dict[str, Any] = {
        "Keys": {"pk": (old or new)["pk"]},
        "SizeBytes": size,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "SequenceNumber": ANY,
        "ApproximateCreationDateTime": ANY,
    }
    told.update({"OldImage": old} if old else {}, **({"NewImage": new} if new else {}))
    return event, told


def put(**attributes: Any) -> Any:
    """Put an item."""
    return call("put_item", TableName="STREAMED", Item=item(**attributes))


ONE, TWO = item(pk="old", n=1), item(pk="old", n=2)
UPDATE = {"TableName": "STREAMED", "Key": KEY, "UpdateExpression": "SET n = :n"}

CASES = [
    writes("a new item", put(pk="new", n=1), records=[change("INSERT", None, item(pk="new", n=1), 13)]),
    writes("an item in the place of another", put(pk="old", n=2), records=[change("MODIFY", ONE, TWO, 21)]),
    writes("the same item again", put(pk="old", n=1), records=[]),
    writes("the same item with a number written otherwise", put(pk="old", n={"N": "1.0"}), records=[]),
    writes(
        "an update",
        call("update_item", **UPDATE, ExpressionAttributeValues={":n": {"N": "2"}}),
        records=[change("MODIFY", ONE, TWO, 21)],
    ),
    writes(
        "an update that changes nothing",
        call("update_item", **UPDATE, ExpressionAttributeValues={":n": {"N": "1"}}),
        records=[],
        source="API Reference, Record (eventName)",
    ),
    writes(
        "an update that makes an item",
        call("update_item", **{**UPDATE, "Key": item(pk="new")}, ExpressionAttributeValues={":n": {"N": "1"}}),
        records=[change("INSERT", None, item(pk="new", n=1), 13)],
    ),
    writes("a delete", call("delete_item", TableName="STREAMED", Key=KEY), records=[change("REMOVE", ONE, None, 13)]),
    writes("a delete of nothing", call("delete_item", TableName="STREAMED", Key=item(pk="none")), records=[]),
    writes(
        "a batch",
        call(
            "batch_write_item",
            RequestItems={"STREAMED": [{"PutRequest": {"Item": item(pk="new")}}, {"DeleteRequest": {"Key": KEY}}]},
        ),
        records=[change("INSERT", None, item(pk="new"), 10), change("REMOVE", ONE, None, 13)],
    ),
    writes(
        "a transaction",
        call(
            "transact_write_items",
            TransactItems=[
                {"Put": {"TableName": "STREAMED", "Item": item(pk="new")}},
                {"Put": {"TableName": "STREAMED", "Item": TWO}},
            ],
        ),
        records=[change("INSERT", None, item(pk="new"), 10), change("MODIFY", ONE, TWO, 21)],
    ),
    writes(
        "writes in their order",
        put(pk="new"),
        call("delete_item", TableName="STREAMED", Key=item(pk="new")),
        put(pk="new"),
        records=[
            change("INSERT", None, item(pk="new"), 10),
            change("REMOVE", item(pk="new"), None, 10),
            change("INSERT", None, item(pk="new"), 10),
        ],
    ),
    case(
        "records: no more than asked for",
        call("get_records", ShardIterator=From(2, ("ShardIterator",)), Limit=1),
        given=(*LATEST, put(pk="new"), put(pk="newer")),
        has={"Records": [{"eventName": "INSERT"}]},
        source=GUIDE,
    ),
    case(
        "records: the next page",
        call("get_records", ShardIterator=From(5, ("NextShardIterator",))),
        given=(
            *LATEST,
            put(pk="new"),
            put(pk="newer"),
            call("get_records", ShardIterator=From(2, ("ShardIterator",)), Limit=1),
        ),
        has={"Records": [{"dynamodb": {"Keys": item(pk="newer")}}]},
        source=GUIDE,
    ),
    case(
        "records: after the last, the shard goes on",
        call("get_records", ShardIterator=From(2, ("ShardIterator",))),
        given=LATEST,
        gives={"Records": [], "NextShardIterator": ANY},
        source="API Reference, GetRecords",
    ),
    case(
        "records: at a number",
        call("get_records", ShardIterator=From(6, ("ShardIterator",))),
        given=(
            *LATEST,
            put(pk="new"),
            put(pk="newer"),
            READ,
            call(
                "get_shard_iterator",
                StreamArn=ARN,
                ShardId=SHARD,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=From(5, ("Records", 0, "dynamodb", "SequenceNumber")),
            ),
        ),
        has={"Records": [{"dynamodb": {"Keys": item(pk="new")}}, {"dynamodb": {"Keys": item(pk="newer")}}]},
        source="API Reference, GetShardIterator",
    ),
    case(
        "records: after a number",
        call("get_records", ShardIterator=From(6, ("ShardIterator",))),
        given=(
            *LATEST,
            put(pk="new"),
            put(pk="newer"),
            READ,
            call(
                "get_shard_iterator",
                StreamArn=ARN,
                ShardId=SHARD,
                ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                SequenceNumber=From(5, ("Records", 0, "dynamodb", "SequenceNumber")),
            ),
        ),
        has={"Records": [{"dynamodb": {"Keys": item(pk="newer")}}]},
        source="API Reference, GetShardIterator",
    ),
    case(
        "records: from the oldest on",
        call("get_records", ShardIterator=From(2, ("ShardIterator",)), Limit=1),
        given=(*LATEST[:2], call("get_shard_iterator", StreamArn=ARN, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")),
        has={"Records": [{"dynamodb": {"NewImage": ONE}}]},
        source="API Reference, GetShardIterator",
    ),
    case(
        "iterator: a number without one",
        call("get_shard_iterator", StreamArn=ARN, ShardId=SHARD, ShardIteratorType="AT_SEQUENCE_NUMBER"),
        given=LATEST[:2],
        refuses=f"{INVALID}Invalid SequenceNumber",
        source=LOCAL,
    ),
    case(
        "iterator: a number too many",
        call(
            "get_shard_iterator",
            StreamArn=ARN,
            ShardId=SHARD,
            ShardIteratorType="LATEST",
            SequenceNumber="0" * 20 + "1",
        ),
        given=LATEST[:2],
        source=LOCAL,
        refuses=f"{INVALID}SequenceNumber should not be passed for this iterator type",
    ),
    case(
        "iterator: a type that there is not",
        call("get_shard_iterator", StreamArn=ARN, ShardId=SHARD, ShardIteratorType="FIRST"),
        given=LATEST[:2],
        refuses="ValidationException: 1 validation error detected: Value 'FIRST' at 'shardIteratorType' failed to "
        "satisfy constraint: Member must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, "
        "AFTER_SEQUENCE_NUMBER]",
        source="API Reference, GetShardIterator",
        differs="it fails by itself",
    ),
    case(
        "iterator: a shard that there is not",
        call(
            "get_shard_iterator",
            StreamArn=ARN,
            ShardId="shardId-00000000000000000001-00000001",
            ShardIteratorType="LATEST",
        ),
        given=LATEST[:1],
        refuses="ResourceNotFoundException: Shard does not exist",
        source=LOCAL,
    ),
    case(
        "records: an iterator that is none",
        call("get_records", ShardIterator="nonsense"),
        refuses="ValidationException: Invalid ShardIterator",
        source=LOCAL,
    ),
    case(
        "records: more than there may be",
        call("get_records", ShardIterator=From(2, ("ShardIterator",)), Limit=1001),
        given=LATEST,
        refuses=f"{INVALID}Limit should be less than or equal to 1000",
        source=LOCAL,
    ),
    case(
        "stream: described",
        call("describe_stream", StreamArn=ARN),
        given=LATEST[:1],
        has={
            "StreamDescription": {
                "TableName": "STREAMED",
                "StreamStatus": "ENABLED",
                "StreamViewType": "NEW_AND_OLD_IMAGES",
                "KeySchema": key_schema("pk"),
                "Shards": [{"ShardId": ANY, "SequenceNumberRange": {"StartingSequenceNumber": ANY}}],
            }
        },
        source="API Reference, DescribeStream",
    ),
    case(
        "stream: one that there is not",
        call("describe_stream", StreamArn="arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2020-01-01"),
        refuses="ResourceNotFoundException: Requested resource not found: Stream: "
        "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2020-01-01 not found",
        source=LOCAL,
    ),
    case(
        "streams: of a table",
        call("list_streams", TableName="STREAMED"),
        has={"Streams": [{"TableName": "STREAMED", "StreamArn": ANY, "StreamLabel": ANY}]},
        source="API Reference, ListStreams",
    ),
    case(
        "streams: of a table without one",
        call("list_streams", TableName="SILENT"),
        gives={"Streams": []},
        source="API Reference, ListStreams",
    ),
    case(
        "table: its stream is told",
        call("describe_table", TableName="STREAMED"),
        source="API Reference, TableDescription",
        has={
            "Table": {
                "StreamSpecification": view("NEW_AND_OLD_IMAGES"),
                "LatestStreamArn": ANY,
                "LatestStreamLabel": ANY,
            }
        },
    ),
    case(
        "switch: one that is on already",
        call("update_table", TableName="STREAMED", StreamSpecification=view("NEW_IMAGE")),
        refuses="ValidationException: Table already has an enabled stream: TableName: STREAMED",
        source=CAPTURED,
        differs=OTHER_WORDS,
    ),
    case(
        "switch: off where there is none",
        call("update_table", TableName="SILENT", StreamSpecification={"StreamEnabled": False}),
        refuses="ValidationException: Table has no stream to disable: TableName: SILENT",
        source=CAPTURED,
        differs=OTHER_WORDS,
    ),
    case(
        "switch: on, without a view",
        call("create_table", TableName="STREAMED-2", **shape(StreamSpecification={"StreamEnabled": True})),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Table is being created with a stream enabled, UpdateViewType is required",
    ),
    case(
        "switch: off, with a view",
        call(
            "create_table",
            TableName="STREAMED-2",
            **shape(StreamSpecification={"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}),
        ),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified",
    ),
    case(
        "switch: on later, without a view",
        call("update_table", TableName="SILENT", StreamSpecification={"StreamEnabled": True}),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}If stream is being enabled then UpdateViewType is required",
    ),
    case(
        "switch: off later, with a view",
        call("update_table", TableName="STREAMED", StreamSpecification={
            "StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}If stream is being disabled, then UpdateViewType must not be specified",
    ),
    case(
        "switch: a view that there is not",
        call("create_table", TableName="STREAMED-2", **shape(StreamSpecification=view("ALL"))),
        source=CAPTURED,
        refuses="ValidationException: 1 validation error detected: Value 'ALL' at 'streamSpecification.streamViewType' "
        "failed to satisfy constraint: Member must satisfy enum value set: [OLD_IMAGE, KEYS_ONLY, "
        "NEW_AND_OLD_IMAGES, NEW_IMAGE]",
        differs="it takes it",
    ),
]
IMAGES = {
    "KEYS_ONLY": ((), (), ()),
    "NEW_IMAGE": (("NewImage",), ("NewImage",), ()),
    "OLD_IMAGE": ((), ("OldImage",), ("OldImage",)),
}
VALUES = {"NewImage": (ONE, TWO, None), "OldImage": (None, ONE, TWO)}
CASES += [
    case(
        f"view: {name}",
        call("get_records", ShardIterator=From(6, ("ShardIterator",))),
        given=(
            call("create_table", TableName=f"STREAMED-{name}", **shape(StreamSpecification=view(name))),
            call("put_item", TableName=f"STREAMED-{name}", Item=ONE),
            call("put_item", TableName=f"STREAMED-{name}", Item=TWO),
            call("delete_item", TableName=f"STREAMED-{name}", Key=KEY),
            call("update_table", TableName=f"STREAMED-{name}", StreamSpecification={"StreamEnabled": False}),
            call("describe_stream", StreamArn=From(0, ("TableDescription", "LatestStreamArn"))),
            call(
                "get_shard_iterator",
                StreamArn=From(0, ("TableDescription", "LatestStreamArn")),
                ShardId=From(5, ("StreamDescription", "Shards", 0, "ShardId")),
                ShardIteratorType="TRIM_HORIZON",
            ),
        ),
        # The shard has ended with the stream, so there is no next iterator.
        gives={
            "Records": [
                {
                    "eventID": ANY,
                    "eventName": event,
                    "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb",
                    "awsRegion": ANY,
                    "dynamodb": {
                        "ApproximateCreationDateTime": ANY,
                        "Keys": KEY,
                        "SequenceNumber": ANY,
                        "StreamViewType": name,
                        "SizeBytes": ANY,
                        **{image: VALUES[image][place] for image in images},
                    },
                }
                for place, (event, images) in enumerate(zip(("INSERT", "MODIFY", "REMOVE"), IMAGES[name], strict=True))
            ]
        },
        source="API Reference, StreamSpecification",
    )
    for name in IMAGES
]
