"""Tables: made, altered, described and deleted; their indexes, settings, tags and times to live."""

from __future__ import annotations

from typing import Any

from tests.conformance.model import ANY, From, call, case, constraint, item, items, key_schema

CREATE, UPDATE, DESCRIBE, DELETE = (
    f"API Reference, {name}" for name in ("CreateTable", "UpdateTable", "DescribeTable", "DeleteTable")
)
GLOBAL = "Developer Guide, Managing Global Secondary Indexes in DynamoDB"
QUOTAS = "Developer Guide, Quotas in Amazon DynamoDB"
PROTECTION = "Developer Guide, Using deletion protection to protect your table"
TTL = "API Reference, UpdateTimeToLive"
TAGS = "Developer Guide, Adding tags and labels to resources in DynamoDB"
BACKUPS = "API Reference, DescribeContinuousBackups"
CAPTURED = "captured answers of the service"
LOCAL = "DynamoDB Local"
OTHER_WORDS = "it has other words for it"
IGNORED = "it takes it, and does not tell it again"
UNKNOWN = "it does not know the action"


def definitions(**types: str) -> list[dict[str, str]]:
    """Give attribute definitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def shape(**changes: Any) -> dict[str, Any]:
    """Give what creates a table of a partition and a sort key; None leaves something out."""
    whole = {
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": definitions(pk="S", sk="S"),
        "BillingMode": "PAY_PER_REQUEST",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def index(name: str = "Index", *keys: str, **changes: Any) -> dict[str, Any]:
    """Give an index."""
    return {
        "IndexName": name,
        "KeySchema": key_schema(*(keys or ("g",))),
        "Projection": {"ProjectionType": "ALL"},
        **changes,
    }


TABLES: dict[str, Any] = {"KNOWN": shape()}
ONE, TWO, THREE = item(pk="a", sk="1", g="x"), item(pk="a", sk="2", g="y"), item(pk="a", sk="3", g=1)
ITEMS = {"KNOWN": [item(pk="a", sk="1")]}
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
VALIDATION = "ValidationException: "
INVALID = f"{VALIDATION}One or more parameter values were invalid: "


def makes(name: str, told: Any = None, /, **changes: Any) -> Any:
    """Make a case of a table that is made, and what is told of it."""
    outcome = {key: changes.pop(key) for key in ("source", "refuses", "differs") if key in changes}
    outcome.setdefault("source", CREATE)
    if "refuses" not in outcome:
        outcome["has"] = {"TableDescription": {"TableStatus": "ACTIVE", **(told or {})}}
    real = "KNOWN-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    return case(f"create: {name}", call("create_table", TableName=real, **shape(**changes)), **outcome)


FIVE = [f"i{number}" for number in range(6)]
ONE_GLOBAL = {"AttributeDefinitions": definitions(pk="S", sk="S", g="S"), "GlobalSecondaryIndexes": [index()]}
LOCAL_INDEX = index("Local", "pk", "n")
ONE_LOCAL = {"AttributeDefinitions": definitions(pk="S", sk="S", n="N"), "LocalSecondaryIndexes": [LOCAL_INDEX]}

CASES = [
    makes(
        "a table",
        {
            "KeySchema": key_schema("pk", "sk"),
            "ItemCount": 0,
            "TableSizeBytes": 0,
            "TableArn": ANY,
            "DeletionProtectionEnabled": False,
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        },
    ),
    makes(
        "a table of a partition key",
        {"KeySchema": key_schema("pk")},
        KeySchema=key_schema("pk"),
        AttributeDefinitions=definitions(pk="B"),
    ),
    makes(
        "provisioned",
        {"ProvisionedThroughput": {**THROUGHPUT, "NumberOfDecreasesToday": 0}},
        BillingMode=None,
        ProvisionedThroughput=THROUGHPUT,
    ),
    makes(
        "a global index",
        {"GlobalSecondaryIndexes": [{**index(), "IndexStatus": "ACTIVE", "ItemCount": 0, "IndexArn": ANY}]},
        **ONE_GLOBAL,
    ),
    makes("a local index", {"LocalSecondaryIndexes": [{**LOCAL_INDEX, "ItemCount": 0, "IndexArn": ANY}]}, **ONE_LOCAL),
    case(
        "create: the name of one that is there",
        call("create_table", TableName="KNOWN", **shape()),
        source=CAPTURED,
        refuses="ResourceInUseException: Table already exists: KNOWN",
        differs=OTHER_WORDS,
    ),
    makes(
        "no key schema",
        KeySchema=[],
        source="boto3",
        refuses="ParamValidationError: Invalid length for parameter KeySchema, value: 0, valid min length: 1",
    ),
    makes(
        "a type that there is not",
        AttributeDefinitions=definitions(pk="S", sk="X"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}1 validation error detected: Value 'X' at 'attributeDefinitions.2.member.attributeType' failed "
        "to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
    ),
    makes(
        "a key that is not defined",
        AttributeDefinitions=definitions(pk="S"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}Invalid KeySchema: Some index key attribute have no definition",
    ),
    makes(
        "a key with a definition of another",
        AttributeDefinitions=definitions(pk="S", g="S"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, sk], "
        "AttributeDefinitions: [pk, g]",
    ),
    makes(
        "a definition that no key needs",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        source=CAPTURED,
        refuses=f"{INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions",
        differs=OTHER_WORDS,
    ),
    makes(
        "an attribute twice",
        KeySchema=key_schema("pk", "pk"),
        AttributeDefinitions=definitions(pk="S", g="S"),
        source=CAPTURED,
        refuses=f"{VALIDATION}Both the Hash Key and the Range Key element in the KeySchema have the same name",
        differs=OTHER_WORDS,
    ),
    makes(
        "three keys",
        KeySchema=[*key_schema("pk", "sk"), {"AttributeName": "g", "KeyType": "RANGE"}],
        source=CAPTURED,
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        differs=OTHER_WORDS,
        refuses=constraint(
            [*key_schema("pk", "sk"), {"AttributeName": "g", "KeyType": "RANGE"}], "keySchema",
            "Member must have length less than or equal to 2"),
    ),
    makes(
        "keys in the wrong order",
        KeySchema=list(reversed(key_schema("pk", "sk"))),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    ),
    makes(
        "no throughput",
        BillingMode="PROVISIONED",
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    ),
    makes(
        "throughput on demand",
        ProvisionedThroughput=THROUGHPUT,
        source=CAPTURED,
        differs="it takes it",
        refuses=f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST",
    ),
    makes(
        "a billing mode that there is not",
        BillingMode="FREE",
        source=CREATE,
        differs="it takes it",
        refuses=f"{VALIDATION}1 validation error detected: Value 'FREE' at 'billingMode' failed to satisfy constraint: Member "
        "must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]",
    ),
    makes(
        "a list of no indexes",
        GlobalSecondaryIndexes=[],
        source=CAPTURED,
        differs="it takes it",
        refuses=f"{INVALID}List of GlobalSecondaryIndexes is empty",
    ),
    makes(
        "two indexes of one name",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        source=CAPTURED,
        GlobalSecondaryIndexes=[index(), index()],
        refuses=f"{INVALID}Duplicate index name: Index",
        differs=OTHER_WORDS,
    ),
    makes(
        "six local indexes",
        AttributeDefinitions=definitions(pk="S", sk="S", **dict.fromkeys(FIVE, "S")),
        source=QUOTAS,
        LocalSecondaryIndexes=[index(f"Local{name}", "pk", name) for name in FIVE],
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of 5",
    ),
    makes(
        "a local index without a sort key",
        source=CAPTURED,
        differs=OTHER_WORDS,
        LocalSecondaryIndexes=[index("Local", "pk")],
        refuses=f"{INVALID}Index KeySchema does not have a range key for index: Local",
    ),
    makes(
        "a local index of another partition",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        source=CAPTURED,
        LocalSecondaryIndexes=[index("Local", "g", "sk")],
        differs=OTHER_WORDS,
        refuses=f"{INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: Local. index "
        "hash key: g, table hash key: pk",
    ),
    makes(
        "a local index of a table without a sort key",
        KeySchema=key_schema("pk"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=definitions(pk="S", n="N"),
        LocalSecondaryIndexes=[LOCAL_INDEX],
        refuses=f"{INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    ),
    makes(
        "INCLUDE without attributes",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        source=CAPTURED,
        GlobalSecondaryIndexes=[index(Projection={"ProjectionType": "INCLUDE"})],
        differs=OTHER_WORDS,
        refuses=f"{INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    ),
    makes(
        "ALL with attributes",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        GlobalSecondaryIndexes=[index(Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["x"]})],
        refuses=f"{INVALID}ProjectionType is ALL, but NonKeyAttributes is specified",
    ),
    makes(
        "five partition attributes of an index",
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=definitions(pk="S", sk="S", **dict.fromkeys("abcde", "S")),
        GlobalSecondaryIndexes=[index(KeySchema=[{"AttributeName": name, "KeyType": "HASH"} for name in "abcde"])],
        refuses=f"{INVALID}The KeySchema exceeds the maximum allowed number of HASH key attributes",
    ),
    makes(
        "five sort attributes of an index",
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=definitions(pk="S", sk="S", g="S", **dict.fromkeys("abcde", "S")),
        GlobalSecondaryIndexes=[index(KeySchema=[
            *key_schema("g"), *({"AttributeName": name, "KeyType": "RANGE"} for name in "abcde")])],
        refuses=f"{INVALID}The KeySchema exceeds the maximum allowed number of RANGE key attributes",
    ),
    makes(
        "a partition attribute of an index after a sort attribute",
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=definitions(pk="S", sk="S", **dict.fromkeys("abc", "S")),
        GlobalSecondaryIndexes=[index(KeySchema=[
            *key_schema("a", "b"), {"AttributeName": "c", "KeyType": "HASH"}])],
        refuses=f"{INVALID}All HASH key attributes must precede RANGE key attributes in the KeySchema",
    ),
    makes(
        "one attribute twice among several of an index",
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=definitions(pk="S", sk="S", a="S", b="S"),
        GlobalSecondaryIndexes=[index(KeySchema=[
            *key_schema("a", "b"), {"AttributeName": "b", "KeyType": "RANGE"}])],
        refuses=f"{VALIDATION}The KeySchema contains multiple key attributes with the same name",
    ),
    makes(
        "a definition twice",
        source=CAPTURED,
        differs=OTHER_WORDS,
        AttributeDefinitions=[*definitions(pk="S", sk="S"), *definitions(sk="N")],
        refuses=f"{VALIDATION}Attribute Name is duplicated: sk",
    ),
    makes(
        "an attribute twice in a projection",
        source=CAPTURED,
        differs="it takes it",
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        GlobalSecondaryIndexes=[index(Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "x"]})],
        refuses=f"{INVALID}Duplicate element in NonKeyAttributes: x",
    ),
    makes(
        "throughput beyond all bounds",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1_000_000_000_001},
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}Given value 1000000000001 for WriteCapacityUnits is out of bounds",
    ),
    makes(
        "an index without throughput",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=THROUGHPUT,
        AttributeDefinitions=definitions(pk="S", sk="S", g="S"),
        GlobalSecondaryIndexes=[index()],
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}ProvisionedThroughput is not specified for index: Index",
    ),
    *(
        makes(
            f"encryption: {told}",
            SSESpecification=specification,
            source=CAPTURED,
            differs="it takes it",
            refuses=f"{INVALID}{told}",
        )
        for specification, told in (
            ({"Enabled": False, "SSEType": "KMS"}, "SSEType can not be specified if Enabled is false"),
            ({"Enabled": False, "KMSMasterKeyId": "key"}, "KMSMasterKeyId can not be specified if Enabled is false"),
            ({"Enabled": True, "KMSMasterKeyId": "key"}, "SSEType KMS is required if KMSMasterKeyId is specified"),
            ({"Enabled": True, "SSEType": "AES256"}, "SSEType AES256 is not supported"),
        )
    ),
    makes(
        "a table class",
        {"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}},
        differs=IGNORED,
        TableClass="STANDARD_INFREQUENT_ACCESS",
    ),
    makes(
        "a table class that there is not",
        TableClass="BEST",
        differs="it takes it",
        source=CAPTURED,
        refuses=f"{VALIDATION}Invalid table-class parameter provided. Please try again with a valid table-class value: "
        "[STANDARD, STANDARD_INFREQUENT_ACCESS].",
    ),
    makes(
        "encryption",
        {"SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": ANY}},
        differs=IGNORED,
        SSESpecification={"Enabled": True},
    ),
    makes(
        "limits on demand",
        {"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}},
        OnDemandThroughput={"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6},
    ),
    makes("protection", {"DeletionProtectionEnabled": True}, DeletionProtectionEnabled=True, source=PROTECTION),
    case(
        "describe: one that there is not",
        call("describe_table", TableName="nowhere"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses="ResourceNotFoundException: Requested resource not found: Table: nowhere not found",
    ),
    case(
        "describe: the items are counted",
        call("describe_table", TableName="KNOWN"),
        source=DESCRIBE,
        has={"Table": {"TableName": "KNOWN", "ItemCount": 1, "TableSizeBytes": 6}},
    ),
    case(
        "delete: one that there is not",
        call("delete_table", TableName="nowhere"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses="ResourceNotFoundException: Requested resource not found: Table: nowhere not found",
    ),
    case(
        "delete: a protected one",
        call("delete_table", TableName="KNOWN-guarded"),
        source=PROTECTION,
        given=[call("create_table", TableName="KNOWN-guarded", **shape(DeletionProtectionEnabled=True))],
        refuses="ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.",
    ),
    case(
        "delete: one that was protected",
        call("delete_table", TableName="KNOWN-freed"),
        source=PROTECTION,
        given=[
            call("create_table", TableName="KNOWN-freed", **shape(DeletionProtectionEnabled=True)),
            call("update_table", TableName="KNOWN-freed", DeletionProtectionEnabled=False),
        ],
        has={"TableDescription": {"TableName": "KNOWN-freed"}},
    ),
    case(
        "delete: it is gone",
        call("get_item", TableName="KNOWN-gone", Key=item(pk="a", sk="1")),
        source=DELETE,
        given=[call("create_table", TableName="KNOWN-gone", **shape()), call("delete_table", TableName="KNOWN-gone")],
        refuses="ResourceNotFoundException: Requested resource not found",
        differs=OTHER_WORDS,
    ),
    case(
        "list: no more than 100",
        call("list_tables", Limit=101),
        source="API Reference, ListTables",
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must "
        "have value less than or equal to 100",
    ),
]
FILLED = [
    call("create_table", TableName="KNOWN-filled", **shape()),
    *(call("put_item", TableName="KNOWN-filled", Item=one) for one in (ONE, TWO, THREE)),
]


def alters(name: str, *given: Any, told: Any = None, rest: Any = None, create: Any = None, **outcome: Any) -> Any:
    """Make a case of a table that is made and altered, and what is told of it."""
    real = "KNOWN-u-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    made = [
        call("create_table", TableName=real, **shape(**(create or {}))),
        *(call("update_table", TableName=real, **one) for one in given),
    ]
    if "refuses" not in outcome:
        outcome["has"] = {"TableDescription": told or {}}
    outcome.setdefault("source", UPDATE)
    return case(f"update: {name}", call("update_table", TableName=real, **(rest or {})), given=made, **outcome)


PROVISIONED = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": THROUGHPUT}
NEW_INDEX = {"AttributeDefinitions": definitions(g="S"), "GlobalSecondaryIndexUpdates": [{"Create": index()}]}

CASES += [
    alters(
        "to provisioned",
        rest=PROVISIONED,
        told={"ProvisionedThroughput": THROUGHPUT, "BillingModeSummary": {"BillingMode": "PROVISIONED"}},
    ),
    alters(
        "to on demand",
        create={**PROVISIONED},
        rest={"BillingMode": "PAY_PER_REQUEST"},
        told={
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        },
    ),
    alters(
        "to provisioned without throughput",
        rest={"BillingMode": "PROVISIONED"},
        differs=OTHER_WORDS,
        source=CAPTURED,
        refuses=f"{INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
    ),
    alters(
        "to provisioned without throughput of an index",
        create=ONE_GLOBAL,
        rest=PROVISIONED,
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}ProvisionedThroughput must be specified for index: Index",
    ),
    alters(
        "to provisioned with an index",
        create=ONE_GLOBAL,
        rest={
            **PROVISIONED,
            "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "Index", "ProvisionedThroughput": THROUGHPUT}}],
        },
        told={
            "ProvisionedThroughput": THROUGHPUT,
            "GlobalSecondaryIndexes": [{"IndexName": "Index", "ProvisionedThroughput": THROUGHPUT}],
        },
    ),
    alters(
        "throughput on demand",
        rest={"ProvisionedThroughput": THROUGHPUT},
        source=CAPTURED,
        differs="it takes it",
        refuses=f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST",
    ),
    alters(
        "other throughput",
        create=PROVISIONED,
        rest={"ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}},
        told={"ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}},
    ),
    alters(
        "the same throughput",
        create=PROVISIONED,
        rest={"ProvisionedThroughput": THROUGHPUT},
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}The provisioned throughput for the table will not change. The requested "
        "value equals the current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
        "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 6. Requested WriteCapacityUnits: 6. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    ),
    alters(
        "nothing",
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
        "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required",
    ),
    *(
        alters(
            f"together: {told}",
            rest=rest,
            source=CAPTURED,
            differs="it makes them together, or has other words for it",
            refuses=f"{INVALID}{told}",
        )
        for rest, told in (
            (
                {"TableClass": "STANDARD", "DeletionProtectionEnabled": True},
                "TableClass modification must be the only operation in the request",
            ),
            (
                {"DeletionProtectionEnabled": True, "BillingMode": "PAY_PER_REQUEST"},
                "DeletionProtection modification must be the only operation in the request",
            ),
            (
                {"SSESpecification": {"Enabled": True}, "BillingMode": "PAY_PER_REQUEST"},
                "Server-Side Encryption modification must be the only operation in the request",
            ),
            (
                {"OnDemandThroughput": {"MaxReadRequestUnits": 5}, **NEW_INDEX},
                "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
            ),
            (
                {"ProvisionedThroughput": THROUGHPUT, **NEW_INDEX},
                "You cannot create or delete index while updating table IOPS",
            ),
            (
                {"StreamSpecification": {"StreamEnabled": False}, **NEW_INDEX},
                "You cannot create or delete index while changing stream status",
            ),
            (
                {"GlobalSecondaryIndexUpdates": [{"Create": index(), "Delete": {"IndexName": "Other"}}]},
                "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
            ),
            (
                {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "Other"}}] * 2},
                "Only one global secondary index update per index is allowed simultaneously. Index: Other",
            ),
            (
                {"GlobalSecondaryIndexUpdates": [{"Create": index()}]},
                "AttributeDefinitions is not specified for index: Index",
            ),
        )
    ),
    alters(
        "a table class",
        rest={"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        differs="it finds nothing to alter",
        told={"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS", "LastUpdateDateTime": ANY}},
    ),
    alters(
        "protection",
        rest={"DeletionProtectionEnabled": True},
        told={"DeletionProtectionEnabled": True},
        source=PROTECTION,
    ),
    alters("a new index", rest=NEW_INDEX, told={"GlobalSecondaryIndexes": [index()]}, source=GLOBAL),
    alters(
        "an index that is there",
        create=ONE_GLOBAL,
        rest=NEW_INDEX,
        source=CAPTURED,
        refuses=f"{VALIDATION}Attempting to create an index which already exists",
    ),
    alters(
        "an index that there is not",
        rest={"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "Nowhere"}}]},
        source=CAPTURED,
        differs="it does not say which",
        refuses="ResourceNotFoundException: Requested resource not found: Index Nowhere for table "
        "KNOWN-u-an-index-that-there-is-not",
    ),
    alters(
        "two indexes at once",
        rest={
            "AttributeDefinitions": definitions(g="S"),
            "GlobalSecondaryIndexUpdates": [{"Create": index()}, {"Create": index("Other")}],
        },
        source=CAPTURED,
        refuses="LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
        "simultaneously per table",
    ),
    alters(
        "an index without throughput",
        create=PROVISIONED,
        rest=NEW_INDEX,
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{INVALID}ProvisionedThroughput must be specified for index: Index",
    ),
    case(
        "index: a new one is filled",
        call("scan", TableName="KNOWN-filled", IndexName="Index"),
        source=GLOBAL,
        given=[*FILLED, call("update_table", TableName="KNOWN-filled", **NEW_INDEX)],
        # What has another type there stays out of the index.
        gives=items(ONE, TWO),
        differs="it fills it by and by",
    ),
    case(
        "index: of another type in the table",
        call("update_table", TableName="KNOWN", **{**NEW_INDEX, "AttributeDefinitions": definitions(pk="N", g="S")}),
        source=GLOBAL,
        differs="it takes it",
        refuses=f"{INVALID}Attribute pk has another type in the table: S",
    ),
]
SPECIFICATION = {"AttributeName": "expires", "Enabled": True}


def live(name: str, *before: Any, **outcome: Any) -> Any:
    """Make a case of a table's time to live, by what was said before."""
    real = "KNOWN-t-" + name.replace(" ", "-")
    asked = outcome.pop("asked", call("describe_time_to_live"))
    outcome.setdefault("source", TTL)
    given = [
        call("create_table", TableName=real, **shape()),
        *(call("update_time_to_live", TableName=real, TimeToLiveSpecification=one) for one in before),
    ]
    return case(f"time to live: {name}", call(asked[0], TableName=real, **asked[1]), given=given, **outcome)


def again(**changes: Any) -> Any:
    """Say another time to live."""
    return call("update_time_to_live", TimeToLiveSpecification={**SPECIFICATION, **changes})


CASES += [
    live("none", gives={"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}),
    live(
        "enabled",
        SPECIFICATION,
        gives={"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}},
    ),
    live("said", asked=again(), gives={"TimeToLiveSpecification": SPECIFICATION}),
    live(
        "said twice",
        SPECIFICATION,
        asked=again(),
        refuses=f"{VALIDATION}TimeToLive is already enabled",
        source=CAPTURED,
    ),
    live(
        "another attribute",
        SPECIFICATION,
        asked=again(AttributeName="other"),
        source=CAPTURED,
        differs=OTHER_WORDS,
        refuses=f"{VALIDATION}TimeToLive is active on a different AttributeName: current AttributeName is expires",
    ),
    live(
        "disabled",
        SPECIFICATION,
        asked=again(Enabled=False),
        gives={"TimeToLiveSpecification": {**SPECIFICATION, "Enabled": False}},
    ),
    live(
        "disabled where it is not",
        asked=again(Enabled=False),
        refuses=f"{VALIDATION}TimeToLive is already disabled",
        source=CAPTURED,
    ),
    case(
        "tags: of a new table",
        call("list_tags_of_resource", ResourceArn=From(0, ("TableDescription", "TableArn"))),
        given=[call("create_table", TableName="KNOWN-tagged", **shape(Tags=[{"Key": "team", "Value": "red"}]))],
        source=TAGS,
        gives={"Tags": [{"Key": "team", "Value": "red"}]},
        differs=UNKNOWN,
    ),
    case(
        "tags: one more, and one other",
        call("list_tags_of_resource", ResourceArn=From(0, ("TableDescription", "TableArn"))),
        given=[
            call("create_table", TableName="KNOWN-more", **shape(Tags=[{"Key": "team", "Value": "red"}])),
            call(
                "tag_resource",
                ResourceArn=From(0, ("TableDescription", "TableArn")),
                Tags=[{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}],
            ),
        ],
        source=TAGS,
        gives={"Tags": [{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": "test"}]},
        differs=UNKNOWN,
    ),
    case(
        "tags: taken away",
        call("list_tags_of_resource", ResourceArn=From(0, ("TableDescription", "TableArn"))),
        given=[
            call("create_table", TableName="KNOWN-less", **shape(Tags=[{"Key": "team", "Value": "red"}])),
            call("untag_resource", ResourceArn=From(0, ("TableDescription", "TableArn")), TagKeys=["team", "none"]),
        ],
        source=TAGS,
        gives={"Tags": []},
        differs=UNKNOWN,
    ),
    *(
        case(
            f"tags: {name}",
            call("tag_resource", ResourceArn=From(0, ("Table", "TableArn")), Tags=tags),
            source=CAPTURED,
            given=[call("describe_table", TableName="KNOWN")],
            refuses=f"{VALIDATION}{what}",
            differs=UNKNOWN,
        )
        for name, tags, what in (
            (
                "a key that is too long",
                [{"Key": "x" * 129, "Value": "v"}],
                f"The Tag Key provided is invalid, Key: {'x' * 129}",
            ),
            (
                "a value that is too long",
                [{"Key": "k", "Value": "x" * 257}],
                f"The Tag Value provided is invalid, Value: {'x' * 257}",
            ),
            (
                "a key twice",
                [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}],
                "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
            ),
            (
                "a key of the service's",
                [{"Key": "aws:k", "Value": "1"}],
                "Tag Key cannot be prefixed with aws:, Key: aws:k",
            ),
            (
                "51 of them",
                [{"Key": f"k{n}", "Value": "1"} for n in range(51)],
                "Number of Tags exceed the current limit for the provided ResourceArn",
            ),
            ("none of them", [], "Atleast one Tag needs to be provided as Input."),
        )
    ),
    case(
        "tags: of a table that there is not",
        call("list_tags_of_resource", ResourceArn="arn:aws:dynamodb:local:000000000000:table/nowhere"),
        source=CAPTURED,
        refuses="ResourceNotFoundException: Requested resource not found: ResourcArn: "
        "arn:aws:dynamodb:local:000000000000:table/nowhere not found",
        differs=UNKNOWN,
    ),
    case(
        "limits",
        call("describe_limits"),
        source="API Reference, DescribeLimits",
        gives={
            "AccountMaxReadCapacityUnits": 80000,
            "AccountMaxWriteCapacityUnits": 80000,
            "TableMaxReadCapacityUnits": 40000,
            "TableMaxWriteCapacityUnits": 40000,
        },
    ),
    case(
        "endpoints",
        call("describe_endpoints"),
        source="API Reference, DescribeEndpoints",
        differs=UNKNOWN,
        has={"Endpoints": [{"Address": ANY, "CachePeriodInMinutes": 1440}]},
    ),
    case(
        "backups: none",
        call("describe_continuous_backups", TableName="KNOWN"),
        source=BACKUPS,
        differs=UNKNOWN,
        gives={
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
            }
        },
    ),
    case(
        "backups: noted",
        call(
            "update_continuous_backups",
            TableName="KNOWN",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        ),
        source=BACKUPS,
        differs=UNKNOWN,
        has={
            "ContinuousBackupsDescription": {
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35}
            }
        },
    ),
    case(
        "backups: of a table that there is not",
        call("describe_continuous_backups", TableName="nowhere"),
        source=BACKUPS,
        refuses="TableNotFoundException: Table not found: nowhere",
        differs=UNKNOWN,
    ),
    case(
        "insights",
        call("describe_contributor_insights", TableName="KNOWN"),
        differs=UNKNOWN,
        source="API Reference, DescribeContributorInsights",
        gives={"TableName": "KNOWN", "ContributorInsightsStatus": "DISABLED"},
    ),
    case(
        "an action that is for AWS alone",
        call("list_backups"),
        source="the engine's own",
        differs=OTHER_WORDS,
        refuses="UnknownOperationException: An unknown operation was requested: the embedded engine has no ListBackups; it "
        "is for AWS alone.",
    ),
]
