"""What a picture shows and what its colours mean, on standard error: answers may be piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.screens.console import errors, text

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.serve.places import Picture


def picture(path: Path, found: Picture) -> None:
    """Where it was written, what each frame is, and what stands on other pages."""
    pages = ", ".join(f"第{page.page_no}页 p{page.page_no}" for page in found.pages)
    errors.print(f"图 picture  {text(path)}  {pages}", soft_wrap=True, highlight=False)
    for page in found.pages:
        for frame in page.frames:
            colour = "{:02x}{:02x}{:02x}".format(*frame.colour.rgb)
            errors.print(
                f"    [#{colour}]■[/] p{page.page_no} {frame.colour.zh} {frame.colour.en}: "
                f"{frame.zh} {frame.en}",
                soft_wrap=True,
                highlight=False,
            )
    for page in found.elsewhere:
        said = ", ".join(f"{frame.zh} {frame.en}" for frame in page.frames)
        errors.print(
            f"    第{page.page_no}页 p{page.page_no}，不在图上 not on the picture: {said}",
            soft_wrap=True,
            highlight=False,
        )
