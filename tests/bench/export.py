"""Exports of a million fact rows, beside pandas and openpyxl in the same run: a line of JSON.

The peers write the same rows as people do it: ``df()`` and ``to_parquet`` or ``to_csv``, which make
floats of decimals and order nothing; openpyxl's write-only workbook, the rows handed over as they
are. Ours also sort by key, describe every column, hash every file, and write the other tables.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
import openpyxl

from pipelines.serve.export.files import export_csv, export_parquet, export_xlsx
from tests.bench.night import seconds
from tests.conftest import Installation

ROWS, SHEET_ROWS = 1_000_000, 100_000
FACTS = "SELECT * FROM fact_project_funding"
#: Rows of one project and many amounts; keys are hashes, so not in order.
GROW = """
INSERT INTO fact_project_funding BY NAME
SELECT first.* REPLACE (
    substr(sha256(n::VARCHAR), 1, 20) AS fact_id, (n * 7 / 100)::DECIMAL(18, 2) AS amount_yuan
)
FROM (FROM fact_project_funding LIMIT 1) AS first, range(?) AS numbers(n)
"""


def grown(root: Path, rows: int) -> Installation:
    """The seed published, with so many rows of one fact more."""
    root.mkdir()
    installation = Installation(root)
    installation.put_seed()
    installation.run()
    with duckdb.connect(str(installation.settings.published)) as connection:
        connection.execute(GROW, [rows])
        connection.execute("CHECKPOINT")
    return installation


def with_pandas(installation: Installation, path: Path) -> None:
    """The rows by pandas, as Parquet or CSV."""
    with duckdb.connect(str(installation.settings.published), read_only=True) as connection:
        frame = connection.sql(FACTS).df()
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, compression="zstd", index=False)


def with_openpyxl(installation: Installation, path: Path) -> None:
    """The rows by openpyxl, as a workbook without formats."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("facts")
    for row in installation.rows(FACTS):
        sheet.append(row)
    book.save(path)


def main() -> None:
    """Each form once, then its peer."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        big, small = grown(root / "big", ROWS), grown(root / "small", SHEET_ROWS)
        parquet = seconds(lambda: export_parquet(big.settings, root / "parquet"))
        pandas_parquet = seconds(lambda: with_pandas(big, root / "peer.parquet"))
        csv = seconds(lambda: export_csv(big.settings, root / "csv"))
        pandas_csv = seconds(lambda: with_pandas(big, root / "peer.csv"))
        xlsx = seconds(lambda: export_xlsx(small.settings, root / "xlsx"))
        peer_xlsx = seconds(lambda: with_openpyxl(small, root / "peer.xlsx"))
    line = {
        "bench": "export",
        "rows": ROWS,
        "parquet_s": round(parquet, 2),
        "parquet_by_pandas": round(parquet / pandas_parquet, 2),
        "csv_s": round(csv, 2),
        "csv_by_pandas": round(csv / pandas_csv, 2),
        "sheet_rows": SHEET_ROWS,
        "xlsx_s": round(xlsx, 2),
        "xlsx_by_openpyxl": round(xlsx / peer_xlsx, 2),
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
