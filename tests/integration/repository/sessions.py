"""Sessions of users: entities that expire by a moment, by a duration and by seconds, and one that never does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pynamite import Index, Table, entity, field

# DynamoDB Local deletes what has expired by the computer's clock, within seconds: here nothing has, for a long time.
START = datetime(2126, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, by):
        self.now += by


@entity(
    pk="USER#<user_id>",
    sk="SESSION#<token>",
    indexes={
        "ByExpiry": ("STATUS#<status>", "<expires>"),
        "Keys": ("KEYS#<status>", "<token>"),
        "Some": ("SOME#<status>", "<token>"),
        "ByTime": ("TIME#<status>", "<expires>/<token>"),
    },
)
class Session:
    """Expires at a moment, or never."""

    user_id: str
    token: str
    status: str = "OPEN"
    clicks: int = 0
    expires: datetime | None = field(default=None, name="ttl", ttl=True)


@entity(pk="USER#<user_id>", sk="CODE#<number:pad(4)>", indexes={"Some": ("CODES", "<user_id>")})
class Code:
    """Expires after a time."""

    user_id: str
    number: int
    uses: int = 0
    lasts: timedelta | None = field(default=None, name="ttl", ttl=True)


@entity(pk="USER#<user_id>", sk="ZIP#<name>")
class Archive:
    """Expires at a second."""

    user_id: str
    name: str
    until: int = field(name="ttl", ttl=True)


@entity(pk="USER#<user_id>", sk="PROFILE", indexes={"Some": ("PROFILES", "<user_id>")})
class Profile:
    """Never expires, whatever else its item has."""

    user_id: str
    name: str = ""
    visits: int = 0
    rest: dict[str, object] = field(factory=dict, rest=True)


@entity(pk="DAY#<at:day>", sk="<at>")
class Visit:
    """One of many in the partition of a day."""

    at: datetime
    expires: datetime = field(name="ttl", ttl=True)


INDEXES = [
    Index("ByExpiry", sk="ttl"),
    Index("Keys", projection="KEYS_ONLY"),
    Index("Some", projection=["clicks"]),
    Index("ByTime"),
]


def sessions_table(name, **options):
    """Declare the table."""
    return Table(name, Session, Code, Archive, Profile, Visit, indexes=INDEXES, **options)
