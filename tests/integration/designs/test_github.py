"""GitHub's backend: answers of its access patterns, and what is tricky in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import pytest

from examples.designs import github
from examples.designs.github import (
    HELLO,
    MAY,
    WORLD,
    Issue,
    Organization,
    PullRequest,
    Reaction,
    Repo,
    RepositoryIdentity,
    Star,
    User,
    account_of,
    account_with_repos,
    backfill_issues,
    close_issue,
    closed_issues,
    comment_on_issue,
    comment_on_pull_request,
    comments_of,
    create_organization,
    create_repo,
    create_user,
    fork,
    forks_of,
    github_table,
    join,
    members_of,
    open_issue,
    open_issues,
    open_pull_request,
    react,
    reactions_of,
    repo_with_forks,
    repo_with_newest_issues,
    repo_with_newest_pull_requests,
    repo_with_stars,
    star,
    touch,
    unstar,
)
from pynamite import Table, entity
from pynamite.errors import ItemExistsError, KeyValueError, TransactionCanceledError


@pytest.fixture
def store(client, table_name):
    """The sample data."""
    store = github_table(table_name).connect(client)
    store.create_table()
    github.fill(store)
    return store


def item(store, pk, sk):
    """Read a plain item."""
    return store.db.get({"PK": pk, "SK": sk})


def test_an_account_is_a_users_or_an_organizations(store):
    """The name finds either, and nobody can take it twice."""
    assert account_of(store, "ann") == User(account="ann", name="Ann")
    assert account_of(store, "acme") == Organization(account="acme", name="Acme Inc.", members=1)
    assert account_of(store, "nobody") is None


def test_a_user_joins_an_organization_once(store):
    """The membership is counted, once."""
    join(store, "acme", "bob")
    with pytest.raises(TransactionCanceledError):
        join(store, "acme", "bob")
    assert [one.username for one in members_of(store, "acme")] == ["ann", "bob"]
    assert store[Organization].require(account="acme").members == 2


def test_a_repository_is_created_once(store):
    """Its account cannot have two of one name."""
    with pytest.raises(ItemExistsError):
        create_repo(store, HELLO, MAY)


def test_a_repository_comes_with_its_forks(store):
    """The repository comes first, the forks follow by their owners, and are counted."""
    assert [one.repo.owner for one in repo_with_forks(store, HELLO)] == ["octocat", "ann", "bob"]
    assert [one.repo.owner for one in forks_of(store, HELLO)] == ["ann", "bob"]
    assert [one.repo for one in repo_with_forks(store, WORLD)] == [WORLD]
    assert store[Repo].require(repo=HELLO).forks == 2
    with pytest.raises(TransactionCanceledError):
        fork(store, HELLO, "ann", MAY)
    assert store[Repo].require(repo=HELLO).forks == 2


def test_an_account_comes_with_its_repositories_by_update(store):
    """The account comes first, then what was updated last."""
    account, *repos = account_with_repos(store, "octocat")
    assert account == account_of(store, "octocat")
    assert [one.repo for one in repos if isinstance(one, Repo)] == [WORLD, HELLO]
    touch(store, HELLO, MAY + timedelta(days=9))
    _, *repos = account_with_repos(store, "octocat")
    assert [one.repo for one in repos if isinstance(one, Repo)] == [HELLO, WORLD]
    assert len(account_with_repos(store, "octocat", 1)) == 2
    assert [type(one) for one in account_with_repos(store, "acme")] == [Organization]


def test_issues_and_pull_requests_count_by_one_counter(store):
    """A pull request takes the next number after an issue, and the other way round."""
    assert store[PullRequest].require(repo=HELLO, number=6).title == "pull request 6"
    assert open_pull_request(store, HELLO, "ann", "more").number == 13
    assert open_issue(store, HELLO, "ann", "more").number == 14
    assert open_issue(store, WORLD, "ann", "first").number == 1
    assert store[Repo].require(repo=HELLO).last_number == 14


def test_a_repository_comes_with_its_newest_issues(store):
    """They are read downwards from the repository."""
    found = repo_with_newest_issues(store, HELLO, 8)
    assert found.parent is not None and found.parent.repo == HELLO
    assert [one.number for one in found.children] == [12, 11, 10, 9, 8, 7, 5, 4]


def test_a_repository_comes_with_its_newest_pull_requests(store):
    """They are read from an index where they stand before the repository."""
    open_pull_request(store, HELLO, "bob", "pull request 13")
    found = repo_with_newest_pull_requests(store, HELLO)
    assert found.parent is not None and found.parent.repo == HELLO
    assert [one.number for one in found.children] == [13, 6]


def test_open_and_closed_issues_are_listed_newest_first(store):
    """Each issue is in the list of its status."""
    assert [one.number for one in open_issues(store, HELLO)] == [12, 11, 10, 9, 8, 7, 5, 3, 1]
    assert [one.number for one in open_issues(store, HELLO).limit(2)] == [12, 11]
    assert [one.number for one in closed_issues(store, HELLO)] == [4, 2]


def test_what_was_said_is_listed_in_order(store):
    """Comments stand in the order of time; those of a pull request are others."""
    issue, pull_request = store[Issue].require(repo=HELLO, number=5), store[PullRequest].require(repo=HELLO, number=6)
    said = [comment_on_issue(store, issue, "ann", text) for text in ("one", "two", "three")]
    other = comment_on_pull_request(store, pull_request, "bob", "fine")
    assert comments_of(store, issue) == said
    assert comments_of(store, pull_request) == [other]


def test_a_reaction_is_counted_once_for_each_emoji(store):
    """A second reaction with the same emoji is refused, one with another is kept beside it."""
    issue = store[Issue].require(repo=HELLO, number=5)
    react(store, issue, "ann", "heart")
    react(store, issue, "ann", "eyes")
    react(store, issue, "bob", "heart")
    with pytest.raises(TransactionCanceledError):
        react(store, issue, "ann", "heart")
    assert reactions_of(store, issue, "ann") == {"heart", "eyes"}
    assert reactions_of(store, issue, "cy") == set()
    assert store[Issue].require(issue).reactions == {"heart": 2, "eyes": 1}


def test_a_star_is_counted_once(store):
    """Starring twice is refused, taking back what is not there as well; the count is right."""
    assert store[Repo].require(repo=HELLO).stars == 2
    with pytest.raises(TransactionCanceledError):
        star(store, HELLO, "ann")
    unstar(store, HELLO, "ann")
    with pytest.raises(TransactionCanceledError):
        unstar(store, HELLO, "ann")
    assert store[Repo].require(repo=HELLO).stars == 1


def test_a_repository_comes_with_its_stars(store):
    """They are read upwards from the repository, by name."""
    found = repo_with_stars(store, HELLO)
    assert found.parent is not None and found.parent.repo == HELLO
    assert [one.username for one in found.children] == ["ann", "bob"]
    assert len(repo_with_stars(store, HELLO, 1).children) == 1


def test_trap_numbers_are_padded_so_that_they_sort(store):
    """Issue 10 stands behind issue 9, not behind issue 1."""
    assert [one.number for one in store[Issue].partition(repo=HELLO)] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    assert item(store, "REPO#octocat#hello", "ISSUE#0000000010")["number"] == 10
    with pytest.raises(KeyValueError, match="pad"):
        store[Issue].get(repo=HELLO, number=10**10)


def test_trap_the_complement_puts_the_newest_first(store):
    """An ascending query of the open issues begins with the highest number."""
    assert item(store, "REPO#octocat#hello", "ISSUE#0000000012")["GSI4SK"] == "ISSUE#OPEN#999987"
    assert open_issues(store, HELLO).request().get("ScanIndexForward", True) is True
    assert [one.number for one in open_issues(store, HELLO).lt(number=5)] == [3, 1]


def test_trap_the_status_chooses_the_template(store):
    """Closing an issue gives it the other key in the index, in the same update."""
    close_issue(store, HELLO, 12)
    assert item(store, "REPO#octocat#hello", "ISSUE#0000000012")["GSI4SK"] == "#ISSUE#CLOSED#000012"
    assert 12 not in [one.number for one in open_issues(store, HELLO)]
    assert next(iter(closed_issues(store, HELLO))).number == 12


def test_trap_the_parent_stands_in_the_middle(store):
    """In the repository's partition the issues come first, then the repository, then the stars."""
    found = store.collection(Issue, Repo, Star, repo=HELLO).all()
    assert [type(one).__name__ for one in found] == ["Issue"] * 11 + ["Repo"] + ["Star"] * 2
    newest = store.collection(Issue, Repo, repo=HELLO).reverse().limit(3).measured()
    assert [type(one).__name__ for one in newest.items] == ["Repo", "Issue", "Issue"]
    assert newest.scanned_count == 3  # the stars are not read


def test_trap_the_kind_of_target_is_part_of_the_key(store):
    """Reactions to an issue, and to a comment that would have the same id, are two items."""
    issue, pull_request = store[Issue].require(repo=HELLO, number=5), store[PullRequest].require(repo=HELLO, number=6)
    comment = comment_on_issue(store, issue, "ann", "hm")
    for about in (issue, pull_request, comment, comment_on_pull_request(store, pull_request, "ann", "hm")):
        react(store, about, "bob", "eyes")
        assert reactions_of(store, about, "bob") == {"eyes"}
    kinds = {one["PK"].partition("#")[0] for one in store.db.scan() if one["_type"] == "Reaction"}
    assert kinds == {"ISSUEREACTION", "PRREACTION", "ISSUECOMMENTREACTION", "PRCOMMENTREACTION"}
    assert store[Reaction].get(repo=HELLO, target="PR", target_id="5", username="bob") is None


def test_trap_two_entities_share_one_template(store):
    """The type tells a user from an organization; neither is taken for the other, nor overwritten by it."""
    assert store[User].get(account="acme") is None
    assert store[Organization].get(account="ann") is None
    with pytest.raises(ItemExistsError):
        create_user(store, "acme", "Not Acme")
    with pytest.raises(ItemExistsError):
        create_organization(store, "ann", "Not Ann")
    assert store[User].delete(account="nobody") is False


def test_trap_a_nested_value_feeds_the_key(store):
    """Owner and name inside of the identity stand in the keys; a delimiter in them cannot lead elsewhere."""
    assert item(store, "REPO#octocat#hello", "REPO#octocat#hello")["repo"] == {"owner": "octocat", "name": "hello"}
    with pytest.raises(KeyValueError, match="owner"):
        store[Repo].get(repo=RepositoryIdentity("octocat#hello", "x"))


def test_trap_a_fork_has_another_key_in_the_index(store):
    """A fork is in the partition of what it was forked from, anything else in its own."""
    forked = item(store, "REPO#ann#hello", "REPO#ann#hello")
    assert (forked["GSI2PK"], forked["GSI2SK"]) == ("REPO#octocat#hello", "FORK#ann")
    source = item(store, "REPO#octocat#hello", "REPO#octocat#hello")
    assert (source["GSI2PK"], source["GSI2SK"]) == ("REPO#octocat#hello", "#REPO#hello")


def test_trap_an_index_that_comes_later_is_filled(client, table_name):
    """Issues that were written before the index was declared are found by a scan of their type, and put into it."""

    @entity(pk=github.REPOSITORY, sk="ISSUE#<number:pad(10)>", type="Issue")
    class FirstIssue:
        repo: RepositoryIdentity
        number: int
        title: str
        username: str
        status: Literal["OPEN", "CLOSED"] = "OPEN"

    store = github_table(table_name).connect(client)
    store.create_table()
    first = Table(table_name, FirstIssue).connect(client)
    more: dict[str, Any] = {"repo": HELLO, "title": "old", "username": "ann"}
    first[FirstIssue].put_many([FirstIssue(number=n, status="CLOSED" if n == 2 else "OPEN", **more) for n in (1, 2, 3)])
    create_repo(store, HELLO, MAY)
    assert open_issues(store, HELLO).all() == []
    assert backfill_issues(store) == 3
    assert backfill_issues(store) == 0
    assert [one.number for one in open_issues(store, HELLO)] == [3, 1]
    assert [one.number for one in closed_issues(store, HELLO)] == [2]
