"""What an analyst's SQL may do: read. What refuses the rest, on each database. Pure.

SQLite asks `Gate` about every table, function and statement while it compiles a query; what is not on a list
here is denied. PostgreSQL takes only what a cursor can be declared for, from a role that can only SELECT
(storage.sql_reader); functions that every role may call and that do more than read are refused by name,
also where the name stands in a string.
"""

from __future__ import annotations

import re
import sqlite3

MAX_SQL = 100_000  # characters of one query
MAX_VALUE = 16 << 20  # bytes of one value: SQLite makes no longer one

_NAMES = """
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling char coalesce cos cosh count
    cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value
    floor format glob group_concat hex ifnull iif instr json json_array json_array_length json_each
    json_extract json_group_array json_group_object json_object json_patch json_quote json_type json_valid
    julianday lag last_value lead length like likelihood likely ln log log10 log2 lower ltrim match max min
    mod nth_value ntile nullif octet_length percent_rank pi pow power printf quote radians random rank
    replace round row_number rtrim sign sin sinh soundex sqlite_version sqrt strftime string_agg substr
    substring sum tan tanh time total trim trunc typeof unicode unixepoch unlikely upper"""
_FUNCTIONS = frozenset(_NAMES.split())
_PRAGMAS = frozenset(
    (
        "data_version",
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "foreign_key_list",
    )
)
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_ACTIONS = {  # what a statement wants, as it is told to who wrote it
    value: name.removeprefix("SQLITE_").replace("_", " ")
    for name, value in vars(sqlite3).items()
    if name.startswith(("SQLITE_ALTER", "SQLITE_CREATE", "SQLITE_DROP"))
} | {
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
    sqlite3.SQLITE_DELETE: "DELETE",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_ATTACH: "ATTACH or VACUUM",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_TRANSACTION: "a transaction",
    sqlite3.SQLITE_SAVEPOINT: "a savepoint",
    sqlite3.SQLITE_FUNCTION: "function",
    sqlite3.SQLITE_ANALYZE: "ANALYZE",
    sqlite3.SQLITE_REINDEX: "REINDEX",
}
_KINDS = re.compile(r"(?is)\s*(?:(?:--[^\n]*\n|/\*.*?\*/|\()\s*)*(select|with|values|explain)\b")
_CURSOR_KINDS = re.compile(r"(?is)\s*(?:(?:--[^\n]*\n|/\*.*?\*/|\()\s*)*(select|with|values|table)\b")
_REFUSED = re.compile(
    r"(?i)(?<!\w)(?:dblink\w*|lo_\w+|lowrite|loread|set_config|nextval|setval"
    r"|ts_stat|ts_rewrite"  # they run the SQL in their arguments
    r"|(?:query|cursor|table|schema|database)_to_xml\w*|pg_(?:read|ls|stat_file|write|file)\w*"
    r"|pg_(?:try_)?advisory\w*|pg_(?:terminate|cancel)_backend|pg_notify|pg_export_snapshot|pg_logical\w*"
    r"|pg_(?:create|drop|copy|replication|import|restore|clear|set|promote|reload|rotate|switch)\w*)(?!\w)"
)


class Gate:
    """SQLite's authorizer. `denied` is what the last refused statement wanted."""

    def __init__(self) -> None:
        self.denied: str | None = None

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in _READS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            return sqlite3.SQLITE_OK  # how a virtual table (full text, JSON) tells its columns; ours cannot
        name = second if action == sqlite3.SQLITE_FUNCTION else first
        self.denied = f"{_ACTIONS.get(action, f'action {action}')}{f' {name}' if name else ''}"
        return sqlite3.SQLITE_DENY


def refusal(sql: str, *, is_sqlite: bool) -> str | None:
    """Why a query is not even tried; None where it may be."""
    if not sql.strip().strip(";"):
        return "the query is empty"
    if len(sql) > MAX_SQL:
        return f"the query is longer than {MAX_SQL} characters"
    if "\0" in sql:
        return "the query holds a NUL character"
    if not (_KINDS if is_sqlite else _CURSOR_KINDS).match(sql):
        kinds = "SELECT, WITH, VALUES or EXPLAIN" if is_sqlite else "SELECT, WITH, VALUES or TABLE"
        return f"only reading is allowed: begin the query with {kinds}"
    if is_sqlite:
        return None
    if re.search(r'(?i)u&\s*"', sql):
        return 'names written U&"..." are refused'
    found = _REFUSED.search(sql)
    return f"{found[0]} is refused: it does more than read" if found else None
