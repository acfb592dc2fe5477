"""Rights on the schema before, given on the one that takes its place: dashboards keep access.

PostgreSQL keeps rights with objects, not with names. So what was granted on the schema, on its
tables and columns, and what is to be granted on tables made in it (default privileges), is read
from the catalogue and granted anew. Rights on a table of the same name become what they were, not
more: what default privileges gave it meanwhile is taken back first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    import psycopg

#: Stands for who is granted what: a role or everybody, with the right to grant it on or without.
_TO: LiteralString = """
    CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
    || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
"""
#: Stands for tables that both schemas have: o and t.
_BOTH: LiteralString = """
    pg_class o JOIN pg_namespace a ON a.oid = o.relnamespace AND a.nspname = %(old)s
    JOIN pg_class t ON t.relname = o.relname AND t.relkind = 'r' AND o.relkind = 'r'
    JOIN pg_namespace b ON b.oid = t.relnamespace AND b.nspname = %(new)s
"""

#: Each returns the statements that carry rights of one sort.
_DEFAULTS: LiteralString = """
    SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %%I GRANT %%s ON %%s TO %%s',
        %(new)s::text, acl.privilege_type,
        CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                             WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END, <to>)
    FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace,
        aclexplode(d.defaclacl) acl
    WHERE n.nspname = %(old)s AND pg_get_userbyid(d.defaclrole) = current_user
    ORDER BY 1
"""
_SCHEMA: LiteralString = """
    SELECT format('GRANT %%s ON SCHEMA %%I TO %%s', acl.privilege_type, %(new)s::text, <to>)
    FROM pg_namespace n, aclexplode(n.nspacl) acl
    WHERE n.nspname = %(old)s AND acl.grantee <> n.nspowner
    ORDER BY 1
"""
_TAKEN_BACK: LiteralString = """
    SELECT DISTINCT format('REVOKE ALL ON TABLE %%I.%%I FROM %%s', b.nspname, t.relname,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END)
    FROM <both>, aclexplode(t.relacl) acl
    WHERE acl.grantee <> t.relowner
    ORDER BY 1
"""
_TABLES: LiteralString = """
    SELECT format('GRANT %%s ON TABLE %%I.%%I TO %%s', acl.privilege_type, b.nspname, t.relname,
        <to>)
    FROM <both>, aclexplode(o.relacl) acl
    WHERE acl.grantee <> o.relowner
    ORDER BY 1
"""
_COLUMNS: LiteralString = """
    SELECT format('GRANT %%s (%%I) ON TABLE %%I.%%I TO %%s', acl.privilege_type, c.attname,
        b.nspname, t.relname, <to>)
    FROM <both>
    JOIN pg_attribute c ON c.attrelid = o.oid AND c.attnum > 0
    JOIN pg_attribute d ON d.attrelid = t.oid AND d.attname = c.attname,
        aclexplode(c.attacl) acl
    WHERE acl.grantee <> o.relowner
    ORDER BY 1
"""


def carry_defaults(server: psycopg.Connection, old: str, new: str) -> None:
    """What tables made in a schema from now on grant by themselves; before they are made."""
    _grant(server, _DEFAULTS, old, new)


def carry_rights(server: psycopg.Connection, old: str, new: str) -> None:
    """Rights on schema, tables and columns, after the tables are there."""
    for query in (_SCHEMA, _TAKEN_BACK, _TABLES, _COLUMNS):
        _grant(server, query, old, new)


def _grant(server: psycopg.Connection, query: LiteralString, old: str, new: str) -> None:
    query = query.replace("<to>", _TO).replace("<both>", _BOTH)
    said = [str(row[0]) for row in server.execute(query, {"old": old, "new": new})]
    if said:
        server.execute(";".join(said).encode())
