"""Keep the warehouse in order: what a person decides between nights."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.nights import launch
from pipelines.commands.options import Config, Context, Json, Raw, Warehouse, Why
from pipelines.settings import Settings

Later = Annotated[
    bool, typer.Option("--later", help="下次运行时生效 / take effect with the next night, not now")
]


def _take_effect(settings: Settings, *, later: bool) -> None:
    """Run a night over what was decided, unless it is to wait for the next."""
    if not later:
        launch(settings, quiet=False)


def withdraw(
    document: Annotated[
        str, typer.Argument(help="raw/ 下的路径或 SHA-256 / a path below raw/ or a SHA-256")
    ],
    why: Why,
    undo: Annotated[bool, typer.Option("--undo", help="取消撤回 / undo a withdrawal")] = False,
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    later: Later = False,
) -> None:
    """撤回一份文件 / Take a document's facts back.

    原件与历史保留 / Its bytes and its history stay.

    $ yusuan withdraw 错发的.pdf --why "误发" --later
    $ yusuan withdraw 错发的.pdf --undo --why "无误"
    """
    from pipelines.documents.lock import writing
    from pipelines.upkeep import reinstate
    from pipelines.upkeep import withdraw as take_back

    settings = Settings.resolve(raw, warehouse, context, config)
    with writing(settings):
        found = (reinstate if undo else take_back)(settings, document, why)
    said = "恢复 reinstated" if undo else "已撤回 withdrawn"
    screens.console.print(f"{said}: {found.paths[0].path} ({found.sha256[:12]})", markup=False)
    _take_effect(settings, later=later)


def reprocess(
    document: Annotated[
        list[str] | None,
        typer.Option("--document", help="此文件（路径或 SHA-256），可多次 / this document; repeat"),
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option(
            "--place",
            help="区划、版式所属地或机构 / a region and all in it, by code or name; a place of "
            "layouts; part of a body's name",
        ),
    ] = None,
    year: Annotated[
        list[int] | None, typer.Option("--year", help="此年度，可多次 / of this fiscal year")
    ] = None,
    layout: Annotated[
        list[str] | None,
        typer.Option("--layout", help="按此版式读取的，可多次 / read by this layout"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部重读 / all documents")] = False,
    why: Annotated[str, typer.Option("--why", help="理由，记入台账 / the reason")] = "",
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    later: Later = False,
) -> None:
    """重新读取 / Read documents again.

    从归档读，不用缓存；几种条件同时给出时须全部符合
    From the archive, whatever is cached; of several options a document must meet all.

    $ yusuan reprocess --document 预算.pdf
    $ yusuan reprocess --place 广州 --year 2025
    $ yusuan reprocess --all
    """
    from pipelines.documents.lock import writing
    from pipelines.selection import Selection
    from pipelines.upkeep import reprocess as read_again

    selection = Selection(
        tuple(document or ()), tuple(place or ()), tuple(year or ()), tuple(layout or ()),
        everything=everything,
    )  # fmt: skip
    if selection.is_empty or (everything and len(selection.said()) > 1):
        raise typer.BadParameter(
            "--document | --place | --year | --layout，或单独用 --all / name some, or --all alone"
        )
    settings = Settings.resolve(raw, warehouse, context, config)
    with writing(settings):
        read = read_again(settings, selection, why)
    screens.to_be_read_again(read.paths)
    _take_effect(settings, later=later)


def rollback(
    build: Annotated[
        str | None,
        typer.Argument(help="保留的版本；默认上一版 / a kept build; else the one before"),
    ] = None,
    why: Annotated[str, typer.Option("--why", help="理由 / the reason")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="恢复发布 / let nights publish again")
    ] = False,
    warehouse: Warehouse = None,
) -> None:
    """退回较早版本并暂停发布 / Go back to an earlier build.

    发布暂停，直到 --resume / Publishing is held until --resume.

    $ yusuan rollback --why "昨夜有误"
    $ yusuan rollback --resume
    """
    from pipelines.documents.lock import writing
    from pipelines.publish.rollback import resume as publish_again
    from pipelines.publish.rollback import rollback as go_back

    settings = Settings.resolve(warehouse=warehouse)
    if not resume and not why.strip():
        raise typer.BadParameter("须写明理由 / a reason is needed: --why TEXT")
    with writing(settings):
        if resume:
            publish_again(settings)
            screens.console.print("发布已恢复 / nights publish again: yusuan ingest")
            return
        target = go_back(settings, why, build)
    screens.console.print(
        f"现行版本 current build: {target}；发布暂停，直到 publishing is held until: "
        "yusuan rollback --resume",
        markup=False,
        soft_wrap=True,
    )


def backup(
    directory: Annotated[Path, typer.Argument(help="备份目录 / the directory of the backup")],
    warehouse: Warehouse = None,
    config: Config = None,
    wait: Annotated[
        float, typer.Option("--wait", help="等待写入者的秒数 / seconds to wait for a night to end")
    ] = 0,
    as_json: Json = False,
) -> None:
    """备份 / Back up what cannot be rebuilt.

    台账、归档、自有配置 / The ledger, the archive, your own configuration.

    $ yusuan backup /srv/backup/yusuan --wait 3600
    """
    from pipelines.documents.backup import backup as back_up

    settings = Settings.resolve(warehouse=warehouse, config=config)
    made = back_up(settings, directory, wait_seconds=wait)
    if as_json:
        typer.echo(screens.as_json(made))
        return
    screens.console.print(
        f"已备份 backed up: 事件 events {made.events}  归档 archived files {made.files}  "
        f"本次复制 copied {made.copied} → {directory}",
        markup=False,
        soft_wrap=True,
    )


def restore(
    directory: Annotated[Path, typer.Argument(help="备份目录 / the directory of the backup")],
    warehouse: Warehouse = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """从备份恢复 / Restore a backup into an empty warehouse.

    $ yusuan restore /srv/backup/yusuan --warehouse /var/lib/yusuan
    """
    from pipelines.documents.backup import restore as bring_back

    settings = Settings.resolve(warehouse=warehouse, config=config)
    back = bring_back(directory, settings)
    if as_json:
        typer.echo(screens.as_json(back))
        return
    screens.console.print(
        f"已恢复 restored: 事件 events {back.events}  归档 archived files {back.files} → "
        f"{settings.warehouse}；重建请运行 to rebuild the warehouse: yusuan ingest",
        markup=False,
        soft_wrap=True,
    )


def doctor(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    notify: Annotated[
        bool,
        typer.Option(
            "--notify",
            help="向每个通知渠道发一条测试通知 / send a trial notice by every channel; say "
            "what each answered",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """一切是否正常 / Is everything in order?

    版本、路径、锁、空间；不正常则退出码为 1；--notify 试发通知
    Versions, paths, locks, space; exit code 1 if something is not; --notify tries notices.

    $ yusuan doctor
    $ yusuan doctor --notify
    """
    from pipelines.serve.doctor import examine, notified

    settings = Settings.resolve(raw, warehouse, context, config)
    found = notified(settings) if notify else examine(settings)
    if as_json:
        typer.echo(screens.as_json(found))
    else:
        screens.findings(found)
    if not all(finding.is_good for finding in found):
        raise typer.Exit(1)


def verify(
    raw: Raw = None,
    warehouse: Warehouse = None,
    context: Context = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """从零重建并逐行比对 / Build from nothing, and compare.

    与已发布版本逐行比对，不发布
    Row by row with what is published; publishes nothing.

    $ yusuan verify
    """
    from pipelines.documents.lock import writing
    from pipelines.verify import verify as hold_against

    settings = Settings.resolve(raw, warehouse, context, config)
    with writing(settings):
        found = hold_against(settings)
    if as_json:
        typer.echo(screens.as_json(found))
    else:
        screens.verified(found)
    if found:
        raise typer.Exit(1)
