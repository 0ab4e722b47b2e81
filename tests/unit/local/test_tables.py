"""Tables: made, described, listed, altered, deleted."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.unit.local.shapes import key, put, refusal, schema, table

INVALID = "ValidationException: One or more parameter values were invalid: "


def index(name="Extra", keys=("status",), projection=None, **more):
    return {
        "IndexName": name,
        "KeySchema": schema(*keys),
        "Projection": projection or {"ProjectionType": "ALL"},
        **more,
    }


def test_a_table_is_active_at_once(engine):
    """There is nothing to wait for, and the description is boto3's."""
    made = engine.create_table(**table())["TableDescription"]
    assert (made["TableStatus"], made["ItemCount"], made["TableSizeBytes"]) == ("ACTIVE", 0, 0)
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert abs(made["CreationDateTime"] - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert {one["IndexName"]: one["IndexStatus"] for one in made["GlobalSecondaryIndexes"]} == {
        "ByStatus": "ACTIVE",
        "Keys": "ACTIVE",
    }
    assert engine.describe_table(TableName="shop")["Table"] == made


def test_a_description_counts_the_items(shop):
    """Items and bytes of the table and of its indexes are those of this moment."""
    put(shop, "a", status={"S": "OPEN"}, total={"N": "1"})
    put(shop, "b", status={"S": "OPEN"})
    told = shop.describe_table(TableName="shop")["Table"]
    assert (told["ItemCount"], told["TableSizeBytes"]) == (2, 39)
    assert {one["IndexName"]: one["ItemCount"] for one in told["GlobalSecondaryIndexes"]} == {"ByStatus": 1, "Keys": 2}
    assert told["LocalSecondaryIndexes"][0]["ItemCount"] == 1


def test_tables_are_listed_by_name_and_by_pages(engine):
    """A page ends with the name to go on from; the last has none."""
    for name in ("ccc", "aaa", "bbb"):
        engine.create_table(**table(TableName=name))
    first = engine.list_tables(Limit=2)
    assert (first["TableNames"], first["LastEvaluatedTableName"]) == (["aaa", "bbb"], "bbb")
    second = engine.list_tables(Limit=2, ExclusiveStartTableName="bbb")
    assert second["TableNames"] == ["ccc"]
    assert "LastEvaluatedTableName" not in second


def test_a_deleted_table_leaves_nothing(shop):
    """A new table of the same name is empty, and so are its indexes."""
    put(shop, "a", status={"S": "OPEN"})
    assert shop.delete_table(TableName="shop")["TableDescription"]["TableStatus"] == "DELETING"
    assert refusal(shop.scan, TableName="shop") == "ResourceNotFoundException: Requested resource not found"
    assert refusal(shop.delete_table, TableName="shop") == (
        "ResourceNotFoundException: Requested resource not found: Table: shop not found"
    )
    shop.create_table(**table())
    assert shop.scan(TableName="shop")["Items"] == []
    assert shop.scan(TableName="shop", IndexName="Keys")["Items"] == []


def test_a_table_can_be_protected(shop):
    """Deletion protection is taken off before the table can be deleted."""
    shop.update_table(TableName="shop", DeletionProtectionEnabled=True)
    assert "currently protected against deletion" in refusal(shop.delete_table, TableName="shop")
    shop.update_table(TableName="shop", DeletionProtectionEnabled=False)
    shop.delete_table(TableName="shop")


@pytest.mark.parametrize(
    "changes, message",
    [
        (
            {"KeySchema": schema("pk", "missing")},
            INVALID + "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, missing], "
            "AttributeDefinitions: [pk, sk, status, total]",
        ),
        (
            {"KeySchema": [*schema("pk", "sk"), {"AttributeName": "total", "KeyType": "RANGE"}]},
            (
                "ValidationException: 1 validation error detected: Value "
                """'[{"AttributeName":"pk","KeyType":"HASH"}, {"AttributeName":"sk","KeyType":"RANGE"}, """
                """{"AttributeName":"total","KeyType":"RANGE"}]' at 'keySchema' """
                "failed to satisfy constraint: Member must have length less than or equal to 2"
            ),
        ),
        (
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "RANGE"}]},
            "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "HASH"}]},
            "ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            {"KeySchema": schema("pk", "pk")},
            "ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ),
        (
            {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "X"}]},
            (
                "ValidationException: 1 validation error detected: Value 'X' at "
                "'attributeDefinitions.1.member.attributeType' "
                "failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]"
            ),
        ),
        ({"GlobalSecondaryIndexes": [index(), index()]}, INVALID + "Duplicate index name: Extra"),
        ({"GlobalSecondaryIndexes": []}, INVALID + "List of GlobalSecondaryIndexes is empty"),
        (
            {"GlobalSecondaryIndexes": [index(projection={"ProjectionType": "INCLUDE"})]},
            INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            {"GlobalSecondaryIndexes": [index(projection={"ProjectionType": "ALL", "NonKeyAttributes": ["a"]})]},
            INVALID + "ProjectionType is ALL, but NonKeyAttributes is specified",
        ),
        (
            {"GlobalSecondaryIndexes": [index(f"Index{number}") for number in range(21)]},
            INVALID + "GlobalSecondaryIndex count exceeds the per-table limit of 20",
        ),
        (
            {"LocalSecondaryIndexes": [index(keys=("pk",))]},
            INVALID + "Index KeySchema does not have a range key for index: Extra",
        ),
        (
            {"LocalSecondaryIndexes": [index(keys=("status", "total"))]},
            INVALID + "Index KeySchema does not have the same leading hash key as table KeySchema for index: Extra. "
            "index hash key: status, table hash key: pk",
        ),
        (
            {"BillingMode": "PROVISIONED"},
            INVALID + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ),
        (
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
            INVALID
            + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (
            {"BillingMode": "FREE"},
            (
                "ValidationException: 1 validation error detected: Value 'FREE' at 'billingMode' "
                "failed to satisfy constraint: "
                "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"
            ),
        ),
    ],
)
def test_a_wrong_definition_is_refused(engine, changes, message):
    """In the words of the service, and no table is made."""
    assert refusal(engine.create_table, **table(**changes)) == message
    assert engine.list_tables()["TableNames"] == []


def test_attributes_that_are_no_keys_are_refused(engine):
    """A definition that no key needs is a mistake."""
    plain = {name: value for name, value in table().items() if not name.endswith("Indexes")}
    assert refusal(engine.create_table, **plain) == (
        INVALID + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions"
    )


def test_a_name_is_taken_once(shop):
    """Making a table twice is an error that names it."""
    assert refusal(shop.create_table, **table()) == "ResourceInUseException: Table already exists: shop"


def test_a_new_index_is_filled(shop):
    """Items that were there are in it; those whose attribute has another type are not, and can be changed."""
    for pk, kind in (("a", {"S": "Berlin"}), ("b", {"S": "Paris"}), ("c", {"N": "1"}), ("d", None)):
        shop.put_item(TableName="shop", Item={**key(pk), **({"city": kind} if kind else {})})
    told = shop.update_table(
        TableName="shop",
        AttributeDefinitions=[{"AttributeName": "city", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index("ByCity", ("city",))}],
    )["TableDescription"]
    assert {"AttributeName": "city", "AttributeType": "S"} in told["AttributeDefinitions"]
    assert {item["pk"]["S"] for item in shop.scan(TableName="shop", IndexName="ByCity")["Items"]} == {"a", "b"}
    shop.update_item(
        TableName="shop",
        Key=key("c"),
        UpdateExpression="SET note = :note",
        ExpressionAttributeValues={":note": {"S": "still a number"}},
    )
    shop.update_item(
        TableName="shop",
        Key=key("c"),
        UpdateExpression="SET city = :city",
        ExpressionAttributeValues={":city": {"S": "Rome"}},
    )
    assert {item["pk"]["S"] for item in shop.scan(TableName="shop", IndexName="ByCity")["Items"]} == {"a", "b", "c"}


def test_an_index_can_be_taken_away(shop):
    """With it go the definitions that only it needed; what is not there cannot go."""
    told = shop.update_table(TableName="shop", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "Keys"}}])[
        "TableDescription"
    ]
    assert [one["IndexName"] for one in told["GlobalSecondaryIndexes"]] == ["ByStatus"]
    assert refusal(shop.scan, TableName="shop", IndexName="Keys") == (
        "ValidationException: The table does not have the specified index: Keys"
    )
    told = shop.update_table(TableName="shop", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "ByStatus"}}])[
        "TableDescription"
    ]
    assert "GlobalSecondaryIndexes" not in told
    assert {one["AttributeName"] for one in told["AttributeDefinitions"]} == {"pk", "sk", "total"}
    assert (
        refusal(
            shop.update_table,
            TableName="shop",
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "Keys"}}],
        )
        == "ResourceNotFoundException: Requested resource not found: Index Keys for table shop"
    )


def test_billing_can_be_changed(shop):
    """Throughput is asked for where it is paid for, and a change has to change something."""
    throughput = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2}
    told = shop.update_table(
        TableName="shop",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=throughput,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": name, "ProvisionedThroughput": throughput}} for name in ("ByStatus", "Keys")
        ],
    )
    assert told["TableDescription"]["ProvisionedThroughput"] == {**throughput, "NumberOfDecreasesToday": 0}
    assert "The requested value equals the current value" in refusal(
        shop.update_table, TableName="shop", ProvisionedThroughput=throughput
    )
    assert "At least one of ProvisionedThroughput" in refusal(shop.update_table, TableName="shop")


@pytest.mark.parametrize(
    "updates, message",
    [
        (
            [{}],
            INVALID + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            "GlobalSecondaryIndexUpdate.Delete must not be null",
        ),
        (
            [{"Delete": {"IndexName": "Keys"}}, {"Delete": {"IndexName": "ByStatus"}}],
            (
                "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
                "simultaneously per table"
            ),
        ),
        (
            [{"Create": index("ByCity", ("city",))}],
            INVALID + "AttributeDefinitions is not specified for index: ByCity",
        ),
        ([{"Create": index("Keys")}], "ValidationException: Attempting to create an index which already exists"),
    ],
)
def test_a_wrong_alteration_is_refused(shop, updates, message):
    """And the table stays as it was."""
    before = shop.describe_table(TableName="shop")["Table"]
    assert refusal(shop.update_table, TableName="shop", GlobalSecondaryIndexUpdates=updates) == message
    assert shop.describe_table(TableName="shop")["Table"] == before


def test_time_to_live_is_remembered(shop):
    """It can be switched on once, and off again."""

    def switch(*, enabled, name="expires"):
        return shop.update_time_to_live(
            TableName="shop", TimeToLiveSpecification={"Enabled": enabled, "AttributeName": name}
        )

    def described():
        return shop.describe_time_to_live(TableName="shop")["TimeToLiveDescription"]

    assert described() == {"TimeToLiveStatus": "DISABLED"}
    switch(enabled=True)
    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert refusal(switch, enabled=True) == "ValidationException: TimeToLive is already enabled"
    assert "is active on a different AttributeName" in refusal(switch, enabled=True, name="other")
    assert "is active on a different AttributeName" in refusal(switch, enabled=False, name="other")
    switch(enabled=False)
    assert refusal(switch, enabled=False) == "ValidationException: TimeToLive is already disabled"
