"""Where an approved row has got to by itself: a date reached, everything paid. Nobody chooses these states."""

from collections.abc import Callable, Mapping
from typing import Any

from automations.figures import requests

STAGES: Mapping[str, Callable[[Any], str]] = {"requests": requests.stage_of}
"""By table: the state that an approved row is in now, from its facts."""
