"""A broken identity on a page: the second reader confirms the reading, or says where it differs."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.extract import readers, second_cache
from pipelines.extract.second_reader import SECOND_SCHEMA, read_again, reader_name
from pipelines.extract.workers import LimitReachedError
from pipelines.serve.waiting import waiting_items
from pipelines.validate.readings import validate
from pipelines.validate.second import cells_to_ask
from tests.conftest import SIDECAR
from tests.pdf.printed import HEIGHT, WRONG, Table, extraction, pdf
from tests.printing import HEADERS, Rooms, read_through, sidecar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.extract.grids import Extraction
    from tests.conftest import Installation

    Frames = dict[str, pl.DataFrame]

RIGHT = WRONG.with_cell(1, 1, "30.00").with_cell(1, 2, "30.00")
#: Unit and project row, and column, of what the first reader is made to misread.
COUNT = 16


def conformed(read: Extraction) -> Frames:
    return Rooms(*read_through([read], sidecar())).conformed


def second_of(frames: Frames, data: bytes) -> pl.DataFrame:
    asked = cells_to_ask(frames, validate(frames)["quarantine_item"])
    (statement_id,) = asked["statement_id"].unique()
    return read_again(data, asked).with_columns(
        statement_id=pl.lit(statement_id), reader=pl.lit(reader_name())
    )


def rules(accepted: Frames) -> set[str]:
    return set(accepted["quarantine_item"]["rule_id"])


def test_all_amounts_of_the_statement_are_asked() -> None:
    frames = conformed(extraction("0" * 64, WRONG))
    asked = cells_to_ask(frames, validate(frames)["quarantine_item"])
    mine = asked.filter("is_asked")
    assert mine.height == COUNT  # four rows, four columns: blank ones too
    assert set(mine["text"]) == {"40.00", "30.00", "20.00", "10.00", ""}
    assert asked.height == 5 * 7 + 3


def test_nothing_is_asked_of_what_is_not_broken_or_not_on_a_page() -> None:
    frames = conformed(extraction("0" * 64, RIGHT))
    assert cells_to_ask(frames, validate(frames)["quarantine_item"]).is_empty()
    broken = extraction("0" * 64, WRONG)
    nowhere = broken.cells.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in ("x0", "y0", "x1", "y1")
    )
    frames = conformed(replace(broken, cells=nowhere))
    accepted = validate(frames)
    assert rules(accepted) == {"identity_broken"}
    assert cells_to_ask(frames, accepted["quarantine_item"]).is_empty()


def test_confirmed_by_the_second_reader_it_is_published_as_a_finding() -> None:
    frames = conformed(extraction("0" * 64, WRONG))
    waiting = validate(frames)
    assert waiting["statement"]["status"].to_list() == ["withheld"]
    accepted = validate(frames, second=second_of(frames, pdf(WRONG)))
    assert accepted["statement"]["status"].to_list() == ["complete"]
    assert accepted["quarantine_item"].is_empty()
    findings = accepted["finding"]
    assert set(findings["finding_id"]) == set(waiting["quarantine_item"]["item_id"])
    assert set(findings["kind"]) == {"source_error"}
    (said,) = findings["confirmed_by"].unique()
    assert said.startswith(f"{reader_name()}: {COUNT} ")
    assert all("400000.00" in found for found in findings["found"])
    assert all("300000.00" in expected for expected in findings["expected"])
    broken = accepted["control_total"].filter(pl.col("verdict") == "broken")
    assert set(broken["printed_yuan"]) == {Decimal("400000.00")}
    assert accepted["fact_project_funding"]["amount_yuan"].sum() == Decimal("300000.00")


@pytest.mark.parametrize(
    ("row", "col", "text"),
    [(1, 1, "40.00"), (3, 2, "11.00"), (4, 3, "5.00"), (4, 1, "")],
)
def test_where_the_readers_differ_the_statement_is_withheld(row: int, col: int, text: str) -> None:
    """The source is right, and the first reader errs; one cell is enough."""
    read = extraction("0" * 64, RIGHT.with_cell(row, col, text))
    frames = conformed(read)
    accepted = validate(frames, second=second_of(frames, pdf(RIGHT)))
    assert accepted["statement"]["status"].to_list() == ["withheld"]
    assert accepted["finding"].is_empty()
    assert accepted["fact_project_funding"].is_empty()
    assert rules(accepted) == {"identity_broken", "readings_differ"}
    (item,) = accepted["quarantine_item"].filter(pl.col("rule_id") == "readings_differ").to_dicts()
    printed = RIGHT.rows[row][col]
    assert item["place"].endswith(f"r{row + 1} c{col + 1}")
    assert item["found"].startswith("1 处 places: ")
    assert f"“{text}” ≠ “{printed}”" in item["found"]
    assert "pdfplumber" in item["expected"]
    assert item["remedy"]


def test_a_lost_row_is_not_confirmed_away() -> None:
    lost = replace(RIGHT, rows=RIGHT.rows[:-1])
    frames = conformed(extraction("0" * 64, lost))
    accepted = validate(frames, second=second_of(frames, pdf(RIGHT)))
    assert accepted["statement"]["status"].to_list() == ["withheld"]
    found = accepted["quarantine_item"].filter(pl.col("rule_id") == "readings_differ")
    assert found["found"].item().count("无 / nothing” ≠ “20.00”") == 2


def test_a_doubled_row_is_not_confirmed_away() -> None:
    """Read once more below the table, where nothing is printed."""
    doubled = replace(RIGHT, rows=(*RIGHT.rows, RIGHT.rows[-1]))
    frames = conformed(extraction("0" * 64, doubled))
    accepted = validate(frames, second=second_of(frames, pdf(RIGHT)))
    assert accepted["statement"]["status"].to_list() == ["withheld"]
    found = accepted["quarantine_item"].filter(pl.col("rule_id") == "readings_differ")
    assert found["found"].item().count("“20.00” ≠ “”") == 2


def second_of_all(frames: Frames, data: bytes) -> Frames:
    """What is accepted after a second reading, if one is asked for."""
    asked = cells_to_ask(frames, validate(frames)["quarantine_item"])
    second = None if asked.is_empty() else second_of(frames, data)
    return validate(frames, second=second)


def is_confirmed(data: bytes) -> bool:
    """Whether both readers, as they are, make a complete statement or a finding of a document."""
    accepted = second_of_all(conformed(readers.extract("0" * 64, data)), data)
    return "complete" in accepted["statement"]["status"] or not accepted["finding"].is_empty()


def test_a_row_printed_askew_is_not_confirmed_away() -> None:
    """Neither reader takes in what runs at an angle."""
    lost = replace(RIGHT, rows=RIGHT.rows[:-1])
    hexed = "20.00".encode("utf-16-be").hex()
    askew = f"BT /F 9 Tf 0.9984 0.0558 -0.0558 0.9984 160 400 Tm <{hexed}> Tj ET"
    assert not is_confirmed(pdf(replace(lost, extra=askew)))


def test_what_both_readers_do_not_see_is_not_confirmed_away() -> None:
    """Text stuck onto a page, pictures, and a row beyond its edge whose words stand elsewhere."""
    lost = RIGHT.with_cell(4, 1, "").with_cell(4, 2, "")
    y = HEIGHT - RIGHT.row_edges[5]
    stuck = tuple(("20.00", x + 2, y + 2) for x in RIGHT.columns[1:3])
    assert not is_confirmed(pdf(replace(lost, notes=stuck)))
    picture = f"q 55 0 0 20 {RIGHT.columns[1]} {y + 2} cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 EI Q"
    assert not is_confirmed(pdf(replace(lost, extra=picture)))
    x = RIGHT.columns[1] + 30
    glyph = (
        f"{x} {y + 9} m {x + 4} {y + 9} l {x + 4} {y + 15} l {x + 2} {y + 12} l {x} {y + 15} l f"
    )
    assert not is_confirmed(pdf(replace(lost, extra=f"{glyph[:-2]} {x + 1} {y + 10} l f")))
    words = [(text.encode("utf-16-be").hex(), x) for text, x in
             zip(("植树", "10.00", "10.00"), RIGHT.columns, strict=False)]  # fmt: skip
    beyond = "\n".join(f"BT /F 9 Tf {x + 3} -20 Td <{word}> Tj ET" for word, x in words)
    assert not is_confirmed(pdf(replace(RIGHT.with_cell(1, 1, "40.00"), extra=beyond)))
    assert is_confirmed(pdf(RIGHT.with_cell(1, 1, "40.00")))


def test_rows_without_a_rule_between_are_not_confirmed_as_one() -> None:
    whole = [tuple(text.removesuffix(".00") for text in row) for row in RIGHT.rows]
    table = replace(RIGHT, rows=tuple(whole))
    y, columns = HEIGHT - table.row_edges[4], table.columns
    rule = f"{columns[0]} {y} m {columns[-1]} {y} l S".encode()
    printed = pdf(table)
    assert rule in printed
    assert is_confirmed(printed)
    assert not is_confirmed(printed.replace(rule, b" " * len(rule)))


def test_a_number_of_two_lines_is_not_confirmed() -> None:
    """Of two rows without a rule between them, so narrow that a number might go on."""
    said = {"10.00": "1111\n2222", "20.00": "4444", "30.00": "7777", "40.00": "7777",
            "财政拨款": "财政\n拨款"}  # fmt: skip
    rows = [tuple(said.get(text, text) for text in row) for row in WRONG.rows]
    widths = (*WRONG.widths[:1], 34.0, 34.0, *WRONG.widths[3:])
    printed = pdf(replace(WRONG, rows=tuple(rows), widths=widths))
    read = readers.extract("0" * 64, printed)
    assert read.cells.filter(text="11112222").height == 2
    assert not is_confirmed(printed)


def test_a_page_bound_in_twice_is_not_confirmed() -> None:
    first = replace(RIGHT, rows=RIGHT.rows[:4])
    second = replace(first, lines=(), rows=(HEADERS, *RIGHT.rows[4:]))
    assert is_confirmed(pdf(first, second))
    assert not is_confirmed(pdf(first, second, second))


def test_an_amount_glued_of_two_pages_is_not_confirmed() -> None:
    """The second reader reads both halves, and cannot know that they are one number."""
    frames = conformed(extraction("0" * 64, WRONG))
    cells = frames["cell"]
    owner = cells.filter(pl.col("is_body") & (pl.col("text") == "10.00"))["cell_id"].first()
    other = cells.filter(pl.col("is_body") & (pl.col("text") == "20.00"))["cell_id"].first()
    is_half = pl.col("cell_id") == other
    glued = cells.with_columns(owner_id=pl.when(is_half).then(pl.lit(owner)).otherwise("owner_id"))
    second = second_of(frames, pdf(WRONG))
    assert validate(frames, second=second)["quarantine_item"].is_empty()
    accepted = validate({**frames, "cell": glued}, second=second)
    assert accepted["finding"].is_empty()
    assert rules(accepted) == {"identity_broken"}


def test_a_sum_of_a_statement_that_lacks_something_is_not_confirmed() -> None:
    read = extraction("0" * 64, WRONG)
    pages = [replace(page, flags=("large_image",)) for page in read.pages]
    frames = conformed(replace(read, pages=pages))
    accepted = validate(frames, second=second_of(frames, pdf(WRONG)))
    assert accepted["finding"].is_empty()
    assert rules(accepted) == {"identity_broken", "page_doubtful"}


def test_an_answer_confirms_only_what_it_was_asked() -> None:
    """All cells of the statement, as the first reader has them now."""
    frames = conformed(extraction("0" * 64, WRONG))
    whole = second_of(frames, pdf(WRONG))
    changed = pl.when(pl.col("second") == "20.00").then(pl.lit("2.00")).otherwise("first")
    for partial in (whole.head(-1), whole.head(0), whole.with_columns(first=changed)):
        accepted = validate(frames, second=partial)
        assert accepted["statement"]["status"].to_list() == ["withheld"]
        assert rules(accepted) == {"identity_broken"}


def test_a_second_reader_that_cannot_read_confirms_nothing() -> None:
    frames = conformed(extraction("0" * 64, WRONG))
    (statement_id,) = frames["statement"]["statement_id"]
    unread = pl.DataFrame(
        [(None, 1, None, "PdfminerException: no", "unread", False)],
        schema=SECOND_SCHEMA,
        orient="row",
    ).with_columns(statement_id=pl.lit(statement_id), reader=pl.lit(reader_name()))
    accepted = validate(frames, second=unread)
    assert accepted["statement"]["status"].to_list() == ["withheld"]
    found = accepted["quarantine_item"].filter(pl.col("rule_id") == "readings_differ")
    assert "PdfminerException: no" in found["found"].item()


class Loses(Executor):
    """Every call ends at a limit."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(LimitReachedError("took more than 1 seconds"))
        return future


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Table], None]:
    """Let the first reader see a table, whatever is printed."""

    def see(table: Table) -> None:
        def read(document_id: str, media_type: str, _: bytes) -> Extraction:
            return replace(extraction(document_id, table), media_type=media_type)

        seeing = readers.Adapter(read, is_guarded=False)
        monkeypatch.setitem(readers.READERS, "application/pdf", seeing)

    return see


def test_a_night_asks_the_second_reader_once(
    installation: Installation,
    reads: Callable[[Table], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads(WRONG)
    installation.put_with_sidecar("a.pdf", pdf(WRONG))
    assert installation.run().published
    assert waiting_items(installation.settings) == []
    assert installation.value("SELECT count(*) FROM finding") == 4
    total = installation.value("SELECT sum(amount_yuan) FROM fact_project_funding")
    assert total == Decimal("300000.00")
    assert len(list(installation.settings.cache.glob("second/*/*.parquet"))) == 1

    monkeypatch.setattr(second_cache, "guarded_by", lambda _: Loses())
    (batch,) = (installation.settings.cache / "batches").iterdir()
    (batch / "accepted" / "finding.parquet").unlink()  # made again, from the cached answer
    installation.put("b.txt", b"no table")
    installation.run()
    assert installation.value("SELECT count(*) FROM finding") == 4


def test_a_night_withholds_where_the_readers_differ_until_a_person_confirms(
    installation: Installation, reads: Callable[[Table], None]
) -> None:
    reads(WRONG)
    installation.put_with_sidecar("a.pdf", pdf(RIGHT))
    installation.run()
    items = waiting_items(installation.settings)
    assert {item["rule_id"] for item in items} == {"identity_broken", "readings_differ"}
    assert installation.value("SELECT count(*) FROM fact_project_funding") == 0
    assert installation.value("SELECT count(*) FROM finding") == 0

    confirmed = "".join(
        f'\n[[source_errors]]\nitem = "{item["item_id"]}"\nwhy = "printed so"\n'
        for item in items
        if item["rule_id"] == "identity_broken"
    )
    said = SIDECAR.read_text("utf-8") + confirmed
    installation.put_with_sidecar("a.pdf", pdf(RIGHT), said)
    installation.run()
    assert waiting_items(installation.settings) == []
    assert set(installation.rows("SELECT confirmed_by FROM finding")) == {("printed so",)}


def test_a_file_that_the_second_reader_cannot_open_waits_with_the_reason(
    installation: Installation, reads: Callable[[Table], None]
) -> None:
    reads(WRONG)
    installation.put_with_sidecar("a.pdf", b"%PDF-1.4 cut short")
    assert installation.run().published
    (item,) = installation.rows(
        "SELECT found FROM quarantine_item WHERE rule_id = 'readings_differ'"
    )
    assert "PDF" in item[0]
    assert not list(installation.settings.cache.glob("second/*/*.parquet"))


def test_a_second_reading_that_reaches_a_limit_waits_with_the_reason(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.put_with_sidecar("a.pdf", pdf(WRONG))
    monkeypatch.setattr(second_cache, "guarded_by", lambda _: Loses())
    assert installation.run().published
    (item,) = installation.rows(
        "SELECT found FROM quarantine_item WHERE rule_id = 'readings_differ'"
    )
    assert "took more than 1 seconds" in item[0]


def test_a_source_error_from_paper_to_fact(installation: Installation) -> None:
    """Both readers as they are: on the page turned, printed bold, over two pages."""
    first = replace(WRONG, rows=WRONG.rows[:4], rotate=90, is_bold=True)
    second = replace(first, rows=(HEADERS, *WRONG.rows[4:]))
    installation.put_with_sidecar("a.pdf", pdf(first, second))
    assert installation.run().published
    assert waiting_items(installation.settings) == []
    assert installation.value("SELECT count(*) FROM finding") == 4
    ((said,),) = set(installation.rows("SELECT confirmed_by FROM finding"))
    assert said.startswith(f"{reader_name()}: {COUNT} ")
    total = installation.value("SELECT sum(amount_yuan) FROM fact_project_funding")
    assert total == Decimal("300000.00")
