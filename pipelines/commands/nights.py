"""Run nights: now, or by Dagster's schedule."""

import os
import sys
from typing import Annotated, Any

import typer

from pipelines import screens
from pipelines.commands.options import Config, Context, Json, Raw, Warehouse
from pipelines.settings import CLUSTER, NUMBERS, Settings

#: What is told of extraction (``Night.extract``), where a night read nothing.
_NOTHING_READ = {
    "documents_read": 0,
    "pages": 0,
    "grids": 0,
    "pages_per_second": 0.0,
    "refused_documents": {},
    "refused_pages": {},
}


def ingest(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="有待处理项时退出码为 3 / exit 3 when something waits")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            envvar=NUMBERS["workers"][0],
            show_default="cores",
            help="本机进程数 / processes on this machine",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            metavar="tcp://HOST:PORT",
            envvar=CLUSTER,
            show_default=False,
            help="由 Dask 集群代劳 / have a Dask cluster do the work; needs the extra: cluster",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """从 raw/ 到已发布仓库 / Take raw/ to the published warehouse.

    只读取新增与变更的文件；没有变化时什么也不做
    Reads what is new or changed; without news it does nothing.

    $ yusuan ingest
    $ yusuan ingest --raw ~/预算 --warehouse ~/仓库 --strict
    """
    from pipelines.documents.ledger import Ledger
    from pipelines.news import has_news

    settings = Settings.resolve(raw, warehouse, context, config).worked_by(workers, dask)
    told = _night(settings, quiet=as_json) if has_news(settings) else {}
    read = {n: told.get("grids", {}).get(n, none) for n, none in _NOTHING_READ.items()}
    ledger = Ledger(settings.ledger)
    counts = ledger.events("checked")[-1].detail
    from pipelines.publish.rollback import is_held
    from pipelines.serve.answers import answers_waiting
    from pipelines.serve.status import totals

    found, unmatched = totals(settings), answers_waiting(settings)
    if as_json:
        published = str(settings.published)
        said = {
            **counts,
            **found,
            "extraction": read,
            "published": published,
            "report": str(settings.report),
            "is_held": is_held(ledger),
            "answers_waiting": unmatched,
        }
        typer.echo(screens.as_json(said))
    else:
        if read["documents_read"] or read["refused_documents"]:
            screens.extraction_summary(read)
        screens.ingest_summary(counts, found, str(settings.published))
        screens.report(settings.report)
        if is_held(ledger):
            screens.publishing_is_held()
        screens.answers_waiting(unmatched)
        screens.next_steps(found["items_waiting"])
    waits = found["items_waiting"] or counts["orphan_sidecars"] or counts["unreadable_files"]
    if strict and waits:
        raise typer.Exit(3)


def _night(settings: Settings, *, quiet: bool) -> dict[str, dict[str, Any]]:
    """Run the nightly job; a cluster that cannot be used is said before anything is begun."""
    if settings.dask is not None:
        from pipelines.extract.executors import Executors
        from pipelines.fingerprints import fingerprints

        Executors(settings, fingerprints(settings.config)).try_out()
    return launch(settings, quiet=quiet)


def launch(settings: Settings, *, quiet: bool) -> dict[str, dict[str, Any]]:
    """Run the nightly job in this process, saying which step is under way.

    Returns:
        What each asset's step told of itself.
    """
    with screens.errors.status("启动 starting…") as spinner:
        from pipelines.assets.launch import launch_nightly

        def hear(step: str) -> None:
            spinner.update(f"{step}…")
            if not quiet and not screens.errors.is_terminal:
                screens.errors.print(f"· {step}")

        launched = launch_nightly(settings, hear)
    if launched.errors:
        raise RuntimeError("\n".join(launched.errors))
    return launched.told


def ui(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    port: Annotated[int, typer.Option("--port", help="端口 / port")] = 3000,
) -> None:
    """打开 Dagster / Dagster: nights, their steps, their schedule.

    按 Ctrl-C 停止 / Ctrl-C stops it.

    $ yusuan ui --port 3000
    """
    from pipelines.assets.launch import dagster_home

    settings = Settings.resolve(raw, warehouse, context, config)
    environment = {**os.environ, **settings.environment(), "DAGSTER_HOME": dagster_home(settings)}
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.assets.definitions",
               "--port", str(port)]  # fmt: skip
    # In place of this process, so that whoever ends it (systemd, a container, kill) ends Dagster.
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted
