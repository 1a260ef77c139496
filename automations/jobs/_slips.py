"""Slips of the pen in an automation that can be seen without any row: the table, the message folder.

What only rows can show (a column, a field of a message, a recipient) ``houqin preview`` shows.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from automations.jobs import Job
from automations.notify.render import FILES, Messages
from automations.schema.model import Schema

_INCLUDED = re.compile(r"""{%-?\s*(?:include|import|from|extends)\s+["']([^/"']+)/""")


def nearest(name: str, known: Iterable[str]) -> str:
    """``，是不是“…”？`` with the known word that looks most alike, or nothing."""
    found = get_close_matches(name, list(known), 1, 0.6)
    return f"，是不是“{found[0]}”？" if found else "。"


def slips(job: Job, schema: Schema, messages: Messages) -> list[str]:
    """One Chinese sentence for each; none where all is well."""
    file = Path(job.function.__code__.co_filename)
    tables = [table.name for table in schema]
    found = [f"没有名为“{table}”的表{nearest(table, tables)}" for table in job.reads(schema) if table not in tables]
    for template in dict.fromkeys(_templates(file)):
        found += _of_folder(template, messages)
    return [f"{file.name}：{text}" for text in found]


def _templates(file: Path) -> Iterator[str]:
    """Message folders that the file names."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "template" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def _of_folder(template: str, messages: Messages) -> Iterator[str]:
    folder = messages.folder / template
    if not folder.is_dir():
        yield f"report_templates/messages/ 里没有“{template}”文件夹{nearest(template, messages.names())}"
        return
    for name in FILES:
        if not (folder / name).is_file():
            yield f"report_templates/messages/{template}/ 里缺 {name}，请从别的文件夹照抄一份再改。"
            continue
        for other in dict.fromkeys(_INCLUDED.findall((folder / name).read_text("utf-8"))):
            if other not in (template, "_frame"):
                yield f"report_templates/messages/{template}/{name} 用的还是“{other}”的文字，请改成“{template}”。"
