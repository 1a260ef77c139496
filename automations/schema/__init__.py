"""Tables as code: ``schemas/*.toml`` read into :class:`Schema`, planned and applied on a host."""

from automations.schema.fields import OWNERS
from automations.schema.load import GROUPS, load_schema
from automations.schema.model import HOST_TYPES, WORKER, Field, FieldType, Schema, Table, View

__all__ = [
    "GROUPS",
    "HOST_TYPES",
    "OWNERS",
    "WORKER",
    "Field",
    "FieldType",
    "Schema",
    "Table",
    "View",
    "load_schema",
]
