"""What is wrong with a value, in the reader's language: pydantic's error types in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By the type's beginning, so that one line serves its relatives ("date_parsing", "date_type").
_SENTENCES: dict[str, Any] = {
    "missing": gettext_lazy("缺少这一项"),
    "extra_forbidden": gettext_lazy("没有这一项"),
    "greater_than_equal": gettext_lazy("不能小于 {ge}"),
    "less_than_equal": gettext_lazy("不能大于 {le}"),
    "greater_than": gettext_lazy("应大于 {gt}"),
    "less_than": gettext_lazy("应小于 {lt}"),
    "enum": gettext_lazy("应为下列之一:{expected}"),
    "literal_error": gettext_lazy("应为下列之一:{expected}"),
    "string_too_long": gettext_lazy("最多 {max_length} 个字符"),
    "string_too_short": gettext_lazy("至少 {min_length} 个字符"),
    "string_pattern": gettext_lazy("只能用这样的字符:{pattern}"),
    "string": gettext_lazy("应为文字"),
    "decimal": gettext_lazy("应为数字"),
    "finite_number": gettext_lazy("应为数字"),
    "float": gettext_lazy("应为数字"),
    "int": gettext_lazy("应为整数"),
    "bool": gettext_lazy("应为 true 或 false"),
    "datetime": gettext_lazy("应为带时区的时间,如 2022-04-16T08:00:00+08:00"),
    "timezone": gettext_lazy("应为带时区的时间,如 2022-04-16T08:00:00+08:00"),
    "date": gettext_lazy("应为日期,如 2022-04-16"),
    "tuple": gettext_lazy("应为列表"),
    "list": gettext_lazy("应为列表"),
    "dict": gettext_lazy("应为 JSON 对象"),
    "model": gettext_lazy("应为 JSON 对象"),
}


def reason(error: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's error details (`ValidationError.errors()`)."""
    for beginning, sentence in _SENTENCES.items():
        if error["type"].startswith(beginning):
            return str(sentence).format(**error.get("ctx", {}))
    return _("不合要求")
