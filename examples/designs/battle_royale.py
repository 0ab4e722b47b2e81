"""Battle royale: fifty players in a game, and a table that never lets in one more.

    python examples/designs/battle_royale.py

    entity             PK                 SK
    User               USER#<username>    #METADATA#<username>
    Game               GAME#<game_id>     #METADATA#<game_id>
    UserGameMapping    GAME#<game_id>     USER#<username>

    index              PK                 SK
    InvertedIndex      SK                 PK                     the table's keys, exchanged
    OpenGamesIndex     map                open_timestamp         attributes of Game: only open games have the second

Access patterns:

    sign up, if the name is free; who is it?        create_user, user_of
    open a game                                     create_game
    a game with its players                         game_with_players
    the games that a user takes part in             games_of_user, games_of_user_in_full
    open games, all of them or those on a map       open_games, open_games_on_map
    join a game that is open and not full           join_game
    start a game that is full                       start_game
    who came in where, after the game               record_places

The sort key of a game begins with `#`, so that it comes before its players. A game that starts loses `open_timestamp`,
and with that its place in the index of open games.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pynamite import Aggregate, Index, Query, Store, Table, attribute, entity

FULL = 50
"""How many people make a game."""


@entity(pk="USER#<username>", sk="#METADATA#<username>")
class User:
    """Who plays."""

    username: str
    name: str
    email: str


@entity(pk="GAME#<game_id>", sk="#METADATA#<game_id>")
class Game:
    """A game; it is open while it has an `open_timestamp`, and runs once it has a `start_timestamp`."""

    game_id: str
    map: str
    creator: str
    create_timestamp: datetime
    people: int = 0
    open_timestamp: datetime | None = None
    start_timestamp: datetime | None = None


@entity(pk="GAME#<game_id>", sk="USER#<username>")
class UserGameMapping:
    """That a user takes part in a game, and where the user came in."""

    game_id: str
    username: str
    place: int | None = None


def game_table(name: str = "battle-royale") -> Table:
    """Declare the table."""
    inverted = Index("InvertedIndex", pk="SK", sk="PK")
    open_games = Index("OpenGamesIndex", pk="map", sk="open_timestamp")
    return Table(name, User, Game, UserGameMapping, indexes=[inverted, open_games])


def create_user(store: Store, user: User) -> User:
    """Sign up, unless the name is taken."""
    return store[User].create(user)


def user_of(store: Store, username: str) -> User | None:
    """Find who has a name."""
    return store[User].get(username=username)


def create_game(store: Store, game: Game) -> Game:
    """Open a game."""
    return store[Game].create(game)


def game_with_players(store: Store, game_id: str) -> Aggregate[Game, UserGameMapping]:
    """Read a game and those who play it, in one query."""
    return store.aggregate(Game, UserGameMapping, game_id=game_id)


def games_of_user(store: Store, username: str) -> list[UserGameMapping]:
    """List in which games a user takes part."""
    return store[UserGameMapping].query("InvertedIndex", username=username).all()


def games_of_user_in_full(store: Store, username: str) -> list[Game]:
    """List the games of a user, each as it is: the index finds them, a batch reads them."""
    found = store[Game].get_many({"game_id": one.game_id} for one in games_of_user(store, username))
    return [game for game in found if game is not None]


def open_games(store: Store) -> Query[Game]:
    """Read all games that are open: nothing else is in the index."""
    return store[Game].scan("OpenGamesIndex")


def open_games_on_map(store: Store, map_name: str) -> Query[Game]:
    """Read the open games on a map, the one that has been open for longest first."""
    return store[Game].query("OpenGamesIndex", map=map_name)


def join_game(store: Store, game_id: str, username: str) -> None:
    """Join a game that is open and has room: once, whatever happens.

    Raises:
        TransactionCanceledError: its reasons tell what is wrong: the first that the user takes part already, the
            second that the game is full or not open; they have the items as `item`.
    """
    with store.transaction() as tx:
        tx[UserGameMapping].create(UserGameMapping(game_id=game_id, username=username))
        has_room = (attribute(Game.people) < FULL) & attribute(Game.open_timestamp).exists()
        tx[Game].update({"game_id": game_id}, attribute(Game.people).add(1), where=has_room)


def start_game(store: Store, game_id: str, now: datetime) -> Game:
    """Start a game that is full: it is not among the open ones from then on.

    Raises:
        ConditionFailedError: it is not full, or runs already; `item` is the game.
    """
    return store[Game].update(
        {"game_id": game_id},
        attribute(Game.open_timestamp).remove(),
        attribute(Game.start_timestamp).set(now),
        where=(attribute(Game.people) == FULL) & attribute(Game.start_timestamp).absent(),
    )


def record_places(store: Store, game_id: str, places: Mapping[str, int]) -> None:
    """Note where the players came in, all of them at once."""
    with store.transaction() as tx:
        for username, place in places.items():
            key = {"game_id": game_id, "username": username}
            tx[UserGameMapping].update(key, attribute(UserGameMapping.place).set(place))


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

MAPS = ["Green Grasslands", "Dirty Desert", "Urban Underground", "Juicy Jungle"]

ALMOST_FULL = "3d4285f0"
"""A game that lacks one player."""

PLAYERS = [f"player{number:02}" for number in range(1, 17)]


def fill(store: Store) -> None:
    """Open nine games, four of them on the green grasslands, and sign up some users.

    Carrpatrick plays three of the games; one of them is almost full.
    """
    names = {"carrpatrick": "Patrick Carr", "vlopez": "Valerie Lopez"}
    for username in (*names, *PLAYERS):
        name = names.get(username, username.title())
        create_user(store, User(username=username, name=name, email=f"{username}@example.com"))
    for number, map_name in enumerate([MAPS[0]] * 4 + MAPS[1:] + MAPS[1:3]):
        opened = NOON + timedelta(minutes=10 * number)
        game_id, people = (ALMOST_FULL, FULL - 1) if number == 0 else (f"game{number}", number)
        game = Game(
            game_id=game_id,
            map=map_name,
            creator=PLAYERS[number],
            create_timestamp=opened,
            people=people,
            open_timestamp=opened,
        )
        create_game(store, game)
    # Of the 49 in the game, these have items of their own here.
    playing = [(ALMOST_FULL, username) for username in ("carrpatrick", *PLAYERS)]
    playing += [("game3", "carrpatrick"), ("game7", "carrpatrick"), ("game7", "vlopez")]
    store[UserGameMapping].put_many(UserGameMapping(game_id=game, username=username) for game, username in playing)


def main() -> None:
    """Play."""
    with game_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        found = game_with_players(store, ALMOST_FULL)
        print(found.parent, "with", len(found.children), "players that are known")
        print("carrpatrick plays", [one.game_id for one in games_of_user(store, "carrpatrick")])
        print("open:", open_games(store).count(), "games")
        print("on the green grasslands:", [game.game_id for game in open_games_on_map(store, "Green Grasslands")])
        join_game(store, ALMOST_FULL, "vlopez")
        print(start_game(store, ALMOST_FULL, NOON + timedelta(hours=2)))
        record_places(store, ALMOST_FULL, {"vlopez": 1, "carrpatrick": 2})
        print("open:", open_games(store).count(), "games")


if __name__ == "__main__":
    main()
