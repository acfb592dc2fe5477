"""Pictures of the manual: ``python -m tests.morning.pictures docs/pictures``."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.text import Text

from tests.browser import browser
from tests.morning.home import prepared
from tests.morning.pages import Operator
from tests.morning.ui import ui

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from pipelines.settings import Settings

#: Bytes of a picture.
LARGEST = 200_000
#: What is typed in a terminal of a morning.
_COMMANDS = (
    ("doctor",),
    ("ingest",),
    ("quarantine", "{item}"),
    ("reprocess", "--place", "guangzhou", "--year", "1999"),
)
#: Where the manual's installation is: pictures are the same wherever they are made.
_SHOWN_ROOT = "/srv/yusuan"
#: Says of every path of the page that it is there.
_MOVED = """([root, shown]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) text.data = text.data.replaceAll(root, shown);
}"""
_COLUMNS = 150
#: Two columns a Chinese character, one a letter.
_PAGE = """<html><style>
pre { width: 1360px; margin: 0; padding: 20px; white-space: pre-wrap; word-break: break-all;
      font: 18px/1.3 "Noto Sans Mono CJK SC" }
i { font: 14.95px/1 "DejaVu Sans Mono" }
</style><body style="margin:0;background:#fff"><pre id="all">{}</pre></body></html>"""
#: Lines of tables, which the Chinese font draws two columns wide.
_LINES = re.compile("[\u2500-\u257f✓✗…]+")


def pictures(directory: Path, root: Path) -> list[Path]:
    """Make a home below ``root``, open its interface, and write a PNG for each page."""
    settings = prepared(root)
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    with browser() as opened:
        with ui(settings) as address:
            person = Operator.at(opened, address)
            for name, look in (
                ("graph", person.graph),
                ("lineage", person.lineage),
                ("runs", person.runs),
                ("night", person.night),
                ("failed-night", person.failed_night),
                ("plots", person.plots),
                ("asset", person.asset),
                ("identity", person.broken_identity),
                ("build-check", person.broken_build_check),
                ("launchpad", person.launchpad),
            ):
                look()
                person.page.evaluate(_MOVED, [str(root), _SHOWN_ROOT])
                path = directory / f"{name}.png"
                _write(path, person.page.screenshot())
                written.append(path)
        path = directory / "terminal.png"
        _write(path, _terminal(opened, settings))
    return [*written, path]


def _write(path: Path, png: bytes) -> None:
    """A PNG with a palette of the colours that are there, however little they cover.

    Raises:
        ValueError: it is too large for a manual.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    colours = picture.quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path}: {path.stat().st_size} bytes, expected {LARGEST} at most")


def _terminal(opened: Browser, settings: Settings) -> bytes:
    """What commands say, as a terminal shows it."""
    program = Path(sys.executable).with_name("yusuan")
    environment = {
        **os.environ, **settings.environment(), "PATH": f"{program.parent}:{os.environ['PATH']}",
        "COLUMNS": str(_COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color",
    }  # fmt: skip

    def said(*arguments: str) -> str:
        done = subprocess.run([program, *arguments], env=environment, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        return _elsewhere(done.stdout, str(settings.raw.parent))

    items = json.loads(said("quarantine", "--json"))
    item = next(i["item_id"] for i in items if i["rule_id"] == "identity_broken")[:8]
    shown = []
    for command in _COMMANDS:
        typed = [word.format(item=item) for word in command]
        shown.append(f"<b>$ yusuan {escape(' '.join(typed))}</b>\n{_html(said(*typed))}")
    page = opened.new_page(viewport={"width": 1400, "height": 900}, device_scale_factor=1)
    page.set_content(_PAGE.replace("{}", "\n".join(shown)))
    taken: bytes = page.locator("#all").screenshot()
    return taken


def _elsewhere(text: str, root: str) -> str:
    """What was said below ``root`` as it is said below the manual's; tables stay as wide."""
    in_table = re.compile(re.escape(root) + r"([^│\n]*)│")
    pad = " " * (len(root) - len(_SHOWN_ROOT))
    return in_table.sub(rf"{_SHOWN_ROOT}\g<1>{pad}│", text).replace(root, _SHOWN_ROOT)


def _html(ansi: str) -> str:
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(ansi), soft_wrap=True)
    html = console.export_html(inline_styles=True, code_format="{code}")
    return _LINES.sub(r"<i>\g<0></i>", html)


def main() -> None:
    """Write all pictures into a directory."""
    with TemporaryDirectory(prefix="yusuan-") as root:
        for path in pictures(Path(sys.argv[1]), Path(root)):
            print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
