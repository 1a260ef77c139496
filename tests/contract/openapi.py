"""Just enough of OpenAPI 3.0 to check answers against ``baserow_openapi.json`` (the server's own description)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("baserow_openapi.json").read_text(encoding="utf-8"))
    return found


def complaints(method: str, path: str, status: int, body: Any) -> list[str] | None:
    """What is wrong with an answer; None where the description says nothing about it."""
    for pattern, methods in description()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) and method.lower() in methods:
            schema = methods[method.lower()].get(str(status))
            return None if schema is None else _check(schema, body, "")
    return None


def _check(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    if "$ref" in schema:
        schema = description()["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None and (schema.get("nullable") or "type" not in schema):
        return []
    for many in ("oneOf", "anyOf"):
        if many in schema:
            tries = [_check(choice, value, where) for choice in schema[many]]
            return [] if any(not wrong for wrong in tries) else min(tries, key=len)
    wrong = [text for part in schema.get("allOf", ()) for text in _check(part, value, where)]
    kind = schema.get("type")
    if kind and (not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind in ("integer", "number"))):
        return [*wrong, f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where}: {value!r} is none of {schema['enum']}")
    if isinstance(value, dict):
        wrong += [f"{where}: no {key}" for key in schema.get("required", ()) if key not in value]
        for key, part in schema.get("properties", {}).items():
            if key in value:
                wrong += _check(part, value[key], f"{where}.{key}")
        rest = schema.get("additionalProperties")
        if isinstance(rest, dict):
            for key in set(value) - set(schema.get("properties", {})):
                wrong += _check(rest, value[key], f"{where}.{key}")
    if isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            wrong += _check(schema["items"], item, f"{where}[{place}]")
    return wrong
