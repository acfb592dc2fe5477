"""What an export did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.screens.console import console, errors

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.serve.export.files import ExportedFiles
    from pipelines.serve.export.postgres import ExportedSchema


def files(made: ExportedFiles) -> None:
    """What was written where; what a reader of it must know goes to standard error."""
    _line(
        f"已导出 exported: 版本 build {made.build_id}  表 tables {made.tables}  行 rows "
        f"{made.rows:,}  字节 bytes {made.bytes:,} → {made.directory}"
    )
    for note in made.notes:
        _line(note, errors)


def postgres(found: ExportedSchema) -> None:
    """What is in PostgreSQL now, and what rests on the tables before."""
    said = "已导出 exported" if found.is_new else "已是此版本，未作改动 this build is there already"
    before = f"（此前 before: {found.before}）" if found.is_new and found.before else ""
    _line(f"{said}: 版本 build {found.build_id}{before}")
    _line(f"模式 schema {found.schema}  表 tables {found.tables}  行 rows {found.rows}")
    for name in found.stale:
        _line(
            f"注意 note: {name} 仍读旧版本 {found.before}，须重建 / still reads the build before: "
            "create it anew"
        )
    for name in found.kept:
        _line(
            f"注意 note: {name} 仍有人使用，下次导出再删 / is still in use; the next export tries "
            "to drop it again"
        )


def _line(text: str, to: Console = console) -> None:
    to.print(text, markup=False, highlight=False, soft_wrap=True)
