"""The rows of the work lists."""

from __future__ import annotations

from django import template

from bulou.command.worklists import row_html

register = template.Library()
register.simple_tag(row_html.gap_rows)
register.simple_tag(row_html.duty_rows)
