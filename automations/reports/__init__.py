"""Reports and forms: a folder of ``report_templates/`` and data → HTML, Word, PDF."""

from automations.reports.capital import capital
from automations.reports.forms import expense_form
from automations.reports.render import Format, render_form, template_folder

__all__ = ["Format", "capital", "expense_form", "render_form", "template_folder"]
