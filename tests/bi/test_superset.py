"""The real thing: Superset is brought up, asked, looked at, and a build is published meanwhile."""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from pipelines.bi.bundle import BI, chart_names, datasets, said, uuid_of
from pipelines.bi.client import BiError
from pipelines.bi.server import Superset
from pipelines.fingerprints import ROOT
from pipelines.publish.flip import current_build_id
from schemas.render import table_comment
from tests.conftest import SEED, SIDECAR, Installation
from tests.generator.__main__ import write
from tests.generator.books.documents import CONFIG, documents
from tests.morning.ui import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.bi.client import Client

pytestmark = pytest.mark.bi

ANSWERS: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("answers.toml").read_text(encoding="utf-8")
)
#: Place → bodies, in three years each.
WORLD = {"guangzhou": 2, "jiangsu": 2, "shili": 1}
#: Of 万元, a fen.
_PLACES = 6


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The seed and generated books, published."""
    made = Installation(tmp_path_factory.mktemp("bi"), config=CONFIG)
    made.put_seed()
    write([d for place, n in WORLD.items() for d in documents(1, place, n, 3)], made.settings.raw)
    assert made.run().published
    return made


@pytest.fixture(scope="module")
def superset(installation: Installation) -> Iterator[Superset]:
    """Superset on it, set up and running."""
    made = Superset.of(installation.settings, ROOT / ".bi" / "bin", "127.0.0.1", free_port(), "zh")
    made.prepare()
    with made.running():
        yield made


@pytest.fixture(scope="module")
def client(superset: Superset) -> Client:
    return superset.client()


@pytest.fixture(scope="module")
def ids(client: Client) -> dict[str, int]:
    """Chart → its number in this installation."""
    found = client.get("/api/v1/chart/", q="(page_size:100,columns:!(id,uuid))")["result"]
    by_uuid = {each["uuid"]: each["id"] for each in found}
    return {name: by_uuid[uuid_of("chart", name)] for name in chart_names()}


def said_by(client: Client, chart: int) -> list[tuple[Any, ...]]:
    """Rows of a chart, columns in its order."""
    (result,) = client.get(f"/api/v1/chart/{chart}/data/")["result"]
    assert result["error"] is None
    return [tuple(row[name] for name in result["colnames"]) for row in result["data"]]


def said_by_sql(path: Path, name: str) -> list[tuple[Any, ...]]:
    """Rows of the same question on the file."""
    kinds = said("datasets")["value_kind_name"]["expression"]
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        rows = connection.execute(ANSWERS[name]).fetchall()
        if name != "7_target_kinds":
            return rows
        names = connection.execute(
            f"SELECT DISTINCT value_kind, {kinds} FROM mart_target_quality"
        ).fetchall()
    return [(body, dict(names)[kind], many) for body, kind, many in rows]


def comparable(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows in one order; amounts to the fen, in 元 and in 万元."""

    def plain(value: Any) -> str:
        return "" if value is None else value if isinstance(value, str) else f"{value:.{_PLACES}f}"

    return sorted(tuple(map(plain, row)) for row in rows)


@pytest.mark.parametrize("name", chart_names())
def test_a_chart_says_what_sql_says(
    name: str, client: Client, ids: dict[str, int], installation: Installation
) -> None:
    found = said_by(client, ids[name])
    assert found
    assert comparable(found) == comparable(said_by_sql(installation.settings.published, name))


def test_every_column_arrives_with_its_label_and_description(client: Client) -> None:
    query = "(page_size:100,columns:!(id,table_name))"
    known = {each["table_name"]: each["id"]
             for each in client.get("/api/v1/dataset/", q=query)["result"]}  # fmt: skip
    for spec in datasets():
        told = client.get(f"/api/v1/dataset/{known[spec.name]}")["result"]
        assert told["description"] == table_comment(spec)
        columns = {column["column_name"]: column for column in told["columns"]}
        for column in spec.columns:
            its = columns[column.name]
            assert column.zh.startswith(its["verbose_name"])
            assert (column.zh in its["description"], column.en in its["description"]) == (
                True,
                True,
            )


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM fact_project_funding",
        "CREATE TABLE surprise (x INTEGER)",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/surprise.csv'",
        "ATTACH '/tmp/surprise.duckdb'",
    ],
)
def test_nothing_is_written_and_no_other_file_is_read(client: Client, sql: str) -> None:
    (database,) = client.get("/api/v1/database/")["result"]
    with pytest.raises(BiError):
        client.post("/api/v1/sqllab/execute/", {"database_id": database["id"], "sql": sql,
                                                "schema": "main", "runAsync": False})  # fmt: skip


def test_people_see_every_chart_in_chinese(
    superset: Superset, tmp_path: Path, installation: Installation
) -> None:
    from tests.bi.browser import look  # what it drives is installed by `make test-bi`

    page = look(superset, tmp_path / "dashboard.png")
    assert page.titles == [said(f"charts/{name}")["name"] for name in chart_names()]
    assert page.empty == []
    assert page.errors == []
    assert page.draws_chinese
    assert page.answers >= len(chart_names())
    assert all(page.painted.values()), page.painted
    assert (tmp_path / "dashboard.png").stat().st_size > 0
    assert current_build_id(installation.settings)


def test_a_build_published_meanwhile_is_the_next_answer(
    client: Client, superset: Superset, ids: dict[str, int], installation: Installation
) -> None:
    before = said_by(client, ids["4_fund_mix"])
    ended, wrong = threading.Event(), []

    def ask() -> None:
        mine = superset.client()
        while not ended.is_set():
            for chart in ids.values():
                try:
                    said_by(mine, chart)
                except (BiError, AssertionError) as error:
                    wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        other = SEED.read_bytes().replace(
            "穗港科技合作园管理委员会".encode(), "第二管理委员会".encode()
        )
        sidecar = SIDECAR.read_text(encoding="utf-8")
        installation.put_with_sidecar("second.txt", other, sidecar)
        build = current_build_id(installation.settings)
        assert installation.run().published
        assert current_build_id(installation.settings) != build
        after = said_by(client, ids["4_fund_mix"])
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert len(after) == len(before) + 1
    answer = said_by_sql(installation.settings.published, "4_fund_mix")
    assert comparable(after) == comparable(answer)


def test_setting_up_twice_keeps_what_people_made(superset: Superset, client: Client) -> None:
    mine = client.post("/api/v1/dashboard/", {"dashboard_title": "我的看板"})["id"]
    superset.prepare()
    superset.bring(client)
    assert client.get(f"/api/v1/dashboard/{mine}")["result"]["dashboard_title"] == "我的看板"
    many = client.get("/api/v1/chart/", q="(page_size:100,columns:!(id,uuid))")["count"]
    assert many == len(chart_names())


def test_its_secrets_are_for_its_owner_alone(superset: Superset) -> None:
    assert superset.state.stat().st_mode & 0o077 == 0
    for name in ("login", "secret_key"):
        assert (superset.state / name).stat().st_mode & 0o077 == 0
    assert superset.password not in (superset.state / "superset.log").read_text(encoding="utf-8")
    assert not list(BI.rglob("login"))
