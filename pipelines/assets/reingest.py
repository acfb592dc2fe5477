"""Re-ingest from the launchpad: what a person names is read again, then the night's steps run.

The same as ``yusuan reprocess``: what is named is looked up first, and nothing is done if a part of
it is not there.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.selection import NothingSelectedError, Selection, UnknownDocumentError
from pipelines.settings import Settings
from pipelines.upkeep import Reread, reprocess

#: The launchpad's form. Of each list any fits; lists that are given narrow one another.
FIELDS = {
    "documents": dg.Field(
        [str],
        default_value=[],
        description="文件：raw/ 下的路径，或 SHA-256 的前几位 / Documents: paths below raw/, or "
        "first digits of a SHA-256. ['2026/a.pdf', '6afdb59c']",
    ),
    "places": dg.Field(
        [str],
        default_value=[],
        description="地方：区划代码或名称（含其下级）、版式所属地、报送机构名称的一部分 / "
        "Places: a region's code or how its name begins, with all in it; a place of layouts; a "
        "part of the name of bodies that report. ['440100', '广州', 'guangzhou', '水务局']",
    ),
    "years": dg.Field(
        [int],
        default_value=[],
        description="财政年度；与其他条件同时给出时须全部符合 / Fiscal years. A document must "
        "meet all lists that are given. [2025, 2026]",
    ),
    "why": dg.Field(
        str,
        default_value="",
        description="理由，记入台账 / The reason, for the ledger",
    ),
}


def _of_raw_documents(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"ops": {"raw_documents": {"config": {"reread": dict(asked)}}}}


reingest_job = dg.define_asset_job(
    "reingest",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    config=dg.ConfigMapping(config_fn=_of_raw_documents, config_schema=FIELDS),
    description="重读指定的文件、地方或年度，然后走完一夜的各步；先核对所指，有一项不存在便什么也"
    "不做 / Reads named documents, places or years again from the archive, then runs the steps "
    "of a night. What is named is looked up first: if a part of it is not there, nothing is done.",
)


def read_again(settings: Settings, asked: Mapping[str, Any]) -> Reread:
    """Have what the launchpad names read again.

    Raises:
        Failure: a part of it is not there; the message says what is.
    """
    selection = Selection(tuple(asked["documents"]), tuple(asked["places"]), tuple(asked["years"]))
    try:
        return reprocess(settings, selection, asked["why"])
    except (NothingSelectedError, UnknownDocumentError) as error:
        raise dg.Failure(
            f"什么也没有做 / nothing was done: {error}", allow_retries=False
        ) from error
