"""Make the demo: ``python -m tests.demo DIR`` (``make demo``); see ``docs/demo.md``.

Writes the made-up city's documents into ``DIR/raw``, ingests them into ``DIR/warehouse`` as
``yusuan ingest`` does, and asks three questions. What DIR held of an earlier demo is removed first.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from pipelines import screens
from pipelines.serve.query import query_table
from pipelines.serve.questions import basis, question
from pipelines.settings import Settings
from tests.demo.city import bodies, city, years
from tests.demo.corpus import FAULTS, corpus
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG as LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = Path(__file__).with_name("config")
YUSUAN = Path(sys.executable).with_name("yusuan")
#: Says of a directory that it holds a demo, and of what it holds that it is made up.
README = "README.md"
ENVIRONMENT = "env.sh"


@dataclass(frozen=True)
class Asked:
    """A question of the book as the demo asks it: of whom, of when, and which columns it shows."""

    number: str
    bodies: tuple[str, ...]
    years: tuple[int, ...]
    columns: tuple[str, ...]

    def command(self) -> str:
        """How a person asks it, with all columns."""
        said = [*(f"--body {body}" for body in self.bodies), *(f"--year {y}" for y in self.years)]
        return " ".join(["yusuan ask", self.number, *said])

    def sql(self) -> str:
        """The question, its columns narrowed to a terminal."""
        whole = question(self.number).asked_of(self.bodies, self.years)
        return f"SELECT {', '.join(self.columns)} FROM ({whole})"


ASKED = (
    Asked("1", ("示例市水务局",), (),
          ("fiscal_year", "phase", "amount_yuan", "amount_before_yuan", "change_yuan",
           "share")),
    Asked("14", ("示例市统计局",), (2024, 2025),
          ("fiscal_year", "state", "project_count", "amount_yuan", "amount_before_yuan")),
    Asked("17", ("示例市北区",), (2026,),
          ("body_name", "horizon", "quantitative_count", "qualitative_count")),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the demo and say what is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("directory", metavar="DIR", type=Path)
    directory: Path = parser.parse_args(arguments).directory.absolute()
    began = time.monotonic()
    settings = issue(directory)
    _introduce(directory, settings)
    ingest(settings)
    for asked in ASKED:
        _ask(settings, asked)
    _say_what_next(directory, settings, time.monotonic() - began)


def issue(directory: Path) -> Settings:
    """Write documents, layouts and the words about them into an empty or a former demo's directory.

    Raises:
        FileExistsError: the directory holds something that is no demo.
    """
    if directory.exists() and any(directory.iterdir()) and not (directory / README).exists():
        raise FileExistsError(
            f"{directory}: 目录中有不是演示的内容，请另选目录 / it holds something that is no "
            "demo; name another directory"
        )
    settings = Settings(raw=directory / "raw", warehouse=directory / "warehouse",
                        config=directory / "config")  # fmt: skip
    directory.mkdir(parents=True, exist_ok=True)
    (directory / README).write_text(_about(), encoding="utf-8")
    for part in (settings.raw, settings.warehouse, directory / "config"):
        shutil.rmtree(part, ignore_errors=True)
    write(corpus().documents, settings.raw)
    for config in (LAYOUTS, CONFIG):
        shutil.copytree(config, directory / "config", dirs_exist_ok=True)
    said = [f"export {name}={shlex.quote(value)}" for name, value in _directories(settings).items()]
    path = f'export PATH={shlex.quote(str(YUSUAN.parent))}:"$PATH"'
    (directory / ENVIRONMENT).write_text("\n".join(["unset YUSUAN_CONTEXT", *said, path, ""]),
                                         encoding="utf-8")  # fmt: skip
    return settings


def ingest(settings: Settings) -> None:
    """What ``yusuan ingest`` does, in a process of its own; the report is written with it.

    Raises:
        subprocess.CalledProcessError: it failed, and said why.
    """
    mine = {name: value for name, value in os.environ.items() if not name.startswith("YUSUAN_")}
    subprocess.run([YUSUAN, "ingest"], env={**mine, **_directories(settings)}, check=True)


def _directories(settings: Settings) -> Mapping[str, str]:
    """The demo's directories as commands take them: no other setting, nobody to be notified."""
    return {
        "YUSUAN_RAW": str(settings.raw),
        "YUSUAN_WAREHOUSE": str(settings.warehouse),
        "YUSUAN_CONFIG": str(settings.config),
    }


def _introduce(directory: Path, settings: Settings) -> None:
    made = corpus()
    suffixes = sorted({Path(one.path).suffix.removeprefix(".") for one in made.documents})
    screens.console.print(
        f"演示 demo         示例市 a made-up city  机构 bodies [bold]{len(bodies())}[/]  年度 years"
        f" [bold]{years()[0]}–{years()[-1]}[/]  文件 documents [bold]{len(made.documents)}[/]"
        f" ({', '.join(suffixes)})\n"
        "                  全部为合成数据，每个机构名称都带 / all of it is made up, and the name "
        f"of every body says so: {city()['mark']}\n"
        f"原件 originals    {escape(_shown(settings.raw))}\n"
        f"先执行 first      . {escape(_shown(directory / ENVIRONMENT))}  再用下列命令 / before any "
        "command below\n",
        soft_wrap=True,
    )


def _ask(settings: Settings, asked: Asked) -> None:
    book = question(asked.number)
    screens.console.print(f"\n[dim]$ {escape(asked.command())}[/]", soft_wrap=True)
    screens.console.print(
        f"[bold]{escape(book.question_zh)}\n{escape(book.question_en)}[/]", soft_wrap=True
    )
    screens.answer(query_table(settings, asked.sql()))
    screens.basis(book, basis(settings, book, asked.bodies, asked.years), book.limit)


def _say_what_next(directory: Path, settings: Settings, seconds: float) -> None:
    environment = _shown(directory / ENVIRONMENT)
    screens.console.print(
        f"""
故意做错的 / wrong on purpose:
{_faults("  ")}

报告 report        {_shown(settings.report)}  # 用浏览器打开 / open it in a browser

接着试 / what to try next, in this order:
  . {environment}  # 此后本终端的 yusuan 即指演示 / from here on yusuan in this shell is on the demo
  yusuan quarantine  # 什么在等待，逐项有处理办法 / what waits, and what to do about each
  yusuan ask  # 25 个问题 / the question book
  yusuan compare --by function --body 水务 --change
  yusuan search 养老
  yusuan ui  # Dagster: http://localhost:3000
  make bi  # Superset

用时 took          {seconds:.0f} s; 再次 make demo 从头重做 / make demo again begins anew""",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _about() -> str:
    """The words that lie beside the demo's data."""
    return f"""# 演示（合成数据） Demo, all of it made up

这里没有真实的机构、项目和金额。由 `make demo` 生成，可以整个删除；再次 `make demo` 从头重做。

No body, project or amount here is real. `make demo` made it; delete it at will, `make demo` makes
it anew.

- `raw/`: 原件 originals
- `config/`: 示例版式与地区 layouts and regions of the made-up places
- `warehouse/`: 仓库 the warehouse
- `. {ENVIRONMENT}`: 此后本终端的 yusuan 即指此处 / from here on yusuan in this shell is on it

故意做错的 Wrong on purpose:

{_faults("- ")}
"""


def _faults(before: str) -> str:
    """Everything that is wrong on purpose, in both languages."""
    return "\n".join(
        f"{before}{one.body} {one.fiscal_year}: {one.zh}\n  {one.en}" for one in FAULTS
    )


def _shown(path: Path) -> str:
    """A path as it is typed from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    main()
