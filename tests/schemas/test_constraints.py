"""Every constraint of every declared table has a frame that breaks it, and it alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from schemas.registry import tables
from schemas.tables.base import KEY_PATTERN, PARTIAL_DATE_PATTERN, SHA256_PATTERN
from schemas.tables.classes import ECONOMIC_CODE, FUNCTION_CODE
from schemas.tables.conformed import COFOG_CODE, GOVERNMENT_CODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pandera.polars import Check, DataFrameSchema

#: Two different texts that a pattern accepts.
PATTERNS = {
    KEY_PATTERN: ("0" * 20, "1" * 20),
    SHA256_PATTERN: ("0" * 64, "1" * 64),
    PARTIAL_DATE_PATTERN: ("2026-12-31", "--12"),
    r"^[0-9]{6}$": ("440112", "440100"),
    r"^[1-4][1-4]?$": ("1", "11"),
    FUNCTION_CODE: ("2010101", "201"),
    ECONOMIC_CODE: ("30101", "301"),
    COFOG_CODE: ("04.1", "04"),
    GOVERNMENT_CODE: ("50101", "501"),
}
#: Two different values of a type without checks.
PLAIN: dict[type[pl.DataType], tuple[Any, Any]] = {
    pl.String: ("文字 text", "别的 other"),
    pl.Boolean: (True, False),
    pl.Int32: (1, 2),
    pl.Int64: (1, 2),
    pl.Float64: (0.5, 0.25),
    pl.Date: (date(2023, 1, 1), date(2023, 12, 31)),
    pl.Datetime: (datetime(2023, 1, 1), datetime(2023, 1, 2)),  # noqa: DTZ001 - UTC, as declared
    pl.Decimal: (Decimal("1.50"), Decimal("2.50")),
}
#: A type near to each, that is not it.
WRONG_TYPES: dict[type[pl.DataType], pl.DataType] = {
    pl.String: pl.Binary(),
    pl.Boolean: pl.Int8(),
    pl.Int32: pl.Int64(),
    pl.Int64: pl.Int32(),
    pl.Float64: pl.Float32(),
    pl.Date: pl.Datetime("us"),
    pl.Datetime: pl.Datetime("ms"),
    pl.Decimal: pl.Decimal(38, 9),
}
#: Check → a value that breaks it and no other check of a column.
BREAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "str_matches": lambda given: PATTERNS[given["pattern"]][0] + "g",
    "isin": lambda given: _no_member(given["allowed_values"]),
    "str_length": lambda given: "x" * (given["min_value"] - 1),
    "greater_than_or_equal_to": lambda given: given["min_value"] - 1,
    "less_than_or_equal_to": lambda given: given["max_value"] + 1,
}


@dataclass(frozen=True)
class Constraint:
    """Something that a table demands: of a column, or (column None) of the whole frame."""

    table: str
    kind: str
    column: str | None = None

    def __str__(self) -> str:
        return ".".join(filter(None, (self.table, self.column, self.kind)))


@dataclass(frozen=True)
class BadFrame:
    """A frame that breaks one constraint, and how the rejection must name it."""

    frame: pl.DataFrame
    column: str
    check: str


@cache
def schema_of(table: str) -> DataFrameSchema:
    return tables()[table].model.to_schema()


def constraints() -> Iterator[Constraint]:
    """All that the declarations demand, taken from Pandera's own schemas."""
    for table in tables():
        schema = schema_of(table)
        yield Constraint(table, "extra")
        yield Constraint(table, "ordered")
        if schema.unique:
            yield Constraint(table, "unique")
        for check in schema.checks:
            yield Constraint(table, str(check.name))
        for name, column in schema.columns.items():
            yield Constraint(table, "missing", name)
            yield Constraint(table, "dtype", name)
            if not column.nullable:
                yield Constraint(table, "not_null", name)
            if column.unique:
                yield Constraint(table, "unique", name)
            for check in column.checks:
                yield Constraint(table, str(check.name), name)


def two_values(table: str, column: str) -> tuple[Any, Any]:
    """Two values that all checks of a column accept; equal where only one is possible."""
    declared = schema_of(table).columns[column]
    given = {str(check.name): check.statistics for check in declared.checks}
    if "isin" in given:
        allowed = list(given["isin"]["allowed_values"])
        return allowed[0], allowed[-1]
    if "str_matches" in given:
        return PATTERNS[given["str_matches"]["pattern"]]
    least = given.get("greater_than_or_equal_to", {}).get("min_value")
    if least is not None:
        most = given.get("less_than_or_equal_to", {}).get("max_value")
        return least, least + 1 if most is None else most
    return PLAIN[type(tables()[table].polars_schema()[column])]


@cache
def valid(table: str) -> pl.DataFrame:
    """One row that a table accepts."""
    spec = tables()[table]
    row = {name: two_values(table, name)[0] for name in spec.column_names()}
    return pl.DataFrame([row], schema=spec.polars_schema())


def bad_frame(constraint: Constraint) -> BadFrame:
    """The frame that is valid but for one constraint.

    Raises:
        KeyError: nothing here knows how to break it; give it a bad frame.
    """
    frame = valid(constraint.table)
    model = tables()[constraint.table].model.__name__
    if constraint.column is None:
        whole: dict[str, Callable[[], BadFrame]] = {
            "extra": lambda: BadFrame(frame.with_columns(unheard_of=1), model, "column_in_schema"),
            "ordered": lambda: BadFrame(
                frame.select(reversed(frame.columns)), model, "column_ordered"
            ),
            "unique": lambda: BadFrame(
                pl.concat([frame, frame]), model, "multiple_fields_uniqueness"
            ),
        }
        return whole[constraint.kind]()
    return _bad_column(constraint.kind, frame, constraint.table, constraint.column)


def _bad_column(kind: str, frame: pl.DataFrame, table: str, column: str) -> BadFrame:
    dtype = frame.schema[column]
    if kind == "missing":
        model = tables()[table].model.__name__
        return BadFrame(frame.drop(column), model, "column_in_dataframe")
    if kind == "dtype":
        wrong = WRONG_TYPES[type(dtype)]
        return BadFrame(frame.with_columns(pl.col(column).cast(wrong)), column, "dtype")
    if kind == "not_null":
        nothing = pl.lit(None, dtype=dtype).alias(column)
        return BadFrame(frame.with_columns(nothing), column, "not_nullable")
    check = next(c for c in schema_of(table).columns[column].checks if c.name == kind)
    broken = pl.lit(BREAKERS[kind](_statistics(check)), dtype=dtype).alias(column)
    return BadFrame(frame.with_columns(broken), column, kind)


def _statistics(check: Check) -> dict[str, Any]:
    return dict(check.statistics or {})


def _no_member(allowed: list[Any]) -> Any:
    return "unheard_of" if isinstance(allowed[0], str) else max(allowed) + 1


def rejections(table: str, frame: pl.DataFrame) -> set[tuple[str, str]]:
    """(column or model, check without its arguments) of all failures; none if accepted."""
    try:
        tables()[table].model.validate(frame, lazy=True)
    except SchemaErrors as errors:
        rows = errors.failure_cases.select("column", "check").rows()
        return {(column, check.partition("(")[0]) for column, check in rows}
    return set()


@pytest.mark.parametrize("table", list(tables()))
def test_valid_frame_is_accepted(table: str) -> None:
    assert rejections(table, valid(table)) == set()


@pytest.mark.parametrize("table", list(tables()))
def test_empty_frame_is_accepted(table: str) -> None:
    assert rejections(table, valid(table).clear()) == set()


@pytest.mark.parametrize("table", list(tables()))
def test_nothing_is_accepted_where_it_may_be(table: str) -> None:
    nullable = [c for c in tables()[table].columns if c.nullable]
    nothing = [pl.lit(None, dtype=c.dtype).alias(c.name) for c in nullable]
    assert rejections(table, valid(table).with_columns(nothing)) == set()


@pytest.mark.parametrize("constraint", list(constraints()), ids=str)
def test_bad_frame_is_rejected_by_its_constraint_alone(constraint: Constraint) -> None:
    bad = bad_frame(constraint)
    found = rejections(constraint.table, bad.frame)
    if constraint.kind == "dtype":  # checks of the same column then fail too
        assert {column for column, _ in found} == {bad.column}
        assert (bad.column, bad.check) in found
    else:
        assert found == {(bad.column, bad.check)}


@pytest.mark.parametrize(
    ("table", "column"), [(spec.name, name) for spec in tables().values() for name in spec.key]
)
def test_rows_that_differ_in_one_key_column_are_both_accepted(table: str, column: str) -> None:
    first, second = two_values(table, column)
    frame = valid(table)
    other = frame.with_columns(pl.lit(second, dtype=frame.schema[column]).alias(column))
    both = pl.concat([frame, other])
    if first == second:
        pytest.fail(f"{table}.{column}: a key column with one possible value tells nothing apart")
    assert rejections(table, both) == set()


def test_no_constraint_lacks_a_bad_frame() -> None:
    lacking = []
    for constraint in constraints():
        try:
            bad_frame(constraint)
        except KeyError as error:
            lacking.append(f"{constraint}: {error}")
    assert lacking == []


def test_every_table_demands_strictness_order_and_a_key() -> None:
    loose = [
        name
        for name in tables()
        if not (schema_of(name).strict and schema_of(name).ordered and schema_of(name).unique)
        or schema_of(name).coerce
    ]
    assert loose == []


def test_checks_look_into_values_only_of_collected_frames() -> None:
    """Why gates collect first: a lazy frame passes with a value that the model forbids."""
    bad = bad_frame(Constraint("dim_phase", "isin", "phase"))
    tables()["dim_phase"].model.validate(bad.frame.lazy(), lazy=True)
    assert rejections("dim_phase", bad.frame) == {("phase", "isin")}
