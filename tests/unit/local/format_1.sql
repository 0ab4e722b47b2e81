-- A file of format 1, as the first version of the engine made it: three items in the table of shapes.py.
CREATE TABLE meta (version INTEGER NOT NULL);
INSERT INTO meta VALUES (1);
CREATE TABLE definition (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL);
CREATE TABLE definition_index (
    id INTEGER PRIMARY KEY AUTOINCREMENT, t INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (t, name));
CREATE TABLE item (
    id INTEGER PRIMARY KEY, t INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL, hash INTEGER NOT NULL,
    size INTEGER NOT NULL, wire BLOB NOT NULL, UNIQUE (t, pk, sk));
CREATE TABLE entry (
    x INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL, item_pk BLOB NOT NULL, item_sk BLOB NOT NULL,
    item INTEGER NOT NULL, PRIMARY KEY (x, pk, sk, item_pk, item_sk)) WITHOUT ROWID;
CREATE TABLE token (token TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
INSERT INTO "definition" VALUES(1,'shop','{"TableName": "shop", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}], "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}, {"AttributeName": "status", "AttributeType": "S"}, {"AttributeName": "total", "AttributeType": "N"}], "BillingMode": "PAY_PER_REQUEST", "CreationDateTime": 1777852800.0, "TableId": "412a8876-fa5c-493e-a3d9-fde29e764bfe", "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}, "LocalSecondaryIndexes": [{"IndexName": "ByTotal", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "total", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]}}], "GlobalSecondaryIndexes": [{"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}, "IndexName": "ByStatus", "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}, {"AttributeName": "total", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "ALL"}}, {"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}, "IndexName": "Keys", "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}], "Projection": {"ProjectionType": "KEYS_ONLY"}}]}');
INSERT INTO "definition_index" VALUES(1,1,'ByTotal');
INSERT INTO "definition_index" VALUES(2,1,'ByStatus');
INSERT INTO "definition_index" VALUES(3,1,'Keys');
INSERT INTO "entry" VALUES(1,X'61',X'02824C',X'61',X'73',1);
INSERT INTO "entry" VALUES(1,X'63',X'007DF4FF',X'63',X'73',3);
INSERT INTO "entry" VALUES(2,X'444F4E45',X'007DF4FF',X'63',X'73',3);
INSERT INTO "entry" VALUES(2,X'4F50454E',X'02824C',X'61',X'73',1);
INSERT INTO "entry" VALUES(3,X'444F4E45',X'',X'63',X'73',3);
INSERT INTO "entry" VALUES(3,X'4F50454E',X'',X'61',X'73',1);
INSERT INTO "item" VALUES(1,1,X'61',X'73',3904355907,31,X'7B22706B223A7B2253223A2261227D2C22736B223A7B2253223A2273227D2C22737461747573223A7B2253223A224F50454E227D2C22746F74616C223A7B224E223A22372E35227D2C2270686F746F223A7B2242223A224150383D227D7D');
INSERT INTO "item" VALUES(2,1,X'62',X'73',1908338681,17,X'7B22706B223A7B2253223A2262227D2C22736B223A7B2253223A2273227D2C226E6F7465223A7B2253223A226974277320C3A9227D7D');
INSERT INTO "item" VALUES(3,1,X'63',X'73',112844655,24,X'7B22706B223A7B2253223A2263227D2C22736B223A7B2253223A2273227D2C22737461747573223A7B2253223A22444F4E45227D2C22746F74616C223A7B224E223A222D31227D7D');
PRAGMA application_id = 1887006317;
PRAGMA user_version = 1;
