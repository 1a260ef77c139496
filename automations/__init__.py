"""Houqin (后勤): the few names that a job may import."""

from automations.follow import NewRow, whenever
from automations.reminders import Notice, countdown, waited

__all__ = ["NewRow", "Notice", "countdown", "job", "waited", "whenever"]

from automations.jobs import job
