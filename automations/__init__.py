"""Houqin (后勤): the few names that a job may import."""

from automations.reminders import Notice, countdown, waited

__all__ = ["Notice", "countdown", "job", "waited"]

from automations.jobs import job
