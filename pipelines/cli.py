"""The command line: `yusuan`.

Exit codes: 0 done, whatever waits; 1 failed; 2 wrong usage; with ``--strict`` 3 when something
waits.
"""

import os
import subprocess
import sys
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines import screens
from pipelines.settings import ENVIRONMENT, Settings

app = typer.Typer(
    help="预算：政府预算公开表格的可信数据仓库。\n\n"
    "One trusted warehouse of the budget tables that Chinese government departments publish.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _directory(name: str, said: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", envvar=ENVIRONMENT[name], help=said, show_default=False
    )
    return option


Raw = Annotated[Path | None, _directory("raw", "原始文件目录 / directory of originals [raw]")]
Warehouse = Annotated[
    Path | None, _directory("warehouse", "仓库目录 / directory of the warehouse [warehouse]")
]
Context = Annotated[Path | None, _directory("context", "另一附注目录 / directory of more sidecars")]
Config = Annotated[Path | None, _directory("config", "自有版式与代码 / own layouts and codes")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"yusuan {version('yusuan')}")
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="版本 / the version"),
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command()
def ingest(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="有待处理项时退出码为 3 / exit 3 when something waits")
    ] = False,
    as_json: Json = False,
) -> None:
    """从 raw/ 到已发布仓库 / Take raw/ to the published warehouse."""
    from pipelines.documents.ledger import Ledger
    from pipelines.news import has_news

    settings = Settings.resolve(raw, warehouse, context, config)
    if has_news(settings):
        _launch(settings, quiet=as_json)
    counts = Ledger(settings.ledger).events("checked")[-1].detail
    from pipelines.serve.status import totals

    found = totals(settings)
    if as_json:
        published = str(settings.published)
        typer.echo(screens.as_json({**counts, **found, "published": published}))
    else:
        screens.ingest_summary(counts, found, str(settings.published))
        screens.next_steps(found["items_waiting"])
    waits = found["items_waiting"] or counts["orphan_sidecars"] or counts["unreadable_files"]
    if strict and waits:
        raise typer.Exit(3)


def _launch(settings: Settings, *, quiet: bool) -> None:
    """Run the nightly job in this process, saying which step is under way."""
    with screens.errors.status("启动 starting…") as spinner:
        from pipelines.assets.launch import launch_nightly

        def hear(step: str) -> None:
            spinner.update(f"{step}…")
            if not quiet and not screens.errors.is_terminal:
                screens.errors.print(f"· {step}")

        launched = launch_nightly(settings, hear)
    if launched.errors:
        raise RuntimeError("\n".join(launched.errors))


@app.command()
def status(
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """仓库里有什么 / What the warehouse holds, statement by statement."""
    from pipelines.serve import status as serve

    settings = Settings.resolve(warehouse=warehouse)
    found, statements = serve.totals(settings), serve.statements(settings)
    if as_json:
        typer.echo(screens.as_json({"totals": found, "statements": statements}))
    else:
        screens.status(found, statements)


@app.command()
def quarantine(
    item: Annotated[
        str | None, typer.Argument(help="待处理项（可用前几位）/ an item; its first digits do")
    ] = None,
    raw: Raw = None,
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """什么在等待，为什么，怎么办 / What waits, why, and what to write where."""
    from dataclasses import asdict

    from pipelines.serve.waiting import waiting_item, waiting_items

    settings = Settings.resolve(raw=raw, warehouse=warehouse)
    if item is None:
        items = waiting_items(settings)
        typer.echo(screens.as_json(items)) if as_json else screens.waiting_list(items)
        return
    found = waiting_item(settings, item)
    typer.echo(screens.as_json(asdict(found))) if as_json else screens.waiting_item(found)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="DuckDB SQL")],
    warehouse: Warehouse = None,
    form: Annotated[
        Format, typer.Option("--format", help="输出格式 / output format")
    ] = Format.table,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写入文件 / write to a file")
    ] = None,
) -> None:
    """对已发布版本提问（只读）/ Ask the published build in SQL, read-only."""
    from pipelines.serve.query import query_parquet, query_table, query_text

    settings = Settings.resolve(warehouse=warehouse)
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


@app.command()
def compare(
    warehouse: Warehouse = None,
    body: Annotated[
        str | None, typer.Option("--body", help="机构名称包含 / bodies whose name contains this")
    ] = None,
    phase: Annotated[str | None, typer.Option("--phase", help="预算阶段 / phase")] = None,
    by_fund: Annotated[bool, typer.Option("--by-fund", help="按资金来源 / by fund source")] = False,
    as_json: Json = False,
) -> None:
    """部门 × 年度 / Bodies × years, side by side."""
    from pipelines.serve.compare import compare as serve

    found = serve(Settings.resolve(warehouse=warehouse), body=body, phase=phase, by_fund=by_fund)
    if not as_json:
        screens.comparison(found, by_fund=by_fund)
        return
    rows = [
        {"body": name, "fund_source": fund or None, "fiscal_year": year, "phase": phase_,
         "amount_yuan": amount}
        for (name, fund, (year, phase_)), amount in sorted(found.cells.items())
    ]  # fmt: skip
    typer.echo(screens.as_json(rows))


@app.command()
def trace(
    fact_id: Annotated[
        str, typer.Argument(help="事实键（可用前几位）/ a fact; its first digits do")
    ],
    warehouse: Warehouse = None,
    as_json: Json = False,
) -> None:
    """一个数从哪里来 / From a fact to its printed cells, characters, and the rule."""
    from dataclasses import asdict

    from pipelines.serve.trace import trace as serve

    found = serve(Settings.resolve(warehouse=warehouse), fact_id)
    typer.echo(screens.as_json(asdict(found))) if as_json else screens.trace(found)


@app.command()
def ui(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    port: Annotated[int, typer.Option("--port", help="端口 / port")] = 3000,
) -> None:
    """打开 Dagster 界面 / Dagster's web interface and schedule on this warehouse."""
    from pipelines.assets.launch import dagster_home

    settings = Settings.resolve(raw, warehouse, context, config)
    environment = {**os.environ, **settings.environment(), "DAGSTER_HOME": dagster_home(settings)}
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.assets.definitions",
               "--port", str(port)]  # fmt: skip
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


@app.command()
def doctor(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """版本、路径、锁、空间 / Versions, paths, locks, space: is everything in order?"""
    from dataclasses import asdict

    from pipelines.serve.doctor import examine

    found = examine(Settings.resolve(raw, warehouse, context, config))
    if as_json:
        typer.echo(screens.as_json([asdict(finding) for finding in found]))
    else:
        screens.findings(found)
    if not all(finding.is_good for finding in found):
        raise typer.Exit(1)


def main() -> None:
    """Entry point: an error is one clear message and exit code 1; YUSUAN_DEBUG=1 shows where."""
    try:
        app()
    except (RuntimeError, LookupError, ValueError, OSError, duckdb.Error) as error:
        if os.environ.get("YUSUAN_DEBUG"):
            raise
        screens.error(str(error))
        sys.exit(1)
