"""Inserting many rows at once, leaving alone what a unique key knows already.

The way depends on the database and the number of rows; the result does not
(measured by `bin/bench persistence`):

* SQLite: one prepared statement for all rows. Not Django's `bulk_create`, whose
  INSERT OR IGNORE drops without a word what breaks any other rule, too;
* PostgreSQL, few rows: arrays, one per column, unnested in one statement, which is
  short however many rows there are;
* PostgreSQL, many rows: binary COPY into a temporary table, then INSERT … SELECT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

_PLAIN = (
    models.BooleanField,
    models.CharField,
    models.FloatField,
    models.IntegerField,
    models.TextField,
)
# Fields whose values the database's driver takes as Python holds them.
_TAKEN_AS_THEY_ARE = {
    "sqlite": _PLAIN,
    "postgresql": (*_PLAIN, models.DateTimeField, models.UUIDField),
}
COPY_FROM_ROWS = 200  # below, a temporary table costs more than it saves


def insert_missing(
    *, rows: Sequence[models.Model], copy_from_rows: int = COPY_FROM_ROWS
) -> int:
    """Insert rows of one model; return how many were not there already.

    Call it in a transaction. Values are stored as the rows hold them: nothing is made
    up at the last moment, as `auto_now` would. An ignored row keeps the id that it was
    stored under: read ids back by the key.
    """
    if not rows:
        return 0
    connection = connections[router.db_for_write(type(rows[0]))]
    if connection.vendor != "postgresql":
        insert = _one_by_one
    else:
        insert = _unnest if len(rows) < copy_from_rows else _copy
    with connection.cursor() as cursor:
        return insert(rows, connection, cursor)


def _one_by_one(
    rows: Sequence[models.Model],
    connection: BaseDatabaseWrapper,
    cursor: CursorWrapper,
) -> int:
    table, fields = _table_and_fields(rows[0], connection)
    cursor.executemany(
        f"INSERT INTO {table} ({_names(fields, connection)})"
        f" VALUES ({', '.join(['%s'] * len(fields))}) ON CONFLICT DO NOTHING",
        _values(rows, fields, connection),
    )
    return int(cursor.rowcount)


def _unnest(
    rows: Sequence[models.Model],
    connection: BaseDatabaseWrapper,
    cursor: CursorWrapper,
) -> int:
    table, fields = _table_and_fields(rows[0], connection)
    arrays = ", ".join(f"%s::{_bare_type(field, connection)}[]" for field in fields)
    columns = list(zip(*_values(rows, fields, connection), strict=True))
    cursor.execute(
        f"INSERT INTO {table} ({_names(fields, connection)})"
        f" SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING",
        [list(column) for column in columns],
    )
    return int(cursor.rowcount)


def _copy(
    rows: Sequence[models.Model],
    connection: BaseDatabaseWrapper,
    cursor: CursorWrapper,
) -> int:
    table, fields = _table_and_fields(rows[0], connection)
    names = _names(fields, connection)
    incoming = connection.ops.quote_name(f"incoming_{type(rows[0]).__name__}")
    cursor.execute(f"CREATE TEMPORARY TABLE {incoming} (LIKE {table}) ON COMMIT DROP")
    statement = f"COPY {incoming} ({names}) FROM STDIN (FORMAT BINARY)"
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types([_bare_type(field, connection) for field in fields])
        for values in _values(rows, fields, connection):
            copy.write_row(values)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {incoming}"
        " ON CONFLICT DO NOTHING"
    )
    inserted = int(cursor.rowcount)
    # A transaction may insert twice.
    cursor.execute(f"DROP TABLE {incoming}")
    return inserted


def _table_and_fields(
    row: models.Model, connection: BaseDatabaseWrapper
) -> tuple[str, Sequence[models.Field[Any, Any]]]:
    meta = type(row)._meta
    return connection.ops.quote_name(meta.db_table), meta.concrete_fields


def _names(
    fields: Sequence[models.Field[Any, Any]], connection: BaseDatabaseWrapper
) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)


def _bare_type(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> str:
    # Without a length: a cast to one would cut what is too long, silently.
    return re.sub(r"\(\d+\)", "", str(field.db_type(connection)))


def _values(
    rows: Sequence[models.Model],
    fields: Sequence[models.Field[Any, Any]],
    connection: BaseDatabaseWrapper,
) -> list[list[Any]]:
    columns = [_column(rows, field, connection) for field in fields]
    return [list(values) for values in zip(*columns, strict=True)]


def _column(
    rows: Sequence[models.Model],
    field: models.Field[Any, Any],
    connection: BaseDatabaseWrapper,
) -> list[Any]:
    values = [getattr(row, field.attname) for row in rows]
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    # Asking the field for each value costs more than COPY itself.
    if isinstance(target, _TAKEN_AS_THEY_ARE[connection.vendor]):
        return values
    return [target.get_db_prep_save(value, connection) for value in values]
