"""A raw directory that is looked at again and again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipelines.documents.archive import sha256_of
from pipelines.documents.ledger import Ledger
from pipelines.documents.scan import ScanResult, scan
from pipelines.documents.state import LedgerState, ledger_state

if TYPE_CHECKING:
    from pipelines.settings import Settings

LONG_AGO = 1_600_000_000


class Raw:
    """A raw directory that is looked at again and again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def put(self, name: str, data: bytes = b"one", *, old: bool = True) -> str:
        """Write a file, by default one whose time is long past."""
        path = self.settings.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if old:
            os.utime(path, (LONG_AGO, LONG_AGO))
        return sha256_of(data)

    def move(self, old: str, new: str) -> None:
        (self.settings.raw / new).parent.mkdir(parents=True, exist_ok=True)
        (self.settings.raw / old).rename(self.settings.raw / new)

    def remove(self, name: str) -> None:
        (self.settings.raw / name).unlink()

    def scan(self) -> ScanResult:
        return scan(self.settings)

    def state(self) -> LedgerState:
        return ledger_state(Ledger(self.settings.ledger))


def counts(result: ScanResult) -> dict[str, int]:
    """Those that are not zero."""
    return {name: count for name, count in result.counts().items() if count}


def events(result: ScanResult) -> list[tuple[str, str | None]]:
    return [(event.kind, event.path) for event in result.events]
