"""A connection to PostgreSQL, and errors about it that never hold a password."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Words of an address that must not be shown.
_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_CONNECT_SECONDS = 10


class PostgresError(RuntimeError):
    """An export to PostgreSQL that did not take place; what was there is as before."""


class AddressError(PostgresError, ValueError):
    """An address that cannot be read."""


@contextmanager
def connected(url: str | None) -> Iterator[psycopg.Connection]:
    """A connection with one transaction: committed at the end, rolled back on an error.

    Args:
        url: ``postgresql://USER@HOST:PORT/DATABASE`` or ``host=… dbname=…``; what it leaves out,
            and all if it is none, is libpq's: ``PG…`` variables, ``~/.pgpass``, the service file.

    Raises:
        PostgresError: no connection, no rights, or any other refusal of the server.
    """
    given = _read(url or "")
    where = _where(given)
    try:
        connection = psycopg.connect(
            **({"connect_timeout": _CONNECT_SECONDS} | given),
            application_name="yusuan export",
            client_encoding="UTF8",
            prepare_threshold=None,  # a pooler between may give each transaction another session
        )
    except psycopg.Error as error:
        raise PostgresError(
            f"无法连接 PostgreSQL / cannot connect to PostgreSQL ({where}): {_said(error, given)}; "
            "请检查地址、YUSUAN_POSTGRES_URL、PG… 变量与 ~/.pgpass / check the address, "
            "YUSUAN_POSTGRES_URL, PG… variables and ~/.pgpass"
        ) from None
    database, user = connection.info.dbname, connection.info.user
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    connection.read_only = False
    try:
        with connection:
            yield connection
    except errors.InsufficientPrivilege as error:
        raise PostgresError(
            f"权限不足 / no right to do this ({where}): {_said(error, given)}; 需要在数据库上 / it "
            f'takes, on the database: GRANT CREATE ON DATABASE "{database}" TO "{user}"'
        ) from None
    except psycopg.Error as error:
        raise PostgresError(
            f"导出失败，原有内容未变 / the export failed, what was there is as before ({where}): "
            f"{_said(error, given)}"
        ) from None


def _read(url: str) -> dict[str, Any]:
    """The address by its words.

    Raises:
        AddressError: it cannot be read; the message quotes nothing of it, for what of a malformed
            address is its password nobody can say.
    """
    user = url.partition("://")[2].rpartition("@")[0]
    is_clear = not any(mark in user for mark in "@/?#")  # or libpq takes a part of it for the host
    with suppress(psycopg.Error):
        given: dict[str, Any] = conninfo_to_dict(url if is_clear else "unclear")
        if str(given.get("port", "0")).replace(",", "").isdecimal():
            return given
    raise AddressError(
        "无法读懂该 PostgreSQL 地址（内容不显示，其中可能有密码）/ this PostgreSQL address "
        "cannot be read (it is not shown, for it may hold a password); 应为 expected: "
        "postgresql://USER@HOST:5432/DATABASE，密码中的 @ : / ? # % 写作 / in a password write "
        "%40 %3A %2F %3F %23 %25"
    )


def _where(given: dict[str, Any]) -> str:
    """Server, database and user as far as the address says them."""
    named = ("service", "host", "port", "dbname", "user")
    return " ".join(f"{n}={given[n]}" for n in named if n in given) or "PG…"


def _said(error: psycopg.Error, given: dict[str, Any]) -> str:
    """The server's or libpq's own words, on one line, without passwords."""
    text = str(error)
    for secret in {str(given[name]) for name in _SECRETS if given.get(name)}:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return " ".join(text.split())
