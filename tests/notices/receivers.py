"""Receivers on this machine that notices are sent to: an HTTP server, and a small SMTP server."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from email.message import EmailMessage


@dataclass
class Hook:
    """A webhook: answers with ``statuses`` one after the other, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 0


@contextmanager
def webhook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.tries += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.statuses.pop(0) if hook.statuses else 200
            if status == 200:
                hook.bodies.append(json.loads(body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", hook.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.url = f"http://127.0.0.1:{server.server_port}/hook/T0KEN?key=S3CRET"
        with _running(server):
            yield hook


@dataclass
class Post:
    """A mail server: what it was told, and what it took."""

    port: int = 0
    commands: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    refuse_recipient: bytes | None = None


@contextmanager
def smtp(context: ssl.SSLContext | None = None, *, implicit: bool = False) -> Iterator[Post]:
    """An SMTP server; with a context it offers STARTTLS, or speaks TLS from the start."""
    post = Post()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), ExitStack() as opened:  # who trusts nobody hangs up
                connection: Any = self.request
                if context is not None and implicit:
                    connection = opened.enter_context(
                        context.wrap_socket(connection, server_side=True)
                    )
                _converse(connection, post, None if implicit else context, opened)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        post.port = server.server_address[1]
        with _running(server):
            yield post


def _converse(
    connection: Any, post: Post, context: ssl.SSLContext | None, opened: ExitStack
) -> None:
    stream = opened.enter_context(connection.makefile("rwb"))

    def say(line: bytes) -> None:
        stream.write(line + b"\r\n")
        stream.flush()

    say(b"220 ready")
    while line := stream.readline().rstrip(b"\r\n"):
        verb = line.split(b" ")[0].upper()
        post.commands.append(verb.decode())
        if verb == b"EHLO":
            say(b"250-here\r\n250-AUTH PLAIN" + (b"\r\n250 STARTTLS" if context else b"\r\n250 OK"))
        elif verb == b"STARTTLS" and context is not None:
            say(b"220 go")
            connection = context.wrap_socket(connection, server_side=True)
            opened.enter_context(connection)
            stream, context = opened.enter_context(connection.makefile("rwb")), None
        elif verb == b"AUTH":
            post.commands.append(base64.b64decode(line.split(b" ")[2]).decode())
            say(b"235 welcome")
        elif verb == b"RCPT" and post.refuse_recipient is not None:
            say(post.refuse_recipient)
        elif verb == b"DATA":
            say(b"354 go on")
            text = b"".join(iter(stream.readline, b".\r\n"))
            mail: Any = message_from_bytes(text, policy=policy.default)
            post.mails.append(mail)
            say(b"250 taken")
        elif verb == b"QUIT":
            say(b"221 bye")
            return
        else:
            say(b"250 OK")


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
