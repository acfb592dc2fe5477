"""Which body a printed name is: what rules prove, and what they leave alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.conform.bodies import body_id, told_bodies
from schemas.bodies import check_bodies
from schemas.code_lists import CodeListError, code_list
from schemas.regions import region_names, region_paths

if TYPE_CHECKING:
    from pathlib import Path


def told(printed: str, place: str | None = None, config: Path | None = None) -> dict[str, Any]:
    frame = pl.DataFrame(
        {"printed": [printed], "place": [place]}, schema={"printed": pl.String, "place": pl.String}
    )
    return told_bodies(frame, config).row(0, named=True)


def written(tmp_path: Path, name: str, *rows: str) -> Path:
    """A configuration with rows of one list."""
    header = ",".join(code_list(name).columns)
    path = tmp_path / "codes" / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    code_list.cache_clear()
    region_paths.cache_clear()
    region_names.cache_clear()
    return tmp_path


@pytest.mark.parametrize(
    ("printed", "place", "name", "region_id", "method"),
    [
        # A region in full, in part, with its province: one body.
        ("广州市黄埔区财政局", None, "广州市黄埔区财政局", "440112", "printed"),
        ("黄埔区财政局", None, "广州市黄埔区财政局", "440112", "region_rule"),
        ("广东省广州市黄埔区财政局", None, "广州市黄埔区财政局", "440112", "region_rule"),
        ("105001黄埔区 财政局（本级）", None, "广州市黄埔区财政局", "440112", "region_rule"),
        ("普陀区财政局", "310107", "上海市普陀区财政局", "310107", "region_rule"),
        ("吉林省吉林市财政局", None, "吉林市财政局", "220200", "region_rule"),
        ("广东省财政厅", None, "广东省财政厅", "440000", "printed"),
        # Counties and their cities of one level go by their own names.
        ("河南省济源市财政局", None, "济源市财政局", "419001", "region_rule"),
        ("苏州市昆山市财政局", None, "昆山市财政局", "320583", "region_rule"),
        # Several regions of one name: only where the place tells which.
        ("朝阳区财政局", None, "朝阳区财政局", None, "printed"),
        ("朝阳区财政局", "220100", "长春市朝阳区财政局", "220104", "region_rule"),
        ("朝阳区财政局", "110105", "北京市朝阳区财政局", "110105", "region_rule"),
        ("朝阳区财政局", "440100", "朝阳区财政局", None, "printed"),
        ("白云区民政局", "440103", "广州市白云区民政局", "440111", "region_rule"),
        ("江苏省鼓楼区法院", None, "江苏省鼓楼区法院", None, "printed"),
        # A district's name that is an everyday word too.
        ("东区街道办事处", None, "东区街道办事处", None, "printed"),
        ("攀枝花市东区财政局", None, "攀枝花市东区财政局", "510402", "printed"),
        # Regions that were abolished, moved or renamed.
        ("重庆市江北区教育局", None, "重庆市江北区教育局", "500105", "printed"),
        ("江北区教育局", "330200", "宁波市江北区教育局", "330205", "region_rule"),
        ("公主岭市财政局", None, "公主岭市财政局", "220184", "printed"),
        ("吐鲁番市财政局", None, "吐鲁番市财政局", "650400", "printed"),
        ("三明市三元区财政局", None, "三明市三元区财政局", "350404", "printed"),
        ("邢台市桥东区财政局", None, "邢台市襄都区财政局", "130502", "region_rule"),
        # The party committee of a place.
        ("广州市委宣传部", None, "中共广州市委宣传部", "440100", "party_rule"),
        ("中国共产党广州市委员会宣传部", None, "中共广州市委宣传部", "440100", "party_rule"),
        ("中共广州市委宣传部", None, "中共广州市委宣传部", "440100", "printed"),
        ("广州市委托代理中心", None, "广州市委托代理中心", "440100", "printed"),
        # A common name is that of the place in whose book it stands.
        ("财政局", "440112", "广州市黄埔区财政局", "440112", "common_name"),
        ("财政局", None, "财政局", None, "printed"),
        # 原 before a name; 原州区 is a district.
        ("原广州市工商行政管理局", None, "广州市工商行政管理局", "440100", "former"),
        ("原州区财政局", None, "固原市原州区财政局", "640402", "region_rule"),
        # What no rule proves stays as it is printed.
        ("广州血液中心", "440100", "广州血液中心", None, "printed"),
        ("烟台市审计局本级", None, "烟台市审计局本级", "370600", "printed"),
        ("广州市", None, "广州市", "440100", "printed"),
    ],
)  # fmt: skip
def test_a_printed_name(
    printed: str, place: str | None, name: str, region_id: str | None, method: str
) -> None:
    found = told(printed, place)
    assert (found["name"], found["region_id"], found["method"]) == (name, region_id, method)
    assert found["former_name"] is None
    assert told(name)["name"] == name, "a name told once is told so again"


def test_what_a_body_was_called_before() -> None:
    found = told("广州市市场监督管理局（原广州市工商行政管理局）")
    assert (found["name"], found["former_name"]) == ("广州市市场监督管理局", "广州市工商行政管理局")


def test_a_spelling_that_a_person_accepted(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        "body_names",
        "普陀区政府万里街道,上海市普陀区万里街道办事处,one",
        "上海市普陀区万里街道办事处,上海市普陀区人民政府万里街道办事处,two",
        "黄埔区财局,黄埔区财政局,three",
    )
    last = "上海市普陀区人民政府万里街道办事处"
    for spelling in ("普陀区政府万里街道", "上海市普陀区万里街道办事处", last):
        assert told(spelling, None, config)["name"] == last
        assert told(spelling, None, config)["region_id"] == "310107"
    assert told("普陀区万里街道办事处", "310107", config)["name"] == last
    found = told("黄埔区财局", None, config)
    assert (found["name"], found["method"]) == ("广州市黄埔区财政局", "accepted")
    assert told("黄埔区财局")["name"] == "广州市黄埔区财局"


def test_each_distinct_name_once_and_none_for_none() -> None:
    frame = pl.DataFrame(
        {"printed": ["甲局", None, "甲局", "乙局"], "place": [None, None, None, "440100"]}
    )
    found = told_bodies(frame)
    assert found.select("printed", "place").rows() == [("甲局", None), ("乙局", "440100")]
    keys = found.select(body_id("name")).to_series()
    assert keys.n_unique() == 2
    assert pl.DataFrame({"name": [None]}, schema={"name": pl.String}).select(
        body_id("name")
    ).to_series().to_list() == [None]


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("body_names", "甲局,乙局,one\n乙局,甲局,two", "甲局 → 乙局 → 甲局"),
        ("body_succession", "甲局,乙局,gone,,one", "expected one of renamed"),
        ("body_succession", "甲局,乙局,renamed,2018,one", "is no date"),
        ("body_reforms", "甲局,乙局,gone,2018,2019,one", "expected one of renamed"),
        ("common_bodies", "甲局,all,one", "expected place or reporting_body"),
        ("regions", "999999,某市,city,990000,,,one", "points to 990000"),
        ("regions", "999999,某市,city,440000,soon,,one", "is no year"),
        ("region_names", "999999,某市,2015,one", "is no region"),
    ],
)
def test_lists_that_contradict_themselves_are_refused(
    tmp_path: Path, name: str, row: str, said: str
) -> None:
    config = written(tmp_path, name, row)
    with pytest.raises(CodeListError, match=said):
        check_bodies(config)


class TestRegions:
    def test_the_list_is_whole(self) -> None:
        """As many as three lists count that were made apart from one another (ADR 21)."""
        today = code_list("regions").filter(pl.col("last_year").is_null())
        counts = dict(today.group_by("level").len().rows())
        assert counts == {"province": 34, "city": 333, "county": 2847}

    def test_codes_stand_below_those_they_begin_with(self) -> None:
        listed = code_list("regions")
        today = listed.filter(pl.col("last_year").is_null() & (pl.col("level") != "province"))
        own, above = pl.col("region_id"), pl.col("parent_region_id")
        is_city = pl.col("level") == "city"
        below = pl.when(is_city).then(own.str.head(2) == above.str.head(2)).otherwise(
            (own.str.head(4) == above.str.head(4))
            | (above.str.ends_with("0000") & (own.str.head(2) == above.str.head(2)))
        )  # fmt: skip
        assert today.filter(~below).rows() == []
        assert today.filter(is_city & ~own.str.ends_with("00")).rows() == []

    @pytest.mark.parametrize(
        ("region_id", "name", "path"),
        [
            ("440112", "黄埔区", "广州市黄埔区"),
            ("310107", "普陀区", "上海市普陀区"),
            ("500157", "两江新区", "重庆市两江新区"),
            ("330110", "余杭区", "杭州市余杭区"),
            ("330113", "临平区", "杭州市临平区"),
            ("653228", "和康县", "和康县"),
            ("659012", "白杨市", "白杨市"),
            ("419001", "济源市", "济源市"),
            ("540602", "色尼区", "那曲市色尼区"),
            ("429021", "神农架林区", "神农架林区"),
            ("460400", "儋州市", "儋州市"),
            ("810000", "香港特别行政区", "香港特别行政区"),
        ],
    )
    def test_samples(self, region_id: str, name: str, path: str) -> None:
        (found,) = region_paths().filter(pl.col("region_id") == region_id).iter_rows(named=True)
        assert (found["name"], found["path"]) == (name, path)

    @pytest.mark.parametrize(
        ("region_id", "name", "last_year", "successor"),
        [
            ("110228", "密云县", "2015", "110118"),
            ("310108", "闸北区", "2015", None),
            ("330103", "下城区", "2021", None),
            ("371200", "莱芜市", "2018", None),
            ("440183", None, None, None),
            ("500112", "渝北区", "2025", None),
            ("220381", "公主岭市", "2020", "220184"),
        ],
    )
    def test_samples_of_what_was_abolished(
        self, region_id: str, name: str | None, last_year: str | None, successor: str | None
    ) -> None:
        """Since 2015: 增城市 became a district in 2014."""
        rows = code_list("regions").filter(pl.col("region_id") == region_id)
        found = rows.select("name", "last_year", "successor_region_id").rows()
        assert found == ([(name, last_year, successor)] if name else [])

    def test_a_full_name_tells_one_region_of_today(self) -> None:
        ids = code_list("regions").filter(pl.col("last_year").is_null())["region_id"]
        today = region_paths().filter(pl.col("region_id").is_in(ids.implode()))
        assert today.filter(pl.col("path").is_duplicated()).rows() == []
        named = today.with_columns(printed=pl.concat_str("path", pl.lit("财政局")))
        found = told_bodies(named.select("printed", place=pl.lit(None, dtype=pl.String)))
        again = named.join(found, on="printed", how="left")
        assert again.filter(pl.col("region_id").ne_missing(pl.col("region_id_right"))).rows() == []
