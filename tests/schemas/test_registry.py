"""The registry passes as shipped, and names what is wrong where declarations contradict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from schemas import registry
from schemas.code_lists import KEYS, SHIPPED, WRITTEN_BY_PEOPLE, CodeListError, code_list
from schemas.layout import SHIPPED as LAYOUTS
from schemas.layout import LayoutError, layouts, vocabulary
from schemas.registry import RegistryError, check_registry, table_name, tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.registry import TableSpec

LAYOUT = (LAYOUTS / "guangzhou" / "project_performance_targets.toml").read_text(encoding="utf-8")
LAYOUT_ID = 'id = "guangzhou/project_performance_targets"'


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Caches are by path, and temporary folders may come back."""
    yield
    code_list.cache_clear()
    layouts.cache_clear()


def write_layout(config: Path, text: str, name: str = "place/kind.toml") -> Path:
    path = config / "layouts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_codes(config: Path, name: str, *lines: str, header: str | None = None) -> Path:
    path = config / "codes" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    first = ",".join(code_list(name).columns) if header is None else header
    path.write_text("\n".join([first, *lines]) + "\n", encoding="utf-8")
    return path


def other_layout(text: str = LAYOUT, layout_id: str = "place/kind") -> str:
    assert LAYOUT_ID in text
    return text.replace(LAYOUT_ID, f'id = "{layout_id}"')


def replaced(spec: TableSpec, column: str, references: str) -> TableSpec:
    """The table with one column pointing elsewhere."""
    columns = tuple(
        replace(c, references=references) if c.name == column else c for c in spec.columns
    )
    return replace(spec, columns=columns)


def declare(monkeypatch: pytest.MonkeyPatch, spec: TableSpec) -> None:
    declared = tables() | {spec.name: spec}
    monkeypatch.setattr(registry, "tables", lambda: declared)


def test_what_is_shipped_passes() -> None:
    check_registry()


def test_an_empty_configuration_passes(tmp_path: Path) -> None:
    check_registry(tmp_path)


@pytest.mark.parametrize("references", ["dim_nothing.body_id", "dim_body.nothing", "dim_body"])
def test_reference_to_what_does_not_exist(monkeypatch: pytest.MonkeyPatch, references: str) -> None:
    declare(monkeypatch, replaced(tables()["statement"], "reporting_body_id", references))
    with pytest.raises(RegistryError) as error:
        check_registry()
    assert f"statement.reporting_body_id references {references}" in str(error.value)


@pytest.mark.parametrize("key", [(), ("statement_id", "unheard_of")])
def test_key_that_names_no_column(monkeypatch: pytest.MonkeyPatch, key: tuple[str, ...]) -> None:
    declare(monkeypatch, replace(tables()["statement"], key=key))
    with pytest.raises(RegistryError, match=r"^statement: key .* names no columns of it$"):
        check_registry()


def test_references_lead_to_a_single_column_key() -> None:
    """A reference to a column that is not unique would multiply rows in a join."""
    loose = [
        f"{spec.name}.{column.name} → {column.references}"
        for spec in tables().values()
        for column in spec.columns
        if column.references is not None
        and tables()[column.references.partition(".")[0]].key
        != (column.references.partition(".")[2],)
    ]
    assert loose == []


def test_referring_columns_have_the_type_they_refer_to() -> None:
    for spec in tables().values():
        for column in spec.columns:
            if column.references is not None:
                table, _, name = column.references.partition(".")
                assert column.dtype == tables()[table].polars_schema()[name], column.name


def test_names_of_tables() -> None:
    names = [table_name(spec.model) for spec in tables().values()]
    assert names == list(tables())
    assert "fact_project_funding" in names
    assert len(set(names)) == len(names)


def test_schema_without_a_column() -> None:
    spec = tables()["dim_fiscal_year"]
    assert spec.column_names() == ["fiscal_year", "starts_on", "ends_on"]
    assert spec.column_names("starts_on") == ["fiscal_year", "ends_on"]
    assert spec.polars_schema("fiscal_year") == {"starts_on": pl.Date(), "ends_on": pl.Date()}


def test_measures_say_whether_they_add_up() -> None:
    """A person summing a decimal column must be able to read whether that is true."""
    silent = [
        f"{spec.name}.{column.name}"
        for spec in tables().values()
        for column in spec.columns
        if isinstance(column.dtype, pl.Decimal) and column.additive is None
    ]
    assert silent == []


def test_a_layout_of_the_operator_is_added(tmp_path: Path) -> None:
    write_layout(tmp_path, other_layout())
    check_registry(tmp_path)
    shipped = [layout.id for layout in layouts()]
    assert "guangzhou/project_performance_targets" in shipped
    assert [layout.id for layout in layouts(tmp_path)] == sorted([*shipped, "place/kind"])


def test_layout_with_unknown_node(tmp_path: Path) -> None:
    text = other_layout().replace('"fiscal_appropriation"', '"lottery"')
    write_layout(tmp_path, text)
    with pytest.raises(
        RegistryError, match="layout place/kind, column 财政拨款: lottery is no node"
    ):
        check_registry(tmp_path)


def test_layout_with_a_fund_source_that_the_operator_adds(tmp_path: Path) -> None:
    write_layout(tmp_path, other_layout().replace('"fiscal_appropriation"', '"lottery"'))
    write_codes(tmp_path, "nodes", "fund_source,lottery,government_fund,彩票公益金,Lottery,a test")
    check_registry(tmp_path)
    assert "lottery" in code_list("nodes", tmp_path)["node"]
    assert "lottery" not in code_list("nodes")["node"]


def test_layout_of_an_unknown_kind(tmp_path: Path) -> None:
    text = other_layout().replace('kind = "project_performance_targets"', 'kind = "wish"')
    write_layout(tmp_path, text)
    with pytest.raises(RegistryError, match="layout place/kind: kind wish"):
        check_registry(tmp_path)


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("kinds", "wish,愿望,Wish,lottery,,a test", "wish is about lottery"),
        ("kinds", "wish,愿望,Wish,all,luxury,a test", "wish is about luxury"),
        ("feeding_rules", "fact_wish,procurement,none,none,1,true,a test", "fact_wish is no table"),
        ("feeding_rules", "fact_revenue,wish,none,none,1,true,a test", "from wish"),
        ("feeding_rules", "fact_revenue,procurement,none,sky,1,true,a test", "along sky"),
        ("function_classes", "2010,愿望,2026,2026,a test", "2010 is no code"),
        ("economic_classes", "30198,愿望,soon,,a test", "soon is no year"),
    ],
)
def test_kinds_and_feeding_rules_name_what_exists(
    tmp_path: Path, name: str, row: str, said: str
) -> None:
    write_codes(tmp_path, name, row)
    with pytest.raises(RegistryError, match=said):
        check_registry(tmp_path)


def test_two_layouts_of_one_id(tmp_path: Path) -> None:
    write_layout(tmp_path, LAYOUT)
    with pytest.raises(LayoutError, match="guangzhou/project_performance_targets: two layout"):
        check_registry(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('header = "财政拨款"', 'header = "总计"', "a header stands twice"),
        ('role = "goal"', 'role = "amount"', "an amount has a node if, and only if"),
        ('node = "other_funds"', "", "an amount has a node if, and only if"),
        ('role = "goal"', 'role = "goal"\nnode = "other_funds"', "a node of no amount"),
        ('role = "goal"', 'role = "goal"\nblock = 2', "no such block: [2]"),
        ('role = "goal"', 'role = "wish"', "columns.5.role"),
        ('shape = "row_per_project"', 'shape = "round"', "shape"),
        ("has_grand_total = true", "has_grand_total = true\nextra = 1", "extra"),
        ("titles = ['项目支出绩效目标表\\(含转移支付项目\\)']", "titles = []", "titles"),
        ("has_grand_total = true", "has_grand_total = ", "at line 8, column 19"),
    ],
)
def test_invalid_layout_is_named_with_its_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in LAYOUT
    path = write_layout(tmp_path, other_layout().replace(old, new, 1))
    with pytest.raises(LayoutError) as error:
        check_registry(tmp_path)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


def test_layout_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = write_layout(tmp_path, "")
    path.write_bytes(other_layout().encode("gb18030"))
    with pytest.raises(LayoutError) as error:
        check_registry(tmp_path)
    assert str(error.value).startswith(f"{path}: ")


def test_shipped_code_is_not_replaced_by_the_operator(tmp_path: Path) -> None:
    path = write_codes(
        tmp_path, "nodes", "fund_source,other_funds,current_revenue,其他,Other,a test"
    )
    with pytest.raises(CodeListError) as error:
        check_registry(tmp_path)
    assert str(path) in str(error.value)
    assert "('fund_source', 'other_funds')" in str(error.value)


def test_key_of_two_columns_may_repeat_one_of_them(tmp_path: Path) -> None:
    write_codes(tmp_path, "indicator_classes", "v3,11,2,1,数量,Quantity,,a test")
    check_registry(tmp_path)
    write_codes(tmp_path, "indicator_classes", "v1,11,2,1,数量,Quantity,,a test")
    code_list.cache_clear()
    with pytest.raises(CodeListError, match=r"\('v1', '11'\)"):
        check_registry(tmp_path)


def test_operators_list_with_other_columns(tmp_path: Path) -> None:
    path = write_codes(tmp_path, "money_units", "角,-1", header="unit,exponent")
    with pytest.raises(CodeListError) as error:
        check_registry(tmp_path)
    assert str(error.value).startswith(f"{path}: columns ['unit', 'exponent']")


def test_code_without_source(tmp_path: Path) -> None:
    write_codes(tmp_path, "money_units", "角,-1,")
    with pytest.raises(CodeListError, match="money_units: every row needs a source"):
        check_registry(tmp_path)


@pytest.mark.parametrize("data", [b"", b"unit,exponent,source\n\xff\xfe,1,x\n", b"unit\na,b\n"])
def test_file_that_is_no_list_is_named(tmp_path: Path, data: bytes) -> None:
    path = write_codes(tmp_path, "money_units")
    path.write_bytes(data)
    with pytest.raises(CodeListError) as error:
        check_registry(tmp_path)
    assert str(error.value).startswith(f"{path}: ")


def test_every_shipped_list_has_a_key_and_every_key_a_list() -> None:
    assert {path.stem for path in SHIPPED.glob("*.csv")} == set(KEYS)
    for name, key in KEYS.items():
        frame = code_list(name)
        assert frame.select(pl.struct(key).is_duplicated().any()).item() is False
        assert frame.select(pl.any_horizontal(pl.col(key).is_null()).any()).item() is False
        assert frame.is_empty() == (name in WRITTEN_BY_PEOPLE)


def test_codes_point_to_one_another() -> None:
    classes = code_list("indicator_classes")
    parents = set(classes["parent_code"].drop_nulls())
    assert parents <= set(classes.filter(pl.col("class_level") == "1")["class_code"])
    regions = code_list("regions")
    assert set(regions["parent_region_id"].drop_nulls()) <= set(regions["region_id"])


def test_every_word_of_the_vocabulary_says_something() -> None:
    words = vocabulary()
    listed = [words.labels.body, words.labels.unit, words.rows.grand_total, words.blank.dash,
              words.blank.words, words.notes.starts, *words.phases.values()]  # fmt: skip
    assert all(listed)
    assert all(word.strip() == word != "" for group in listed for word in group)
