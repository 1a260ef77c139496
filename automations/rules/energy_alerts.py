"""A reading with what its night or its room says: on alert or not, since when, in which words (domain.md B4.18)."""

from automations.books import cached_property
from automations.rows import RowView
from automations.rules.base import facts_of
from automations.rules.energy_nights import ALERT, begins, judged, night_before, words_of
from automations.rules.energy_rooms import IDLE, idle_before, idle_begins, idle_figures, idles
from automations.rules.readings_facts import TABLE, ReadingFacts

COOLING = "空调"


@facts_of(TABLE)
class JudgedReading(ReadingFacts):
    """What figures and automations ask of a reading."""

    @cached_property
    def state(self) -> str | None:
        """预警: 正常, 关注 or 预警; None where nothing can be said."""
        return ALERT if idles(self) else judged(self).state

    @cached_property
    def begins_alert(self) -> str:
        """类别 of the issue that begins with this reading: 电, 水, 空调; "" for none."""
        if idle_begins(self):
            return COOLING
        return str(self.of_meter("kind")) if begins(self) else ""

    @cached_property
    def alert_words(self) -> str:
        """The sentence about it."""
        return IDLE.format(**idle_figures(self)) if idles(self) else words_of(self)

    @cached_property
    def earlier_alert(self) -> RowView | None:
        """The reading of the night (or day) before, where the alert goes on from there."""
        if self.state != ALERT or self.begins_alert:
            return None
        return idle_before(self) if idles(self) else night_before(self)
