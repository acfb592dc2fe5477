"""Ask the published build."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines import screens
from pipelines.commands.options import Bodies, Dpi, Image, Json, Phase, Raw, Warehouse, Years
from pipelines.serve.picture import READABLE_DPI
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.serve.places import Picture


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


Form = Annotated[Format, typer.Option("--format", help="输出格式 / output format")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / write to a file")]


def status(
    everything: Annotated[
        bool, typer.Option("--all", help="列出全部 / list all documents and statements")
    ] = False,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """仓库里有什么 / What the warehouse holds.

    总数，再列文件与报表，需要看的在前
    Totals; then documents and statements, first what needs a look.

    $ yusuan status
    $ yusuan status --all
    """
    from pipelines.serve import status as serve

    settings = Settings.resolve(warehouse=warehouse)
    found: dict[str, Any] = {
        "totals": serve.totals(settings),
        "documents": serve.documents(settings),
        "statements": serve.statements(settings),
    }
    if as_json:
        typer.echo(screens.as_json(found))
    else:
        screens.status(**found, everything=everything)


def quarantine(
    item: Annotated[
        str | None, typer.Argument(help="待处理项（可用前几位）/ an item; its first digits do")
    ] = None,
    raw: Raw = None,
    warehouse: Warehouse = None,
    image: Image = None,
    dpi: Dpi = READABLE_DPI,
    as_json: Json = False,
) -> None:
    """什么在等待，怎么办 / What waits, why, and what to write where.

    $ yusuan quarantine
    $ yusuan quarantine 3f9a --image page.png
    """
    from pipelines.serve.waiting import waiting_item, waiting_items

    settings = Settings.resolve(raw=raw, warehouse=warehouse)
    if item is None:
        if image is not None:
            raise typer.BadParameter("--image 需要 ITEM / --image needs an ITEM")
        items = waiting_items(settings)
        typer.echo(screens.as_json(items)) if as_json else screens.waiting_list(items)
        return
    found = waiting_item(settings, item)
    typer.echo(screens.as_json(found)) if as_json else screens.waiting_item(found)
    if image is not None:
        from pipelines.serve.places import item_picture

        _write(image, item_picture(settings, found.item, dpi))


def _write(path: Path, found: "Picture") -> None:
    """Write a picture, and say what its colours are."""
    path.write_bytes(found.png)
    screens.picture(path, found)


def query(
    sql: Annotated[str, typer.Argument(help="DuckDB SQL")],
    warehouse: Warehouse = None,
    form: Form = Format.table,
    output: Output = None,
) -> None:
    """用 SQL 提问（只读）/ Ask the published build in SQL, read-only.

    各列的含义见 docs/data-dictionary.md
    What the columns mean: docs/data-dictionary.md, or DESCRIBE.

    $ yusuan query "select * from mart_project_year limit 5"
    $ yusuan query "from fact_revenue" --format csv --output revenue.csv
    """
    _answered(Settings.resolve(warehouse=warehouse), sql, form, output)


def _answered(settings: Settings, sql: str, form: Format, output: Path | None) -> None:
    """An answer in the form that is asked for."""
    from pipelines.serve.query import query_parquet, query_table, query_text

    if form is Format.table:
        screens.answer(query_table(settings, sql))
    elif form is Format.parquet:
        if output is None:
            raise typer.BadParameter("parquet 需要 --output FILE / parquet needs --output FILE")
        written = query_parquet(settings, sql, output)
        screens.errors.print(f"{written} 行 rows → {output}")
    else:
        text = query_text(settings, sql, form)
        if output is None:
            typer.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")


def ask(
    number: Annotated[
        str | None, typer.Argument(help="问题编号，不填则列出全部 / its number; none lists all")
    ] = None,
    warehouse: Warehouse = None,
    body: Bodies = None,
    year: Years = None,
    phase: Phase = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="至多几行 / rows at most", show_default=False),
    ] = None,
    only_sql: Annotated[
        bool, typer.Option("--sql", help="只打印 SQL / print the SQL and ask nothing")
    ] = False,
    form: Form = Format.table,
    output: Output = None,
) -> None:
    """问答手册 / Questions with answer, basis and what is missing.

    不填编号则列出全部问题 / Without a number all questions are listed.

    $ yusuan ask
    $ yusuan ask 1 --body 水务局 --year 2024
    """
    from pipelines.serve import questions as serve

    if number is None:
        screens.questions(serve.questions())
        return
    asked = serve.question(number)
    sql = asked.asked_of(body or (), year or (), phase, limit)
    if only_sql:
        typer.echo(f"{sql};")
        return
    settings = Settings.resolve(warehouse=warehouse)
    rests_on = serve.basis(settings, asked, body or (), year or (), phase)
    if form is Format.table:
        screens.question(asked)
    _answered(settings, sql, form, output)
    screens.basis(asked, rests_on, limit or asked.limit)


def search(
    words: Annotated[list[str], typer.Argument(help="词，可多个，须全部出现 / words, all of them")],
    warehouse: Warehouse = None,
    body: Annotated[
        list[str] | None,
        typer.Option("--body", help="机构或单位名称包含，可多次 / bodies or units so named"),
    ] = None,
    year: Years = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="至多几项 / results at most")] = 20,
    as_json: Json = False,
) -> None:
    """查找项目 / Words in names, goals and targets of projects.

    $ yusuan search 物业
    $ yusuan search 培训 人次 --year 2024
    """
    from pipelines.serve.search import search as serve

    settings = Settings.resolve(warehouse=warehouse)
    found = serve(settings, words, bodies=body or (), years=year or (), limit=limit)
    typer.echo(screens.as_json(found)) if as_json else screens.search(found)


def trace(
    fact_id: Annotated[
        str, typer.Argument(help="事实键（可用前几位）/ a fact; its first digits do")
    ],
    warehouse: Warehouse = None,
    image: Image = None,
    dpi: Dpi = READABLE_DPI,
    as_json: Json = False,
) -> None:
    """一个数从哪里来 / From a fact to its printed cell.

    单元格、字符、规则与凭据 / The cells, the characters, the rule, the evidence.

    事实键见 fact_ 各表的 fact_id 列
    Keys of facts: column fact_id of the fact_ tables.

    $ yusuan trace a3a46ebb
    $ yusuan trace a3a46ebb --image cell.png
    """
    from pipelines.serve.trace import trace as serve

    settings = Settings.resolve(warehouse=warehouse)
    found = serve(settings, fact_id)
    typer.echo(screens.as_json(found)) if as_json else screens.trace(found)
    if image is not None:
        from pipelines.serve.places import fact_picture

        _write(image, fact_picture(settings, found, dpi))


def history(
    statement: Annotated[
        str,
        typer.Argument(help="报表键（可用前几位）或文件路径 / a statement, or a document's path"),
    ],
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """一张报表的各个版本 / The versions of a statement.

    何时、为何、变了什么 / When, why, and what changed.

    报表键见 yusuan status / Keys of statements: yusuan status.

    $ yusuan history 000_6afdb59cfbcca0ce.txt
    """
    from pipelines.serve.history import history as serve

    found = serve(Settings.resolve(warehouse=warehouse), statement)
    typer.echo(screens.as_json(found)) if as_json else screens.history(found)


def diff(
    before: Annotated[
        str | None, typer.Argument(help="较早版本；默认上一版 / earlier build; else the one before")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="较晚版本；默认现行 / later build; else the current one")
    ] = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """昨夜改变了什么 / What last night changed.

    按报表与金额比较两个版本 / Compares two builds, by statement and amount.

    $ yusuan diff
    """
    from pipelines.publish.flip import builds
    from pipelines.serve.diff import diff as serve

    settings = Settings.resolve(warehouse=warehouse)
    if before is None and after is None and len(kept := builds(settings)) == 1:
        alone: dict[str, Any] = {"before": None, "after": kept[0], "statements": [], "items": []}
        typer.echo(screens.as_json(alone)) if as_json else screens.only_build(kept[0])
        return
    found = serve(settings, before, after)
    typer.echo(screens.as_json(found)) if as_json else screens.build_diff(found)


def target(
    text: Annotated[str, typer.Argument(help="指标值原文 / a value as printed")],
    name: Annotated[
        str | None, typer.Option("--name", help="指标名称 / the name of its indicator")
    ] = None,
    as_json: Json = False,
) -> None:
    """一个指标值怎样读 / How a printed target is read.

    逐字说明 / Character by character.

    $ yusuan target 不少于4场
    $ yusuan target 98 --name 验收合格率
    """
    from pipelines.serve.target import describe_target

    found = describe_target(text, name)
    typer.echo(screens.as_json(found)) if as_json else screens.target(found)
