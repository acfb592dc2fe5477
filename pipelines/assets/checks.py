"""Checks of the candidate: build checks block publishing, findings never do.

Each says in its description the first thing that breaks it: document, place, identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.assets.shown import table, text
from pipelines.publish.checks import CheckResult, check_descriptions
from pipelines.serve.broken import broken_identities, identity_names, verdicts, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

_FINDINGS = {
    "hard_identities_hold": "必须成立的恒等式均成立 / identities that must hold do",
    "conditional_identities_hold": "附条件的恒等式均成立 / identities under a condition hold",
    "inclusions_hold": "部分不大于整体 / no part is more than its whole",
    "nothing_waits": "没有待处理项 / nothing waits for a person",
}
#: Which identities each of these checks is about.
_STRENGTHS = {
    "hard_identities_hold": "hard",
    "conditional_identities_hold": "conditional",
    "inclusions_hold": "inclusion",
}
#: Columns of what does not hold; few and short, for the page of a check is narrow.
_BROKEN = {
    "where": "文件与位置 document, place",
    "identity": "恒等式 identity",
    "printed_yuan": "印刷数 printed",
    "computed_yuan": "计算数 computed",
    "difference_yuan": "差 difference",
    "what_to_do": "处理 what to do",
}
_WAITING = {
    "where": "文件与位置 document, place",
    "rule": "规则 rule",
    "found": "发现 found",
    "remedy": "办法 remedy",
    "what_to_do": "处理 what to do",
}
_COMPARE = (
    "yusuan quarantine 项：线索与该写入附注的几行；分页文件加 --image x.png 看所框单元格 / `yusuan "
    "quarantine ITEM` says clues and the lines for a sidecar; --image x.png shows the cell framed"
)
#: So many rows are shown of what does not hold.
_MOST = 20
#: A build check that breaks is no matter of a wrong document: such a document waits.
_WHEN_BROKEN = (
    "未发布，昨日版本仍在服务。请重读所列文件：作业 reingest 或 yusuan reprocess --document；"
    "仍不成立则是程序有误：请附本页报告，并可先撤回该文件（yusuan withdraw 路径 --why 理由）/ "
    "Nothing was published, yesterday's warehouse is in place. Have the documents read again "
    "(job reingest, or yusuan reprocess --document PATH); if it still breaks, the program is "
    "wrong: report it with this page, and take the document back meanwhile (yusuan withdraw PATH "
    "--why TEXT)"
)


def check_specs() -> list[dg.AssetCheckSpec]:
    """All checks of the candidate, declared before they are run."""
    blocking = [
        dg.AssetCheckSpec(name, asset="candidate_build", description=said, blocking=True)
        for name, said in check_descriptions().items()
    ]
    findings = [
        dg.AssetCheckSpec(name, asset="candidate_build", description=said)
        for name, said in _FINDINGS.items()
    ]
    return blocking + findings


def held_before(why: str) -> Iterator[dg.AssetCheckResult]:
    """Build checks of a night that built nothing: they held when this build was published."""
    for name in check_descriptions():
        yield dg.AssetCheckResult(passed=True, check_name=name, description=why)


def blocking(checks: Sequence[CheckResult], config: Path | None) -> Iterator[dg.AssetCheckResult]:
    """What the build checks found."""
    for check in checks:
        metadata: dict[str, Any] = {"failures": check.failures}
        if not check.passed:
            rows = [_readable(row, identity_names(config)) for row in check.examples]
            metadata["broken_rows"] = table(rows, _labels(rows))
            metadata["what_to_do"] = _WHEN_BROKEN
        yield dg.AssetCheckResult(
            passed=check.passed,
            check_name=check.name,
            description=None if check.passed else check.said(),
            metadata=metadata,
        )


def findings(
    connection: duckdb.DuckDBPyConnection, config: Path | None
) -> Iterator[dg.AssetCheckResult]:
    """What a build holds that people should look at; it is published all the same."""
    for name, strength in _STRENGTHS.items():
        counts = verdicts(connection, strength)
        rows = [
            {**row, "where": _where(row), "identity": f"{row['label']}: {row['identity']}"}
            for row in broken_identities(connection, strength, _MOST, config)
        ]
        first = "".join(
            f"{row['where']}: {row['identity_id']}, {row['identity']}; 印 printed "
            f"{text(row['printed_yuan'])}, 算 computed {text(row['computed_yuan'])}, 差 difference "
            f"{text(row['difference_yuan'])}"
            for row in rows[:1]
        )
        yield _finding(name, counts.get("broken", 0), first, counts, table(rows, _BROKEN))
    items = [{**row, "where": _where(row)} for row in waiting(connection, _MOST, config)]
    many = connection.execute("SELECT count(*) FROM quarantine_item").fetchall()[0][0]
    first = "".join(
        f"{row['where']}: {row['rule_id']}, {row['rule']}; {row['found']}" for row in items[:1]
    )
    yield _finding("nothing_waits", many, first, {"items_waiting": many}, table(items, _WAITING))


def _finding(
    name: str, many: int, first: str, counts: Mapping[str, int], rows: dg.MetadataValue[Any]
) -> dg.AssetCheckResult:
    """One finding; numbers first, for they are plotted."""
    metadata: dict[str, Any] = dict(counts)
    if many:
        metadata |= {"rows": rows, "what_to_do": _COMPARE}
    return dg.AssetCheckResult(
        passed=not many,
        severity=dg.AssetCheckSeverity.WARN,
        check_name=name,
        description=f"共 {many} 处，其一 {many} in all, one of them: {first}" if many else None,
        metadata=metadata,
    )


def _where(row: Mapping[str, Any]) -> str:
    return f"{row['document']} {row['place']}"


def _readable(row: Mapping[str, Any], identities: Mapping[str, str]) -> dict[str, Any]:
    """A broken row with what is known of it: where it is, its identity in words, and keys last."""
    told = {name: value for name, value in row.items() if value is not None}
    where = " ".join(told.pop(name) for name in ("document", "place") if name in told)
    if (identity := told.pop("identity_id", None)) is not None:
        told["identity"] = f"{identity}: {identities.get(identity, '')}"
    keys = [name for name in told if name.endswith("_id")]
    return {"where": where or "—", **{n: told[n] for n in told if n not in keys},
            **{n: told[n] for n in keys}}  # fmt: skip


def _labels(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Columns of the rows, in the order of the first that has them."""
    return {name: _BROKEN.get(name, name) for row in rows for name in row}
