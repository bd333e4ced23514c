"""Which forge a repository is asked for at, with which token; and the connection, made only when one is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ledger.domain.forge_access import Access, Token, access, tokens, withheld
from ledger.errors import LedgerError
from ledger.posting.workplace import Workplace
from ledger.sources.commits import read_origin
from ledger.sources.gh import read_token

if TYPE_CHECKING:
    from ledger.sources.forge_client import Clock
    from ledger.sources.github import GitHub
    from ledger.sources.gitlab import GitLab

_GITHUB = "set GITHUB_TOKEN, or log in with gh auth login"
_GITLAB = "set GITLAB_TOKEN to one with the scope read_api"


def find_access(workplace: Workplace) -> Access | None:
    """Where the repository's requests can be asked for; None where its remote is on no forge that answers."""
    remote = read_origin(workplace.git).remote
    return access(remote, workplace.config.forge, workplace.environ) if remote else None


def wanted_access(workplace: Workplace) -> Access:
    """The same; raises LedgerError where there is none."""
    asked = find_access(workplace)
    if asked is None:
        remote = read_origin(workplace.git).remote
        which = f"its remote is {remote}" if remote else "it has no remote"
        raise LedgerError(
            f"This repository's requests cannot be asked for ({which}): GitHub and GitLab answer. If it is on a server "
            "of one of them, say so with git config ledger.forge github or gitlab; else use ledger ci import FILE."
        )
    return asked


def find_token(asked: Access, environ: Mapping[str, str], *, ask_gh: bool = True) -> Token | None:
    """The environment's token for the host, else what GitHub's own tool keeps for it; None without either."""
    found = next(tokens(asked, environ), None)
    return found or (read_token(asked.host) if ask_gh and asked.forge == "github" else None)


def wanted_token(asked: Access, environ: Mapping[str, str]) -> Token:
    """The same; raises LedgerError where there is none."""
    found = find_token(asked, environ)
    if found is None:
        how = _GITHUB if asked.forge == "github" else _GITLAB
        raise LedgerError(
            withheld(asked, environ) or f"There is no token for {asked.host}; {how}, then run ledger ci sync again."
        )
    return found


@contextmanager
def opened(
    asked: Access,
    token: Token,
    *,
    patience: float,
    say: Callable[[str], None],
    clock: Clock | None = None,
) -> Iterator[GitHub | GitLab]:
    """The forge, to be asked; raises LedgerError. `patience` is how many seconds are waited in all where it is busy."""
    # Imported now: whoever does not ask a forge does not wait for what speaks to one.
    from ledger.sources import github, gitlab
    from ledger.sources.forge_client import ForgeClient

    needs = github.NEEDS if asked.forge == "github" else gitlab.NEEDS
    with ForgeClient(asked, token, needs, patience=patience, say=say, clock=clock) as client:
        yield github.GitHub(client, asked) if asked.forge == "github" else gitlab.GitLab(client, asked)
