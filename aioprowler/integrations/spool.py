"""What waits on the disk: findings of the accounts in flight, because a large account has more than memory should."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

KEPT, GONE = None, b""
"""In the place of a body: there is nothing to send; and what was sent before no longer holds."""

Row = tuple[str, str, str, bytes | None]
"""Account, region, key, body."""


class Spool:
    """Bodies by account, region and key, in a file without a name, which goes with the process.

    Raises sqlite3.Error, as when the disk is full.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE body (account, region, key, body, PRIMARY KEY (account, region, key))",
        ):
            self._database.execute(statement)

    def put(self, rows: Iterable[Row]) -> None:
        """What has the same account, region and key is replaced."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO body VALUES (?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def get(self, account: str, region: str, key: str) -> tuple[bytes | None] | None:
        """The body in a tuple; None where there is no such row."""
        found = self._database.execute(
            "SELECT body FROM body WHERE account = ? AND region = ? AND key = ?", (account, region, key)
        )
        with closing(found):
            row: tuple[bytes | None] | None = found.fetchone()
            return row

    def regions(self, account: str) -> list[str]:
        """Regions of the account of which something is kept."""
        return [row[0] for row in self._rows("SELECT DISTINCT region FROM body WHERE account = ?", account)]

    def bodies(self, account: str, region: str, after: str, most: int) -> list[tuple[str, bytes]]:
        """The next ones that are to be sent, by their keys."""
        return self._rows(
            "SELECT key, body FROM body WHERE account = ? AND region = ? AND key > ? AND length(body) ORDER BY key "
            "LIMIT ?", account, region, after, most,
        )  # fmt: skip

    def forget(self, account: str) -> None:
        """Drops what is kept of a finished account."""
        self._database.execute("DELETE FROM body WHERE account = ?", (account,))

    def close(self) -> None:
        """The database goes with its file."""
        self._database.close()

    def _rows(self, query: str, *parameters: str | int) -> list[Any]:
        return self._database.execute(query, parameters).fetchall()
