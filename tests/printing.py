"""Documents printed in memory, and what each room makes of them: no files, no ledger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from pipelines.conform.records import conform
from pipelines.documents.archive import sha256_of
from pipelines.documents.context import DocumentContext
from pipelines.documents.readings import ReadingKey
from pipelines.documents.sidecars import Sidecar
from pipelines.extract.readers import extract
from pipelines.normalise.records import normalise
from pipelines.recognise.documents import recognise
from pipelines.validate.readings import validate
from pipelines.values.keys import stable_key
from schemas.layout import layouts
from tests.conftest import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from pipelines.extract.grids import Extraction
    from schemas.layout import Layout

    Frames = dict[str, pl.DataFrame]

HEADERS = (
    "项目名称（资金使用单位）",
    "总计",
    "财政拨款",
    "财政专户拨款",
    "其他资金",
    "绩效目标",
    "绩效指标",
)
TITLE = "项目支出绩效目标表（含转移支付项目）"
BODY = "示例市园林局"
PROMISE = "1、1-产出指标；11-数量指标；{name}；实施周期指标值:10；年度指标值:不少于10次。"
#: Text of a sidecar that says the year of a budget.
SIDECAR = """sha256 = ""
[fiscal_year]
value = {year}
why = "测试 / test"
[phase]
value = "budget"
why = "测试 / test"
"""
INDICATOR = "1、1-产出指标；11-数量指标；植树棵数；实施周期指标值:10；年度指标值:不少于10次。"


def row(name: str, *amounts: str, goal: str = "", indicators: str = "") -> str:
    """A printed row: name, total, three funds, goal, indicators; amounts left out are blank."""
    cells = [name, *amounts, *[""] * (4 - len(amounts)), goal, indicators]
    return "\t".join(cells)


def unit(name: str, *amounts: str) -> str:
    """A row without targets."""
    return row(name, *amounts)


def project(name: str, *amounts: str, indicators: str = INDICATOR) -> str:
    """A row with a goal and an indicator."""
    return row(name, *amounts, goal="绿化城区。", indicators=indicators)


def page(
    *rows: str,
    title: str | None = TITLE,
    body: str | None = f"{BODY}（部门）",
    money: str | None = "万元",
    headers: Sequence[str] = HEADERS,
) -> str:
    """A printed page: title, labels and header above the rows, blank lines between."""
    above = [
        title,
        f"部门名称：{body}" if body else None,
        f"单位：{money}" if money else None,
    ]
    return "\n\n".join([*(line for line in above if line), "\n".join(["\t".join(headers), *rows])])


def document(*pages: str) -> str:
    """Pages one after another, as the seed prints them."""
    return "\n\n".join(pages) + "\n"


#: One unit, two projects, all sums exact.
PLAIN_ROWS = (
    unit("合计", "30.00", "30.00"),
    unit(BODY, "30.00", "30.00"),
    project("植树", "10.00", "10.00"),
    project("修剪", "20.00", "20.00"),
)
PLAIN = document(page(*PLAIN_ROWS))


def seed_text() -> str:
    """The seed, decoded."""
    return SEED.read_bytes().decode("utf-8")


def sidecar(year: int | None = 2023, phase: str | None = "budget", **claims: object) -> Sidecar:
    """What a person might have said of a document; the binding to bytes is left out here."""
    said: dict[str, object] = {"sha256": "0" * 64, **claims}
    if year is not None:
        said["fiscal_year"] = {"value": year, "why": "for the test"}
    if phase is not None:
        said["phase"] = {"value": phase, "why": "for the test"}
    return Sidecar.model_validate(said)


@dataclass(frozen=True)
class Rooms:
    """Frames of a batch after each room, made when asked for; readings in the order given."""

    reading_ids: list[str]
    recognised: Frames
    config: Path | None = None

    @cached_property
    def normalised(self) -> Frames:
        """Typed records."""
        return normalise(self.recognised, self.config)

    @cached_property
    def conformed(self) -> Frames:
        """Records with keys."""
        return conform(self.normalised, self.config)

    @cached_property
    def accepted(self) -> Frames:
        """What is accepted and what waits."""
        return validate(self.conformed, self.config)

    def statuses(self) -> list[str]:
        """Status of each statement in printed order."""
        return self.accepted["statement"]["status"].to_list()

    def rules(self) -> list[str]:
        """Rules of what waits, sorted."""
        return sorted(self.accepted["quarantine_item"]["rule_id"])


def through_recognise(
    documents: Sequence[str | bytes],
    said: Sidecar | Sequence[Sidecar | None] | None = None,
    known: Sequence[Layout] | None = None,
) -> tuple[list[str], Frames]:
    """A batch of documents recognised; ``said`` is one sidecar for all, or one for each."""
    datas = [d if isinstance(d, bytes) else d.encode("utf-8") for d in documents]
    return read_through([extract(sha256_of(data), data) for data in datas], said, known)


def read_through(
    extractions: Sequence[Extraction],
    said: Sidecar | Sequence[Sidecar | None] | None = None,
    known: Sequence[Layout] | None = None,
) -> tuple[list[str], Frames]:
    """A batch of documents recognised that are already read."""
    each = [said] * len(extractions) if said is None or isinstance(said, Sidecar) else list(said)
    readings = []
    for number, (extraction, spoken) in enumerate(zip(extractions, each, strict=True)):
        document_id = extraction.document_id
        key = ReadingKey(stable_key(document_id, number), document_id, ())
        readings.append((key, extraction, DocumentContext(spoken)))
    frames = recognise(readings, known if known is not None else layouts())
    return [key.reading_id for key, _, _ in readings], frames


def through_validate(
    documents: Sequence[str | bytes],
    said: Sidecar | Sequence[Sidecar | None] | None = None,
    config: Path | None = None,
) -> Rooms:
    """A batch of documents through all rooms below load; ``config``: an operator's additions."""
    return Rooms(*through_recognise(documents, said, layouts(config)), config)


@cache
def one(text: str | bytes, said: Sidecar | None = None) -> Rooms:
    """One document with a sidecar through all rooms below load."""
    return through_validate([text], said if said is not None else sidecar())
