"""Apache Superset on the published file: set up from files, and started.

It runs in an environment of its own, as a process of its own; all its state (users, what people
made beside the shipped charts) is in ``WAREHOUSE/superset``. The published file is opened
read-only through the directory link that every night moves, so a new build is what the next
question is asked of.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.bi.bundle import BI, bundle, zipped
from pipelines.bi.client import BiError, Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.settings import Settings

USER = "admin"
_START_SECONDS = 90
_THREADS = 8


@dataclass(frozen=True)
class Superset:
    """An installation of Superset for one warehouse.

    Attributes:
        programs: Directory with ``superset`` and ``gunicorn``.
        state: Where it keeps what is its own.
        published: The published file.
        host: Address that it listens on; another than this machine's own is open to the network.
        port: Port that it listens on.
        language: ``zh`` or ``en``: in which it greets people.
    """

    programs: Path
    state: Path
    published: Path
    host: str = "127.0.0.1"
    port: int = 8088
    language: str = "zh"

    @classmethod
    def of(cls, settings: Settings, programs: Path, host: str, port: int,
           language: str) -> Superset:  # fmt: skip
        """The one of an installation.

        Raises:
            BiError: nothing is published yet, or Superset is not installed there.
        """
        if not settings.published.exists():
            raise BiError(
                f"{settings.published}: 尚未发布任何版本，请先运行 yusuan ingest / "
                "nothing has been published yet; run `yusuan ingest` first"
            )
        if not (programs / "superset").exists():
            raise BiError(
                f"{programs}: 未找到 Superset，请运行 make bi，或另建环境，安装 "
                f"{BI / 'requirements.txt'}，再用 --programs 指明其 bin 目录 / Superset is not "
                "installed there; run `make bi`, or install that file into an environment of its "
                "own and name its bin directory by --programs"
            )
        state = settings.warehouse / "superset"
        return cls(programs, state, settings.published, host, port, language)

    @property
    def address(self) -> str:
        """Where people find it."""
        return f"http://{self.host}:{self.port}"

    @property
    def dashboard(self) -> str:
        """Where the shipped dashboard is."""
        return f"{self.address}/superset/dashboard/yusuan/"

    @property
    def password(self) -> str:
        """Of the first user; made once, readable by the owner of the state alone."""
        return self._secret("login", 12)

    def prepare(self) -> None:
        """Its tables as this version wants them, roles and the first user.

        Raises:
            BiError: one of its programs failed; the message has what it printed.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)
        self._secret("secret_key", 48)
        self._run("db", "upgrade")
        self._run("init")
        self._run("fab", "create-admin", "--username", USER, "--firstname", "Yusuan", "--lastname",
                  "Admin", "--email", f"{USER}@localhost",
                  FLASK_FAB_CREATE_ADMIN_PASSWORD=self.password)  # fmt: skip

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Started, with the shipped assets imported; ended on leaving.

        Raises:
            BiError: something else listens there, it did not start in time, or refuses the assets.
        """
        self._assert_free()
        log = self.state / "superset.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
                [self.programs / "gunicorn", "--bind", f"{self.host}:{self.port}", "--workers", "1",
                 "--worker-class", "gthread", "--threads", str(_THREADS), "--timeout", "120",
                 "superset.app:create_app()"],
                env=self._environment(), stdout=output, stderr=output,
            )  # fmt: skip
        try:
            self.bring(self._wait(process, log))
            yield process
        finally:
            process.terminate()
            process.wait()

    def bring(self, client: Client) -> None:
        """Import the shipped assets over those that are there; what people made stays.

        Raises:
            BiError: it refuses them.
        """
        contents = zipped(bundle(self.published))
        client.send_file("/api/v1/assets/import/", "bundle", "yusuan.zip", contents)

    def client(self) -> Client:
        """A session of the first user.

        Raises:
            BiError: see ``Client``.
        """
        return Client(self.address, USER, self.password)

    def _assert_free(self) -> None:
        """Or what listens there would be sent the password, and taken for ours."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise BiError(
                    f"{self.host}:{self.port}: 无法监听（{error.strerror}），请用 --port 另选 / "
                    "cannot listen there; choose another with --port"
                ) from error

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> Client:
        until = time.monotonic() + _START_SECONDS
        while True:
            if process.poll() is not None:
                raise BiError(f"Superset 已退出 / Superset ended: {_tail(log)}")
            try:
                return self.client()
            except BiError as error:
                if time.monotonic() > until:
                    raise BiError(f"{error}\n{_tail(log)}") from error
            time.sleep(0.3)

    def _run(self, *arguments: str, **options: str) -> None:
        """Run a program of its; options by variables are not seen by others, as arguments are."""
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [self.programs / "superset", *arguments], env=self._environment() | options,
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise BiError(f"superset {arguments[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _environment(self) -> dict[str, str]:
        ours = {name: v for name, v in os.environ.items() if not name.startswith("YUSUAN_")}
        return {
            **ours,  # passwords of ours are none of its business
            "SUPERSET_CONFIG_PATH": str(BI / "superset_config.py"),
            "SUPERSET_HOME": str(self.state),
            "YUSUAN_BI_STATE": str(self.state),
            "YUSUAN_BI_LANGUAGE": self.language,
            "FLASK_APP": "superset.app:create_app()",
            "PYTHONWARNINGS": "ignore",
        }

    def _secret(self, name: str, size: int) -> str:
        path = self.state / name
        if not path.exists():  # there whole or not at all: an empty one would be a secret of none
            new = path.with_name(f"{name}.new")
            new.touch(0o600)
            new.write_text(secrets.token_urlsafe(size), encoding="utf-8")
            new.replace(path)
        return path.read_text(encoding="utf-8")


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]
