"""What is said to people: one notice per failure, in Chinese and English, with what to do."""

from __future__ import annotations

import re
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.documents.freshness import Freshness
    from pipelines.settings import Settings

#: A key names a file.
_UNSAFE = re.compile(r"[^0-9A-Za-z._-]+")
#: An error may hold a whole query; so many characters of it are sent.
_LONGEST = 4000


@dataclass(frozen=True)
class Notice:
    """One thing to tell.

    Attributes:
        key: The same failure has the same key, and is told once.
        kind: ``night_failed``, ``stale`` or ``trial``.
        subject: A line, in both languages.
        error: What happened, as the program said it.
        what_to_do: In both languages.
        warehouse: Of which warehouse.
        host: On which machine.
        at_utc: When it was noticed, ISO 8601.
        run_id: Dagster's run; none if there was none.
    """

    key: str
    kind: str
    subject: str
    error: str
    what_to_do: str
    warehouse: str
    host: str
    at_utc: str
    run_id: str | None = None

    def text(self) -> str:
        """The whole notice as text."""
        lines = [
            self.subject,
            "",
            self.error,
            "",
            self.what_to_do,
            "",
            f"仓库 warehouse  {self.warehouse}",
            f"主机 host       {self.host}",
            f"时间 time       {self.at_utc}",
        ]
        return "\n".join([*lines, f"运行 run        {self.run_id}"] if self.run_id else lines)

    def payload(self) -> dict[str, Any]:
        """As JSON: every attribute, and ``text``, which chat services show."""
        return {"text": self.text(), **asdict(self)}


def night_failed(settings: Settings, error: str, run_id: str | None = None) -> Notice:
    """A night failed; yesterday's warehouse is still published.

    A failure of a run is told once, by whoever hears of it first; one without a run once a day.
    """
    at = datetime.now(UTC)
    key = f"run-{run_id}" if run_id else f"night-{at:%Y%m%d}"
    return Notice(
        key=_UNSAFE.sub("_", key),
        kind="night_failed",
        subject="预算入库失败，昨日版本仍在服务 / Yusuan: a night failed; yesterday's warehouse "
        "is still published",
        error=error.strip()[:_LONGEST],
        what_to_do="处理：运行 yusuan doctor；排除原因后运行 yusuan ingest，或等下一夜自动重试。"
        "\nWhat to do: run `yusuan doctor`; once the cause is gone run `yusuan ingest`, or wait "
        "for the next night, which tries again.",
        warehouse=str(settings.warehouse),
        host=socket.gethostname(),
        at_utc=at.isoformat(timespec="seconds"),
        run_id=run_id,
    )


def stale(settings: Settings, found: Freshness) -> Notice:
    """Nobody has looked at raw/ for longer than the settings allow; once for each last look."""
    last = found.last_check_utc
    moment = f"{last:%Y%m%dT%H%M%S}" if last is not None else "never"
    return Notice(
        key=f"stale-{moment}",
        kind="stale",
        subject="预算入库已停止运行 / Yusuan: no night has looked at raw/ for too long",
        error=f"最近一次检查 last look at raw/: {found.text()}; "
        f"上限 limit {settings.stale_hours} h (YUSUAN_STALE_HOURS)",
        what_to_do="处理：检查 dagster-daemon（或 cron）是否在运行，再运行 yusuan doctor。"
        "\nWhat to do: see whether the Dagster daemon (or cron) is running, then run "
        "`yusuan doctor`.",
        warehouse=str(settings.warehouse),
        host=socket.gethostname(),
        at_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def trial(settings: Settings) -> Notice:
    """A person tries whether notices arrive."""
    at = datetime.now(UTC)
    return Notice(
        key=f"trial-{at:%Y%m%dT%H%M%S}",
        kind="trial",
        subject="预算通知测试 / Yusuan: a trial notice",
        error="一切正常，仅为测试通知能否送达。/ Nothing is wrong: this is to see whether notices "
        "arrive.",
        what_to_do="无须处理。/ Nothing is to be done.",
        warehouse=str(settings.warehouse),
        host=socket.gethostname(),
        at_utc=at.isoformat(timespec="seconds"),
    )
