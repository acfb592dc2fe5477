"""Superset's interface for programs, as far as setting it up and asking it needs it."""

from __future__ import annotations

from typing import Any

import requests

#: Seconds that one answer may take: an import of all assets is the longest.
_TIMEOUT = 120
_SHOWN = 2000


class BiError(RuntimeError):
    """Superset could not be set up or asked; the message says what it answered."""


class Client:
    """A session of one person."""

    def __init__(self, address: str, user: str, password: str) -> None:
        """Log in.

        Raises:
            BiError: it does not answer, or not to this login.
        """
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False  # it is asked directly, whatever proxies there are
        self._session.headers["Referer"] = address
        login = {"username": user, "password": password, "provider": "db", "refresh": False}
        token = self.post("/api/v1/security/login", login)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/")["result"]

    def get(self, path: str, **parameters: str) -> Any:
        """Ask.

        Raises:
            BiError: it answered with an error, or not at all.
        """
        return self._ask("GET", path, params=parameters)

    def post(self, path: str, content: Any) -> Any:
        """Send JSON.

        Raises:
            BiError: it answered with an error, or not at all.
        """
        return self._ask("POST", path, json=content)

    def send_file(self, path: str, field: str, name: str, data: bytes) -> Any:
        """Send a file in a form.

        Raises:
            BiError: it answered with an error, or not at all.
        """
        return self._ask("POST", path, files={field: (name, data)})

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._session.request(
                method, self._address + path, timeout=_TIMEOUT, **content
            )
        except requests.RequestException as error:
            raise BiError(f"{path}: {error}") from error
        if not answer.ok:
            raise BiError(f"{path}: {answer.status_code} {answer.text[:_SHOWN]}")
        return answer.json()
