"""PDFs that are damaged or made to do harm: read, refused, or told as what ended their reader."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING

import pytest

from pipelines.extract.pdf.integrity import doubts
from pipelines.extract.pdf.pdfium import opened
from pipelines.extract.workers import GuardedExecutor
from tests.pdf.campaign import LIMITS, end_of, is_accounted, printed, read, read_damaged
from tests.pdf.cases import cases
from tests.pdf.hostile import HOSTILE, TEXT, Hostile, bomb, page
from tests.pdf.mutations import MUTATORS, mutation

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = pytest.mark.slow
#: By what rules a damaged document may be refused.
REFUSALS = {
    "encrypted_document",
    "page_is_image",
    "page_unreadable",
    "text_without_unicode",
    "unreadable_document",
    "unsupported_media_type",
}
#: Of how many damaged documents something may be lost that nothing tells: where the damage takes
#: the few bytes that name an object, the file is well-formed and says less.
UNNOTICED = 0.01


@pytest.fixture(scope="module")
def executor() -> Iterator[GuardedExecutor]:
    with GuardedExecutor(2, LIMITS) as executor:
        yield executor


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=SLOW if h.is_slow else ()) for n, h in HOSTILE.items()]
)
def test_a_hostile_document(name: str, executor: GuardedExecutor) -> None:
    hostile: Hostile = HOSTILE[name]
    harmless = page(b"BT /F 9 Tf 9 9 Td (%s) Tj ET" % name.encode())
    extraction, beside = read([hostile.make(), harmless], executor)
    assert end_of(extraction) in hostile.ends
    assert printed(beside) == name
    assert is_accounted(extraction)
    if extraction.refusal is not None:
        assert extraction.refusal.found
        assert extraction.cells.is_empty()
        return
    assert len(extraction.pages) == hostile.pages
    assert all(text in printed(extraction) for text in TEXT) == (end_of(extraction) == "read")
    if hostile.flag is not None:
        read_pages = [each for each in extraction.pages if each.refusal is None]
        assert all(hostile.flag in each.flags for each in read_pages)


@pytest.mark.parametrize("first", [0, *(pytest.param(at, marks=SLOW) for at in (80, 280))])
def test_damaged_documents(first: int, executor: GuardedExecutor) -> None:
    """None ends a worker; what is lost is flagged, but for damage that cannot be seen."""
    mutations = [mutation(n) for n in range(first, first + (200 if first else 80))]
    assert {each.how for each in mutations} == set(MUTATORS)
    missed = []
    for each, extraction, outcome in read_damaged(mutations, executor):
        assert is_accounted(extraction), each.number
        if extraction.refusal is not None:
            assert extraction.refusal.rule_id in REFUSALS, each.number
            assert extraction.cells.is_empty()
        if outcome == "unnoticed":
            missed.append(each.number)
    assert len(missed) <= UNNOTICED * len(mutations) + 1, missed


def flags(data: bytes) -> tuple[str, ...]:
    with opened(data) as document:
        return doubts(data, document)


def test_whole_documents_are_not_doubted() -> None:
    assert {case.name: found for case in cases() if (found := flags(case.pdf))} == {}


def test_a_flipped_bit_in_a_compressed_stream_is_noticed() -> None:
    data = bomb(1 << 20)
    assert flags(data) == ()
    at = data.index(b"stream\n") + 40
    assert flags(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]) == ("damaged_file",)


def test_so_is_one_in_a_stream_written_as_ascii() -> None:
    coded = base64.a85encode(zlib.compress(b"q Q " * 99)) + b"~>"
    filters = b"/Filter [ /ASCII85Decode /FlateDecode ]"
    assert flags(page(coded, filters)) == ()
    other = b"!" if coded[20:21] != b"!" else b"#"
    assert flags(page(coded[:20] + other + coded[21:], filters)) == ("damaged_file",)
    assert flags(page(coded[:20] + b"\xff" + coded[21:], filters)) == ("damaged_file",)
    assert flags(page(coded[:-2] + b"  ", filters)) == ("damaged_file",)


def test_a_table_of_objects_that_pdfium_had_to_guess_is_noticed() -> None:
    data = page(b"")
    assert flags(data) == ()
    assert flags(data.replace(b"startxref\n", b"startxref\n9")) == ("damaged_file",)


def test_streams_that_inflate_without_end_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.extract.pdf.integrity._MOST", 1 << 20)
    assert flags(bomb(1 << 20)) == ("huge_streams",)
