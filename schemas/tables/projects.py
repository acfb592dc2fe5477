"""Projects over years: which printed line is which project, and what became of it."""

from __future__ import annotations

from typing import Annotated

from schemas.tables.base import MONEY, Table, column, key, pl, table
from schemas.tables.vocabulary import (
    ANSWER_REASONS,
    IDENTITY_METHODS,
    LIFECYCLE_REASONS,
    LIFECYCLE_STATES,
    PHASES,
    SUCCESSION_KINDS,
    SUGGESTED_KINDS,
)


class DimProject(Table):
    """A project over years: what bridge_project_identity leads to."""

    project_id: str = key("项目键（跨年度）", "Key of the project over years")
    spending_unit_id: str = key(
        "资金使用单位；只印代码而未印单位的为空",
        "Spending unit; none for a project known by its printed code alone",
        references="dim_body.body_id",
        nullable=True,
    )
    name: str = column(
        "项目名称（首次获知时）",
        "Name it was first known by",
        str_length={"min_value": 1},
    )

    class Config:
        unique = ["project_id"]
        metadata = table(
            "项目（跨年度）",
            "Projects over years",
            grain="one row per project",
            role="dimension",
            reading=True,
        )


class BridgeProjectIdentity(Table):
    """Which project a printed project line is, how that is known, and how surely."""

    project_line_id: str = key("项目行", "Project line", references="project_line.project_line_id")
    project_id: str = key("项目", "Project", references="dim_project.project_id")
    name_key: str = key(
        "单位（沿承继关系至今日）与名称的键；同一项目两年不同即为更名",
        "Key of unit (that of today, if it went over whole) and canonical name: where two years of "
        "a project differ in it, it was renamed",
    )
    method: str = column(
        "判定方法（代码见词汇表 IDENTITY_METHODS，含义见 docs/adr/0022）",
        "How it was linked: unit_and_name; renamed_unit_and_name: its unit had another name then; "
        "code: a printed code without a unit; in another table of the year, by unit or body, "
        "amount and name; over years by code, by name but for words that say nothing, by name and "
        "content, by content alone; stands_alone: its name is another project's; person: accepted "
        "in review",
        isin=list(IDENTITY_METHODS),
    )
    confidence: pl.Float64 = column("置信度", "Confidence", ge=0, le=1)
    evidence: str = column("依据", "Evidence")

    class Config:
        unique = ["project_line_id", "project_id"]
        metadata = table(
            "项目身份桥接",
            "Bridge of project identity",
            grain="one row per project line and project",
            role="bridge",
            reading=True,
        )


class ProjectNameCore(Table):
    """What a printed project name says, less the words and signs that tell no project apart."""

    name: str = column("项目名称（印刷，不含代码）", "Name as printed, less its code")
    fiscal_year: pl.Int32 = column(
        "财政年度", "Fiscal year of the table", references="dim_fiscal_year.fiscal_year"
    )
    name_core: str = column(
        "名称核心：去标点与词尾“经费”“项目”之类（project_name_words.csv），当年年份记作 §",
        "The name without punctuation and without words at its end that say nothing "
        "(project_name_words.csv); § stands for the fiscal year itself",
        str_length={"min_value": 1},
    )

    class Config:
        unique = ["name", "fiscal_year"]
        metadata = table(
            "项目名称核心",
            "Cores of project names",
            grain="one row per name and fiscal year of printed project lines",
            role="bridge",
        )


class _Succession(Table):
    spending_unit_id: str = key(
        "资金使用单位", "Spending unit", references="dim_body.body_id", nullable=True
    )
    fiscal_year_before: pl.Int32 = column("前一年度", "The year before", ge=1949, le=2100)
    fiscal_year: pl.Int32 = column("年度", "The year", ge=1949, le=2100)
    project_id_before: str = key(
        "前一年度的项目", "Project of the year before", references="dim_project.project_id"
    )
    project_id: str = key("项目", "Project of the year", references="dim_project.project_id")
    name_before: str = column("前一年度的名称", "Its name in the year before")
    name: str = column("名称", "Its name in the year")


class ProjectSuccession(_Succession):
    """A project of one year that is one of another under another name, or became several."""

    kind: str = column(
        "种类：renamed 更名，same 同名多项中的同一项，split 拆分，merged 合并",
        "renamed; same: which of several of one name; split or merged, as a person accepted",
        isin=list(SUCCESSION_KINDS),
    )
    method: str = column("判定方法", "How that is known", isin=list(IDENTITY_METHODS))
    confidence: pl.Float64 = column("置信度", "Confidence", ge=0, le=1)
    evidence: str = column("依据", "Evidence")

    class Config:
        unique = [
            "fiscal_year_before", "project_id_before", "name_before", "fiscal_year", "project_id",
            "name",
        ]  # fmt: skip
        metadata = table(
            "项目承继：名称之外得知的年度间联系",
            "Succession of projects: what links two years besides unit and name",
            grain="one row per pair of a project in one year and in a later one",
            role="detail",
        )


class ProjectSuggestion(_Succession):
    """Two projects of consecutive years that may be one, or parts: for a person, never linked."""

    suggestion_id: str = key("建议键（稳定）", "Durable key of the suggestion")
    kind: str = column(
        "建议的种类：renamed 更名，split 拆分，merged 合并",
        "What is suggested",
        isin=list(SUGGESTED_KINDS),
    )
    spending_unit_name: str = column("资金使用单位名称", "Name of the spending unit")
    score: pl.Float64 = column("得分", "Score", ge=0, le=1)
    evidence: str = column("依据", "Evidence")

    class Config:
        unique = ["suggestion_id"]
        metadata = table(
            "项目身份建议（待人确认）",
            "Suggestions of project identity, for `yusuan review`",
            grain="one row per suggested pair",
            role="operation",
        )


class ProjectAnswerWaiting(Table):
    """A row that a person wrote to ``project_identities.csv``, and that no projects match."""

    file_line: pl.Int32 = column(
        "在 codes/project_identities.csv 的行号", "Its line in codes/project_identities.csv", ge=2,
        additive=False,
    )  # fmt: skip
    unit: str = column("单位", "Unit, as written")
    fiscal_year_before: pl.Int32 = column("前一年度", "The year before", ge=1949, le=2100)
    project_before: str = column("前一年度的项目", "Project of the year before, as written")
    fiscal_year: pl.Int32 = column("年度", "The year", ge=1949, le=2100)
    project: str = column("项目", "Project, as written")
    kind: str = column("所述", "What it says of the two")
    waits_for_year: pl.Int32 = column(
        "哪一年的一方未找到", "Of which year nothing was found", ge=1949, le=2100
    )
    reason: str = column(
        "原因：unit_unknown 无此单位；list_not_here 该单位该年的项目表不在库中；"
        "project_not_found 该表中无此项目；several_found 不止一项",
        "Why: unit_unknown; list_not_here: no list of that unit and year is here; "
        "project_not_found: it has no such project; several_found: it has more than one",
        isin=list(ANSWER_REASONS),
    )

    class Config:
        unique = ["file_line"]
        metadata = table(
            "未能对应的项目身份答复",
            "Answers about projects that match none",
            grain="one row per row of the list that is not followed",
            role="operation",
        )


class MartProjectLifecycle(Table):
    """What became of a project from one year to the next."""

    project_id: str = key("项目", "Project over years", references="dim_project.project_id")
    spending_unit_id: str = key(
        "资金使用单位", "Spending unit", references="dim_body.body_id", nullable=True
    )
    spending_unit_name: str = column("资金使用单位名称", "Name of the unit", nullable=True)
    reporting_body_id: str = key("报送机构", "Reporting body", references="dim_body.body_id")
    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year")
    phase: str = column("预算阶段", "Phase", isin=list(PHASES))
    state: str = column(
        "状态：new 新增，continuing 延续，renamed 更名延续，ended 结束，unknown 无从判断；"
        "单位改革后，上年指其全部前身的项目表",
        "new, continuing, renamed, ended against the year before, which after a reform is that of "
        "all units that went over into this one; unknown: it cannot be told, see reason",
        isin=list(LIFECYCLE_STATES),
    )
    reason: str = column(
        "无从判断的原因：no_list_before 上年未公布；lists_differ 两年表种不同；"
        "predecessors_unclear 前身单位上年的项目表不全，或其承继年份不明；"
        "same_name_over_merger 合并前后仅名称相同",
        "Why it is unknown: no_list_before; lists_differ: they are of different kinds of table; "
        "predecessors_unclear: not all lists of units that went over into this one are there, or "
        "it is not known that they did so then; same_name_over_merger: of that name, and no more, "
        "before and after units were merged",
        nullable=True,
        isin=list(LIFECYCLE_REASONS),
    )
    project_name: str = column("名称；已结束的为空", "Name; none if ended", nullable=True)
    project_name_before: str = column("上年名称", "Name in the year before", nullable=True)
    amount_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "金额（元）", "Amount in yuan", nullable=True, unit="CNY", additive=True
    )
    amount_before_yuan: Annotated[pl.Decimal, *MONEY] = column(
        "上年金额（元）",
        "Amount of the year before",
        nullable=True,
        unit="CNY",
        additive=False,
    )
    first_fiscal_year: pl.Int32 = column(
        "所知最早年度；早于上年的新增即为恢复",
        "First year it is known in; a new one that is older was taken up again",
    )
    succession: str = column(
        "与其他项目的承继（拆分、合并），由人确认",
        "Split or merged with others, as a person accepted",
        nullable=True,
    )
    method: str = column("与上年联系的判定方法", "How the years are linked", nullable=True)
    kinds: str = column("依据的表种", "Kinds of table that it rests on")

    class Config:
        unique = ["project_id", "reporting_body_id", "fiscal_year", "phase"]
        metadata = table(
            "项目生命周期：新增、延续、更名、结束",
            "Life of projects: new, continuing, renamed, ended",
            grain="one row per project, body, year and phase; ended ones in the year after",
            role="mart",
        )


TABLES = (
    DimProject,
    BridgeProjectIdentity,
    ProjectNameCore,
    ProjectSuccession,
    ProjectSuggestion,
    ProjectAnswerWaiting,
)
MARTS = (MartProjectLifecycle,)
