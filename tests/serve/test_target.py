"""How one target is described."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from pipelines.serve.target import describe_target


def test_every_field_of_a_clause_as_text() -> None:
    told = describe_target("每年 ≥0.5万人次／场", "参与人次")
    (clause,) = told.clauses
    assert {field: said for field, said in clause.items() if said is not None} == {
        "kind": "frequency",
        "comparator": "ge",
        "low": "5000",
        "printed_low": "0.5",
        "scale": "4",
        "unit": "人次",
        "printed_unit": "万人次／场",
        "per_unit": "场",
        "per_period": "year",
        "rendered": "每年≥5000人次/场",
    }
    assert (told.kind, told.suspect, told.state) == ("frequency", None, None)


def test_characters_are_the_text_once() -> None:
    text = "合格率 ≥ 95％；投诉为 0 起。"
    told = describe_target(text)
    assert "".join(str(run["text"]) for run in told.characters) == text
    assert [run["to"] for run in told.characters[:-1]] == [
        run["from"] for run in told.characters[1:]
    ]
    roles = [run["role"] for run in told.characters]
    assert roles == [
        "subject", "space", "comparator", "space", "number", "unit", "separator",
        "subject", "comparator", "space", "number", "space", "unit", "separator",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "kind", "suspect"),
    [
        ("292%", "产品合格率", "number", "ge_read_as_2"),
        ("优/良/中/低/差", None, "ordinal", "scale_not_chosen"),
        ("有", "是否按期完成", "boolean", None),
        ("逐步提升", None, "qualitative", None),
        ("", None, "unset", None),
        ("100余场", None, "unparsed", None),
    ],
)
def test_kind_and_what_is_doubtful(
    text: str, name: str | None, kind: str, suspect: str | None
) -> None:
    told = describe_target(text, name)
    assert (told.kind, told.suspect) == (kind, suspect)
    assert (told.suspect_says is not None) == (suspect is not None)


def test_it_is_plain_json() -> None:
    told = asdict(describe_target("3-5个；2026年12月底前；1:2以上；是", None))
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told
