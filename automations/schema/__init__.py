"""Tables as code: ``schemas/*.toml`` read into :class:`Schema`, planned and applied on a host."""

from automations.schema.model import HOST_TYPES, WORKER, Field, FieldType, Schema, Table, View

__all__ = ["HOST_TYPES", "WORKER", "Field", "FieldType", "Schema", "Table", "View"]
