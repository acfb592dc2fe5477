"""Suggestions, and what became of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from pipelines.screens.console import console, errors, grid, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.serve.review import Suggestion


def suggested(found: Sequence[Suggestion]) -> None:
    """Every suggestion with what speaks for it, and how to answer."""
    if not found:
        console.print("没有建议 / nothing is suggested")
        return
    grid(
        ["建议 id", "类 sort", "此 this", "或即 may be", "分 score", "依据 evidence", "状态 state"],
        [[s.suggestion_id[:8], s.sort, s.left, s.right, s.score, s.evidence, s.state]
         for s in found],
    )  # fmt: skip
    for said in ("accept", "reject"):
        console.print(
            f'yusuan review {said} {found[0].suggestion_id[:8]} --why "…" --config DIR',
            highlight=False, soft_wrap=True,
        )  # fmt: skip


def answers_waiting(said: Sequence[str]) -> None:
    """Answers that no projects match: a mistake, or a list that is not here yet."""
    for one in said:
        errors.print(
            f"[yellow]注意 note[/] 未能对应的答复 an answer that matches none: {escape(one)}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip


def answered(written: Sequence[tuple[Suggestion, Path]]) -> None:
    """Which row stands where now."""
    for suggestion, path in written:
        console.print(
            f"{suggestion.suggestion_id[:8]}  {text(suggestion.left)} → {text(suggestion.right)}  "
            f"{text(path)}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    console.print("下次运行时生效 / counts from the next night on: yusuan ingest", highlight=False)
