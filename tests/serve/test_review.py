"""Suggestions are listed, answered in the operator's lists, and change nothing by themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.serve.review import ReviewError, accept, reject, review
from pipelines.serve.suggest.base import Source, suggestions
from schemas.code_lists import CodeListError, code_list
from tests.commands import asked

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from pipelines.settings import Settings
    from tests.conftest import Installation


def _find(_: duckdb.DuckDBPyConnection, __: Settings) -> pl.DataFrame:
    found = pl.DataFrame(
        {
            "subject": ["1", "2", "3"],
            "left_name": ["甲局", "乙局", '丙, "局"'],
            "right_name": ["示例市甲局", "示例市乙局", "示例市丙局"],
            "score": [0.9, 0.95, 0.9],
            "evidence": ["依据 one", "依据 two", "依据 three"],
        }
    )  # fmt: skip
    return suggestions(found, {"spelling": "left_name", "name": "right_name"})


SOURCES = (Source("body_name", "写法", "spelling", "body_names", _find),)


@pytest.fixture
def settings(seeded: Installation, tmp_path: Path) -> Settings:
    """A published build, with a directory for answers."""
    config = tmp_path / "own"
    config.mkdir()
    return replace(seeded.settings, config=config)


def test_the_surest_comes_first_and_keys_stay(settings: Settings) -> None:
    listed = review(settings, sources=SOURCES)
    assert [(s.left, s.score, s.state) for s in listed] == [
        ("乙局", 0.95, "open"),
        ('丙, "局"', 0.9, "open"),
        ("甲局", 0.9, "open"),
    ]
    assert [s.suggestion_id for s in listed] == [
        s.suggestion_id for s in review(settings, sources=SOURCES)
    ]
    assert [s.left for s in review(settings, least=0.92, sources=SOURCES)] == ["乙局"]
    assert listed[0].row == {"spelling": "乙局", "name": "示例市乙局"}


def test_accepting_writes_the_row_with_reason_and_evidence(settings: Settings) -> None:
    _, second, third = (s.suggestion_id for s in review(settings, sources=SOURCES))
    written = accept(settings, [second, third[:8], second], "见公告", sources=SOURCES)
    assert settings.config is not None
    path = settings.config / "codes" / "body_names.csv"
    assert [where for _, where in written] == [path, path]
    rows = pl.read_csv(path)
    assert rows.select("spelling", "name").rows() == [
        ('丙, "局"', "示例市丙局"),
        ("甲局", "示例市甲局"),
    ]
    assert rows["source"][1] == f"见公告 [review {third}: 依据 one]"
    assert code_list("body_names", settings.config).tail(2).equals(rows)
    assert [s.left for s in review(settings, sources=SOURCES)] == ["乙局"]
    answered = {s.left: s.state for s in review(settings, answered=True, sources=SOURCES)}
    assert answered == {"乙局": "open", '丙, "局"': "accepted", "甲局": "accepted"}
    with pytest.raises(ReviewError, match=r"accepted already.*body_names\.csv"):
        reject(settings, [second], "no", sources=SOURCES)


def test_rejecting_keeps_it_off_the_list_until_the_row_is_deleted(settings: Settings) -> None:
    first = review(settings, sources=SOURCES)[0]
    ((_, path),) = reject(settings, [first.suggestion_id], "两个机构", sources=SOURCES)
    assert "乙局" not in [s.left for s in review(settings, sources=SOURCES)]
    with pytest.raises(ReviewError, match="rejected already"):
        accept(settings, [first.suggestion_id], "yes", sources=SOURCES)
    path.unlink()
    code_list.cache_clear()
    assert review(settings, sources=SOURCES)[0] == first


def test_what_stands_in_a_list_stays_as_it_was_written(settings: Settings) -> None:
    assert settings.config is not None
    path = settings.config / "codes" / "body_names.csv"
    path.parent.mkdir()
    path.write_text('spelling,name,source\n"甲局","某市甲局","旧行"', encoding="utf-8")
    listed = {s.left: s for s in review(settings, sources=SOURCES)}
    assert set(listed) == {"乙局", '丙, "局"'}
    accept(settings, [listed["乙局"].suggestion_id], "见公告", sources=SOURCES)
    assert path.read_text("utf-8").startswith(
        'spelling,name,source\n"甲局","某市甲局","旧行"\n乙局,'
    )


def test_a_row_that_contradicts_the_list_is_not_written(settings: Settings) -> None:
    def twice(connection: duckdb.DuckDBPyConnection, used: Settings) -> pl.DataFrame:
        named = pl.struct(spelling=pl.lit("甲局"), name="right_name")
        return _find(connection, used).with_columns(row=named)

    sources = (replace(SOURCES[0], find=twice),)
    ids = [s.suggestion_id for s in review(settings, sources=sources)]
    with pytest.raises(CodeListError, match="甲局"):
        accept(settings, ids, "见公告", sources=sources)
    assert settings.config is not None
    assert list((settings.config / "codes").iterdir()) == []


def test_rows_that_would_lead_in_a_circle_are_not_written(settings: Settings) -> None:
    assert settings.config is not None
    path = settings.config / "codes" / "body_names.csv"
    path.parent.mkdir()
    path.write_text("spelling,name,source\n示例市甲局,甲局,one\n", encoding="utf-8")
    code_list.cache_clear()
    before = path.read_bytes()
    (mine,) = (s for s in review(settings, sources=SOURCES) if s.left == "甲局")
    with pytest.raises(CodeListError, match="circle"):
        accept(settings, [mine.suggestion_id], "见公告", sources=SOURCES)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("key", "fits"), [("", 3), ("zz", 0)])
def test_a_key_must_fit_one_suggestion(settings: Settings, key: str, fits: int) -> None:
    with pytest.raises(ReviewError, match=rf"{fits} suggestions begin|begin so, expected 1"):
        accept(settings, [key], "why", sources=SOURCES)


def test_answers_need_a_directory_and_sorts_exist(settings: Settings) -> None:
    first = review(settings, sources=SOURCES)[0].suggestion_id
    with pytest.raises(ReviewError, match="--config"):
        accept(replace(settings, config=None), [first], "why", sources=SOURCES)
    with pytest.raises(ReviewError, match="expected body_name"):
        review(settings, sort="nothing", sources=SOURCES)


def test_the_command_says_that_nothing_is_suggested(seeded: Installation) -> None:
    shown = asked(seeded, "review")
    assert (shown.exit_code, shown.stdout.strip()) == (0, "没有建议 / nothing is suggested")
    assert json.loads(asked(seeded, "review", "--json").stdout) == []
