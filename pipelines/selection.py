"""Which documents a person means: by path or hash, by place, by year, by layout.

Looked up in what was read last, published or not, so what a failed night brought can be named too.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from pipelines.documents.ledger import Ledger
from pipelines.documents.readings import ACCEPTED
from pipelines.documents.state import DocumentState, LedgerState, ledger_state
from schemas.regions import region_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.night import Night
    from pipelines.settings import Settings

#: So many of what there is are listed for a person who named what there is not.
_LISTED = 20
_STATEMENTS = {
    "statement_id": pl.String,
    "document_id": pl.String,
    "layout_id": pl.String,
    "reporting_body_id": pl.String,
    "fiscal_year": pl.Int32,
}
_BODIES = {
    "statement_id": pl.String,
    "body_id": pl.String,
    "name": pl.String,
    "region_id": pl.String,
}


class UnknownDocumentError(LookupError):
    """No document of the ledger fits, or several do."""


class NothingSelectedError(LookupError):
    """What a person named is not there; the message says what is."""


@dataclass(frozen=True)
class Selection:
    """Documents as a person names them. Of each kind any fits, and all kinds that are given must.

    Attributes:
        documents: Paths below raw/, or first digits of a SHA-256.
        places: See ``_of_place``.
        years: Fiscal years of their statements.
        layouts: Layouts by which one of their statements was read.
        everything: All documents; goes with no other.
    """

    documents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    layouts: tuple[str, ...] = ()
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named at all."""
        return not (self.documents or self.places or self.years or self.layouts or self.everything)

    def said(self) -> dict[str, list[str] | list[int] | bool]:
        """For the ledger: only what is named."""
        told: dict[str, list[str] | list[int] | bool] = {
            "documents": list(self.documents),
            "places": list(self.places),
            "years": list(self.years),
            "layouts": list(self.layouts),
            "everything": self.everything,
        }
        return {name: value for name, value in told.items() if value}


def find_document(settings: Settings, text: str) -> DocumentState:
    """The document of this path under raw/ (what it holds now, or held last) or SHA-256.

    Raises:
        UnknownDocumentError: none fits, or several do; the message says which paths are like it.
    """
    return _document(ledger_state(Ledger(settings.ledger)), text)


def _document(state: LedgerState, text: str) -> DocumentState:
    holds = state.path_sha256.get(text)
    if holds is not None:
        return state.documents[holds]
    found = [
        document
        for document in state.documents.values()
        if document.sha256.startswith(text.lower()) or any(p.path == text for p in document.paths)
    ]
    if len(found) != 1:
        paths = sorted({p.path for document in found or state.documents.values()
                        for p in document.paths})  # fmt: skip
        like = paths if found else get_close_matches(text, paths, n=5, cutoff=0.5)
        raise UnknownDocumentError(
            f"{text}: 对应 {len(found)} 份文件，应为 1 份；请给出 raw/ 下的路径或 SHA-256 / "
            f"{len(found)} documents fit, expected 1; give a path below raw/ or a SHA-256 (its "
            f"first digits do), see `yusuan status`{_listed('相近 like it', like)}"
        )
    return found[0]


def select(night: Night, wanted: Selection) -> list[str]:
    """Keys of the documents that a person means, in the order of first sight.

    Raises:
        NothingSelectedError: nothing is named, or something that is named is not there, or no
            document is all of it.
        UnknownDocumentError: see ``find_document``.
    """
    names = (*wanted.documents, *wanted.places, *wanted.layouts)
    if wanted.is_empty or not all(name.strip() for name in names):  # a blank is in every name
        raise NothingSelectedError(
            "未指明重读哪些文件 / nothing is named: name documents, places, years or layouts, or "
            "everything"
        )
    state = ledger_state(night.ledger)
    read = list(dict.fromkeys(key.document_id for key in night.wanted()))
    if wanted.everything:
        return read
    chosen = set(read)
    if wanted.documents:
        chosen &= {_document(state, text).sha256 for text in wanted.documents}
    if wanted.places or wanted.years or wanted.layouts:
        chosen &= _with_statements(night, wanted)
    if not chosen:
        raise NothingSelectedError(
            f"没有文件同时符合 / no document is all of this: {wanted.said()}; 请减少条件 name less"
        )
    return [document_id for document_id in read if document_id in chosen]


def _with_statements(night: Night, wanted: Selection) -> set[str]:
    """Documents with a statement of a place, a year and a layout that are named."""
    statements = _frames(night, "statement", _STATEMENTS)
    told = _of_bodies(night, statements)
    missing: list[str] = []
    kept = told
    if wanted.layouts:
        of_layout = pl.col("layout_id").is_in(list(wanted.layouts))
        kept = kept.filter(of_layout)
        none = "没有文件按此版式读取 / no document was read by this layout"
        missing += _missing(wanted.layouts, told["layout_id"], none, "已读版式 layouts")
    if wanted.years:
        kept = kept.filter(pl.col("fiscal_year").is_in(list(wanted.years)))
        none = "没有该年度的报表 / no statement of this year"
        missing += _missing(wanted.years, told["fiscal_year"], none, "已有年度 years")
    if wanted.places:
        of_any = [_of_place(text, night.settings) for text in wanted.places]
        for text, of_place in zip(wanted.places, of_any, strict=True):
            if told.filter(of_place).is_empty():
                missing.append(_place_missing(told, text, night.settings))
        kept = kept.filter(pl.any_horizontal(of_any))
    if missing:
        raise NothingSelectedError("\n".join(missing))
    return set(kept["document_id"])


def _of_place(text: str, settings: Settings) -> pl.Expr:
    """Whether a statement is of a place, which is any of three things.

    A region by its code or the beginning of its name, with all regions in it; a place of layouts
    (``guangzhou``); bodies that report and whose name contains the text.
    """
    regions = region_paths(settings.config)
    named = pl.col("region_id").eq(text) | pl.col("name").str.starts_with(text)
    own = regions.filter(named)["region_id"]
    within = regions.filter(pl.col("above").list.eval(pl.element().is_in(own.implode())).list.any())
    return pl.any_horizontal(
        pl.col("region_id").is_in(within["region_id"].implode()),
        pl.col("layout_id").str.starts_with(f"{text}/"),
        pl.col("body").str.contains(text, literal=True),
    ).fill_null(value=False)


def _of_bodies(night: Night, statements: pl.DataFrame) -> pl.DataFrame:
    """Statements with name and region of the body that reports."""
    bodies = _frames(night, "body", _BODIES).rename({"name": "body"})
    return statements.join(
        bodies.unique(["statement_id", "body_id"], keep="first", maintain_order=True),
        left_on=["statement_id", "reporting_body_id"],
        right_on=["statement_id", "body_id"],
        how="left",
        maintain_order="left",
    )


def _frames(night: Night, table: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """A table of the last readings of all documents, where they have been made."""
    index = night.store.index()
    wanted = [key.reading_id for key in night.wanted() if key.reading_id in index]
    frames = [pl.DataFrame(schema=schema)]
    for batch_id in sorted({index[reading_id] for reading_id in wanted}):
        directory = night.store.directory(batch_id, ACCEPTED)
        of_wanted = pl.scan_parquet(directory / "statement.parquet").filter(
            pl.col("reading_id").is_in(wanted)
        )
        rows = pl.scan_parquet(directory / f"{table}.parquet")
        rows = rows.join(of_wanted.select("statement_id"), on="statement_id", how="semi")
        frames.append(
            rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).collect()
        )
    return pl.concat(frames)


def _missing(named: Iterable[object], there: pl.Series, none: str, listed: str) -> list[str]:
    """What is named and not there, each with what there is."""
    known = sorted(set(there.drop_nulls()))
    return [f"{one}: {none}{_listed(listed, map(str, known))}" for one in named if one not in known]


def _place_missing(told: pl.DataFrame, text: str, settings: Settings) -> str:
    regions = region_paths(settings.config).join(
        told.select("region_id").drop_nulls().unique(), on="region_id", how="semi"
    )
    listed = [
        _listed("版式所属地 places of layouts", sorted(
            set(told["layout_id"].drop_nulls().str.split("/").list.first()))),
        _listed("区划 regions", (f"{code} {name}" for code, name in
                               regions.select("region_id", "path").rows())),
        _listed("机构 bodies", sorted(set(told["body"].drop_nulls()))),
    ]  # fmt: skip
    return (
        f"{text}: 没有此地的文件 / no document of this place: a region (code, or how its name "
        f"begins), a place of layouts, or part of a body's name is expected{''.join(listed)}"
    )


def _listed(what: str, found: Iterable[str]) -> str:
    """What there is, as the end of a message; nothing if there is nothing."""
    names = list(found)
    if not names:
        return ""
    more = f" … ({len(names)})" if len(names) > _LISTED else ""
    return f"; {what}: {', '.join(names[:_LISTED])}{more}"
