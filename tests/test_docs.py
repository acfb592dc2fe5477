"""What pages say of commands: each exists, with its options; README shows what is printed."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from typer.core import TyperOption

from tests.commands import asked
from tests.conftest import ROOT
from tests.test_help import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Installation

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: A command that is named: in a line of a block, or between backticks.
_IN_BLOCK = re.compile(r"^(?:\$ )?(?:sudo )?(?:\S*/)?yusuan (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`(?:\.venv/bin/)?yusuan ([^`]+)`")
_BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"^\$ \.venv/bin/yusuan (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def _named(text: str) -> Iterator[str]:
    for block in _BLOCK.findall(text):
        yield from _IN_BLOCK.findall(block)
    yield from _INLINE.findall(_BLOCK.sub("", text))


def _words(said: str) -> list[str]:
    """Words of a command as far as it goes: not its comment, nor what it is piped into."""
    split = shlex.shlex(said.replace("\\|", "/"), posix=True, punctuation_chars=True)
    split.commenters = "#"
    words = list(split)
    end = next((i for i, w in enumerate(words) if w in ("|", ">", ";", "&&")), len(words))
    return words[:end]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    for said in _named(page.read_text("utf-8")):
        words = _words(said)
        if words[0].startswith(("-", "…")) or words[0].isupper():
            continue  # `yusuan --help`, `yusuan X`
        path = " ".join(words[:2]) if " ".join(words[:2]) in ALL else words[0]
        assert path in ALL, (said, "there is no such command")
        known = {
            option for p in ALL[path].params if isinstance(p, TyperOption) for option in p.opts
        }
        used = {w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)}
        assert used <= known | {"--help"}, (said, "there is no such option")


def test_pages_name_commands() -> None:
    assert sum(len(list(_named(page.read_text("utf-8")))) for page in PAGES) > 100


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_target_of_make_that_a_page_names_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = page.read_text("utf-8")
    said = re.findall(r"`make ([a-z -]+)`", text)
    said += re.findall(r"^make ([a-z -]+?)(?: +#|$)", text, re.MULTILINE)
    assert {target for words in said for target in words.split()} <= targets


def test_the_examples_of_readme_print_what_they_show(seeded: Installation) -> None:
    examples = [
        found
        for block in _BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
        for found in _EXAMPLE.findall(block)
    ]
    assert len(examples) > 2
    for said, shown in examples:
        printed = asked(seeded, *_words(said)).stdout
        assert [line.rstrip() for line in printed.strip().splitlines()] == [
            line.rstrip() for line in shown.strip().splitlines()
        ], said
