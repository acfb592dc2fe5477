"""Doctor: whether people are told, whether anybody looks, who writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from pipelines.documents.damaged import note_damaged, note_mended
from pipelines.documents.freshness import freshness
from pipelines.documents.ledger import Event, Ledger
from pipelines.notices import outbox
from pipelines.notices.message import night_failed
from pipelines.serve.doctor import Finding, examine, notified
from tests.commands import asked
from tests.notices.receivers import smtp, webhook

if TYPE_CHECKING:
    import pytest

    from pipelines.settings import Settings
    from tests.conftest import Installation


def found(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(settings)}


def test_a_look_that_is_too_old_is_no_good(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = installation.settings
    assert found(settings)["last look"].is_good  # never began
    (event,) = Ledger(settings.ledger).append([Event("checked")])
    assert event.at_utc is not None
    assert found(settings)["last look"].is_good
    finding = found(replace(settings, stale_hours=-1))["last look"]
    assert not finding.is_good
    assert "过期 / stale" in finding.found
    assert f"{event.at_utc:%Y-%m-%d}" in finding.found
    settings.ledger.write_bytes(b"no database")
    monkeypatch.setattr("pipelines.documents.freshness._TRIES", 1)
    assert not found(settings)["last look"].is_good


def test_notices_that_reach_nobody_are_no_good(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = installation.settings
    assert found(settings)["notices"].is_good
    monkeypatch.setattr("pipelines.notices.channels.WAITS", ())
    settings.warehouse.mkdir()
    nobody = replace(settings, notify=("http://127.0.0.1:1/T0KEN",))
    told = found(nobody)["notices"]
    assert told.is_good
    assert told.found.startswith("http://127.0.0.1/… (")
    assert outbox.tell(nobody, night_failed(nobody, "x", "r1"))
    assert found(nobody)["notices"].found.endswith("run-r1")
    assert not found(nobody)["notices"].is_good
    wrong = replace(settings, notify=("smtp://p@ss@host",))
    assert not found(wrong)["notices"].is_good
    assert "p@ss" not in found(wrong)["notices"].found
    unknown = replace(settings, notify=("http://127.0.0.1:1/", "hooks.example.org/T0KEN"))
    assert "address 2: YUSUAN_NOTIFY: ?: " in found(unknown)["notices"].found
    assert notified(unknown)[1].found.startswith("2. ? (")


def test_a_trial_says_what_every_channel_answered(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.notices.channels.WAITS", ())
    assert not notified(installation.settings)[0].is_good
    assert "YUSUAN_NOTIFY" in notified(installation.settings)[0].found
    with webhook() as hook, webhook() as other, smtp() as mail:
        mail_url = f"smtp+plain://127.0.0.1:{mail.port}/?to=a@example.org&to=b@example.org"
        both = (hook.url, other.url, mail_url)
        settings = replace(installation.settings, notify=both)
        other.statuses = [403]
        said = notified(settings)
        assert [finding.is_good for finding in said] == [True, False, True]
        assert [finding.found.rpartition(": ")[2] for finding in said] == [
            "HTTP 200", "HTTP 403", "2/2",
        ]  # fmt: skip
        assert not any("T0KEN" in finding.found for finding in said)
        monkeypatch.setenv("YUSUAN_NOTIFY", f"{hook.url} \n {mail_url}")
        told = asked(installation, "doctor", "--notify")
        assert (told.exit_code, "HTTP 200" in told.stdout) == (0, True), told.output
    assert [body["kind"] for body in hook.bodies] == ["trial", "trial"]
    assert "测试" in hook.bodies[0]["text"]
    assert len(mail.mails) == 2
    assert not settings.notices.exists()  # a trial leaves nothing to be delivered


def test_freshness_ends_exactly_at_the_limit(installation: Installation) -> None:
    settings = installation.settings
    (event,) = Ledger(settings.ledger).append([Event("checked")])
    assert event.at_utc is not None
    last = event.at_utc.replace(tzinfo=UTC)
    limit = timedelta(hours=settings.stale_hours)
    assert not freshness(settings, last + limit).is_stale
    assert freshness(settings, last + limit + timedelta(seconds=1)).is_stale
    Ledger(settings.ledger).append([Event("published", detail={"build_id": "b"})])
    assert freshness(settings, last).last_check_utc == last  # a change is no look


def test_an_archived_file_that_was_missed_is_named_until_it_is_mended(
    installation: Installation,
) -> None:
    settings = installation.settings
    assert found(settings)["archive"].is_good
    note_damaged(settings, "ab" * 32)
    note_damaged(settings, "ab" * 32)
    assert len(Ledger(settings.ledger).events()) == 1
    finding = found(settings)["archive"]
    assert not finding.is_good
    assert "ab" * 32 in finding.found
    note_mended(settings, ["ab" * 32])
    assert found(settings)["archive"].is_good
