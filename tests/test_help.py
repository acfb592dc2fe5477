"""The help of every command: nothing is cut in 80 columns, both languages, an example that runs."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, cast

import pytest
import typer
from rich.cells import cell_len
from typer.core import TyperGroup, TyperOption
from typer.testing import CliRunner

from pipelines.cli import COMMANDS, app
from tests.conftest import ROOT as REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.core import TyperCommand

COLUMNS = 80
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3}")
ROOT = cast("TyperGroup", typer.main.get_command(app))


def _commands(
    group: TyperGroup, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], TyperCommand | TyperGroup]]:
    for name, command in group.commands.items():
        yield (*path, name), command  # type: ignore[misc]
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))


ALL = {" ".join(path): command for path, command in _commands(ROOT)}


def _help(command: str = "") -> str:
    shown = CliRunner().invoke(
        app, [*command.split(), "--help"], env={"COLUMNS": str(COLUMNS), "TERM": "dumb"}
    )
    assert shown.exit_code == 0
    return shown.stdout


def test_help_lists_every_command_in_the_order_of_the_story() -> None:
    shown = _help()
    titles = [shown.index(title) for title in COMMANDS]
    assert titles == sorted(titles)
    assert len(titles) == 7
    listed = re.findall(r"^│ (\w+) +\S", shown, re.MULTILINE)
    assert listed == ROOT.list_commands(None)  # type: ignore[arg-type]
    assert sorted(listed) == sorted(ROOT.commands)


def test_the_page_of_commands_has_each_in_its_panel() -> None:
    page = (REPOSITORY / "docs" / "commands.md").read_text("utf-8")
    panels = re.split(r"^## (.+)$", page, flags=re.MULTILINE)[1:]
    assert [title.replace(" / ", " ") for title in COMMANDS] == panels[::2]
    named = [re.findall(r"^\| `yusuan (\w+)", panel, re.MULTILINE) for panel in panels[1::2]]
    listed = iter(ROOT.list_commands(None))  # type: ignore[arg-type]
    named = [list(dict.fromkeys(panel)) for panel in named]
    assert named == [[next(listed) for _ in panel] for panel in COMMANDS.values()]


@pytest.mark.parametrize("command", ["", *(n for n, c in ALL.items() if isinstance(c, TyperGroup))])
def test_each_line_of_a_list_of_commands_is_one_line(command: str) -> None:
    panels = re.split(r"^╭─ .*(?:Options|Directories) .*$", _help(command), flags=re.MULTILINE)[-1]
    rows = re.findall(r"^│ (.*?) *│$", panels.partition("╭")[2], re.MULTILINE)
    commands = cast("TyperGroup", ALL[command] if command else ROOT).commands
    assert {row.split()[0] for row in rows} == set(commands), "a line is broken"
    for row in rows:
        assert CHINESE.search(row)
        assert ENGLISH.search(re.split(r" ?/ ", row, maxsplit=1)[1])


@pytest.mark.parametrize("command", ["", *ALL])
def test_nothing_is_cut_on_a_narrow_terminal(command: str) -> None:
    shown = _help(command)
    assert "…" not in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= COLUMNS


@pytest.mark.parametrize("command", ALL)
def test_every_option_is_explained_in_both_languages(command: str) -> None:
    for parameter in ALL[command].params:
        said = getattr(parameter, "help", None)
        assert said, (command, parameter.name)
        assert "[" not in said, "Rich takes words in brackets for a style and shows nothing"
        if said != "DuckDB SQL":
            assert CHINESE.search(said), (command, parameter.name)
            assert ENGLISH.search(said), (command, parameter.name)


@pytest.mark.parametrize("command", [n for n, c in ALL.items() if n not in ("layout", "export")])
def test_every_command_shows_an_example_of_itself(command: str) -> None:
    examples = re.findall(r"^ \$ (.+?) *$", _help(command), re.MULTILINE)
    assert examples
    for example in examples:
        program, *words = shlex.split(example)
        assert program == "yusuan"
        named = " ".join(words)
        assert named.startswith(command)
        called = max((n for n in ALL if f"{named} ".startswith(f"{n} ")), key=len)
        known = {o for p in ALL[called].params if isinstance(p, TyperOption) for o in p.opts}
        assert {w for w in words if w.startswith("-")} <= known, example
