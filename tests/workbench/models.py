"""Models with what was seen in published ones: each has its own oddities. They are the JSON of their files."""

from __future__ import annotations

ALL = {"ProjectionType": "ALL"}


def value(plain):
    """Write a value with its type; one that is a dict has it already."""
    if isinstance(plain, dict):
        return plain
    if isinstance(plain, bool):
        return {"BOOL": plain}
    return {"N": str(plain)} if isinstance(plain, int | float) else {"S": plain}


def rows(columns, *lines):
    """Write rows as a table: None is an attribute that is not there."""
    names = columns.split()
    return [{name: value(own) for name, own in zip(names, line, strict=False) if own is not None} for line in lines]


def key(partition, sort):
    """Write KeyAttributes; a name may have its type behind a colon, ``"count:N"``."""
    parts = {"PartitionKey": partition, "SortKey": sort}
    split = {part: [*name.split(":"), "S"][:2] for part, name in parts.items() if name}
    return {part: {"AttributeName": name, "AttributeType": kind} for part, (name, kind) in split.items()}


def index(name, partition, sort=None, projection=None):
    """Write a global secondary index."""
    return {"IndexName": name, "KeyAttributes": key(partition, sort), "Projection": projection or ALL}


def facet(name, aliases, data=None, attributes=()):
    """Write a facet; without ``data`` it has no TableData at all."""
    names = ("PartitionKeyAlias", "SortKeyAlias")
    written = {"FacetName": name, "KeyAttributeAlias": dict(zip(names, aliases, strict=False))}
    more = {} if data is None else {"TableData": data}
    return {**written, **more, "NonKeyAttributes": list(attributes), "DataAccess": {"MySql": {}}}


def table(name, partition, sort=None, *, data=None, facets=None, indexes=(), declared=""):
    """Write a table; ``declared`` are attributes with their types, ``"size:N"``."""
    split = [[*own.split(":"), "S"][:2] for own in declared.split()]
    tree = {
        "TableName": name,
        "KeyAttributes": key(partition, sort),
        "NonKeyAttributes": [{"AttributeName": own, "AttributeType": kind} for own, kind in split],
        "GlobalSecondaryIndexes": list(indexes),
        "DataAccess": {"MySql": {}},
    }
    if facets is not None:
        tree["TableFacets"] = facets
    return tree if data is None else {**tree, "TableData": data}


def model(name, *tables, version: str | float | None = "3.0"):
    """Write a model; version 1.0 knows no AWSService, and None no metadata at all."""
    service = {"AWSService": "Amazon DynamoDB"} if version == "3.0" else {}
    metadata = {"ModelMetadata": {"Author": "", "Version": version, **service}} if version else {}
    return {"ModelName": name, **metadata, "DataModel": list(tables)}


def wrapped(**numbers):
    """Write a map that is wrapped twice."""
    return {"M": {"M": {name: {"N": str(own)} for name, own in numbers.items()}}}


def texts(**own):
    """Write a map of texts."""
    return {"M": {name.replace("_", "-"): {"S": text} for name, text in own.items()}}


LIBRARY = model(
    "Library",
    table(
        "library",
        "PK",
        "SK",
        facets=[
            facet(
                "Readers",
                ("ReaderId", "ReaderId"),
                rows(
                    "PK SK Email Address",
                    ("RDR#1", "RDR#1", "ann@example.com", texts(zip_code="1010", street="Ring 1")),
                    ("RDR#2", "RDR#2", "bob@example.com", texts(zip_code="1020")),
                ),
                ["Email", "Address"],
            ),
            facet(
                "Loans",
                ("ReaderId", "LoanId#ISBN"),
                rows(
                    "PK SK ISBN DueDate GSI1PK GSI1SK",
                    ("RDR#1", "LOAN#77#ISBN#3-16", "3-16", "2026-01-05", "ISBN#3-16", "RDR#1"),
                    ("RDR#2", "LOAN#78#ISBN#9-99", "9-99", "2026-02-01", "ISBN#9-99", "RDR#2"),
                ),
            ),
        ],
        indexes=[
            index("GSI1", "GSI1PK", "GSI1SK", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["PK", "DueDate"]})
        ],
    ),
)
"""Aliases that are names, of which some are attributes, too; a projection that names a key; a map with odd names."""

ARENA = model(
    "Arena",
    table(
        "arena-players",
        "PK",
        "SK",
        facets=[
            facet(
                "Profile",
                ("playerID", "#META#playerID"),
                rows(
                    "PK SK Kind Nick Friends",
                    (
                        "player007",
                        "#META#player007",
                        "Profile",
                        "Jo",
                        {"L": [texts(Id="p1", Name="A"), texts(Id="p2", Name="B")]},
                    ),
                ),
            ),
            facet(
                "Gear",
                ("playerID", "GEAR#GearID"),
                rows(
                    "PK SK Kind Power",
                    ("player007", "GEAR#1", "Gear", wrapped(ATK=7)),
                    ("player007", "GEAR#1GEAR#2", "Gear", wrapped(DEF=2, ATK=1)),
                ),
            ),
            facet(
                "Quests",
                ("playerID", "QUEST#QuestID"),
                rows(
                    "PK SK Kind Reward",
                    ("player007", "QUEST#1", "Quest", wrapped(Gold=1, XP=2)),
                    ("player007", "QUEST#2", "Quest", wrapped(Gold=3, XP=4)),
                ),
            ),
        ],
    ),
)
"""Maps that are wrapped twice, an attribute for the type, a key that its author pasted twice."""

SHOP = model(
    "Shop",
    table(
        "shop",
        "PK",
        "SK",
        data=rows(
            "PK SK EntityType Name Price GSI1-PK GSI1-SK",
            ("c#ann", "c#ann", "customer", "Ann"),
            ("c#bob", "c#bob", "customer", "Bob"),
            ("p#11", "p#11", "product", "Soap", "3.50"),
            ("p#12", "p#12", "product", "Comb", "4"),
            ("o#1", "p#11", "orderItem", None, "7", "p#11", "2026-01-01T10:00:00"),
            ("o#1", "p#12", "orderItem", None, "4", "p#12", "2026-01-01T10:00:00"),
            ("o#1", "c#ann", "order", None, None, "", ""),
            ("o#2", "c#bob", "order"),
            ("o#1", "i#9", "invoice", None, 11),
        ),
        indexes=[index("GSI1", "GSI1-PK", "GSI1-SK")],
    ),
    version="1.0",
)
"""No facets: rows of many kinds with an attribute for the type; index keys that are empty texts."""

CHAT = model(
    "Chat",
    table(
        "chat",
        "PK",
        "SK",
        data=[
            {},
            *rows(
                "PK SK RoomID Text CreatedAt By",
                ("User:A", "2026-04-01T12:00:00Z", "Music", "Hello", "2026-04-01T12:00:00Z"),
                ("User:B", "2026-04-01T12:00:01Z", "Film", "Hi", "2026-04-01T12:00:09Z"),
                ("Room:Music", "meta", None, None, None, "A"),
                ("Room:Film", "meta", None, None, None, "B"),
            ),
        ],
        indexes=[index("ByRoom", "RoomID", "CreatedAt")],
    ),
)
"""No facets and no types: the keys alone tell; moments with the delimiter in them; an empty row."""

DEVICES = model(
    "Devices",
    table(
        "devices",
        "DeviceID",
        "State#Date",
        data=rows(
            "DeviceID State#Date State Date Operator EscalatedTo",
            ("d#1", "WARNING4#2026-04-01", "WARNING4", "2026-04-01", "Sue"),
            ("d#1", "NORMAL#2026-04-02", "NORMAL", "2026-04-02", "Liz"),
            ("d#2", "WARNING4#2026-04-03", "WARNING4", "2026-04-03", "Liz", "Sara"),
        ),
        indexes=[index("GSI1", "Operator", "Date"), index("GSI2", "EscalatedTo", "State#Date")],
    ),
    version="2.0",
)
"""Keys with names of their own, one of them made of two attributes; a sparse index."""

LIFTS = model(
    "Lifts",
    table(
        "lifts",
        "Lift",
        "Metadata",
        facets=[
            facet(
                "Daily",
                ("Lift", "Date"),
                rows("Lift Metadata Riders", ("Lift 3", "03/05/2020", 7), ("Lift 9", "04/05/2020", 8)),
            ),
            facet(
                "Static",
                ("Lift", "Static Data"),
                rows("Lift Metadata Experienced", ("Lift 3", "Static Data", True), ("Lift 9", "Static Data", False)),
            ),
            facet(
                "Resort",
                ("Resort Data", "Date"),
                rows(
                    "Lift Metadata Danger", ("Resort Data", "03/05/2020", "High"), ("Resort Data", "04/05/2020", "Low")
                ),
            ),
        ],
        indexes=[index("ByRiders", "Lift", "Riders:N")],
    ),
    version="2.0",
)
"""Aliases that are literals, keys without delimiters, an index key that is a number."""

SONGS = model(
    "Songs",
    table(
        "songs",
        "Id",
        "Metadata",
        facets=[
            facet("SongDetails", ("SongId", "Metadata"), attributes=["Title", "Length"]),
            facet("Downloads", ("SongId", "Metadata"), attributes=["Moment"]),
        ],
        declared="Title Length:N Moment Tags:SS More:M",
    ),
    table(
        "plays",
        "SongId",
        data=rows("SongId Count Last Blob", ("1", 7, {"NULL": True}, {"B": "aGVsbG8="}), ("2", 2.5, "2026-01-01")),
    ),
    version=None,
)
"""No metadata; facets without rows, which only a type could tell apart; two tables, one without sort key."""

TWINS = model(
    "Twins",
    table(
        "twins",
        "PK",
        "SK",
        facets=[
            facet("Following", ("PK", "SK"), rows("PK SK since", ("U#1", "U#2", "2026"), ("U#2", "U#3", "2025"))),
            facet("Blocked", ("PK", "SK"), rows("PK SK why", ("U#1", "U#9", "spam"), ("U#4", "U#9", "spam"))),
            facet("Following", ("PK", "SK"), rows("PK SK note", ("N#1", "X", "a"))),
        ],
        data=rows("PK SK class 2nd", ("U#7", "U#8", "VIP", 1)),
    ),
)
"""Two facets whose keys are alike, one name twice, and a row outside of all facets with odd attribute names."""

PLAIN_JSON = model(
    "Plain",
    table(
        "plain",
        "PK",
        "SK",
        data=[
            {
                "PK": {"S": "A#1"},
                "SK": {"N": 5},
                "n": {"N": 1.5},
                "m": {"M": {"city": "Rome", "zip": 153, "tags": ["a", 1]}},
                "l": {"L": ["x", {"S": "y"}, None, True]},
                "flag": {"BOOL": "true"},
                "none": {"NULL": False},
                "set": {"SS": []},
                "bytes": {"B": "not base64!"},
                "text": {"S": 7},
                "GSI1PK": {"S": ""},
                "price": {"N": "free"},
            },
            {"PK": "A#2", "SK": {"S": "6"}, "GSI1PK": {"N": "3"}, "numbers": {"NS": [1, "2"]}},
            {"PK": {"S": "A#3"}, "SK": {"S": ""}},
            {"PK": {"S": "A#2"}, "SK": {"S": "6"}, "late": {"S": "x"}},
        ],
        indexes=[index("GSI1", "GSI1PK")],
    ),
)
"""Rows that were written by hand: JSON numbers, JSON without types, wrong types, a missing key, a key twice."""

MODELS = {own["ModelName"]: own for own in (LIBRARY, ARENA, SHOP, CHAT, DEVICES, LIFTS, SONGS, TWINS, PLAIN_JSON)}
