"""Files made to do harm, in one night beside a good one: each waits and says why; nothing leaks."""

from __future__ import annotations

import os
import random
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from pipelines.documents import limits, media
from pipelines.extract.readers import READERS, extract
from schemas.code_lists import code_list
from tests.conftest import Installation
from tests.generator.books.word import package, paragraph
from tests.ole import ole, workbook
from tests.zips import ENCRYPTED, UNIX_LINK, Entry, overlapping, packed, zipped

SECRET = "a-secret-of-this-machine"  # noqa: S105 - of no use to anybody
FACTS = "SELECT * EXCLUDE (statement_version_id) FROM fact_project_funding ORDER BY ALL"


def word(body: str) -> bytes:
    """A Word document."""
    return package(body)


def with_part(name: str, content: bytes, other: bytes | None = None) -> bytes:
    """A Word document with a part more, or another one."""
    kept = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(other or word(paragraph("甲")))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return kept.getvalue()


def book(sheet: bytes, **parts: bytes) -> bytes:
    """A workbook of one sheet, as little of it as a reader asks for."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    held = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
            f'{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{kinds}.worksheet+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r" Type="{of}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{of}"><sheets><sheet name="表" sheetId="1" '
            'r:id="r"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r" Type="{of}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>"
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet.replace(b"{}", f'xmlns="{main}"'.encode()),
    }
    return zipped(held | {name.replace("__", "/"): content for name, content in parts.items()})


def laughs(name: str = "x") -> bytes:
    """Ten entities, each ten times the one before; and one that names a file."""
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11)
    )
    leak = '<!ENTITY f SYSTEM "file:///etc/passwd">'
    return f"<!DOCTYPE {name} [{entities}{leak}]>".encode()


_ROW = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
_SHEET = b"<worksheet {}>%s<sheetData>%s</sheetData></worksheet>"


def sheet(rows: bytes = _ROW % b"1", before: bytes = b"") -> bytes:
    return _SHEET % (before, rows)


@dataclass(frozen=True)
class Hostile:
    """A file, and the rules of which at least one tells of it; none: it is read as text."""

    data: bytes
    rules: tuple[str, ...]


def hostile() -> dict[str, Hostile]:
    """Files by name."""
    noise = random.Random(8).randbytes  # noqa: S311 - the same each time
    limit, damaged = ("document_limits", "reader_limits"), ("unreadable_document",)
    unsafe, nothing = ("document_unsafe",), ("page_without_content", "no_grid")
    blank = bytes(limits.RATIO_FROM + limits.MIB)
    text = b"<p>" + b"A" * 4 * limits.MIB + b"</p>"
    tables = b"<table>" * 50_000
    return {
        "bomb.zip": Hostile(zipped({"a.txt": blank}), limit),
        "overlapping.zip": Hostile(overlapping(5000, noise(900)), ("member_unsafe",)),
        "nested.zip": Hostile(_nested(limits.NESTING + 2), limit),
        "up.zip": Hostile(packed(Entry(b"../../../escaped.txt")), ("member_unsafe",)),
        "absolute.zip": Hostile(packed(Entry(b"/tmp/escaped.txt")), ("member_unsafe",)),
        "link.zip": Hostile(
            packed(Entry(b"link", b"/etc/passwd", attributes=UNIX_LINK)), ("member_unsafe",)
        ),
        "locked.zip": Hostile(packed(Entry(b"a.txt", flags=ENCRYPTED)), ("encrypted_document",)),
        "cut.zip": Hostile(zipped({"a.txt": noise(999)})[:-40], damaged),
        "bomb.docx": Hostile(with_part("word/styles.xml", blank), ("no_grid", *limit)),
        "body.docx": Hostile(with_part("word/document.xml", blank), limit),
        "laughs.docx": Hostile(with_part("word/document.xml", laughs() + b"<x>&a10;</x>"), unsafe),
        "outside.docx": Hostile(
            with_part("word/document.xml", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'), unsafe
        ),
        "deep.docx": Hostile(word("<w:tbl><w:tr><w:tc>" * 5000), damaged),
        "cut.docx": Hostile(word(paragraph("甲" * 999))[:-60], damaged),
        "locked.docx": Hostile(ole({"EncryptedPackage": b""}), ("encrypted_document",)),
        "locked.xls": Hostile(
            ole({"Workbook": workbook(is_encrypted=True)}), ("encrypted_document",)
        ),
        "circle.xls": Hostile(_circle(), (*damaged, "unsupported_media_type")),
        "laughs.html": Hostile(laughs("html") + b"<html><p>&a10;&f;</p></html>", nothing),
        "text.html": Hostile(b"<html>" + text + b"</html>", limit),
        "deep.html": Hostile(b"<html>" + tables, (*nothing, *damaged, *limit, "reader_died")),
        "spans.html": Hostile(
            b"<html><table><tr><td colspan=99999999 rowspan=99999999>1</td></tr></table></html>",
            (),
        ),
        "zeros.txt": Hostile(bytes(4096), ("empty_document",)),
        "line.txt": Hostile(b"a\t" * 20_000, limit),
        "quotes.csv": Hostile(b'a,b\n1,2\n"' + b"x,\n" * 120_000, limit),
    } | (workbooks(limit, unsafe) if media.XLSX in READERS else {})


def workbooks(limit: tuple[str, ...], unsafe: tuple[str, ...]) -> dict[str, Hostile]:
    """Workbooks that claim, hold or inflate to more than any sheet."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n * 16) for n in range(1, 9))
    strings = b"<sst>" + b"<si><t>%s</t></si>" % (b"A" * 1000) * 100_000 + b"</sst>"
    return {
        "claims.xlsx": Hostile(book(sheet(before=b'<dimension ref="A1:XFD1048576"/>')), ()),
        "lies.xlsx": Hostile(book(sheet(_ROW % b"1" + many, b'<dimension ref="A1"/>')), ()),
        "far.xlsx": Hostile(book(sheet(_ROW % b"1" + far)), ()),
        "strings.xlsx": Hostile(book(sheet(), **{"xl__sharedStrings.xml": strings}), limit),
        "laughs.xlsx": Hostile(book(laughs() + sheet(_ROW % b"&a10;&f;")), unsafe),
        "formula.xlsx": Hostile(book(sheet(_ROW % b"=cmd|' /C calc'!A0")), ()),
        "merged.xlsx": Hostile(
            book(sheet().replace(
                b"</sheetData>",
                b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            )), (),
        ),
    }  # fmt: skip


def _nested(depth: int) -> bytes:
    data = b"1"
    for level in range(depth):
        data = zipped({"a.zip" if level else "a.txt": data})
    return data


def _circle() -> bytes:
    """A workbook's stream whose sectors follow one another in a circle."""
    data = bytearray(ole({"Workbook": workbook()}))
    table = 512 + 4 * 3
    data[table : table + 4] = (2).to_bytes(4, "little")
    return bytes(data)


@dataclass(frozen=True)
class Night:
    """A night over all of them and the seed, and what it wrote anywhere but in the warehouse."""

    installation: Installation
    written: list[str]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    root = tmp_path_factory.mktemp("hostile")
    home, temporary, installed = root / "home", root / "tmp", root / "installed"
    for made in (home, temporary, installed):
        made.mkdir()
        (made / "kept").write_text(SECRET, encoding="utf-8")
    installation = Installation(installed)
    installation.put_seed()
    for name, each in hostile().items():
        installation.put(name, each.data)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HOME", str(home))
        patched.setenv("TMPDIR", str(temporary))
        patched.setattr("tempfile.tempdir", None)
        patched.chdir(home)
        before = seen(root, installation.settings.warehouse)
        assert installation.run().published
        after = seen(root, installation.settings.warehouse)
    return Night(installation, [path for path, _ in sorted(before ^ after)])


def seen(root: Path, but: Path) -> set[tuple[str, int]]:
    """Every file and folder below, but of one folder, and when a file was written."""
    found: set[tuple[str, int]] = set()
    for directory, _, names in os.walk(root):
        if not Path(directory).is_relative_to(but):
            found.add((directory, 0))
            found |= {(f"{directory}/{n}", Path(directory, n).lstat().st_mtime_ns) for n in names}
    return found


@pytest.mark.slow
def test_nothing_is_written_outside_of_the_warehouse(night: Night) -> None:
    assert night.written == []
    assert not Path("/tmp/escaped.txt").exists()  # noqa: S108 - where an archive wants it


@pytest.mark.slow
def test_each_waits_and_says_why(night: Night) -> None:
    waiting: dict[str, set[str]] = {}
    for path, rule, found, remedy in night.installation.rows(
        "SELECT d.path, rule_id, found, remedy FROM quarantine_item q "
        "JOIN dim_document d ON d.document_id = q.document_id"
    ):
        waiting.setdefault(path, set()).add(rule)
        assert found
        assert remedy
    assert {rule for rules in waiting.values() for rule in rules} <= set(
        code_list("rules")["rule_id"]
    )
    wrong = {
        name: waiting.get(name)
        for name, each in hostile().items()
        if not waiting.get(name) or (each.rules and not waiting[name] & set(each.rules))
    }
    assert wrong == {}


@pytest.mark.slow
def test_nothing_of_the_machine_is_read(night: Night) -> None:
    for path in night.installation.settings.cache.rglob("*.parquet"):
        content = path.read_bytes()
        assert SECRET.encode() not in content
        assert b"root:x:0" not in content


@pytest.mark.slow
def test_no_other_document_is_harmed(night: Night, seeded: Installation) -> None:
    assert night.installation.rows(FACTS) == seeded.rows(FACTS)
    again = night.installation.run()
    assert not again.published
    assert again.scan.events == []


def test_text_that_looks_like_a_formula_stays_text() -> None:
    formula = workbooks((), ())["formula.xlsx"]
    extraction = extract("0" * 64, formula.data)
    assert extraction.cells["text"].to_list() == ["=cmd|' /C calc'!A0"]
