"""Links that no rule proves: what is suggested, and what a person says of it.

``review`` lists, ``accept`` and ``reject`` write rows to the operator's code lists. Nothing is
linked by being suggested, and an accepted row counts from the next night on, like any other row a
person writes there. To take an answer back, delete its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.serve.published import published
from pipelines.serve.suggest import SOURCES
from pipelines.values.keys import stable_key
from schemas.code_lists import KEYS, code_list
from schemas.registry import check_registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.serve.suggest.base import Source
    from pipelines.settings import Settings

#: The list of what a person said no to; no build reads it.
REJECTED = "rejected_suggestions"
OPEN = "open"


class ReviewError(ValueError):
    """An answer that cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class Suggestion:
    """A link that may be true.

    Attributes:
        suggestion_id: Durable key: the same as long as the same two are suggested.
        sort: Of which source.
        left: What is asked about.
        right: What it may be.
        score: How surely, 0 to 1; comparable within a sort only.
        evidence: What it rests on.
        state: ``open``; ``accepted`` and ``rejected`` stand in the operator's lists already.
        code_list: The list that accepting it adds ``row`` to.
        row: The row, without its source.
    """

    suggestion_id: str
    sort: str
    left: str
    right: str
    score: float
    evidence: str
    state: str
    code_list: str
    row: dict[str, str | None]


def review(
    settings: Settings,
    *,
    sort: str | None = None,
    answered: bool = False,
    least: float = 0.0,
    sources: Sequence[Source] = SOURCES,
) -> list[Suggestion]:
    """Suggestions on the published build, by sort, the surest first.

    Args:
        settings: The installation; its ``config`` holds the answers given so far.
        sort: Only of this sort.
        answered: Also those that were accepted (and wait for the next night) or rejected.
        least: Only those of this score or more.
        sources: Sorts there are.

    Raises:
        ReviewError: there is no such sort.
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    asked = [source for source in sources if sort in {None, source.sort}]
    if not asked:
        known = ", ".join(source.sort for source in sources)
        raise ReviewError(f"{sort}: 没有此类建议 / no such sort of suggestions; expected {known}")
    with published(settings) as connection:
        found = [s for source in asked for s in _of(source, connection, settings)]
    return [s for s in found if s.score >= least and (answered or s.state == OPEN)]


def accept(
    settings: Settings, ids: Sequence[str], why: str, *, sources: Sequence[Source] = SOURCES
) -> list[tuple[Suggestion, Path]]:
    """Write the rows of suggestions to the operator's lists; the next night follows them.

    Args:
        settings: The installation, with ``config``.
        ids: Keys, or beginnings of keys that fit only one.
        why: The reason; it becomes the row's source.
        sources: Sorts there are.

    Returns:
        What was accepted, and the file that it stands in.

    Raises:
        ReviewError: a key fits none or several, was answered before, or there is no ``config``.
        CodeListError, RegistryError: with the row the lists contradict themselves; none is written.
    """
    chosen = _chosen(settings, ids, sources)
    rows = [(s, s.code_list, {**s.row, "source": _source(s, why)}) for s in chosen]
    return _write(settings, rows)


def reject(
    settings: Settings, ids: Sequence[str], why: str, *, sources: Sequence[Source] = SOURCES
) -> list[tuple[Suggestion, Path]]:
    """Note that suggestions are wrong, so that they are not listed again; as ``accept``."""
    chosen = _chosen(settings, ids, sources)
    rows = [(s, REJECTED, _rejection(s, why)) for s in chosen]
    return _write(settings, rows)


def _rejection(suggestion: Suggestion, why: str) -> dict[str, str | None]:
    told = {"suggestion_id": suggestion.suggestion_id, "sort": suggestion.sort}
    return {**told, "left": suggestion.left, "right": suggestion.right, "source": why}


def _of(source: Source, connection: Any, settings: Settings) -> Iterable[Suggestion]:
    frame = source.find(connection, settings).sort(
        pl.col("score"),
        "left_name",
        "right_name",
        "subject",
        descending=[True, False, False, False],
    )
    no = set(code_list(REJECTED, settings.config)["suggestion_id"])
    key = KEYS[source.code_list]
    known = set(code_list(source.code_list, settings.config).select(key).rows())
    for row in frame.iter_rows(named=True):
        suggestion_id = stable_key("suggestion", source.sort, row["subject"])
        state = OPEN
        if tuple(row["row"][name] for name in key) in known:
            state = "accepted"
        elif suggestion_id in no:
            state = "rejected"
        yield Suggestion(
            suggestion_id, source.sort, row["left_name"], row["right_name"], row["score"],
            row["evidence"], state, source.code_list, row["row"],
        )  # fmt: skip


def _chosen(settings: Settings, ids: Sequence[str], sources: Sequence[Source]) -> list[Suggestion]:
    if settings.config is None:
        raise ReviewError(
            "未指定配置目录 / no directory for your answers: give --config DIR (or YUSUAN_CONFIG); "
            "the night must run with the same one"
        )
    known = review(settings, answered=True, sources=sources)
    chosen = [_only(known, suggestion_id) for suggestion_id in dict.fromkeys(ids)]
    for one in chosen:
        if one.state != OPEN:
            name = REJECTED if one.state == "rejected" else one.code_list
            raise ReviewError(
                f"{one.suggestion_id}: 已有答复 / it is {one.state} already; to answer anew, "
                f"delete its row in codes/{name}.csv"
            )
    return list({one.suggestion_id: one for one in chosen}.values())


def _only(known: list[Suggestion], suggestion_id: str) -> Suggestion:
    fits = [one for one in known if suggestion_id and one.suggestion_id.startswith(suggestion_id)]
    if len(fits) != 1:
        raise ReviewError(
            f"{suggestion_id}: 对应 {len(fits)} 条建议，应为 1 条 / {len(fits)} suggestions begin "
            "so, expected 1; `yusuan review` lists them"
        )
    return fits[0]


def _source(suggestion: Suggestion, why: str) -> str:
    return f"{why} [review {suggestion.suggestion_id}: {suggestion.evidence}]"


def _write(
    settings: Settings, rows: list[tuple[Suggestion, str, dict[str, str | None]]]
) -> list[tuple[Suggestion, Path]]:
    """Add rows to lists, all of them, and only if the configuration is a valid one with them."""
    codes = (settings.config or Path()) / "codes"
    codes.mkdir(parents=True, exist_ok=True)
    paths = {name: codes / f"{name}.csv" for _, name, _ in rows}
    before = {path: path.read_bytes() if path.exists() else None for path in paths.values()}
    try:
        for name, path in paths.items():
            _replace(path, _extended(path, [row for _, to, row in rows if to == name]))
        code_list.cache_clear()
        check_registry(settings.config)
    except ValueError:
        for path, data in before.items():
            _replace(path, data)
        code_list.cache_clear()
        raise
    return [(suggestion, paths[name]) for suggestion, name, _ in rows]


def _replace(path: Path, data: bytes | None) -> None:
    """A file's new content at once; nothing for a file that was not there."""
    if data is None:
        path.unlink(missing_ok=True)
        return
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)


def _extended(path: Path, added: list[dict[str, str | None]]) -> bytes:
    """A list with rows added; what stands there stays as it was written."""
    columns = code_list(path.stem).columns
    frame = pl.DataFrame(added, schema=dict.fromkeys(columns, pl.String))
    before = path.read_bytes() if path.exists() else ",".join(columns).encode()
    return before.rstrip(b"\r\n") + b"\n" + frame.write_csv(include_header=False).encode()
