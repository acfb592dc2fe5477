"""The pages that an operator opens of a morning, each waited for until it is really drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.morning.home import BROKEN_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, ViewportSize

#: Wide enough for tables of checks; pictures are as wide in pixels as ``_SIZE × _SCALE``.
_SIZE: ViewportSize = {"width": 1600, "height": 1000}
_SCALE = 0.875
_WAIT = 60_000
#: What is drawn in steps settles within so many milliseconds.
_SETTLES = 2_500
_LOCATION = "pipelines.assets.definitions"
_ASSET, _MART = "fact_project_funding", "mart_spending_by_body_year"
#: What is typed into the launchpad.
REREAD = "documents: []\nplaces: [guangzhou]\nwhy: '新版式 / a new layout'\nyears: [2025]\n"


@dataclass
class Operator:
    """A person at the interface.

    Attributes:
        page: What is open.
        address: Of the interface.
        errors: What the browser's console and the server complained of.
    """

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, address: str) -> Operator:
        """Somebody who just opened the interface, on a light screen."""
        page = browser.new_page(
            viewport=_SIZE, device_scale_factor=_SCALE, color_scheme="light", locale="en-US",
            timezone_id="Asia/Shanghai",
        )  # fmt: skip
        page.set_default_timeout(_WAIT)
        found = cls(page, address)
        page.on("console", lambda said: found._heard(said.type, said.text))
        page.on("pageerror", lambda error: found._heard("error", str(error)))
        page.on("response", lambda r: found._heard("error" if r.status >= 400 else "", r.url))
        return found

    def _heard(self, kind: str, said: str) -> None:
        if kind == "error":
            self.errors.append(said)

    def runs(self) -> str:
        """All runs, the newest first."""
        return self._open("/runs", lambda: self._wait("Success"))

    def night(self) -> str:
        """The last run: its steps, and what the building of the candidate said."""
        self.runs()
        return self._run()

    def failed_night(self) -> str:
        """The run that failed: what its log says of the check that stopped it."""
        self.runs()
        self.page.get_by_text("Failed", exact=True).first.click()
        self.page.get_by_text("Failure", exact=True).first.wait_for()
        self._run()
        self.page.get_by_placeholder("Filter…").first.fill(BROKEN_CHECK)
        return self._settled()

    def _run(self) -> str:
        self.page.locator("a[href^='/runs/']").first.click()
        self._wait("Succeeded (")
        self.page.get_by_text("candidate_build", exact=True).first.click()
        return self._settled()

    def graph(self) -> str:
        """Everything, chapter by chapter; that of the proof is opened."""
        self._open("/asset-groups", lambda: self._wait("6_report"))
        self.page.get_by_text("Hide navigation").click()
        self.page.locator('text="3_proof" >> visible=true').last.click()
        self._wait("candidate_build")
        self.page.reload()  # so that all of it is in sight
        self._wait("candidate_build")
        return self._settled()

    def lineage(self) -> str:
        """Of what a mart is made: other marts, and the facts that they read."""
        path = f"/assets/{_MART}?view=lineage&lineageScope=upstream&lineageDepth=3"
        return self._open(path, lambda: self._wait("fact_expenditure_by_type"))

    def asset(self) -> str:
        """A published table: what it is for, and its rows."""
        said = self._open(f"/assets/{_ASSET}", lambda: self._wait("budget_yuan"))
        self._to_the_top("Metadata")
        return said

    def plots(self) -> str:
        """The build over the nights."""
        said = self._open("/assets/candidate_build", lambda: self._wait("items_waiting"))
        self.page.get_by_role("button", name="Plots").or_(
            self.page.get_by_text("Plots", exact=True)
        ).first.click()
        self._to_the_top("Metadata")
        return said

    def broken_identity(self) -> str:
        """A finding: document, place, identity, figures."""
        path = "/assets/candidate_build?view=checks&checkDetail=hard_identities_hold"
        return self._open(path, lambda: self._wait("Latest execution"))

    def broken_build_check(self) -> str:
        """The check that stopped a night, as its history keeps it."""
        path = f"/assets/candidate_build?view=checks&checkDetail={BROKEN_CHECK}"
        self._open(path, lambda: self._wait("Latest execution"))
        self.page.get_by_text("Execution history", exact=True).click()
        self._wait("Failed")
        return self._settled()

    def launchpad(self) -> str:
        """Job reingest, with what is to be read again typed in."""
        path = f"/locations/{_LOCATION}/jobs/reingest/playground"
        self._open(path, lambda: self._wait("Launch Run"))
        self._wait("documents")
        self.page.locator(".CodeMirror").first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(REREAD)
        return self._settled()

    def launch(self) -> str:
        """What is typed in is run; the run's page when it is over."""
        self.page.get_by_text("Launch Run", exact=True).click()
        self.page.wait_for_url("**/runs/*")
        self.page.get_by_text("Success", exact=True).first.wait_for(timeout=4 * _WAIT)
        return self._settled()

    def _open(self, path: str, is_there: Callable[[], None]) -> str:
        self.page.goto(f"{self.address}{path}")
        is_there()
        return self._settled()

    def _wait(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def _settled(self) -> str:
        """The text of the page, once nothing is drawn any more."""
        self.page.wait_for_timeout(_SETTLES)
        shown: str = self.page.inner_text("body")
        return shown

    def _to_the_top(self, heading: str) -> None:
        found = self.page.get_by_text(heading, exact=True).first
        found.evaluate("element => element.scrollIntoView({block: 'start'})")
        self.page.wait_for_timeout(_SETTLES)
