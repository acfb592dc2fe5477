"""What is published of the made-up city, and what is wrong with it on purpose.

Of each body and year a book of its budget with all its tables, a list of its projects with their
targets, a form of its own targets, and, of years that are over, final accounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from tests.demo.city import bodies, executed, marked, years
from tests.demo.forms import gives_special_fund, of_body, of_special_fund
from tests.generator.books.budget import place
from tests.generator.books.documents import PHASE, Desk, Fate, restated
from tests.generator.books.formats import FORMATS
from tests.generator.tables import figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo.city import Body
    from tests.demo.forms import Form
    from tests.generator.books.budget import Budget
    from tests.generator.books.documents import Document
    from tests.generator.books.sheets import Sheet

#: Tables that other places print, beside those of a body's own place.
TARGETS = {
    "layout": "guangzhou/project_performance_targets",
    "above": ["{title}", "部门名称：{body}", "单位：{unit}"],
}
UNDATED = {
    **TARGETS,
    "above": ["{title}", "部门名称：{body}", "（2025年1月随预算草案提交审议）", "单位：{unit}"],
}
_OF_ECONOMIC = "部门综合预算一般公共预算支出明细表（按支出经济分类科目）"
_OF_FUNCTION = "部门综合预算一般公共预算基本支出明细表（按支出功能分类科目）"
MORE = {
    "shili": (
        {"layout": "xian/general_budget_by_economic", "title": _OF_ECONOMIC, "number": "表6"},
        {"layout": "xian/basic_expenditure_by_function", "title": _OF_FUNCTION, "number": "表7"},
    )
}
#: How lists of projects are written, by the format of their body's books.
_LISTS = {"pdf": "xlsx", "docx": "docx", "xlsx": "pdf"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong on purpose: in whose documents of which year, and what comes of it."""

    body: str
    fiscal_year: int
    zh: str
    en: str

    def is_of(self, budget: Budget) -> bool:
        """Whether it is in the documents of this body and year."""
        return (budget.body, budget.fiscal_year) == (self.body, self.fiscal_year)


WRONG_ON_PAPER = Fault(
    marked("示例市北区司法局"), 2024,
    "“三公”经费表合计多 9 万元，PDF。两个读取器读法相同，故照印发布并列为发现：yusuan ask 24",
    "the total of the three public expenses is 90,000 yuan too high, in a PDF. Two readers read it "
    "alike, so it is published as printed, with a finding: yusuan ask 24",
)  # fmt: skip
WRONG_IN_WORD = Fault(
    marked("示例市南区人大常委会办公室"), 2023,
    "政府采购表合计多 9 万元，Word。该表待人核对，其他各表照常发布：yusuan quarantine",
    "the total of procurement is 90,000 yuan too high, in a Word document. This table waits for a "
    "person, the others are published: yusuan quarantine",
)  # fmt: skip
WITHOUT_YEAR = Fault(
    marked("示例市民政局"), 2025,
    "附件3.docx 未印年度与阶段，只在文中提到 2025 年 1 月。等待，附线索：yusuan quarantine",
    "附件3.docx prints neither year nor phase, its text mentions January 2025. It waits, with that "
    "clue: yusuan quarantine",
)  # fmt: skip
REVISED = Fault(
    marked("示例市水务局"), 2025,
    "部门预算于 6 月追加：新版取代旧版，两版都留存：yusuan ask 11",
    "the budget was raised in June: version 2 takes the place of version 1, and both are kept: "
    "yusuan ask 11",
)  # fmt: skip
CONTRADICTING = Fault(
    marked("示例市商务局"), 2023,
    "支出总表与同册各表不符。照印发布并列为发现：yusuan ask 24",
    "the table of expenditure disagrees with the other tables of its book. Published as printed, "
    "with findings: yusuan ask 24",
)  # fmt: skip
FAULTS = (WRONG_ON_PAPER, WRONG_IN_WORD, WITHOUT_YEAR, REVISED, CONTRADICTING)
#: A printed total is too high by so many yuan.
_WRONG_BY = 90_000


@dataclass(frozen=True)
class Corpus:
    """All documents: those of tables with the fate of each table, and forms."""

    books: tuple[Document, ...]
    forms: tuple[Form, ...]

    @property
    def documents(self) -> tuple[Document | Form, ...]:
        """What is written into ``raw/``."""
        return (*self.books, *self.forms)


@cache
def corpus() -> Corpus:
    """Everything that is published; always the same."""
    books: list[Document] = []
    forms: list[Form] = []
    for body in bodies():
        for year in years():
            of_year = _of_year(body, body.budgets[year])
            books += of_year
            forms += _forms(_latest(of_year))
    return Corpus(tuple(books), tuple(forms))


def _of_year(body: Body, planned: Budget) -> list[Document]:
    """The documents of a body and year; what follows the budget says it as it was revised."""
    year = planned.fiscal_year
    names = (f"{year}年部门预算", f"{year}年部门预算（修订）")
    books = _books(body, planned)
    made = [_named(book, body, name) for book, name in zip(books, names, strict=False)]
    budget = _latest(made)
    name = "附件3" if WITHOUT_YEAR.is_of(budget) else f"{year}年项目支出绩效目标表"
    made.append(_named(_list(body, budget), body, name))
    if year < years()[-1]:
        made.append(_named(_accounts(body, budget), body, f"{year}年部门决算"))
    return made


def _latest(of_year: list[Document]) -> Budget:
    """The budget of a body and year, as it was revised if it was."""
    return [one for one in of_year if one.phase == PHASE and not one.book.is_apart][-1].book.budget


def _named(made: Document, body: Body, name: str) -> Document:
    return replace(made, path=f"{body.name}/{name}.{FORMATS[made.written].suffix}")


def _desk(body: Body, budget: Budget, written: str) -> Desk:
    """Where a body's documents are made: in one look over all years."""
    desk = Desk(Random(body.name), budget, written)  # noqa: S311 - the same look always
    desk.style = replace(desk.style, unit="万元", decimals=2, trims_zeros=False,
                         groups_digits=True)  # fmt: skip
    cover = tuple(place(budget.place)["look"]["cover"][0])  # says 预算 or 决算 in one line
    desk.look = replace(desk.look, cover=cover, rows=(24, 40), breaks_names=False,
                        breaks_titles=False)  # fmt: skip
    return desk


def _sheets(desk: Desk, budget: Budget) -> tuple[Sheet, ...]:
    """All tables of a book."""
    more = MORE.get(budget.place, ())
    return (*desk.sheets(budget), *(desk.sheet(spec, budget) for spec in more))


def _books(body: Body, budget: Budget) -> list[Document]:
    """The book of a budget; two if it was revised."""
    desk = _desk(body, budget, body.written)
    sheets = _sheets(desk, budget)
    if WRONG_ON_PAPER.is_of(budget):
        made = desk.issue(desk.book(_with_wrong_total(sheets, "three_public")))
        return [replace(made, findings=("identity_broken",))]
    if WRONG_IN_WORD.is_of(budget):
        made = desk.issue(desk.book(_with_wrong_total(sheets, "procurement")))
        return [_withheld(made, "procurement")]
    if CONTRADICTING.is_of(budget):
        other = {sheet.kind: sheet for sheet in _sheets(desk, _more(budget))}
        sheets = tuple(other[one.kind] if one.kind == "expenditure_summary" else one
                       for one in sheets)  # fmt: skip
        return [replace(desk.issue(desk.book(sheets)), findings=("tables_disagree",))]
    if REVISED.is_of(budget):
        year = budget.fiscal_year
        old = desk.issue(desk.book(sheets), {"published_on": date(year, 2, 10)})
        new = desk.book(_sheets(desk, _more(budget)))
        return restated(old, desk.issue(new, {"published_on": date(year, 6, 30)}))
    return [desk.issue(desk.book(sheets))]


def _more(budget: Budget) -> Budget:
    """The budget with more money for its first project, by three tenths."""
    at = next(n for n, m in enumerate(budget.money) if m.project is not None)
    raised = replace(budget.money[at], yuan=budget.money[at].yuan * 13 // 10)
    return replace(budget, money=(*budget.money[:at], raised, *budget.money[at + 1 :]))


def _with_wrong_total(sheets: tuple[Sheet, ...], kind: str) -> list[Sheet]:
    """The tables of a book, one of them with a grand total that is not the sum of its parts."""
    return [_raised(one) if one.kind == kind else one for one in sheets]


def _raised(sheet: Sheet) -> Sheet:
    total = next(e for e in sheet.entries if e.is_own and e.row_parent is None and not e.is_memo)
    return sheet.with_figure(total, figure(total.yuan + _WRONG_BY, sheet.style))


def _withheld(made: Document, kind: str) -> Document:
    """The table of a kind waits, the others do not."""
    waits = Fate(None, is_withheld=True)
    return made.with_fates(lambda _, sheet: waits if sheet.kind == kind else Fate())


def _list(body: Body, budget: Budget) -> Document:
    """The list of projects with their targets; without a year it waits."""
    desk = _desk(body, budget, _LISTS[body.written])
    if WITHOUT_YEAR.is_of(budget):
        made = desk.issue(desk.book([desk.sheet(UNDATED)], is_apart=True))
        waits = Fate(None, ("context_missing",) * 2, is_withheld=True)
        return replace(made, fiscal_year=None, phase=None).with_fates(lambda *_: waits)
    return desk.issue(desk.book([desk.sheet(TARGETS)], is_apart=True, is_headed=True))


def _accounts(body: Body, budget: Budget) -> Document:
    """The final accounts of a year: the budget stands beside them."""
    desk = _desk(body, executed(budget), body.written)
    specs = [spec for spec in place("shili")["tables"] if spec.get("section") == "final"]
    numbers = [f"{n:02d}" if budget.place == "jiangsu" else spec["number"]
               for n, spec in enumerate(specs, 1)]  # fmt: skip
    sheets = [desk.sheet({**spec, "number": number, "layout": f"shili/{spec['layout']}"})
              for spec, number in zip(specs, numbers, strict=True)]  # fmt: skip
    made = desk.issue(desk.book(sheets, phase_word="决算"))
    return replace(made, phase="final_accounts")


def _forms(budget: Budget) -> Iterator[Form]:
    """The forms of a body and year."""
    folder = f"{budget.body}/{budget.fiscal_year}年"
    yield of_body(f"{folder}部门整体支出绩效目标表.docx", budget)
    if gives_special_fund(budget):
        yield of_special_fund(f"{folder}专项资金绩效目标表.docx", budget)
