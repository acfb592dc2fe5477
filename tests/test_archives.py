"""A night over archives: the facts of their members, what waits, and nothing anywhere else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from pipelines.serve.trace import trace
from pipelines.serve.waiting import waiting_items
from tests.conftest import SEED, SEED_NAME, SIDECAR, Installation
from tests.printing import PLAIN
from tests.zips import ENCRYPTED, UNIX_LINK, Entry, packed, zipped

if TYPE_CHECKING:
    from pathlib import Path

FACTS = "SELECT fact_id, amount_yuan, fiscal_year, phase FROM fact_project_funding ORDER BY fact_id"
NAME = f"预算/{SEED_NAME}"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An archive as Chinese Windows packs it, with members that are refused; its sidecar beside."""
    installation = Installation(tmp_path_factory.mktemp("archives"))
    data = packed(
        Entry(NAME.encode("gbk"), SEED.read_bytes()),
        Entry(b"../../up.txt", PLAIN.encode()),
        Entry("密.txt".encode("gbk"), PLAIN.encode(), flags=ENCRYPTED),
        Entry("链接.txt".encode("gbk"), b"/etc/passwd", attributes=UNIX_LINK),
        Entry("内.zip".encode("gbk"), zipped({"无表.txt": "只有文字".encode()})),
    )
    installation.put("附件.zip", data)
    beside = installation.settings.raw / f"附件.zip!/{NAME}.toml"
    beside.parent.mkdir(parents=True)
    shutil.copy(SIDECAR, beside)
    assert installation.run().published
    return installation


def test_a_member_gives_the_facts_of_the_file(night: Installation, seeded: Installation) -> None:
    assert night.rows(FACTS) == seeded.rows(FACTS)
    assert len(night.rows(FACTS)) == 7


def test_each_refusal_waits_with_its_place(night: Installation) -> None:
    found = night.rows(
        "SELECT rule_id, found, d.path FROM quarantine_item q JOIN dim_document d "
        "ON d.document_id = q.document_id ORDER BY rule_id, found"
    )
    assert found == [
        ("encrypted_document", "密.txt: 已加密 / encrypted", "附件.zip"),
        ("member_unsafe", "../../up.txt: 路径含 .. 或空段 / .. or nothing in the path", "附件.zip"),
        ("member_unsafe", "链接.txt: 符号链接 / symbolic link", "附件.zip"),
        ("no_grid", "0 表 / 0 grids", "附件.zip!/内.zip!/无表.txt"),
    ]


def test_the_same_night_again_has_no_news(night: Installation) -> None:
    again = night.run()
    assert not again.published
    assert again.scan.events == []
    assert again.scan.unchanged == 3


def test_a_chain_is_shown_wherever_a_path_is(night: Installation, tmp_path: Path) -> None:
    fact_id = night.value("SELECT min(fact_id) FROM fact_project_funding")
    assert f"附件.zip!/{NAME}" in str(trace(night.settings, fact_id))
    assert "附件.zip!/内.zip!/无表.txt" in str(waiting_items(night.settings))
    assert not list(tmp_path.iterdir())


def test_an_archive_whose_members_are_all_read_waits_for_nothing(
    installation: Installation,
) -> None:
    installation.put("附件.zip", zipped({"表.txt": PLAIN.encode()}))
    installation.run()
    documents = "quarantine_item q JOIN dim_document d ON d.document_id = q.document_id"
    waiting_for = installation.rows(f"SELECT DISTINCT d.path FROM {documents}")
    assert waiting_for == [("附件.zip!/表.txt",)]  # its year is said nowhere


@pytest.mark.parametrize(
    ("data", "rule"),
    [(zipped({}), "empty_document"), (zipped({"a.txt": b"1" * 99})[:-9], "unreadable_document")],
)
def test_an_archive_without_members_or_without_an_end(
    installation: Installation, data: bytes, rule: str
) -> None:
    installation.put("附件.zip", data)
    installation.run()
    assert installation.rows("SELECT rule_id FROM quarantine_item") == [(rule,)]


def test_a_member_whose_archive_is_gone_keeps_its_facts(
    night: Installation, tmp_path: Path
) -> None:
    shutil.copytree(night.settings.raw.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    copied = Installation.of(
        type(night.settings)(raw=tmp_path / "raw", warehouse=tmp_path / "warehouse")
    )
    (copied.settings.raw / "附件.zip").unlink()
    assert copied.run().published
    assert copied.rows(FACTS) == night.rows(FACTS)
    gone = copied.rows(
        "SELECT path FROM dim_document WHERE absent_since_utc IS NOT NULL ORDER BY 1"
    )
    assert [path for (path,) in gone] == [
        "附件.zip", "附件.zip!/内.zip!/无表.txt", f"附件.zip!/{NAME}",
    ]  # fmt: skip
