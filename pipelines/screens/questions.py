"""Questions of the book, and what their answers rest on."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from rich.markup import escape

from pipelines.screens.console import console, errors, grid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.serve.questions import Basis, Lacking, Question

#: What ``mart_fact_coverage.state`` means for an answer.
_LACKS = {
    "told_elsewhere": "由另一机构的报表供数 / told by another body's table",
    "waiting": "报表待处理 / its table waits: yusuan quarantine",
    "not_found": "文件中未见所需的表 / no such table was found in its documents",
    "no_document": "该年没有文件 / no document of that year",
}
#: Bodies that are named for each reason.
_NAMED = 5


def questions(every: Iterable[Question]) -> None:
    """The book's questions, a line each."""
    grid(
        ["编号 no.", "问题 question", ""], [[q.number, q.question_zh, q.question_en] for q in every]
    )
    console.print("yusuan ask 1 --body 示例 --year 2026; --sql: 只打印 SQL / prints the SQL")


def question(asked: Question) -> None:
    """What is asked, and how to read the answer."""
    console.print(f"[bold]{asked.number}. {escape(asked.question_zh)}[/]", soft_wrap=True)
    console.print(f"[bold]{escape(asked.question_en)}[/]", soft_wrap=True)
    console.print(escape(flowing(asked.read_zh, "")), soft_wrap=True, highlight=False)
    console.print(escape(flowing(asked.read_en, " ")), soft_wrap=True, highlight=False)


def basis(asked: Question, found: Basis, limit: int | None) -> None:
    """What the answer rests on, and what it does not hold; beside it, in whatever form it is."""
    if limit is not None:
        errors.print(
            f"至多 {limit} 行，次序 / at most {limit} rows, in the order {asked.order}",
            soft_wrap=True,
            highlight=False,
        )
    errors.print(
        f"依据 rests on  {found.document_count} 份文件 documents, {found.body_years} 个部门年度 "
        f"years of bodies: {', '.join(asked.rests_on)}",
        soft_wrap=True,
        highlight=False,
    )
    if found.waiting_count:
        errors.print(
            f"待处理 waiting  {found.waiting_count} 份报表 statements: yusuan quarantine",
            soft_wrap=True,
            highlight=False,
        )
    for state, lacking in groupby(found.lacking, key=attrgetter("state")):
        named = list(lacking)
        said = "、".join(map(_said, named[:_NAMED]))
        more = f" … (+{len(named) - _NAMED})" if len(named) > _NAMED else ""
        errors.print(
            f"缺 missing  {len(named)}: {_LACKS[state]}: {escape(said)}{more}",
            soft_wrap=True,
            highlight=False,
        )


def _said(one: Lacking) -> str:
    return f"{one.body_name} {one.fiscal_year} {one.phase}"


def flowing(text: str, between: str) -> str:
    """A text without the line breaks of its file."""
    return between.join(line.strip() for line in text.strip().splitlines())
