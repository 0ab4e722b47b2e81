"""Definitions say the same in each language, and are read back."""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest

from pynamite import Table, entity
from pynamite.definitions import (
    Provisioned,
    Settings,
    cdk,
    cloudformation,
    cloudformation_yaml,
    compare,
    create_table_json,
    iam_policy,
    read_cloudformation_yaml,
    read_definition,
    shape_of,
    terraform,
)
from pynamite.errors import DefinitionError
from tests.unit.definitions.tables import MANY, shop

FULL = Settings(billing=Provisioned(5, 6), stream="NEW_AND_OLD_IMAGES", deletion_protection=True)
SETTINGS = [Settings(), FULL, Settings(stream=False, deletion_protection=False)]
DESIGNS = sorted((Path(__file__).parents[3] / "examples/designs").glob("[!_]*.py"))


@pytest.mark.parametrize("settings", SETTINGS)
def test_what_is_written_reads_back_as_the_same_table(settings):
    """JSON and CloudFormation have everything that is compared."""
    table = shop("my-shop.v2", MANY)
    declared = shape_of(table, settings=settings)
    template = cloudformation(table, settings=settings)
    assert not compare(declared, read_definition(template))
    assert not compare(declared, read_cloudformation_yaml(cloudformation_yaml(table, settings=settings)))
    written = read_definition(json.loads(create_table_json(table, settings=settings)))
    assert [one.what for one in compare(declared, written).differences] == ["Time to Live"]


def test_cfn_lint_has_nothing_to_say(tmp_path):
    """AWS's own checker of templates takes them."""
    files = []
    for number, settings in enumerate(SETTINGS):
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text(cloudformation_yaml(shop("my-shop.v2", MANY), settings=settings))
    ran = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *[file.name for file in files]], cwd=tmp_path, capture_output=True,
        text=True)
    assert (ran.stdout, ran.returncode) == ("", 0)


def plain(value: Any) -> Any:
    """Give what hcl2 has read without its own marks, and texts without their quotes."""
    if isinstance(value, dict):
        return {key.strip('"'): plain(own) for key, own in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(own) for own in value]
    return value.strip('"') if isinstance(value, str) else value


@pytest.mark.parametrize("settings", SETTINGS)
def test_terraform_has_the_same_table(settings):
    """The resource, parsed as HCL, has the keys, indexes and settings."""
    text = terraform(shop("my-shop.v2", MANY), settings=settings)
    (resource,) = plain(hcl2.load(io.StringIO(text)))["resource"]
    table = resource["aws_dynamodb_table"]["my-shop_v2"]
    indexes = {index["name"]: index for index in table["global_secondary_index"]}
    assert (table["name"], table["hash_key"], table["range_key"]) == ("my-shop.v2", "PK", "SK")
    assert {one["name"]: one["type"] for one in table["attribute"]}["rank"] == "N"
    assert indexes["GSI1"]["non_key_attributes"] == ["_type", "expires", "placed"]
    assert "range_key" not in indexes["ByRank"]
    assert [part["key_type"] for part in indexes["Many"]["key_schema"]] == ["HASH", "HASH", "RANGE", "RANGE"]
    assert table["local_secondary_index"] == [
        {"name": "Local", "range_key": "LocalSK", "projection_type": "KEYS_ONLY"}]
    assert table["ttl"] == [{"attribute_name": "expires", "enabled": True}]
    assert table["billing_mode"] == ("PROVISIONED" if settings is FULL else "PAY_PER_REQUEST")
    assert indexes["GSI1"].get("write_capacity") == (6 if settings is FULL else None)
    assert table.get("stream_enabled") == {None: None, False: False}.get(settings.stream, True)


@pytest.mark.parametrize("settings", SETTINGS)
def test_cdk_is_python(settings):
    """The module compiles, and names the table's parts."""
    text = cdk(shop("my-shop.v2", MANY), settings=settings)
    compile(text, "stack.py", "exec")
    assert "class MyShopV2Stack(cdk.Stack):" in text
    assert 'partition_keys=[dynamodb.Attribute(name="user"' in text
    assert 'time_to_live_attribute="expires"' in text
    assert ("dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES" in text) == (settings is FULL)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.stem)
def test_published_designs_are_written_and_read_back(design):
    """The tables of the examples go through each language."""
    makers = {name: made for name, made in runpy.run_path(str(design)).items() if name.endswith("_table")}
    assert makers
    for table in (make() for make in makers.values()):
        assert not compare(shape_of(table), read_definition(cloudformation(table)))
        compile(cdk(table), "stack.py", "exec")
        assert table.name in json.dumps(plain(hcl2.load(io.StringIO(terraform(table)))))
        assert iam_policy(table)["Statement"]


def test_a_template_written_by_others_is_read():
    """Short forms are read; a name that is a reference is nobody's."""
    text = """
    Resources:
      Topic: {Type: AWS::SNS::Topic}
      Orders:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: !Sub "${AWS::StackName}-orders"
          AttributeDefinitions: [{AttributeName: id, AttributeType: "N"}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 2}
          TimeToLiveSpecification: {AttributeName: gone, Enabled: true}
    """
    shape = read_cloudformation_yaml(text)
    assert (shape.name, shape.partition, shape.sort, shape.types, shape.ttl) == ("", "id", None, {"id": "N"}, "gone")
    assert shape.settings.billing == Provisioned(1, 2)


@pytest.mark.parametrize(("document", "problem"), [
    ({"Resources": {}}, "the tables of the template are none"),
    ({"TableName": "x"}, "no definition of a table"),
    ({"AttributeDefinitions": [], "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}, "'a' has no type"),
])
def test_what_is_no_definition_is_told(document, problem):
    """The error says what is missing."""
    with pytest.raises(DefinitionError, match=problem):
        read_definition(document)


def test_a_tenants_policy_reaches_its_keys_alone():
    """Leading keys begin with the tenant; nothing is scanned, and no key is not a key."""
    policy = iam_policy(
        shop("shop", MANY), tenant="ac*me", account="123456789012", region="eu-west-1", partition="aws-cn")
    items, indexes = policy["Statement"]
    assert items["Resource"] == ["arn:aws-cn:dynamodb:eu-west-1:123456789012:table/shop"]
    assert indexes["Resource"] == [f"{items['Resource'][0]}/index/{name}" for name in ("Local", "GSI1")]
    for statement in policy["Statement"]:
        assert "dynamodb:Scan" not in statement["Action"]
        assert statement["Condition"]["ForAllValues:StringLike"] == {"dynamodb:LeadingKeys": ["ac${*}me@*"]}
        assert statement["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}
    assert indexes["Action"] == ["dynamodb:Query"]


def test_a_policy_allows_what_is_asked_for():
    """Reads without writes, and writes without reads."""
    reads, writes = (iam_policy(shop(), access=access)["Statement"] for access in ("read", "write"))
    assert not any("Put" in action or "Delete" in action for one in reads for action in one["Action"])
    assert "dynamodb:Scan" in reads[0]["Action"]
    assert not any("Get" in action or "Query" in action for one in writes for action in one["Action"])
    assert len(writes) == 1


def test_no_tenant_stands_in_a_number():
    """A table whose partition key is a number has no tenants."""

    @entity(pk="<id>", sk="X")
    class Thing:
        id: int

    with pytest.raises(DefinitionError, match="no tenant can stand"):
        iam_policy(Table("things", Thing, pk="id"), tenant="acme")
