"""A stand-in for Baserow 1.35.3: the behaviour measured on a real server, over real HTTP, with its traps built in.

``tests/contract/test_baserow_recorded.py`` holds it to recorded exchanges and to the server's OpenAPI description. It
knows only the endpoints that :mod:`automations.tables.baserow` uses; anything else is a 404 that names itself.
"""

from .server import BaserowDouble

__all__ = ["BaserowDouble"]
