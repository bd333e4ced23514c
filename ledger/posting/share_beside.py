"""Sharing beside a push, detached, one at a time, seen by nobody.

    python -m ledger.posting.share_beside <git common dir>/ledger REMOTE

The pre-push hook starts it and goes on. It waits until the push may be over, posts what the hooks jotted, pushes the
entries with little patience, and is over after a minute at most. What did not arrive comes with the next push.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ledger.posting.drain import detach, noting
from ledger.posting.turns import Turn

_ERROR = "share-error"
"""`ledger.posting.sharing.ERROR`, which is not imported before it is known that there is something to do."""
_PAUSE = 2.0
"""Seconds that the push itself is left alone for: both at once would ask the server twice for the same lock."""
_TRIES, _SECONDS = 3, 15.0


def main(ledger_dir: Path, remote: str, pause: float = _PAUSE) -> None:
    """Share once, unless another process is at it; what went wrong is noted for `ledger doctor`."""
    with noting(ledger_dir / _ERROR), Turn(ledger_dir / "share.lock") as turn:
        if turn.take():
            time.sleep(pause)
            share(remote)


def share(remote: str) -> None:
    """Post what is here and push it to the remote, if this clone shares through it; raises LedgerError."""
    # Imported now, and not by a process that only finds out that another one is at it.
    from ledger.errors import LedgerError
    from ledger.exchange.writer import Patience
    from ledger.posting.sharing import push
    from ledger.posting.update import HERE, update
    from ledger.posting.workplace import open_workplace
    from ledger.store.engine import open_ledger

    workplace = open_workplace(".")
    if workplace.config.share == "off" or remote not in workplace.git.remotes():
        return
    ledger = open_ledger(workplace.database)
    try:
        now = datetime.now(UTC)
        update(workplace, ledger, now=now, sources=HERE)
        patience = Patience(time.sleep, _TRIES, _SECONDS)
        done = push(workplace, ledger, remote, workplace.config.share, now, patience)
    finally:
        ledger.close()
    if not done.pushed.is_done:
        raise LedgerError(done.pushed.sentence)


if __name__ == "__main__":
    detach()
    main(Path(sys.argv[1]), sys.argv[2])
