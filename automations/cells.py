"""How a field's value lies in a SQL column: typed, readable by any SQL tool, and read back exactly."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Dialect, Integer, Numeric, Text, TypeDecorator
from sqlalchemy.types import TypeEngine, UserDefinedType

from automations.schema.model import Field, Table
from automations.tables.values import File, Value, Values, canonical, from_json, places, to_json

BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite's INTEGER holds 64 bits, and as a key it is the fast one
SEVERAL = frozenset({"choices", "links", "persons", "file"})
"""Types with more than one value in a cell: JSON text in SQL."""

_EXACT_DIGITS = 15  # a SQLite REAL gives back this many decimal digits unharmed


class _PlainNumeric(UserDefinedType[Any]):
    """NUMERIC without SQLAlchemy's conversion to float."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "NUMERIC"


class Number(TypeDecorator[Decimal]):
    """A Decimal with fixed places, exact for every cell.

    On SQLite a NUMERIC cell is an integer or a float. Whatever a float would not give back digit by digit (more than
    15 digits: a slip of the keyboard) is kept as text with ``=`` in front instead.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQL type for this database."""
        return dialect.type_descriptor(_PlainNumeric() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        """To SQL."""
        if value is None:
            return None
        number = Decimal(value).quantize(Decimal(1).scaleb(-self.digits))
        if dialect.name != "sqlite":
            return number
        if self.digits == 0 and abs(number) < 2**63:
            return int(number)
        return str(number) if len(number.as_tuple().digits) <= _EXACT_DIGITS else f"={number}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """From SQL."""
        if value is None:
            return None
        number = Decimal(str(value).removeprefix("="))
        return number.quantize(Decimal(1).scaleb(-self.digits))


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To SQL."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From SQL."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Several(TypeDecorator[Any]):
    """Choices, links or files as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To SQL."""
        return None if value is None else as_text(to_json(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From SQL."""
        return None if value is None else from_json(self.field, json.loads(value))


def as_text(data: Any) -> str:
    """JSON text that keeps every character as it is (seals normalize theirs; a copy must not)."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def column(field: Field) -> Column[Any]:
    """The SQL column of ``field``, named by its code name, with its title as comment."""
    return Column(field.name, _sql_type(field), comment=field.title)


def _sql_type(field: Field) -> TypeEngine[Any]:
    match field.type:
        case "number" | "money" | "percent":
            return Number(places(field))
        case "date":
            return Date()
        case "datetime" | "created_at" | "modified_at":
            return Moment()
        case "bool":
            return Boolean()
        case "link" | "person":
            return BIG
        case "choices" | "links" | "persons" | "file":
            return Several(field)
        case _:
            return Text()


def values_to_text(values: Values) -> str:
    """A row's values as JSON text."""
    return as_text({name: to_json(value) for name, value in values.items()})


def values_from_text(table: Table, written: str) -> dict[str, Value]:
    """The inverse, for every field of ``table``; what the text lacks or no longer fits its field is empty."""
    data = json.loads(written)
    return {field.name: refit(field, data.get(field.name)) for field in table.fields}


def refit(field: Field, data: Any) -> Value:
    """``data`` (JSON form) as a value of ``field``, empty where it does not fit: its type may have changed since."""
    try:
        return from_json(field, data)
    except (TypeError, ValueError):
        return canonical(field, None)


def same_file(one: File, other: File) -> bool:
    """Whether two readings mean the same attachment; a digest not yet known is no difference."""
    if (one.name, one.size, one.ref) != (other.name, other.size, other.ref):
        return False
    return one.sha256 == other.sha256 or not (one.sha256 and other.sha256)
