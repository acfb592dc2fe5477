"""The data package of an export: it says where all comes from, and its readers find it valid."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system

from pipelines.serve.export import files
from pipelines.serve.export.package import column_types
from schemas.code_lists import code_list
from schemas.registry import RegistryError, check_registry, tables
from schemas.render import column_comment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Installation

#: Terms of the Budget Standard Taxonomy that fit, typed off the specification.
TAXONOMY = re.compile(
    r"value|date:fiscal-year|phase:(id|label)|budget-line-id|expenditure-type:(code|label)"
    r"|(administrative|functional|economic)-classification:generic:(code|label)"
    r"|fin-source:generic:(code|label)|activity:generic:project:(code|label)"
    r"|geo:generic:(code|title)"
)


def described(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "datapackage.json").read_text(encoding="utf-8"))
    return found


def resource(package: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in package["resources"] if r["name"] == name)
    return found


def fields(package: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in resource(package, name)["schema"]["fields"]}


def errors(directory: Path) -> list[str]:
    """What frictionless finds wrong, by type; every table and row is looked at."""
    with system.use_context(trusted=True):
        report = Package(str(directory / "datapackage.json")).validate()
    assert len(report.tasks) == len(described(directory)["resources"])
    return [error for (error,) in report.flatten(["type"])]


def test_frictionless_finds_csv_valid_and_a_broken_reference_in_it(
    seeded: Installation, tmp_path: Path
) -> None:
    files.export_csv(seeded.settings, tmp_path / "out")
    assert errors(tmp_path / "out") == []
    projects = tmp_path / "out" / "dim_project.csv"
    *lines, _ = projects.read_bytes().splitlines(keepends=True)
    projects.write_bytes(b"".join(lines))
    found = errors(tmp_path / "out")
    assert set(found) == {"hash-count", "byte-count", "row-count", "foreign-key"}
    assert found.count("foreign-key") == 5  # of the bridge and four marts of projects


@pytest.mark.slow  # frictionless opens the workbook anew for every table
@pytest.mark.parametrize("form", ["csv for Excel", "parquet", "xlsx"])
def test_frictionless_finds_every_form_valid(
    seeded: Installation, tmp_path: Path, form: str
) -> None:
    exports: dict[str, Callable[[], object]] = {
        "csv for Excel": lambda: files.export_csv(seeded.settings, tmp_path / "out", excel=True),
        "parquet": lambda: files.export_parquet(seeded.settings, tmp_path / "out"),
        "xlsx": lambda: files.export_xlsx(seeded.settings, tmp_path / "out"),
    }
    exports[form]()
    assert errors(tmp_path / "out") == []


def test_the_package_says_which_build_and_documents_it_is_made_of(
    seeded: Installation, tmp_path: Path
) -> None:
    files.export_parquet(seeded.settings, tmp_path / "out")
    package = described(tmp_path / "out")
    ((build, event, path, sha256, size, media_type),) = seeded.rows(
        "SELECT build_id, ledger_event_id, path, document_id, byte_size, media_type "
        "FROM build_info, dim_document"
    )
    assert (package["version"], package["build"]["ledger_event_id"]) == (build, event)
    assert re.fullmatch(r"20\d\d-.*T.*\+00:00", package["created"])
    source = {"title": path, "hash": f"sha256:{sha256}", "bytes": size, "mediatype": media_type}
    assert package["sources"] == [source]
    assert "licenses" not in package
    there = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert sorted([*(file["path"] for file in package["files"]), "datapackage.json"]) == there
    for file in package["files"]:
        data = (tmp_path / "out" / file["path"]).read_bytes()
        assert file["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert file["bytes"] == len(data)


def test_where_a_document_was_published_is_said_if_it_is_known(
    seeded: Installation, tmp_path: Path
) -> None:
    url = "https://example.org/budget.txt"
    with duckdb.connect(str(seeded.settings.published)) as connection:
        connection.execute("UPDATE dim_document SET source_url = ?", [url])
    files.export_csv(seeded.settings, tmp_path / "out", ["fact"])
    (source,) = described(tmp_path / "out")["sources"]
    assert source["path"] == url


def test_fields_are_described_in_both_languages_with_their_constraints(
    seeded: Installation, tmp_path: Path
) -> None:
    files.export_csv(seeded.settings, tmp_path / "out")
    package = described(tmp_path / "out")
    funding = resource(package, "fact_project_funding")
    spec = tables()["fact_project_funding"]
    assert funding["title"] == f"{spec.zh} / {spec.en}"
    assert funding["schema"]["primaryKey"] == ["fact_id"]
    keys = {key["fields"][0]: key["reference"] for key in funding["schema"]["foreignKeys"]}
    assert keys["spending_unit_id"] == {"resource": "dim_body", "fields": ["body_id"]}
    found = fields(package, "fact_project_funding")
    assert list(found) == spec.column_names()
    amount = found["amount_yuan"]
    assert (amount["type"], amount["unit"], amount["additive"]) == ("number", "CNY", True)
    assert amount["columnType"] == "value"
    assert "金额" in amount["description"]
    assert "Amount" in amount["description"]
    assert found["fact_id"]["constraints"] == {"required": True, "pattern": "^[0-9a-f]{20}$"}
    assert found["fiscal_year"]["constraints"] == {
        "required": True, "minimum": 1949, "maximum": 2100,
    }  # fmt: skip
    assert "budget" in found["phase"]["constraints"]["enum"]
    assert fields(package, "dim_body")["name"]["constraints"] == {"required": True, "minLength": 1}
    assert fields(package, "statement")["part"]["missingValues"] == []
    parents = resource(package, "dim_fund_source")["schema"]["foreignKeys"]
    assert parents[0]["reference"] == {"fields": ["fund_source_id"]}


def test_parquet_carries_its_descriptions(seeded: Installation, tmp_path: Path) -> None:
    files.export_parquet(seeded.settings, tmp_path / "out")
    spec = tables()["fact_project_funding"]
    schema = pq.read_schema(tmp_path / "out" / "fact_project_funding.parquet")
    said = {field.name: field.metadata[b"comment"].decode() for field in schema}
    assert said == {column.name: column_comment(column) for column in spec.columns}
    assert schema.metadata[b"comment"].decode().startswith(spec.zh)
    metadata = pq.read_metadata(tmp_path / "out" / "fact_project_funding.parquet")
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_fiscal_hints_are_terms_that_exist_and_only_of_tables_of_money() -> None:
    listed = code_list("fiscal_column_types")["column_type"].unique()
    assert [term for term in listed if not TAXONOMY.fullmatch(term)] == []
    hinted = {name: column_types(spec) for name, spec in tables().items()}
    assert hinted["fact_revenue"] == {
        "fact_id": "budget-line-id",
        "reporting_body_id": "administrative-classification:generic:code",
        "fiscal_year": "date:fiscal-year",
        "phase": "phase:id",
        "fund_source_id": "fin-source:generic:code",
        "amount_yuan": "value",
    }
    assert hinted["fact_performance_target"] == hinted["mart_target_quality"] == {}
    assert hinted["dim_phase"] == {"phase": "phase:id", "name_zh": "phase:label"}
    for name, hints in hinted.items():
        assert len(set(hints.values())) == len(hints), name


def test_a_hint_about_no_column_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hints = code_list("fiscal_column_types").with_row_index().drop("index")
    wrong = hints[:1].with_columns(column=hints["column"][:1] + "_x")

    def listed(name: str, *rest: Any) -> Any:
        return wrong if name == "fiscal_column_types" else code_list(name, *rest)

    monkeypatch.setattr("schemas.registry.code_list", listed)
    with pytest.raises(RegistryError, match="fact fact_id_x is no column"):
        check_registry()
