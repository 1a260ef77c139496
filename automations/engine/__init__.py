"""One pass, start to finish; the only room that acts on what the others decide."""

from automations.engine.office import Office
from automations.engine.turn import Engine, PassReport

__all__ = ["Engine", "Office", "PassReport"]
