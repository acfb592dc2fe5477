"""The question book: questions that people ask of budgets, each with its SQL and how to read it.

A question is a file of ``warehouse/questions``. Its answer tells body, year and phase and on how
many documents each row rests; what it does not speak of is told beside it: bodies and years of
which the tables that it needs wait, or were not found.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines.fingerprints import ROOT
from pipelines.serve.published import published, rows
from schemas.render import literal
from schemas.tables.marts_coverage import ANSWERED, FACT_STATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.settings import Settings

QUESTIONS = ROOT / "warehouse" / "questions"
#: What every answer has: whose, of when, and on how many documents a row rests.
ALWAYS = ("body_name", "fiscal_year", "phase", "document_count")


class NoSuchQuestionError(LookupError):
    """There is no question of this number or name."""


@dataclass(frozen=True)
class Question:
    """A question of the book.

    Attributes:
        number: Its number in the book, from 1.
        name: Its name in a file's name.
        question_zh, question_en: The question.
        read_zh, read_en: How to read the answer, and what it does not say.
        rests_on: Fact tables that it asks.
        needs: Whether ``any`` of them answers for a body's year, or ``all`` are needed.
        sql: ``SELECT`` in DuckDB's SQL on the published file, with the columns of ALWAYS.
        order: Its ``ORDER BY``: a total order.
        phases: Phases that it is about; all if none.
        limit: Rows that are enough for an answer; all if none.
    """

    number: int
    name: str
    question_zh: str
    question_en: str
    read_zh: str
    read_en: str
    rests_on: tuple[str, ...]
    needs: str
    sql: str
    order: str
    phases: tuple[str, ...] = ()
    limit: int | None = None

    def whole_sql(self) -> str:
        """The question as it stands in the book, to be pasted anywhere."""
        return f"{self.sql.strip()}{self._end(self.limit)}"

    def asked_of(
        self,
        bodies: Sequence[str] = (),
        years: Sequence[int] = (),
        phase: str | None = None,
        limit: int | None = None,
    ) -> str:
        """The question about some bodies and years only, or with another number of rows."""
        about = _about(bodies, years, phase)
        if not about and limit is None:
            return self.whole_sql()
        where = f"\nWHERE {about}" if about else ""
        end = self._end(limit or self.limit)
        return f"SELECT * FROM (\n{self.sql.strip()}\n){where}{end}"  # noqa: S608 - literals are quoted

    def _end(self, limit: int | None) -> str:
        return f"\nORDER BY {self.order}" + (f"\nLIMIT {limit}" if limit else "")


@dataclass(frozen=True)
class Lacking:
    """Body and year that an answer does not speak of, and why (``mart_fact_coverage.state``)."""

    body_name: str
    fiscal_year: int
    phase: str
    state: str


@dataclass(frozen=True)
class Basis:
    """What an answer rests on.

    Attributes:
        document_count: Documents that feed the facts it asks.
        body_years: Years of bodies, by phase, that it speaks of.
        waiting_count: Statements of such tables that wait, in these and in other years.
        lacking: Those that it does not speak of.
    """

    document_count: int
    body_years: int
    waiting_count: int
    lacking: list[Lacking]


@cache
def questions() -> tuple[Question, ...]:
    """All questions of the book, by number."""
    return tuple(_read(path.stem, path.read_text("utf-8")) for path in _files())


def question(asked: str) -> Question:
    """A question by its number or name.

    Raises:
        NoSuchQuestionError: there is none.
    """
    for one in questions():
        if asked in {str(one.number), one.name}:
            return one
    raise NoSuchQuestionError(
        f"{asked}: 没有这个问题，请用编号 1–{len(questions())} / no such question; say its number, "
        "as `yusuan ask` lists them"
    )


def basis(
    settings: Settings,
    asked: Question,
    bodies: Sequence[str] = (),
    years: Sequence[int] = (),
    phase: str | None = None,
) -> Basis:
    """On what an answer about these bodies and years rests, and what is missing.

    Raises:
        NothingPublishedError: see ``pipelines.serve.published``.
    """
    facts = ", ".join(map(literal, asked.rests_on))
    where = [f"fact IN ({facts})"]
    if asked.phases:
        where.append(f"phase IN ({', '.join(map(literal, asked.phases))})")
    if about := _about(bodies, years, phase):
        where.append(about)
    told = {
        "facts": facts,
        "where": " AND ".join(where),
        "answers": "bool_or" if asked.needs == "any" else "bool_and",
        "answered": ", ".join(map(literal, ANSWERED)),
        "states": ", ".join(map(literal, FACT_STATES)),
        "nearest": "min" if asked.needs == "any" else "max",
    }
    with published(settings) as connection:
        (counts,) = rows(connection, (_ASKED + _COUNTS).format_map(told))
        lacking = rows(connection, (_ASKED + _LACKING).format_map(told))
    return Basis(**counts, lacking=[Lacking(**row) for row in lacking])


#: Body-years by whether they are answered; of several facts the state nearest to published, or the
#: farthest if all are needed.
_ASKED = """
WITH asked AS (
    SELECT
        reporting_body_id, body_name, fiscal_year, phase,
        {answers}(state IN ({answered})) AS is_answered,
        {nearest}(list_position([{states}], state)) AS state_no,
        sum(waiting_count)::BIGINT AS waiting_count
    FROM mart_fact_coverage
    WHERE {where}
    GROUP BY ALL
)
"""
_COUNTS = """
SELECT
    (
        SELECT count(DISTINCT s.document_id)
        FROM fact_feed f
        JOIN statement s USING (statement_id)
        JOIN asked a USING (reporting_body_id, fiscal_year, phase)
        WHERE a.is_answered AND f.fact IN ({facts})
    ) AS document_count,
    count(*) FILTER (is_answered) AS body_years,
    coalesce(sum(waiting_count), 0)::BIGINT AS waiting_count
FROM asked
"""
_LACKING = """
SELECT body_name, fiscal_year, phase, [{states}][state_no] AS state
FROM asked
WHERE NOT is_answered
ORDER BY state_no, body_name, fiscal_year, phase
"""


def _about(bodies: Sequence[str], years: Sequence[int], phase: str | None) -> str:
    """A condition on body, year and phase; nothing if nothing is asked."""
    conditions = []
    if bodies:
        named = " OR ".join(f"contains(body_name, {literal(body)})" for body in bodies)
        conditions.append(f"({named})")
    if years:
        conditions.append(f"fiscal_year IN ({', '.join(map(str, years))})")
    if phase:
        conditions.append(f"phase = {literal(phase)}")
    return " AND ".join(conditions)


def _files() -> list[Path]:
    return sorted(QUESTIONS.glob("*.toml"))


def _read(stem: str, text: str) -> Question:
    number, _, name = stem.partition("_")
    told: dict[str, Any] = {"phases": (), **tomllib.loads(text), "number": int(number)}
    told |= {key: tuple(told[key]) for key in ("rests_on", "phases")}
    return Question(name=name, **told)
