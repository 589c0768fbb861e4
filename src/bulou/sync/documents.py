"""Problem documents (RFC 9457): how a refusal is said to a program and to the person who reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import BulouError

TITLES: dict[int, Any] = {
    400: _("请求有误"),
    401: _("令牌无效"),
    403: _("没有权限"),
    404: _("没有找到"),
    405: _("不支持这种方法"),
    409: _("与已有记录冲突"),
    411: _("缺少长度"),
    413: _("内容太大"),
    415: _("不支持这种格式"),
    422: _("内容不合要求"),
    503: _("暂时不能服务"),
}


def document(error: BulouError, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The problem as a JSON-able document, in the language that is active.

    `errors` points at the parts in question: `{"pointer", "detail"}`.
    """
    found: dict[str, Any] = {
        "type": f"urn:bulou:problem:{error.code}",
        "code": error.code,
        "title": str(TITLES.get(error.kind.status, TITLES[422])),
        "status": error.kind.status,
        "detail": str(error),
    }
    field = error.params.get("field")
    if errors is None and isinstance(field, str):
        errors = [
            {"pointer": f"/{field.replace('.', '/')}", "detail": str(error.params.get("reason", error))}
        ]
    if errors:
        found["errors"] = errors
    return found
