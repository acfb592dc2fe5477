"""Write docs/questions.md: ``python -m tests.questions.book docs/questions.md``.

Questions are the files of ``warehouse/questions``; samples are what real documents answer, where
they are, and else what the generated world answers, which is said beside them.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.screens.questions import flowing
from pipelines.serve.published import published
from pipelines.serve.questions import basis, questions
from tests.corpus.outcome import documents, take_in
from tests.questions.world import World

if TYPE_CHECKING:
    from pipelines.serve.questions import Basis, Question
    from pipelines.settings import Settings

#: Rows of a sample, and characters of a text in it.
ROWS, TEXT = 5, 40
EVERY_ROW = 10**9
#: Keys are of use to who asks, not to who reads; sentences of documents are theirs. The page is
#: the same whenever it is rendered: no time of a night stands in it.
LEFT_OUT = (
    "project_line_id", "project_id", "finding_id", "line_id", "statement_version_id",
    "coordinates", "goal", "known_from_utc",
)  # fmt: skip
#: Bodies whose answers are shown, where the first of all would show less.
SHOWN = dict.fromkeys(("spending", "functions", "three_public"), ("江苏省人民检察院",))
#: What the page says before the questions.
HEAD = Path(__file__).with_name("book_head.md")


@dataclass(frozen=True)
class Sample:
    """The first rows of an answer.

    Attributes:
        columns: Names.
        rows: Values, at most ROWS of them.
        count: Rows of the whole answer.
        bodies: Bodies that it is about; all if none.
        basis: What it rests on.
        is_real: Whether documents are real.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    count: int
    bodies: tuple[str, ...]
    basis: Basis
    is_real: bool


def sample(one: Question, settings: Settings, *, is_real: bool) -> Sample:
    """The first rows of an answer of a warehouse."""
    bodies = SHOWN.get(one.name, ()) if is_real else ()
    with published(settings) as connection:
        found = connection.execute(one.asked_of(bodies, limit=EVERY_ROW)).pl()
    kept = [column for column in found.columns if column not in LEFT_OUT]
    rows = found.select(kept).head(ROWS).rows()
    return Sample(kept, rows, found.height, bodies, basis(settings, one, bodies), is_real)


def book(real: Settings, generated: Settings) -> str:
    """The whole page."""
    with published(real) as connection:
        ((count,),) = connection.execute(
            "SELECT count(DISTINCT document_id) FROM statement"
        ).fetchall()
    parts = [HEAD.read_text("utf-8").replace("{corpus}", str(count)), _contents()]
    for one in questions():
        found = sample(one, real, is_real=True)
        if not found.rows:
            found = sample(one, generated, is_real=False)
        parts.append(section(one, found))
    return "\n".join(parts)


def _contents() -> str:
    lines = [f"{q.number}. [{q.question_zh}](#{anchor(q)}) {q.question_en}" for q in questions()]
    return "\n".join(lines) + "\n"


def anchor(one: Question) -> str:
    """The name of a question's section within the page."""
    return f"q{one.number}"


def section_without_sample(one: Question) -> str:
    """A question as the page has it, without a sample."""
    return (
        f'<a id="{anchor(one)}"></a>\n\n## {one.number}. {one.question_zh}\n\n'
        f"*{one.question_en}*\n\n{flowing(one.read_zh, '')}\n\n{flowing(one.read_en, ' ')}\n\n"
        f"```sql\n{one.whole_sql()};\n```\n"
    )


def section(one: Question, found: Sample) -> str:
    """A question, its SQL, a sample, and what that rests on."""
    whose = (
        "真实文件 / real documents" if found.is_real else "合成数据 / generated books, synthetic"
    )
    about = "".join(f" --body {body}" for body in found.bodies)
    head = (
        f"样例 / Sample `yusuan ask {one.number}{about}` ({whose}), "
        f"{min(found.count, ROWS)} 行，共 / of {found.count} rows:\n"
    )
    table = [found.columns, ["---"] * len(found.columns), *map(_cells, found.rows)]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in table)
    return f"{section_without_sample(one)}\n{head}\n{lines}\n\n{rests_on(found.basis)}\n"


def rests_on(found: Basis) -> str:
    """On how many documents an answer rests, and what it lacks, by reason."""
    states = [one.state for one in found.lacking]
    lacks = ", ".join(f"{states.count(state)} `{state}`" for state in dict.fromkeys(states))
    return (
        f"依据 / Rests on {found.document_count} 份文件 documents, {found.body_years} 个部门年度 "
        f"years of bodies; 缺 / missing: {lacks or '无 / none'}; "
        f"待处理 / waiting: {found.waiting_count}."
    )


def _cells(row: tuple[Any, ...]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, float):
        return f"{value:.4f}"
    text = " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= TEXT else f"{text[:TEXT]}…"


def main() -> None:
    """Take both in, write the page."""
    with tempfile.TemporaryDirectory() as directory:
        real, generated = Path(directory) / "real", Path(directory) / "generated"
        real.mkdir()
        generated.mkdir()
        page = book(
            take_in(real, documents().values()).settings,
            World.drawn().installed(generated).settings,
        )
    Path(sys.argv[1]).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
