"""How a notice leaves: by webhooks and mail servers. Passwords and tokens never reach a log.

Only what may pass is tried again: no answer, or an answer that says "later". A refusal is final.
"""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pipelines.settings import NOTIFY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.notices.message import Notice
    from pipelines.settings import Settings

#: Short, since a sensor of Dagster that sends must end within a minute.
TIMEOUT_SECONDS = 5.0
#: Waits between tries; one try more than waits.
WAITS = (1.0, 4.0)
_TOO_MANY, _SERVER_ERRORS = 429, 500
#: How mail is sent, by the scheme of its URL: default port, how it is encrypted.
_MAIL = {"smtps": (465, "tls"), "smtp": (587, "starttls"), "smtp+plain": (25, "none")}


#: What an address may be, for people who wrote another.
_EXPECTED = (
    "应为 / expected https://HOST/… (webhook), or "
    "smtps://USER:PASSWORD@HOST:PORT/?from=SENDER&to=RECIPIENT (smtp:// with STARTTLS; "
    "smtp+plain://, a local relay)"
)


class ChannelError(RuntimeError):
    """A notice could not be sent; the message names the channel without its secrets."""


@dataclass(frozen=True)
class Channel:
    """A way to people: its name, which tells it from others of the same host, and how to send.

    ``send`` returns what was answered, or raises ``ChannelError``.
    """

    name: str
    send: Callable[[Notice], str]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive empty, or elsewhere: it counts as refused."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


def channels(settings: Settings) -> list[Channel]:
    """One for each address; one that is written wrongly fails when it is used, and alone."""
    return [
        Channel(f"{masked(url)} ({sha256(url.encode()).hexdigest()[:6]})", partial(_send, url))
        for url in dict.fromkeys(settings.notify)
    ]


def check(settings: Settings) -> None:
    """Whether every address can be one; nothing is sent.

    Raises:
        ChannelError: one cannot; the message says which, by its number.
    """
    for number, url in enumerate(settings.notify, start=1):
        try:
            if not _is_webhook(url):
                Mailbox.read(url)
        except ChannelError as error:
            raise ChannelError(f"第 {number} 个地址 address {number}: {error}") from None


def _send(url: str, notice: Notice) -> str:
    return post(url, notice) if _is_webhook(url) else Mailbox.read(url).send(notice)


def _is_webhook(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def masked(url: str) -> str:
    """A URL as far as it may be shown: scheme and host. Paths of webhooks are secrets too."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    return f"{parts.scheme}://{parts.hostname or '?'}/…" if parts.scheme else "?"


def post(url: str, notice: Notice) -> str:
    """Post a notice as JSON; ``text`` is the whole of it, for chat services.

    Args:
        url: ``http://`` or ``https://``.
        notice: What is told.

    Returns:
        The answer's status.

    Raises:
        ChannelError: it was refused, or nobody answered.
    """
    body = json.dumps(notice.payload(), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "yusuan"}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - see above
    opener = urllib.request.build_opener(_NoRedirect)

    def attempt() -> str:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            answer.read(1)
            return f"HTTP {answer.status}"

    return _tried("webhook", masked(url), attempt)


@dataclass(frozen=True)
class Mailbox:
    """Where mail goes out, and to whom.

    Written as one URL: ``smtps://user:password@host:465/?from=a@b.cn&to=c@d.cn&to=e@f.cn``.
    ``smtps`` is TLS from the start, ``smtp`` requires STARTTLS, ``smtp+plain`` encrypts nothing and
    takes no password: a relay on this machine. User and password are percent-encoded.
    """

    host: str
    port: int
    encryption: str
    sender: str
    recipients: tuple[str, ...]
    user: str | None = None
    password: str | None = None

    @classmethod
    def read(cls, url: str) -> Mailbox:
        """Take the URL apart.

        Raises:
            ChannelError: something is missing, or a password would go out unencrypted.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        query = parse_qs(parts.query)
        if parts.scheme not in _MAIL or not parts.hostname or not query.get("to"):
            raise ChannelError(f"{NOTIFY}: {masked(url)}: {_EXPECTED}")
        usual, encryption = _MAIL[parts.scheme]
        if encryption == "none" and parts.password:
            raise ChannelError(
                f"{NOTIFY}: {masked(url)}: 密码不明文发送，请用 / a password is not sent "
                "unencrypted; use smtps:// or smtp://"
            )
        recipients = tuple(query["to"])
        sender = query.get("from", recipients)[0]
        user, password = _credentials(parts)
        return cls(parts.hostname, port or usual, encryption, sender, recipients, user,
                   password)  # fmt: skip

    def send(self, notice: Notice) -> str:
        """Send a notice as plain text.

        Returns:
            How many recipients the server took it for.

        Raises:
            ChannelError: it was refused, or nobody answered.
        """
        message = EmailMessage()
        message["Subject"] = notice.subject
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Message-ID"] = f"<{notice.key}.{notice.at_utc.replace(':', '')}@yusuan>"
        message.set_content(notice.text(), cte="base64")

        def attempt() -> str:
            with self._connect() as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                refused = server.send_message(message)
            return f"已收 taken: {len(self.recipients) - len(refused)}/{len(self.recipients)}"

        return _tried("email", f"{self.host}:{self.port}", attempt)

    @contextmanager
    def _connect(self) -> Iterator[smtplib.SMTP]:
        trusted = ssl.create_default_context()
        if self.encryption == "tls":
            with smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS,
                                  context=trusted) as server:  # fmt: skip
                yield server
            return
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as server:
            if self.encryption == "starttls":
                server.starttls(context=trusted)
            yield server


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    def plain(text: str | None) -> str | None:
        return unquote(text) if text is not None else None

    return plain(parts.username), plain(parts.password)


def _tried(name: str, place: str, attempt: Callable[[], str]) -> str:
    """Try, and try again what may pass; what was answered at last."""
    waits = iter(WAITS)
    while True:
        try:
            return attempt()
        except (OSError, ValueError, smtplib.SMTPException, http.client.HTTPException) as error:
            wait = next(waits, None)
            if wait is None or not _may_pass(error):
                raise ChannelError(f"{name} {place}: {_said(error)}") from None
            time.sleep(wait)


def _may_pass(error: Exception) -> bool:
    """Whether it may work later: no answer, or a temporary refusal."""
    if isinstance(error, ValueError | smtplib.SMTPNotSupportedError):
        return False
    if isinstance(error, urllib.error.HTTPError):
        return error.code == _TOO_MANY or error.code >= _SERVER_ERRORS
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500  # noqa: PLR2004 - RFC 5321: transient
    reason = getattr(error, "reason", error)
    return not isinstance(reason, ssl.SSLCertVerificationError)


def _said(error: Exception) -> str:
    """What went wrong, without what was sent: an answer may repeat an address or a token."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    cause = getattr(error, "reason", error)  # of a URLError: what stopped it; of TLS: a word
    why = cause.strerror if isinstance(cause, OSError) else cause if isinstance(cause, str) else ""
    return f"{type(error).__name__}: {why}" if why else type(error).__name__
