"""Attachments on Baserow. Every upload gets a new stored name, ``<random>_<sha256 of the content>.<ending>``."""

import hashlib
import json
import re

from automations.errors import HostError, HostRefused, HostUnavailable
from automations.tables.baserow_wire import Wire
from automations.tables.values import File

_STORED = re.compile(r"[A-Za-z0-9]+_([0-9a-f]{64})(\.[^./\\]*)?$")


def upload(wire: Wire, name: str, content: bytes) -> File:
    """Store a file; writing it into a cell is a second step."""
    answer = wire.call("POST", "/api/user-files/upload-file/", "repeatable", files={"file": (name, content)})
    wire.saw_file(str(answer["url"]))
    ref = json.dumps({"name": answer["name"]}, ensure_ascii=False)
    return File(name=name, size=int(answer["size"]), ref=ref)


def download(wire: Wire, file: File) -> bytes:
    """Content of an attachment, checked against the digest in its stored name.

    Raises:
        HostRefused: The handle is not one of Baserow's.
        HostUnavailable: No address gave the content.
    """
    try:
        stored = str(json.loads(file.ref)["name"])
    except (ValueError, TypeError, KeyError):
        stored = ""
    match = _STORED.match(stored)
    if match is None:
        raise HostRefused(f"附件“{file.name}”的存放名不是 Baserow 的。请重新上传。")
    trouble = ""
    for base in wire.media():
        try:
            content = wire.http.download(f"{base}{stored}")
        except HostError as error:
            trouble = error.message
            continue
        if hashlib.sha256(content).hexdigest() == match[1]:
            return content
        trouble = "下载到的内容与上传时的不一致"
    raise HostUnavailable(
        f"取不到附件“{file.name}”：{trouble}。请确认 Baserow 的 /media/ 地址可以访问；稍后会自动再试。"
    )
