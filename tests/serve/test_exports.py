"""Exports: every row and value comes back, text stays text, and no directory is lost."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import polars as pl
import pytest

from pipelines.serve.export import files, workbook
from pipelines.serve.export.cells import CUT, TEXT_UNITS
from pipelines.serve.export.place import NotAnExportError
from pipelines.serve.export.tables import exported_tables, foreign_keys
from pipelines.serve.export.workbook import TooManyRowsError, sheet_names
from tests.commands import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.registry import TableSpec
    from tests.conftest import Installation

FORMS = {
    "parquet": ("parquet",),
    "csv": ("csv",),
    "excel": ("csv", "--excel"),
    "xlsx": ("xlsx",),
}
#: Names that a spreadsheet would run, link, or read as something else, and what CSV must quote.
HOSTILE = (
    '=HYPERLINK("http://x.test","y")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1",
    "'quoted", "2010301", "00123", "12345678901234567890", "1e10", "2023-12", "1/2", "2023年12月",
    "(100)", "（100）", "$5", "￥5.00", ".5", "１２", "1e+5", "5 ", "9:30 AM", "true", "Mar 1",
    "{=1}", "<r>&amp;</r>", "https://x.test", 'a,"b"\nc', " = 1", "_x0041_", "“”①Ａ",
)  # fmt: skip
LONG = "长" * (TEXT_UNITS + 10)
#: More digits than Excel holds; the most it holds; one that a float spells otherwise.
AMOUNTS = (Decimal("1234567890123456.78"), Decimal("1234567890123.45"), Decimal("0.07"))


@pytest.fixture
def hostile(seeded: Installation) -> Installation:
    """A published build with the most awkward values that its tables may hold."""
    with duckdb.connect(str(seeded.settings.published)) as connection:
        ((unit,),) = connection.execute("SELECT body_id FROM dim_body").fetchall()
        projects = [(hashlib.sha256(n.encode()).hexdigest()[:20], unit, n) for n in HOSTILE]
        connection.executemany("INSERT INTO dim_project VALUES (?, ?, ?)", projects)
        connection.execute("UPDATE dim_body SET valid_from = '1850-02-03', valid_to = '2023-12-31'")
        lines = connection.execute("SELECT fact_id FROM fact_project_funding ORDER BY 1").fetchall()
        changed = [(a, fact) for a, (fact,) in zip(AMOUNTS, lines, strict=False)]
        connection.executemany(
            "UPDATE fact_project_funding SET amount_yuan = ? WHERE fact_id = ?", changed
        )
        connection.execute("UPDATE statement_join SET detail = ?", [LONG])
    return seeded


def exported(installation: Installation, form: str, directory: Path) -> dict[str, Any]:
    """Export in a form; the descriptor."""
    done = asked(installation, "export", *FORMS[form], str(directory))
    assert done.exit_code == 0, done.output
    text = (directory / "datapackage.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


def held(installation: Installation, spec: TableSpec) -> list[tuple[Any, ...]]:
    """What the build holds of a table, in the order of its key."""
    return installation.rows(f"SELECT * FROM {spec.name} ORDER BY {', '.join(spec.key)}")


def from_parquet(directory: Path, spec: TableSpec) -> list[tuple[Any, ...]]:
    frame = pl.read_parquet(directory / f"{spec.name}.parquet")
    utc = pl.Datetime("us", "UTC")
    assert {c for c, t in frame.schema.items() if t == utc} == {
        c.name for c in spec.columns if isinstance(c.dtype, pl.Datetime)
    }
    shown = frame.with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
    assert shown.schema == spec.polars_schema()
    return shown.rows()


def parsed(text: str | None, dtype: pl.DataType, *, nullable: bool) -> Any:
    """A field of CSV as its type; an empty one of a text that is always there is that text."""
    if text is None or (text == "" and (nullable or not isinstance(dtype, pl.String))):
        return None
    if isinstance(dtype, pl.Decimal):
        assert len(text.partition(".")[2]) == dtype.scale
        return Decimal(text)
    if isinstance(dtype, pl.Datetime):
        assert text.endswith("Z")
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    readers: dict[type[pl.DataType], Callable[[str], Any]] = {
        pl.String: str,
        pl.Boolean: {"true": True, "false": False}.__getitem__,
        pl.Date: date.fromisoformat,
        pl.Float64: float,
        pl.Int32: int,
        pl.Int64: int,
    }
    return readers[type(dtype)](text)


def from_csv(directory: Path, spec: TableSpec, *, excel: bool = False) -> list[tuple[Any, ...]]:
    data = (directory / f"{spec.name}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == excel
    assert data.endswith(b"\r\n")
    text = data.decode("utf-8-sig" if excel else "utf-8")
    header, *lines = csv.reader(text.splitlines(keepends=True), strict=True)
    assert header == spec.column_names()
    if excel:
        lines = [[cell.removeprefix("'") for cell in line] for line in lines]
    return [
        tuple(
            parsed(cell, column.dtype, nullable=column.nullable)
            for cell, column in zip(line, spec.columns, strict=True)
        )
        for line in lines
    ]


def from_excel_csv(directory: Path, spec: TableSpec) -> list[tuple[Any, ...]]:
    return from_csv(directory, spec, excel=True)


def from_workbook(directory: Path, spec: TableSpec) -> list[tuple[Any, ...]]:
    sheet = sheet_of(directory, spec)
    header, *lines = sheet.iter_rows(values_only=True)
    assert list(header) == spec.column_names()
    return [
        tuple(
            from_cell(cell, column.dtype, nullable=column.nullable)
            for cell, column in zip(line, spec.columns, strict=True)
        )
        for line in lines
    ]


def from_cell(cell: Any, dtype: pl.DataType, *, nullable: bool) -> Any:
    """A cell as its type: text must be text, a number a number, unless Excel cannot hold it."""
    if cell is None:
        return None if nullable or not isinstance(dtype, pl.String) else ""
    if isinstance(dtype, pl.String):
        assert isinstance(cell, str)
        return unescaped(cell)
    if isinstance(dtype, pl.Boolean):
        assert isinstance(cell, bool)
        return cell
    if isinstance(dtype, pl.Decimal):
        return round(Decimal(str(cell)), dtype.scale)
    if isinstance(dtype, pl.Date) and isinstance(cell, datetime):
        return cell.date()
    return cell if not isinstance(cell, str) else parsed(cell, dtype, nullable=nullable)


def unescaped(cell: str) -> str:
    """Text as Excel shows it: openpyxl leaves the escapes of ST_Xstring."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), cell)


@cache
def book_of(directory: Path) -> Any:
    return openpyxl.load_workbook(directory / workbook.PATH)


def sheet_of(directory: Path, spec: TableSpec) -> Any:
    return book_of(directory)[sheet_names(exported_tables())[spec.name]]


READERS = {
    "parquet": from_parquet,
    "csv": from_csv,
    "excel": from_excel_csv,
    "xlsx": from_workbook,
}


def as_held(row: tuple[Any, ...], form: str) -> tuple[Any, ...]:
    """What a workbook can hold of a row: shares to 16 digits, text up to Excel's limit."""
    if form != "xlsx":
        return row
    floats = [float(f"{v:.16G}") if isinstance(v, float) else v for v in row]
    return tuple(
        v[: TEXT_UNITS - len(CUT)] + CUT if isinstance(v, str) and len(v) > TEXT_UNITS else v
        for v in floats
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_row_and_value_comes_back(hostile: Installation, tmp_path: Path, form: str) -> None:
    described = exported(hostile, form, tmp_path / "out")
    specs = exported_tables()
    assert [r["name"] for r in described["resources"]] == [spec.name for spec in specs]
    for spec, resource in zip(specs, described["resources"], strict=True):
        expected = [as_held(row, form) for row in held(hostile, spec)]
        assert READERS[form](tmp_path / "out", spec) == expected, spec.name
        assert resource["rows"] == len(expected)
    assert sum(resource["rows"] for resource in described["resources"]) > 1000


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_of_a_build_are_equal_byte_for_byte(
    hostile: Installation, tmp_path: Path, form: str
) -> None:
    exported(hostile, form, tmp_path / "one")
    exported(hostile, form, tmp_path / "two")
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two
    if form == "xlsx":
        with zipfile.ZipFile(tmp_path / "one" / workbook.PATH) as book:
            assert {entry.date_time[0] for entry in book.infolist()} == {1980}


def test_text_stays_text_in_a_workbook(hostile: Installation, tmp_path: Path) -> None:
    exported(hostile, "xlsx", tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / workbook.PATH) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        tables = [book.read(name) for name in sheets[1:]]
    assert len(tables) == len(exported_tables())
    assert not [xml for xml in tables if b"<f>" in xml or b"<hyperlink" in xml]
    spec = next(spec for spec in exported_tables() if spec.name == "dim_project")
    cells = sheet_of(tmp_path / "out", spec)["C"]
    found = {unescaped(cell.value): cell.data_type for cell in cells}
    assert {name: found.get(name) for name in HOSTILE} == dict.fromkeys(HOSTILE, "s")


def test_a_spreadsheet_runs_and_changes_nothing_of_a_csv_for_it(
    hostile: Installation, tmp_path: Path
) -> None:
    exported(hostile, "excel", tmp_path / "out")
    text = (tmp_path / "out" / "dim_project.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    harmless = {"2010301", "{=1}", "<r>&amp;</r>", "https://x.test", 'a,"b"\nc', "_x0041_", "“”①Ａ"}
    shown = {row["name"] for row in rows}
    assert {f"'{name}" for name in HOSTILE if name not in harmless} | harmless <= shown
    amounts = (tmp_path / "out" / "fact_project_funding.csv").read_text(encoding="utf-8-sig")
    assert ",1234567890123456.78," in amounts


def test_a_workbook_says_what_excel_cannot_hold(hostile: Installation, tmp_path: Path) -> None:
    exported(hostile, "xlsx", tmp_path / "out")
    book = book_of(tmp_path / "out")
    about = {row[0]: row for row in book.worksheets[0].iter_rows(values_only=True) if row[0]}
    assert about["fact_project_funding"][6] == "amount_yuan: 1 长数字为文本 numbers as text"
    assert about["statement_join"][6] == "detail: 1 截断 cut"
    assert not about["dim_region"][6]
    assert about["构建 build"][1] == hostile.value("SELECT build_id FROM build_info")
    cells = {cell.value: cell for cell in book["fact_project_funding"]["H"]}
    assert cells["1234567890123456.78"].data_type == "s"
    assert cells[1234567890123.45].number_format == "#,##0.00"
    assert "元" in book["fact_project_funding"]["H1"].comment.text
    assert {sheet.freeze_panes for sheet in book.worksheets[1:]} == {"A2"}
    assert all(sheet.auto_filter.ref for sheet in book.worksheets[1:])
    assert book["dim_body"].column_dimensions["B"].width > 30


def test_what_a_table_refers_to_goes_before_it() -> None:
    specs = exported_tables()
    place = {spec.name: number for number, spec in enumerate(specs)}
    referred = [(s.name, t) for s in specs for _, t, _ in foreign_keys(s, specs) if t != s.name]
    assert len(referred) > 100
    assert not [(name, table) for name, table in referred if place[table] > place[name]]


def test_operation_and_history_are_exported_only_when_asked_for(
    seeded: Installation, tmp_path: Path
) -> None:
    names = {spec.name for spec in exported_tables()}
    assert {"fact_revenue", "dim_body", "mart_project_year", "statement", "finding",
            "control_total", "source_cell", "bridge_project_identity"} <= names  # fmt: skip
    assert not {"quarantine_item", "document_path", "history_amount"} & names
    done = asked(seeded, "export", "csv", str(tmp_path / "out"), "--role", "operation", "--json")
    assert json.loads(done.stdout)["tables"] == len(list((tmp_path / "out").glob("*.csv")))
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert "quarantine_item" in {resource["name"] for resource in described["resources"]}
    assert not [r for r in described["resources"] if "foreignKeys" in r["schema"]]
    done = asked(seeded, "export", "csv", str(tmp_path / "other"), "--role", "facts")
    assert done.exit_code == 1
    assert "facts" in str(done.exception)
    assert not (tmp_path / "other").exists()


#: The only tables of the seed's warehouse with more than 200 rows.
LARGE = ("dim_function_class", "function_class_name")


def test_more_rows_than_a_sheet_has_are_refused_before_anything_is_written(
    seeded: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 200)
    rows = [f"{name} {seeded.value(f'SELECT count(*) FROM {name}')}" for name in LARGE]
    with pytest.raises(TooManyRowsError, match=", ".join(rows)):
        files.export_xlsx(seeded.settings, tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []
    files.export_xlsx(seeded.settings, tmp_path / "out", ["fact", "mart"])


def test_an_earlier_export_is_replaced_whole_and_nothing_is_left_beside(
    seeded: Installation, tmp_path: Path
) -> None:
    out = tmp_path / "there" / "out"
    files.export_csv(seeded.settings, out)
    files.export_parquet(seeded.settings, out)
    assert {path.suffix for path in out.iterdir()} == {".parquet", ".json"}
    assert list(out.parent.iterdir()) == [out]
    (tmp_path / "empty").mkdir()
    files.export_csv(seeded.settings, tmp_path / "empty", ["mart"])
    assert (tmp_path / "empty" / "mart_project_year.csv").exists()


@pytest.mark.parametrize(
    "case", ["other files", "another package", "a file", "beside an export", "a changed export"]
)
def test_what_is_no_export_is_refused_and_kept(
    seeded: Installation, tmp_path: Path, case: str
) -> None:
    out = tmp_path / "out"
    if case == "a file":
        out.write_text("mine", encoding="utf-8")
    elif case == "beside an export":
        files.export_csv(seeded.settings, out, ["mart"])
        (out / "mine.txt").write_text("mine", encoding="utf-8")
    elif case == "a changed export":
        files.export_csv(seeded.settings, out, ["mart"])
        (out / "mart_project_year.csv").write_text("mine", encoding="utf-8")
    else:
        out.mkdir()
        name = "mine.txt" if case == "other files" else "datapackage.json"
        (out / name).write_text('{"name": "mine", "resources": []}', encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = asked(seeded, "export", "csv", str(out))
    assert done.exit_code == 1
    assert isinstance(done.exception, NotAnExportError)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("broken", ["write", "rename"])
def test_an_export_that_fails_leaves_the_earlier_one(
    seeded: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    out = tmp_path / "there" / "out"
    files.export_csv(seeded.settings, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise OSError("no space")
        return rename(path, target)

    def no_space(*_: object) -> None:
        raise OSError("no space")

    if broken == "rename":
        monkeypatch.setattr(Path, "rename", fails)
    else:
        monkeypatch.setattr("pipelines.serve.export.package.write_package", no_space)
    with pytest.raises(OSError, match="no space"):
        files.export_parquet(seeded.settings, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert list(out.parent.iterdir()) == [out]


def test_a_build_of_another_version_is_named(seeded: Installation, tmp_path: Path) -> None:
    with duckdb.connect(str(seeded.settings.published)) as connection:
        connection.execute("ALTER TABLE dim_phase RENAME name_en TO english")
    for destination in (("csv", str(tmp_path / "out")), ("postgres", "host=nowhere.invalid")):
        done = asked(seeded, "export", *destination)
        assert done.exit_code == 1
        assert str(done.exception).startswith("dim_phase: ")
    assert not (tmp_path / "out").exists()


def test_nothing_is_exported_before_anything_is_published(
    installation: Installation, tmp_path: Path
) -> None:
    for form in FORMS.values():
        done = asked(installation, "export", *form, str(tmp_path / "out"))
        assert done.exit_code == 1
        assert "yusuan ingest" in str(done.exception)
    assert not (tmp_path / "out").exists()
