"""Export the published build as files that other tools read, with a data package beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.serve.export.build import published_build
from pipelines.serve.export.place import assert_replaceable, replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from pipelines.serve.export.build import PublishedBuild
    from pipelines.serve.export.written import Output
    from pipelines.settings import Settings


@dataclass(frozen=True)
class ExportedFiles:
    """What was written: the build, where, how many tables and rows, how many bytes."""

    build_id: str
    directory: str
    tables: int
    rows: int
    bytes: int
    notes: list[str]


def export_parquet(
    settings: Settings, directory: Path, roles: Collection[str] = ()
) -> ExportedFiles:
    """A Parquet file a table.

    Args:
        settings: The installation.
        directory: Where to; made, or replaced if it holds an earlier export.
        roles: Roles of tables; those declared as exported if none are given.

    Raises:
        NothingPublishedError, StaleBuildError, UnknownRoleError: see ``export.build``.
        NotAnExportError: something else is in the directory.
    """
    from pipelines.serve.export.parquet_files import write_parquet

    return _export(settings, directory, roles, write_parquet)


def export_csv(
    settings: Settings, directory: Path, roles: Collection[str] = (), *, excel: bool = False
) -> ExportedFiles:
    """A CSV file a table; ``excel``: so that a spreadsheet opens it unharmed.

    Raises:
        As ``export_parquet``.
    """
    from pipelines.serve.export.csv_files import write_csv

    def write(build: PublishedBuild, new: Path) -> Output:
        return write_csv(build, new, excel=excel)

    return _export(settings, directory, roles, write)


def export_xlsx(settings: Settings, directory: Path, roles: Collection[str] = ()) -> ExportedFiles:
    """One workbook, a sheet a table.

    Raises:
        TooManyRowsError: a table does not fit on a sheet.
        Others as ``export_parquet``.
    """
    from pipelines.serve.export.workbook import write_workbook

    return _export(settings, directory, roles, write_workbook)


def _export(
    settings: Settings,
    directory: Path,
    roles: Collection[str],
    write: Callable[[PublishedBuild, Path], Output],
) -> ExportedFiles:
    from pipelines.serve.export.package import write_package

    assert_replaceable(directory.expanduser().resolve())
    with published_build(settings, roles) as build, replacing(directory) as new:
        output = write(build, new)
        write_package(build, output, new)
        return ExportedFiles(
            build_id=build.info["build_id"],
            directory=str(directory),
            tables=len(build.tables),
            rows=sum(build.counts.values()),
            bytes=sum(path.stat().st_size for path in new.iterdir()),
            notes=output.notes,
        )
