"""What the command line shows, in Chinese and English."""

from pipelines.screens.answers import (
    answer,
    build_diff,
    findings,
    history,
    only_build,
    status,
    target,
    trace,
    verified,
    waiting_item,
    waiting_list,
)
from pipelines.screens.bi import bi_ready, bi_setup
from pipelines.screens.comparison import comparison, comparison_rows, over_reforms, rests_on
from pipelines.screens.console import as_json, console, error, errors
from pipelines.screens.exports import files, postgres
from pipelines.screens.grids import grids
from pipelines.screens.layouts import drafted, explained, layouts
from pipelines.screens.night import (
    extraction_summary,
    ingest_summary,
    next_steps,
    publishing_is_held,
    report,
    to_be_read_again,
)
from pipelines.screens.pictures import picture
from pipelines.screens.questions import basis, question, questions
from pipelines.screens.review import answered, answers_waiting, suggested
from pipelines.screens.search import search

__all__ = [
    "answer",
    "answered",
    "answers_waiting",
    "as_json",
    "basis",
    "bi_ready",
    "bi_setup",
    "build_diff",
    "comparison",
    "comparison_rows",
    "console",
    "drafted",
    "error",
    "errors",
    "explained",
    "extraction_summary",
    "files",
    "findings",
    "grids",
    "history",
    "ingest_summary",
    "layouts",
    "next_steps",
    "only_build",
    "over_reforms",
    "picture",
    "postgres",
    "publishing_is_held",
    "question",
    "questions",
    "report",
    "rests_on",
    "search",
    "status",
    "suggested",
    "target",
    "to_be_read_again",
    "trace",
    "verified",
    "waiting_item",
    "waiting_list",
]
