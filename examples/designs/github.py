"""GitHub's backend: repositories, issues, pull requests, forks, stars, accounts.

    python examples/designs/github.py

    entity          PK                                     SK
    Repo            REPO#<owner>#<name>                    REPO#<owner>#<name>
    Issue           REPO#<owner>#<name>                    ISSUE#<number, 10 digits>
    Star            REPO#<owner>#<name>                    STAR#<username>
    PullRequest     PR#<owner>#<name>#<number, 10 digits>  the same
    IssueComment    ISSUECOMMENT#<owner>#<name>#<number>   ISSUECOMMENT#<comment_id>
    PRComment       PRCOMMENT#<owner>#<name>#<number>      PRCOMMENT#<comment_id>
    Reaction        <target>REACTION#<owner>#<name>#<target_id>#<username>   the same
    User            ACCOUNT#<account>                      ACCOUNT#<account>
    Organization    ACCOUNT#<account>                      ACCOUNT#<account>
    Membership      ACCOUNT#<organization>                 MEMBERSHIP#<username>

    index   entity              PK                            SK
    GSI1    Repo                REPO#<owner>#<name>           REPO#<owner>#<name>
            PullRequest         REPO#<owner>#<name>           PR#<number, 10 digits>
    GSI2    Repo, a fork        REPO#<of owner>#<of name>     FORK#<owner>
            Repo, no fork       REPO#<owner>#<name>           #REPO#<name>
    GSI3    Repo                ACCOUNT#<owner>               #<updated_at>
            User, Organization  ACCOUNT#<account>             ACCOUNT#<account>
    GSI4    Issue, open         REPO#<owner>#<name>           ISSUE#OPEN#<999999 - number>
            Issue, closed       REPO#<owner>#<name>           #ISSUE#CLOSED#<number, 6 digits>

Access patterns:

    open an account, find it, be it a user's or an organization's    create_user, create_organization, account_of
    join an organization; who is in it?                              join, members_of
    create a repository, fork one                                    create_repo, fork
    a repository with its forks                                      repo_with_forks, forks_of
    an account with its repositories, last updated first             account_with_repos
    open an issue or a pull request: both count by one counter       open_issue, open_pull_request
    a repository with its newest issues                              repo_with_newest_issues
    a repository with its newest pull requests                       repo_with_newest_pull_requests
    the open issues, the closed ones, newest first                   open_issues, closed_issues
    close an issue                                                   close_issue
    comment on an issue or a pull request                            comment_on_issue, comment_on_pull_request
    the comments on either                                           comments_of
    react to whatever can be reacted to, once with each emoji        react, reactions_of
    star a repository, take it back                                  star, unstar
    a repository with those who starred it                           repo_with_stars
    an index was added later: put what is there already into it      backfill_issues

A repository sorts after its issues and before its stars: backwards from it there are the newest issues, forwards the
stars.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import attrs

from pynamite import Aggregate, Index, Query, Store, Table, attribute, by, entity, field, new_ulid

REPOSITORY = "REPO#<repo.owner>#<repo.name>"
PULL_REQUEST = "PR#<repo.owner>#<repo.name>#<number:pad(10)>"
REACTION = "<target>REACTION#<repo.owner>#<repo.name>#<target_id>#<username>"

Status = Literal["OPEN", "CLOSED"]
Target = Literal["ISSUE", "PR", "ISSUECOMMENT", "PRCOMMENT"]


@attrs.frozen
class RepositoryIdentity:
    """What a repository is called, as in `octocat/hello`."""

    owner: str
    name: str


def account(repo: RepositoryIdentity) -> str:
    """Tell whose a repository is."""
    return repo.owner


def is_fork(fork_of: RepositoryIdentity | None) -> bool:
    """Tell whether a repository is a fork."""
    return fork_of is not None


def network(repo: RepositoryIdentity, fork_of: RepositoryIdentity | None) -> RepositoryIdentity:
    """Name the repository that a repository was forked from, or itself."""
    return fork_of or repo


@entity(
    pk=REPOSITORY,
    sk=REPOSITORY,
    computed={"account": account, "is_fork": is_fork, "network": network},
    indexes={
        "GSI1": (REPOSITORY, REPOSITORY),
        "GSI2": (
            "REPO#<network.owner>#<network.name>",
            by("is_fork", {True: "FORK#<repo.owner>", False: "#REPO#<repo.name>"}),
        ),
        "GSI3": ("ACCOUNT#<account>", "#<updated_at>"),
    },
)
class Repo:
    """A repository; `last_number` is that of its newest issue or pull request."""

    repo: RepositoryIdentity
    updated_at: datetime
    fork_of: RepositoryIdentity | None = None
    last_number: int = 0
    forks: int = 0
    stars: int = 0


@entity(
    pk=REPOSITORY,
    sk="ISSUE#<number:pad(10)>",
    indexes={
        "GSI4": (
            REPOSITORY,
            by("status", {"OPEN": "ISSUE#OPEN#<number:desc(6)>", "CLOSED": "#ISSUE#CLOSED#<number:pad(6)>"}),
        )
    },
)
class Issue:
    """Something to be done in a repository."""

    repo: RepositoryIdentity
    number: int
    title: str
    username: str
    status: Status = "OPEN"
    reactions: dict[str, int] = field(factory=dict)


@entity(pk=PULL_REQUEST, sk=PULL_REQUEST, indexes={"GSI1": (REPOSITORY, "PR#<number:pad(10)>")})
class PullRequest:
    """Something that was done, to be taken into a repository."""

    repo: RepositoryIdentity
    number: int
    title: str
    username: str
    status: Status = "OPEN"
    reactions: dict[str, int] = field(factory=dict)


@entity(pk="ISSUECOMMENT#<repo.owner>#<repo.name>#<number>", sk="ISSUECOMMENT#<comment_id>")
class IssueComment:
    """What somebody says about an issue."""

    repo: RepositoryIdentity
    number: int
    comment_id: str = field(factory=new_ulid)
    username: str
    text: str


@entity(pk="PRCOMMENT#<repo.owner>#<repo.name>#<number>", sk="PRCOMMENT#<comment_id>")
class PRComment:
    """What somebody says about a pull request."""

    repo: RepositoryIdentity
    number: int
    comment_id: str = field(factory=new_ulid)
    username: str
    text: str


@entity(pk=REACTION, sk=REACTION)
class Reaction:
    """What somebody feels about an issue, a pull request or a comment: `target` says what it is, `target_id` which."""

    repo: RepositoryIdentity
    target: Target
    target_id: str
    username: str
    emojis: set[str] = field(factory=set)


@entity(pk=REPOSITORY, sk="STAR#<username>")
class Star:
    """Somebody likes a repository."""

    repo: RepositoryIdentity
    username: str


@entity(pk="ACCOUNT#<account>", sk="ACCOUNT#<account>", indexes={"GSI3": ("ACCOUNT#<account>", "ACCOUNT#<account>")})
class User:
    """A person's account."""

    account: str
    name: str


@entity(pk="ACCOUNT#<account>", sk="ACCOUNT#<account>", indexes={"GSI3": ("ACCOUNT#<account>", "ACCOUNT#<account>")})
class Organization:
    """An organization's account."""

    account: str
    name: str
    members: int = 0


@entity(pk="ACCOUNT#<organization>", sk="MEMBERSHIP#<username>")
class Membership:
    """A user who is in an organization."""

    organization: str
    username: str
    role: Literal["OWNER", "MEMBER"] = "MEMBER"


def github_table(name: str = "github") -> Table:
    """Declare the table: users and organizations share their keys, so that nobody has an organization's name."""
    return Table(
        name,
        *(Repo, Issue, PullRequest, IssueComment, PRComment, Reaction, Star, User, Organization, Membership),
        indexes=[Index("GSI1"), Index("GSI2"), Index("GSI3"), Index("GSI4")],
        same_key=[(User, Organization)],
    )


# Accounts


def create_user(store: Store, name: str, full_name: str) -> User:
    """Open a person's account, unless the name is taken."""
    return store[User].create(User(account=name, name=full_name))


def create_organization(store: Store, name: str, full_name: str) -> Organization:
    """Open an organization's account, unless the name is taken."""
    return store[Organization].create(Organization(account=name, name=full_name))


def account_of(store: Store, name: str) -> User | Organization | None:
    """Find who has an account, a person or an organization."""
    return store.collection(User, Organization, account=name).first()


def join(store: Store, organization: str, username: str) -> None:
    """Take a user into an organization, once."""
    with store.transaction() as tx:
        tx[User].check(account=username)
        tx[Membership].create(Membership(organization=organization, username=username))
        tx[Organization].update({"account": organization}, attribute(Organization.members).add(1))


def members_of(store: Store, organization: str) -> list[Membership]:
    """List who is in an organization."""
    return store[Membership].partition(organization=organization)


# Repositories


def create_repo(store: Store, repo: RepositoryIdentity, now: datetime) -> Repo:
    """Create a repository, unless the account has one of that name."""
    return store[Repo].create(Repo(repo=repo, updated_at=now))


def fork(store: Store, source: RepositoryIdentity, owner: str, now: datetime) -> Repo:
    """Fork a repository into an account, and count the fork."""
    made = Repo(repo=RepositoryIdentity(owner, source.name), updated_at=now, fork_of=source)
    with store.transaction() as tx:
        tx[Repo].create(made)
        tx[Repo].update({"repo": source}, attribute(Repo.forks).add(1))
    return made


def repo_with_forks(store: Store, repo: RepositoryIdentity) -> list[Repo]:
    """Read a repository and its forks, in one query; the repository comes first."""
    return store[Repo].query("GSI2", network=repo).all()


def forks_of(store: Store, repo: RepositoryIdentity) -> list[Repo]:
    """List the forks of a repository, by their owners."""
    return store[Repo].query("GSI2", network=repo, is_fork=True).all()


def touch(store: Store, repo: RepositoryIdentity, now: datetime) -> Repo:
    """Note that a repository was updated."""
    return store[Repo].update({"repo": repo}, attribute(Repo.updated_at).set(now))


def account_with_repos(store: Store, name: str, newest: int = 10) -> list[User | Organization | Repo]:
    """Read an account and its repositories, in one query: the account comes first, then what was last updated."""
    return store.collection("GSI3", User, Organization, Repo, account=name).reverse().limit(newest + 1).all()


# Issues and pull requests


def _next_number(store: Store, repo: RepositoryIdentity) -> int:
    """Take the next number of a repository: nobody else gets the same."""
    return store[Repo].update({"repo": repo}, attribute(Repo.last_number).add(1)).last_number


def open_issue(store: Store, repo: RepositoryIdentity, username: str, title: str) -> Issue:
    """Open an issue, under the next number of the repository."""
    issue = Issue(repo=repo, number=_next_number(store, repo), title=title, username=username)
    return store[Issue].create(issue)


def open_pull_request(store: Store, repo: RepositoryIdentity, username: str, title: str) -> PullRequest:
    """Open a pull request, under the next number of the repository."""
    pull_request = PullRequest(repo=repo, number=_next_number(store, repo), title=title, username=username)
    return store[PullRequest].create(pull_request)


def close_issue(store: Store, repo: RepositoryIdentity, number: int) -> Issue:
    """Close an issue: it moves from the open ones to the closed ones."""
    return store[Issue].update({"repo": repo, "number": number}, attribute(Issue.status).set("CLOSED"))


def repo_with_newest_issues(store: Store, repo: RepositoryIdentity, newest: int = 25) -> Aggregate[Repo, Issue]:
    """Read a repository and its newest issues, in one query."""
    return store.aggregate(Repo, Issue, repo=repo).reverse().limit(newest)


def repo_with_newest_pull_requests(
    store: Store, repo: RepositoryIdentity, newest: int = 25
) -> Aggregate[Repo, PullRequest]:
    """Read a repository and its newest pull requests, in one query."""
    return store.aggregate("GSI1", Repo, PullRequest, repo=repo).reverse().limit(newest)


def open_issues(store: Store, repo: RepositoryIdentity) -> Query[Issue]:
    """List the open issues, newest first."""
    return store[Issue].query("GSI4", repo=repo, status="OPEN")


def closed_issues(store: Store, repo: RepositoryIdentity) -> Query[Issue]:
    """List the closed issues, newest first."""
    return store[Issue].query("GSI4", repo=repo, status="CLOSED").reverse()


# Comments, reactions, stars


def comment_on_issue(store: Store, issue: Issue, username: str, text: str) -> IssueComment:
    """Say something about an issue."""
    return store[IssueComment].create(IssueComment(repo=issue.repo, number=issue.number, username=username, text=text))


def comment_on_pull_request(store: Store, pull_request: PullRequest, username: str, text: str) -> PRComment:
    """Say something about a pull request."""
    comment = PRComment(repo=pull_request.repo, number=pull_request.number, username=username, text=text)
    return store[PRComment].create(comment)


def comments_of(store: Store, about: Issue | PullRequest) -> list[IssueComment] | list[PRComment]:
    """List what was said about an issue or a pull request, in the order of time."""
    if isinstance(about, Issue):
        return store[IssueComment].partition(repo=about.repo, number=about.number)
    return store[PRComment].partition(repo=about.repo, number=about.number)


def _target(about: Issue | PullRequest | IssueComment | PRComment) -> tuple[Target, str]:
    """Name what a reaction is to."""
    match about:
        case Issue():
            return "ISSUE", str(about.number)
        case PullRequest():
            return "PR", str(about.number)
        case IssueComment():
            return "ISSUECOMMENT", about.comment_id
        case PRComment():
            return "PRCOMMENT", about.comment_id


def react(
    store: Store, about: Issue | PullRequest | IssueComment | PRComment, username: str, emoji: str
) -> None:
    """React with an emoji; issues and pull requests count how many did.

    Raises:
        TransactionCanceledError: that user had reacted with that emoji before; nothing is counted.
    """
    target, target_id = _target(about)
    reaction = {"repo": about.repo, "target": target, "target_id": target_id, "username": username}
    with store.transaction() as tx:
        tx[Reaction].update(
            reaction, attribute(Reaction.emojis).add({emoji}), upsert=True,
            where=~attribute(Reaction.emojis).contains(emoji),
        )
        if isinstance(about, Issue):
            tx[Issue].update(about, attribute(Issue.reactions)[emoji].add(1))
        elif isinstance(about, PullRequest):
            tx[PullRequest].update(about, attribute(PullRequest.reactions)[emoji].add(1))


def reactions_of(store: Store, about: Issue | PullRequest | IssueComment | PRComment, username: str) -> set[str]:
    """Tell how somebody reacted."""
    target, target_id = _target(about)
    found = store[Reaction].get(repo=about.repo, target=target, target_id=target_id, username=username)
    return set() if found is None else found.emojis


def star(store: Store, repo: RepositoryIdentity, username: str) -> None:
    """Star a repository, once, and count it."""
    with store.transaction() as tx:
        tx[Star].create(Star(repo=repo, username=username))
        tx[Repo].update({"repo": repo}, attribute(Repo.stars).add(1))


def unstar(store: Store, repo: RepositoryIdentity, username: str) -> None:
    """Take a star back."""
    with store.transaction() as tx:
        tx[Star].delete(repo=repo, username=username, must_exist=True)
        tx[Repo].update({"repo": repo}, attribute(Repo.stars).subtract(1))


def repo_with_stars(store: Store, repo: RepositoryIdentity, most: int = 25) -> Aggregate[Repo, Star]:
    """Read a repository and those who starred it, by name, in one query."""
    return store.aggregate(Repo, Star, repo=repo).limit(most)


# An index that comes later


def backfill_issues(store: Store) -> int:
    """Put the issues that were there before index GSI4 into it; gives how many there were.

    It may run while issues are opened and closed: each is written only as it is read.
    """
    return store[Issue].reindex()


HELLO = RepositoryIdentity("octocat", "hello")
WORLD = RepositoryIdentity("octocat", "world")
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fill(store: Store) -> None:
    """Open accounts; let octocat have two repositories, one with issues 1 to 12 (but 6), stars and forks."""
    for name in ("octocat", "ann", "bob"):
        create_user(store, name, name.title())
    create_organization(store, "acme", "Acme Inc.")
    join(store, "acme", "ann")
    create_repo(store, HELLO, MAY)
    create_repo(store, WORLD, MAY + timedelta(days=1))
    for number in range(1, 13):
        if number == 6:
            open_pull_request(store, HELLO, "ann", "pull request 6")
        else:
            open_issue(store, HELLO, "bob", f"issue {number}")
    for number in (2, 4):
        close_issue(store, HELLO, number)
    fork(store, HELLO, "bob", MAY + timedelta(days=2))
    fork(store, HELLO, "ann", MAY + timedelta(days=3))
    star(store, HELLO, "bob")
    star(store, HELLO, "ann")


def main() -> None:
    """Look around."""
    with github_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        print(account_of(store, "octocat"), account_of(store, "acme"))
        newest = repo_with_newest_issues(store, HELLO, 3)
        print(newest.parent and newest.parent.repo, [issue.number for issue in newest.children])
        print("open:", [issue.number for issue in open_issues(store, HELLO)])
        print("closed:", [issue.number for issue in closed_issues(store, HELLO)])
        print("forks:", [one.repo.owner for one in forks_of(store, HELLO)])
        print("stars:", [one.username for one in repo_with_stars(store, HELLO).children])


if __name__ == "__main__":
    main()
