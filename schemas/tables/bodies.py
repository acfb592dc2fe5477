"""Bodies and the regions they are of: names, spellings, parents, and what became of them."""

from __future__ import annotations

from schemas.tables.base import Table, column, key, pl, table

#: How a spelling is known to be a body's.
ALIAS_METHODS = ("printed", "region_rule", "party_rule", "common_name", "accepted", "former")
#: What became of a body. All but ``transferred`` end it.
SUCCESSION_KINDS = ("renamed", "merged", "absorbed", "split", "transferred")


class DimRegion(Table):
    """A region of GB/T 2260, of today or abolished since 2015."""

    region_id: str = column("GB/T 2260 代码", "GB/T 2260 code", str_matches=r"^[0-9]{6}$")
    name: str = column("名称", "Name")
    level: str = column("层级", "Level", isin=["province", "city", "county"])
    parent_region_id: str = column(
        "上级区划；直辖市的区县与省直辖的县级区划直接属省级",
        "Parent region; districts of municipalities and counties run by a province stand below it",
        nullable=True,
        references="dim_region.region_id",
    )
    last_year: pl.Int32 = column(
        "撤销或改码的年份；空为现行",
        "The year in which the code ended; null for a region of today",
        nullable=True,
        ge=2015,
        le=2100,
    )
    successor_region_id: str = column(
        "改码或改制后的代码；空为现行，或并入多处、无法确指",
        "The code it goes on under; null for a region of today, and if no one region took it over",
        nullable=True,
        references="dim_region.region_id",
    )

    class Config:
        unique = ["region_id"]
        metadata = table("行政区划", "Regions", grain="one row per region", role="dimension")


class DimBody(Table):
    """A public body under one name: department or spending unit."""

    body_id: str = key("机构键", "Key of the body")
    name: str = column(
        "机构名称（规范，区划写全）",
        "Canonical name; regions in full",
        str_length={"min_value": 1},
    )
    region_id: str = column(
        "行政区划代码（GB/T 2260）：名称所冠，否则其报表所述，否则其主管部门的",
        "Region code, GB/T 2260: of the name, else what its statements say, else its department's",
        nullable=True,
        references="dim_region.region_id",
    )
    valid_from: pl.Date = column(
        "此名称之机构成立之日；空为不知",
        "When the body began under this name; null if not known",
        nullable=True,
    )
    valid_to: pl.Date = column(
        "此名称之机构终止之日（前一日）；空为不知或仍在",
        "Its last day under this name; null if not known, or if it goes on",
        nullable=True,
    )
    parent_body_id: str = column(
        "主管部门：最近年度把它列为单位的部门（见 body_parent）；多个部门并列时为空",
        "Department that lists it as a unit in the latest year; null if several do (body_parent)",
        nullable=True,
        references="dim_body.body_id",
    )
    successor_body_id: str = column(
        "唯一承继机构；拆分或多个承继者时为空（见 body_succession）",
        "The one body that took it over whole; null if none or several did (see body_succession)",
        nullable=True,
        references="dim_body.body_id",
    )
    latest_body_id: str = column(
        "沿唯一承继关系到今天的机构；没有承继者时为自身。跨年比较按此列",
        "The body of today along such successors, else itself: compare years by it",
        references="dim_body.body_id",
    )

    class Config:
        unique = ["body_id"]
        metadata = table(
            "机构（部门与资金使用单位）",
            "Bodies: departments and spending units",
            grain="one row per body and name",
            role="dimension",
        )


class BodyAlias(Table):
    """A spelling that means a body, and how that is known."""

    spelling: str = column("写法（印出的或代码表中的）", "Spelling, printed or in a code list")
    body_id: str = key("机构", "Body", references="dim_body.body_id")
    method: str = column(
        "依据：printed 即规范名称；region_rule 区划写法；party_rule 党委写法；common_name 通名加所"
        "在区划；accepted 人工确认；former 表中“原…”",
        "How it is known: printed, the canonical name itself; region_rule, another way to print "
        "its region; party_rule, its party committee; common_name, a common name in a book of the "
        "place; accepted, by a person; former, printed as 原…",
        isin=list(ALIAS_METHODS),
    )
    statements: pl.Int64 = column(
        "以此写法印出它的报表数", "Statements that print it so", ge=0, additive=False
    )
    source: str = column("出处", "Source")

    class Config:
        unique = ["spelling", "body_id"]
        metadata = table(
            "机构名称写法",
            "Spellings of bodies",
            grain="one row per spelling and body",
            role="bridge",
        )


class BodyParent(Table):
    """A department whose own books list a body among its units."""

    body_id: str = key("单位", "Unit", references="dim_body.body_id")
    parent_body_id: str = key("部门", "Department", references="dim_body.body_id")
    first_year: pl.Int32 = column("最早财政年度", "First fiscal year", ge=1949, le=2100)
    last_year: pl.Int32 = column("最晚财政年度", "Last fiscal year", ge=1949, le=2100)
    statements: pl.Int64 = column(
        "列出它的部门报表数", "Statements of the department that list it", ge=1, additive=False
    )

    class Config:
        unique = ["body_id", "parent_body_id"]
        metadata = table(
            "单位与主管部门",
            "Units and their departments",
            grain="one row per unit and department",
            role="bridge",
        )


class BodySuccession(Table):
    """What became of a body in a reform: several to several, splits and merges included."""

    predecessor_body_id: str = key("原机构", "Predecessor", references="dim_body.body_id")
    successor_body_id: str = key("承继机构", "Successor", references="dim_body.body_id")
    kind: str = column(
        "方式：renamed 更名；merged 与他机构并为新机构；absorbed 并入已有机构；split 拆分；"
        "transferred 部分职责划出（原机构仍在）",
        "How: renamed; merged with others into a new body; absorbed by one that was there; split; "
        "transferred, part of its duties while it goes on",
        isin=list(SUCCESSION_KINDS),
    )
    effective_on: pl.Date = column("生效日", "Effective on", nullable=True)
    source: str = column("依据", "Source")

    class Config:
        unique = ["predecessor_body_id", "successor_body_id"]
        metadata = table(
            "机构承继",
            "Succession of bodies",
            grain="one row per predecessor and successor",
            role="bridge",
        )


class BodyLineage(Table):
    """A body and one that went over whole into it, at once or over others between."""

    body_id: str = key("机构", "Body", references="dim_body.body_id")
    predecessor_body_id: str = key(
        "整体并入或更名为它的原机构", "A body that became it whole", references="dim_body.body_id"
    )
    kind: str = column(
        "方式：renamed 每一步都是一对一更名，即同一机构；merged、absorbed 途中与他机构合并",
        "renamed: one to one at every step, so it is the same body; merged or absorbed: on the way "
        "it was joined with others",
        isin=[kind for kind in SUCCESSION_KINDS if kind not in {"split", "transferred"}],
    )
    steps: pl.Int32 = column("其间的步数", "Reforms between them", ge=1, additive=False)
    first_on: pl.Date = column(
        "第一步生效日；任一步不知则为空", "When the first took effect; null unless all are known",
        nullable=True,
    )  # fmt: skip
    last_on: pl.Date = column(
        "最后一步生效日；任一步不知则为空", "When the last took effect; null unless all are known",
        nullable=True,
    )  # fmt: skip
    is_first: bool = column(
        "原机构自身没有前身", "Nothing went over whole into the predecessor itself"
    )

    class Config:
        unique = ["body_id", "predecessor_body_id"]
        metadata = table(
            "机构沿革：今日机构与其全部前身",
            "Lineage of bodies: what became whole of whom",
            grain="one row per body and predecessor",
            role="bridge",
        )


TABLES = (DimRegion, DimBody, BodyAlias, BodyParent, BodySuccession, BodyLineage)
