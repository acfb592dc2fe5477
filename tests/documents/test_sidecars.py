"""Sidecars: every error names its field; every value has its reason."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.documents.sidecars import Sidecar, SidecarError, read_sidecar
from schemas.tables.vocabulary import CONSOLIDATIONS, CONTEXT_FIELDS, PHASES
from tests.conftest import SIDECAR

SHA = "0123456789abcdef" * 4
FULL = f"""
sha256 = "{SHA}"
source_url = "https://example.org/a"
published_on = 2023-02-01
supersedes = "{"f" * 64}"

[fiscal_year]
value = 2023
why = "封面 cover"

[phase]
value = "budget"
why = "标题 title"

[body]
value = "某局"
why = "落款"

[consolidation]
value = "department"
why = "含下属单位"

[region]
value = "440112"
why = "所在区"

[unit]
value = "万元"
why = "右上角"
"""


def read(text: str) -> Sidecar:
    return read_sidecar(text.encode())


def problem(text: str) -> str:
    with pytest.raises(SidecarError) as error:
        read(text)
    return str(error.value)


def test_all_that_a_sidecar_can_say() -> None:
    sidecar = read(FULL)
    assert sidecar.sha256 == SHA
    assert sidecar.published_on == date(2023, 2, 1)
    assert sidecar.supersedes == "f" * 64
    assert {name: (c.value, c.why) for name, c in sidecar.claims().items()} == {
        "fiscal_year": (2023, "封面 cover"),
        "phase": ("budget", "标题 title"),
        "body": ("某局", "落款"),
        "consolidation": ("department", "含下属单位"),
        "region": ("440112", "所在区"),
        "unit": ("万元", "右上角"),
    }
    assert set(sidecar.claims()) == set(CONTEXT_FIELDS)


def test_only_the_hash_is_required() -> None:
    sidecar = read(f'sha256 = "{SHA}"')
    assert sidecar.claims() == {}
    assert (sidecar.source_url, sidecar.published_on, sidecar.supersedes) == (None, None, None)


def test_the_seeds_sidecar() -> None:
    claims = read_sidecar(SIDECAR.read_bytes()).claims()
    assert {field: claim.value for field, claim in claims.items()} == {
        "fiscal_year": 2023,
        "phase": "budget",
        "region": "440112",
    }
    assert all(claim.why for claim in claims.values())
    assert not any(claim.overrides_print or claim.statements for claim in claims.values())


def test_byte_order_mark_and_windows_line_ends() -> None:
    data = FULL.replace("\n", "\r\n").encode("utf-8-sig")
    assert read_sidecar(data) == read(FULL)


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase(phase: str) -> None:
    assert read(FULL.replace('"budget"', f'"{phase}"')).claims()["phase"].value == phase


@pytest.mark.parametrize("consolidation", [c for c in CONSOLIDATIONS if c != "unknown"])
def test_every_consolidation(consolidation: str) -> None:
    text = FULL.replace('"department"', f'"{consolidation}"')
    assert read(text).claims()["consolidation"].value == consolidation


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (f'sha256 = "{SHA}"', "", "sha256"),
        (f'sha256 = "{SHA}"', f'sha256 = "{SHA[:-1]}"', "sha256"),
        (f'sha256 = "{SHA}"', f'sha256 = "{SHA.upper()}"', "sha256"),
        (f'sha256 = "{SHA}"', f'sha256 = "{SHA}\\n"', "sha256"),
        ("value = 2023", "value = 1948", "fiscal_year.value"),
        ("value = 2023", "value = 2101", "fiscal_year.value"),
        ("value = 2023", 'value = "二〇二三"', "fiscal_year.value"),
        ("value = 2023", "value = 2023.5", "fiscal_year.value"),
        ("value = 2023", "", "fiscal_year.value"),
        ('why = "封面 cover"', "", "fiscal_year.why"),
        ('why = "封面 cover"', 'why = ""', "fiscal_year.why"),
        ('why = "封面 cover"', 'why = "  "', "fiscal_year.why"),
        ('value = "budget"', 'value = "预算"', "phase.value"),
        ('why = "标题 title"', "", "phase.why"),
        ('value = "某局"', 'value = ""', "body.value"),
        ('value = "某局"', 'value = " "', "body.value"),
        ('value = "某局"', "value = 1", "body.value"),
        ('why = "落款"', "", "body.why"),
        ('value = "department"', 'value = "unknown"', "consolidation.value"),
        ('why = "含下属单位"', "", "consolidation.why"),
        ('value = "440112"', "value = 440112", "region.value"),
        ('value = "440112"', 'value = "4401"', "region.value"),
        ('why = "所在区"', "", "region.why"),
        ('value = "万元"', 'value = ""', "unit.value"),
        ('why = "右上角"', "", "unit.why"),
        ('why = "右上角"', 'why = "右上角"\nnote = "x"', "unit.note"),
        ("published_on = 2023-02-01", 'published_on = "spring"', "published_on"),
        ('supersedes = "', 'supersedes = "the old one', "supersedes"),
        ("[unit]", "[units]", "units"),
        ("source_url =", "url =", "url"),
        ('source_url = "https://example.org/a"', "phase_hint = 1", "phase_hint"),
    ],
)
def test_error_names_its_field(old: str, new: str, field: str) -> None:
    assert old in FULL
    assert f"{field}: " in problem(FULL.replace(old, new, 1))


def test_all_errors_are_named_at_once() -> None:
    text = FULL.replace("value = 2023", "value = 1").replace('value = "440112"', 'value = "x"')
    found = problem(text)
    assert "fiscal_year.value: " in found
    assert "region.value: " in found


def test_value_without_table_is_refused() -> None:
    assert "fiscal_year: " in problem(f'sha256 = "{SHA}"\nfiscal_year = 2023')


@pytest.mark.parametrize("text", ["sha256 = ", "= 1", "[fiscal_year", f'sha256 = "{SHA}'])
def test_what_is_no_toml_says_where(text: str) -> None:
    found = problem(text)
    assert "line 1" in found or "end of document" in found


def test_another_encoding_is_refused() -> None:
    with pytest.raises(SidecarError, match="utf-8"):
        read_sidecar(FULL.encode("gb18030"))


def test_empty_sidecar_says_nothing_and_is_refused() -> None:
    assert "sha256: " in problem("")
