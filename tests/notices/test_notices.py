"""Notices: told once, by every channel, with no secret in any log, and never in a night's way."""

from __future__ import annotations

import logging
import shutil
import ssl
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.documents.ledger import Event, Ledger
from pipelines.documents.lock import WarehouseBusyError, writer_lock
from pipelines.news import has_news
from pipelines.notices import channels, outbox
from pipelines.notices.channels import ChannelError, Mailbox, post
from pipelines.notices.message import night_failed
from pipelines.notices.outbox import deliver, tell, undelivered
from pipelines.notices.watch import main, told_if_it_fails, watch
from tests.notices.receivers import smtp, webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.settings import Settings
    from tests.conftest import Installation
    from tests.notices.receivers import Hook

SECRETS = ("T0KEN", "S3CRET", "p@ss", "p%40ss")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "WAITS", (0.0, 0.0))


@pytest.fixture
def hook() -> Iterator[Hook]:
    with webhook() as receiver:
        yield receiver


@pytest.fixture
def settings(installation: Installation, hook: Hook) -> Settings:
    installation.settings.warehouse.mkdir()
    return replace(installation.settings, notify=(hook.url,))


def stale_by(settings: Settings, hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the last look at raw/ be so many hours old."""
    Ledger(settings.ledger).append([Event("checked")])

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            del tz
            return datetime.now(UTC) + timedelta(hours=hours)

    monkeypatch.setattr("pipelines.documents.freshness.datetime", Later)


def test_a_failure_is_told_once_with_what_to_do(settings: Settings, hook: Hook) -> None:
    notice = night_failed(settings, "disk full", "0f-run")
    assert tell(settings, notice)
    assert not tell(settings, night_failed(settings, "disk full, heard elsewhere", "0f-run"))
    assert deliver(settings) == 0
    (body,) = hook.bodies
    assert body["run_id"] == "0f-run"
    assert body["error"] == "disk full"
    for said in ("失败", "failed", "disk full", "0f-run", "yusuan doctor", str(settings.warehouse)):
        assert said in body["text"]
    assert tell(settings, night_failed(settings, "again", "1f-run"))
    assert len(hook.bodies) == 2
    assert undelivered(settings) == []


def test_without_a_channel_nothing_is_written(installation: Installation) -> None:
    assert not tell(installation.settings, night_failed(installation.settings, "x"))
    assert deliver(installation.settings) == 0
    assert not installation.settings.notices.exists()


def test_what_may_pass_is_tried_again_and_a_refusal_is_final(
    settings: Settings, hook: Hook
) -> None:
    hook.statuses = [503, 429]
    post(hook.url, night_failed(settings, "x"))
    assert hook.tries == 3
    for status in (400, 403, 404, 302):
        hook.tries, hook.statuses = 0, [status]
        with pytest.raises(ChannelError, match=f"HTTP {status}"):
            post(hook.url, night_failed(settings, "x"))
        assert hook.tries == 1, status
    hook.tries, hook.statuses = 0, [500] * 9
    with pytest.raises(ChannelError, match="HTTP 500"):
        post(hook.url, night_failed(settings, "x"))
    assert hook.tries == 3


def test_what_could_not_be_sent_is_said_and_sent_later(
    settings: Settings, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.statuses = [500] * 3
    with caplog.at_level(logging.INFO):
        assert tell(settings, night_failed(settings, "x", "r1"))
    assert hook.bodies == []
    assert "was not sent" in caplog.text
    assert "HTTP 500" in caplog.text
    assert undelivered(settings) == ["run-r1"]
    assert deliver(settings) == 1
    assert [body["run_id"] for body in hook.bodies] == ["r1"]
    assert undelivered(settings) == []


def test_what_can_never_be_sent_is_given_up(
    settings: Settings,
    hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(outbox, "FAILURES", 2)
    hook.statuses = [404] * 9
    tell(settings, night_failed(settings, "x", "r1"))
    deliver(settings)
    assert "given up" in caplog.text
    deliver(settings)
    assert hook.tries == 2


def test_one_channel_that_fails_does_not_stop_the_other(
    settings: Settings, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    with smtp() as mail:
        url = f"smtp+plain://127.0.0.1:{mail.port}/?to=a@example.org"
        mail.refuse_recipient = b"550 nobody"
        both = replace(settings, notify=(hook.url, url))
        tell(both, night_failed(both, "x", "r1"))
        assert len(hook.bodies) == 1
        assert mail.mails == []
        assert undelivered(both) == ["run-r1"]
        mail.refuse_recipient = None
        assert deliver(both) == 1
    assert len(mail.mails) == len(hook.bodies) == 1
    broken = replace(settings, notify=("smtps://host:port/?to=a@example.org", hook.url))
    tell(broken, night_failed(broken, "x", "r2"))
    assert len(hook.bodies) == 2
    assert "YUSUAN_NOTIFY: smtps://host/…" in caplog.text


def test_two_webhooks_of_one_host_are_two_channels(settings: Settings, hook: Hook) -> None:
    both = replace(settings, notify=(hook.url, f"{hook.url}2", hook.url))
    hook.statuses = [200, 403]
    tell(both, night_failed(both, "x", "r1"))
    assert (len(hook.bodies), undelivered(both)) == (1, ["run-r1"])
    assert deliver(both) == 1
    assert (len(hook.bodies), undelivered(both)) == (2, [])


def test_no_secret_is_ever_shown(
    settings: Settings, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    email = "smtps://me:p%40ss@127.0.0.1:1/?to=a@example.org"
    both = replace(settings, notify=(hook.url, email))
    hook.statuses = [403]
    with caplog.at_level(logging.DEBUG):
        tell(both, night_failed(both, "x", "r1"))
        nobody = replace(both, notify=("http://127.0.0.1:1/hook/T0KEN?key=S3CRET", email))
        tell(nobody, night_failed(nobody, "x", "r2"))
        spaced = replace(both, notify=("http://127.0.0.1:1/hook/T0KEN ?key=S3CRET", email))
        tell(spaced, night_failed(spaced, "x", "r3"))
    files = [path.read_text("utf-8") for path in settings.notices.glob("*.json")]
    assert len(files) == 3
    for said in (caplog.text, repr(both), *files):
        assert not [secret for secret in SECRETS if secret in said]
    assert caplog.text.count("was not sent") >= 4


def test_an_outbox_that_cannot_be_written_stops_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.notices.write_text("a file where the directory should be")
    assert not tell(settings, night_failed(settings, "x"))
    assert "cannot be written" in caplog.text


def test_mail_reads_its_url_and_refuses_what_is_unsafe() -> None:
    box = Mailbox.read("smtps://me%40b.cn:p%40ss@mail.b.cn/?from=y@b.cn&to=a@b.cn&to=c@b.cn")
    assert (box.host, box.port, box.encryption) == ("mail.b.cn", 465, "tls")
    assert (box.user, box.password, box.sender) == ("me@b.cn", "p@ss", "y@b.cn")
    assert box.recipients == ("a@b.cn", "c@b.cn")
    assert Mailbox.read("smtp://h/?to=a@b.cn").port == 587
    for wrong in ("mailto:a@b.cn", "smtps://h", "smtps:///?to=a@b.cn", "smtp://h:x/?to=a@b.cn",
                  "smtp+plain://u:p@h/?to=a@b.cn", "smtp://[::/?to=a"):  # fmt: skip
        with pytest.raises(ChannelError, match="YUSUAN_NOTIFY"):
            Mailbox.read(wrong)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(path), "-out", str(path.with_name("c.pem"))],
        check=True, capture_output=True,
    )  # fmt: skip
    with path.open("ab") as file:
        file.write(path.with_name("c.pem").read_bytes())
    return path


@pytest.mark.parametrize("scheme", ["smtp+plain", "smtp", "smtps"])
def test_mail_arrives_encrypted_as_its_url_says(
    scheme: str, settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    notice = night_failed(settings, "磁盘已满 disk full", "r1")
    login = "" if scheme == "smtp+plain" else "me:p%40ss@"
    with smtp(None if scheme == "smtp+plain" else context, implicit=scheme == "smtps") as server:
        url = f"{scheme}://{login}127.0.0.1:{server.port}/?from=y@b.cn&to=a@b.cn&to=c@b.cn"
        if login:  # nobody vouches for this server: nothing is sent to it
            with pytest.raises(ChannelError, match="CERTIFICATE_VERIFY_FAILED"):
                Mailbox.read(url).send(notice)
            assert "AUTH" not in server.commands
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        Mailbox.read(url).send(notice)
    (mail,) = server.mails
    assert mail["To"] == "a@b.cn, c@b.cn"
    assert "失败" in mail["Subject"]
    assert "磁盘已满 disk full" in mail.get_content()
    assert ("\0me\0p@ss" in server.commands) == bool(login)
    assert ("STARTTLS" in server.commands) == (scheme == "smtp")


def test_starttls_is_required_where_it_is_asked_for(settings: Settings) -> None:
    with smtp() as server:
        url = f"smtp://me:p%40ss@127.0.0.1:{server.port}/?to=a@b.cn"
        with pytest.raises(ChannelError, match="SMTPNotSupportedError"):
            Mailbox.read(url).send(night_failed(settings, "x"))
    assert server.mails == []
    assert "AUTH" not in server.commands


def test_a_stale_warehouse_is_told_once_and_a_fresh_one_is_not(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = watch(settings)
    assert found is not None
    assert found.last_check_utc is None  # never began: nothing to be stale
    stale_by(settings, 25.9, monkeypatch)
    watch(settings)
    assert hook.bodies == []
    stale_by(settings, 26.1, monkeypatch)
    for _ in range(3):
        watch(settings)
    (body,) = hook.bodies
    assert body["kind"] == "stale"
    assert "26 h" in body["text"]


def test_what_fails_before_a_run_is_told_and_fails_as_before(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.raw.rmdir()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="raw"):
            has_news(settings)
    (body,) = hook.bodies
    assert str(settings.raw) in body["error"]
    assert not writer_lock(settings).is_locked

    def busy() -> None:
        with told_if_it_fails(settings):
            raise WarehouseBusyError("somebody writes")

    with pytest.raises(WarehouseBusyError):
        busy()
    assert len(hook.bodies) == 1  # that another writes is no failure …
    stale_by(settings, 30, monkeypatch)
    with pytest.raises(WarehouseBusyError):
        busy()
    assert [body["kind"] for body in hook.bodies] == ["night_failed", "stale"]  # … for a time


def test_the_timer_watches_by_the_environment(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    settings.ledger.write_bytes(b"no database")
    monkeypatch.setattr("pipelines.documents.freshness._TRIES", 1)
    main()
    assert "ledger" in hook.bodies[0]["error"]
