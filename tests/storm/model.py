"""Entities with everything that one write can bring about: guards, companions, versions, reactions, numbers."""

from __future__ import annotations

from pynamite import Table, Transaction, attribute, entity, field

__all__ = ["ByEmail", "Channel", "Doc", "DocVersion", "Doctor", "Token", "User", "Video", "storm_table"]


@entity(pk="EMAIL#<email>", sk="LOOKUP")
class ByEmail:
    email: str
    account_id: str


@entity(pk="USER#<account_id>", sk="PROFILE", companions=ByEmail)
class User:
    """Its e-mail is unique, and leads to it."""

    account_id: str
    email: str = field(unique=True)
    visits: int = 0


@entity(pk="DOC#<doc_id>", sk="v<version:pad(8)>")
class DocVersion:
    doc_id: str
    version: int
    title: str = ""
    edits: int = 0


@entity(pk="DOC#<doc_id>", sk="v0", history=DocVersion)
class Doc:
    """It has a version, and keeps the earlier ones."""

    doc_id: str
    title: str = ""
    edits: int = 0
    version: int = field(default=0, version=True)


@entity(pk="CHANNEL#<channel_id>", sk="CHANNEL")
class Channel:
    """It counts its videos, and numbers them."""

    channel_id: str
    videos: int = 0
    last: int = 0
    plays: int = 0


@entity(pk="CHANNEL#<channel_id>", sk="VIDEO#<number:pad(8)>")
class Video:
    channel_id: str
    number: int | None = field(default=None, sequence=Channel.last)
    title: str = ""


@entity(pk="TOKEN#<token_id>", sk="AT#<place>")
class Token:
    """It is in one place at a time."""

    token_id: str
    place: str
    moves: int = 0


@entity(pk="SHIFT#<shift>", sk="DOCTOR#<name>")
class Doctor:
    """One of those who share a shift has to be on call."""

    shift: str
    name: str
    state: str = "on call"


def storm_table(name: str) -> Table:
    """Declare the table, and what its entities bring about."""
    table = Table(name, ByEmail, User, DocVersion, Doc, Channel, Video, Token, Doctor)

    @table.on_create(Video)
    def count_up(new: Video, tx: Transaction) -> None:
        tx[Channel].update({"channel_id": new.channel_id}, attribute(Channel.videos).add(1))

    @table.on_delete(Video)
    def count_down(old: Video, tx: Transaction) -> None:
        tx[Channel].update({"channel_id": old.channel_id}, attribute(Channel.videos).add(-1))

    return table
