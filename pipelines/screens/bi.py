"""What is said while the BI tool is set up, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from pipelines.screens.console import console, errors

if TYPE_CHECKING:
    from pathlib import Path


def bi_setup() -> None:
    """That it takes a while."""
    errors.print("正在准备 Superset，约半分钟 / setting Superset up, half a minute or so")


def bi_ready(dashboard: str, user: str, password: str, state: Path) -> None:
    """Address and login, and how to end it."""
    console.print(f"看板 dashboard    [bold]{dashboard}[/]", soft_wrap=True)
    console.print(
        f"登录 login        用户 user [bold]{user}[/]  密码 password [bold]{escape(password)}[/]"
    )
    console.print(f"状态 state        {state}", soft_wrap=True)
    console.print("Ctrl-C 结束 / ends it")
