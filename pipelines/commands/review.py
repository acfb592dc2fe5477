"""Answer what only a person can: which suggested links are true."""

from typing import Annotated

import typer

from pipelines import screens
from pipelines.commands.options import Config, Json, Warehouse
from pipelines.settings import Settings

#: `yusuan review`, `yusuan review accept ID… --why …`, `yusuan review reject ID… --why …`.
review = typer.Typer(
    name="review",
    invoke_without_command=True,
)
Ids = Annotated[
    list[str], typer.Argument(help="建议（可用前几位）/ suggestions; their first digits do")
]
Why = Annotated[
    str, typer.Option("--why", help="理由，写入代码表的 source / the reason, the row's source")
]


@review.callback()
def listed(
    context: typer.Context,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort", help="只看此类 / only of this sort: body_name, body_succession, project"
        ),
    ] = None,
    answered: Annotated[
        bool, typer.Option("--all", help="含已答复的 / also what was answered")
    ] = False,
    least: Annotated[
        float,
        typer.Option("--score", min=0, max=1, help="只看不低于此分的 / of this score or more"),
    ] = 0.0,
    warehouse: Warehouse = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """审核建议 / What is suggested: list, accept, reject.

    同一机构的两种名称、改革后的机构、改名或拆并的项目
    Two names of one body, what became of a body, projects renamed, split or merged.

    $ yusuan review --sort body_name --score 0.9
    $ yusuan review accept 7c21 --why "同一机构"
    """
    if context.invoked_subcommand is not None:
        return
    from pipelines.serve import review as serve
    from pipelines.serve.answers import answers_waiting

    settings = Settings.resolve(warehouse=warehouse, config=config)
    found = serve.review(settings, sort=sort, answered=answered, least=least)
    typer.echo(screens.as_json(found)) if as_json else screens.suggested(found)
    screens.answers_waiting(answers_waiting(settings))


@review.command()
def accept(
    ids: Ids,
    why: Why,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """接受：写入 --config 的代码表 / Accept: write the rows.

    下次运行照此处理；删去该行即撤销
    The next night follows them; delete a row to take it back.

    $ yusuan review accept 7c21 --why "同一机构，2024 年更名" --config conf
    """
    from pipelines.serve import review as serve

    settings = Settings.resolve(warehouse=warehouse, config=config)
    screens.answered(serve.accept(settings, ids, why))


@review.command()
def reject(
    ids: Ids,
    why: Why,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """否决：不再列出 / Reject: it is not listed again.

    $ yusuan review reject 7c21 --why "两个机构" --config conf
    """
    from pipelines.serve import review as serve

    settings = Settings.resolve(warehouse=warehouse, config=config)
    screens.answered(serve.reject(settings, ids, why))
