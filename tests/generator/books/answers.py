"""What a published warehouse says of books, in the columns of the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generator.books.controls import WITHIN
from tests.generator.books.truth import COLUMNS

if TYPE_CHECKING:
    import duckdb
    import polars as pl

_STATEMENT = "JOIN statement s USING (statement_id)"
_VERSION = """JOIN statement_version v USING (statement_version_id)
        JOIN statement s USING (statement_id)"""
_BODY = "JOIN dim_body b ON b.body_id = {0}.reporting_body_id"
_UNIT = "LEFT JOIN dim_body u ON u.body_id = f.spending_unit_id"
_AT = r"regexp_extract(place, ' {0}(\d+)', 1)::INT"
#: Coordinates that a table of facts may have, in the order of the truth.
COORDINATES = {
    "function": "function_class_id", "economic": "economic_class_id",
    "type": "expenditure_type_id", "fund": "fund_source_id", "three_public": "three_public_id",
}  # fmt: skip
#: Tables of the truth's ``amount``, and the coordinates of each.
FACTS = {
    "fact_basic_funding": ("unit", "economic", "fund"),
    "fact_expenditure_by_function": ("function", "type"),
    "fact_expenditure_by_type": ("type",),
    "fact_appropriation_by_function": ("function", "type", "fund"),
    "fact_expenditure_by_economic": ("economic", "type", "fund"),
    "fact_revenue": ("unit", "fund"),
    "fact_three_public": ("three_public", "fund"),
    "memo_amount": ("unit", *COORDINATES),
    "comparative_figure": ("unit", *COORDINATES),
}


def _facts() -> str:
    return " UNION ALL ".join(_fact(name, has) for name, has in FACTS.items())


def _fact(name: str, has: tuple[str, ...]) -> str:
    told = [f"f.{column}" if of in has else "NULL" for of, column in COORDINATES.items()]
    unit, join = ("u.name", _UNIT) if "unit" in has else ("NULL", "")
    return f"""
        SELECT '{name}', s.document_id, s.kind, b.name, {unit}, {", ".join(told)}, f.fiscal_year,
            f.phase, f.amount_yuan
        FROM {name} f {_VERSION} {_BODY.format("f")} {join}"""


_WITHIN = ", ".join(f"'{name}'" for name in WITHIN)
#: Select lists stand in the order of COLUMNS.
QUERIES = {
    "statement": f"""
        SELECT document_id, kind, b.name, consolidation, fiscal_year, phase, amount_unit, status,
            is_declared_empty
        FROM statement s LEFT {_BODY.format("s")}""",
    "version": """
        SELECT v.document_id, s.kind, version_no, reason, is_current
        FROM statement_version v JOIN statement s USING (document_id, statement_key_id)""",
    "item": """
        SELECT document_id, rule_id, count(*) FROM quarantine_item GROUP BY ALL""",
    "finding": f"""
        SELECT DISTINCT document_id, rule_id FROM finding {_STATEMENT}""",
    "printed": f"""
        SELECT document_id, kind, line_no, block, row_node, row_parent, column_node, column_parent,
            is_leaf, is_memo, period, a.phase, amount_yuan, last_place_yuan, {_AT.format("t")},
            {_AT.format("r")}, {_AT.format("c")}
        FROM printed_amount a {_STATEMENT}""",
    "control": f"""
        SELECT document_id, kind, identity_id, {_AT.format("t")}, {_AT.format("r")}, measure,
            printed_yuan, computed_yuan, part_count, envelope_yuan, verdict
        FROM control_total {_STATEMENT} WHERE identity_id IN ({_WITHIN})""",
    "amount": _facts(),
    "funding": f"""
        SELECT s.document_id, s.kind, b.name, u.name, l.name, fund_source_id, f.fiscal_year,
            f.phase, amount_yuan
        FROM fact_project_funding f JOIN statement_version v USING (statement_version_id)
        JOIN statement s ON s.statement_id = v.statement_id
        JOIN project_line l USING (project_line_id) {_UNIT} {_BODY.format("f")}""",
    "procurement": f"""
        SELECT s.document_id, b.name, category, project, economic, item, method, f.fiscal_year,
            f.phase, amount_yuan
        FROM fact_procurement f {_VERSION} {_BODY.format("f")}""",
}


#: Facts of money as they were published at a time, but for those of projects.
AS_OF = """
    SELECT fact, v.document_id, reporting_body_name, spending_unit_name, function_class_id,
        economic_class_id, expenditure_type_id, fund_source_id, three_public_id, fiscal_year,
        phase, amount_yuan
    FROM history_amount h JOIN statement_version v USING (statement_version_id)
    WHERE fact <> 'fact_procurement' AND fed_from_utc <= $moment
        AND (fed_to_utc IS NULL OR $moment < fed_to_utc)"""


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    """A table of the truth, as the warehouse has it; rows in order."""
    found = connection.execute(QUERIES[name]).pl()
    found.columns = list(COLUMNS[name])
    return found.sort(COLUMNS[name])
