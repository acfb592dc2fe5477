"""Dimensions."""

from __future__ import annotations

from schemas.tables.base import SHA256_PATTERN, Table, column, pl, table
from schemas.tables.vocabulary import PHASES


class DimDocument(Table):
    """A document: bytes known by their SHA-256."""

    document_id: str = column(
        "文件内容的 SHA-256", "SHA-256 of the file's bytes", str_matches=SHA256_PATTERN
    )
    media_type: str = column("真实媒体类型，由内容判断", "True media type, told from the content")
    encoding: str = column("文本编码", "Text encoding", nullable=True)
    byte_size: pl.Int64 = column("字节数", "Size in bytes", ge=0, unit="byte")
    path: str = column("首次出现的路径（相对 raw/）", "Path at first sight, relative to raw/")
    first_seen_utc: pl.Datetime = column("首次观察到的时间（UTC）", "First observed, UTC")
    absent_since_utc: pl.Datetime = column(
        "所有路径均已消失的时间（UTC）；事实仍保留",
        "Since when no path holds it, UTC; its facts stay",
        nullable=True,
    )
    withdrawn_utc: pl.Datetime = column(
        "被撤回的时间（UTC）", "When a person took it back, UTC", nullable=True
    )
    withdrawn_why: str = column("撤回理由", "Why it was taken back", nullable=True)
    source_url: str = column(
        "公开来源网址（附注）", "Where it was published, per sidecar", nullable=True
    )

    class Config:
        unique = ["document_id"]
        metadata = table("文件", "Documents", grain="one row per document", role="dimension")


class DimFiscalYear(Table):
    """A fiscal year, which in China is the calendar year."""

    fiscal_year: pl.Int32 = column("财政年度", "Fiscal year", ge=1949, le=2100)
    starts_on: pl.Date = column("起始日", "First day")
    ends_on: pl.Date = column("截止日", "Last day")

    class Config:
        unique = ["fiscal_year"]
        metadata = table("财政年度", "Fiscal years", grain="one row per year", role="dimension")


class DimPhase(Table):
    """A phase of the budget cycle."""

    phase: str = column("预算阶段", "Phase of the budget cycle", isin=list(PHASES))
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")
    phase_order: pl.Int32 = column("顺序", "Order within the cycle", ge=1)

    class Config:
        unique = ["phase"]
        metadata = table("预算阶段", "Budget phases", grain="one row per phase", role="dimension")


class DimFundSource(Table):
    """A source of funds."""

    fund_source_id: str = column("资金来源代码", "Code of the fund source")
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")
    parent_fund_source_id: str = column(
        "上级来源；表内只印出其中若干级",
        "The source above it; a table prints some of the levels only",
        nullable=True,
        references="dim_fund_source.fund_source_id",
    )

    class Config:
        unique = ["fund_source_id"]
        metadata = table("资金来源", "Fund sources", grain="one row per source", role="dimension")


class DimIndicatorClass(Table):
    """A class of performance indicators in one version of the framework."""

    indicator_class_id: str = column("指标类别键：框架版本/代码", "Key: framework version/code")
    framework_version: str = column("指标框架版本", "Version of the indicator framework")
    class_code: str = column("类别代码", "Class code", str_matches=r"^[1-4][1-4]?$")
    class_level: pl.Int32 = column("级次（1 或 2）", "Level, 1 or 2", ge=1, le=2)
    parent_class_id: str = column(
        "上级类别",
        "Parent class",
        nullable=True,
        references="dim_indicator_class.indicator_class_id",
    )
    name_zh: str = column("中文名称", "Name in Chinese")
    name_en: str = column("英文名称", "Name in English")

    class Config:
        unique = ["indicator_class_id"]
        metadata = table(
            "绩效指标类别",
            "Classes of performance indicators",
            grain="one row per class and framework version",
            role="dimension",
        )


TABLES = (
    DimDocument,
    DimFiscalYear,
    DimPhase,
    DimFundSource,
    DimIndicatorClass,
)
