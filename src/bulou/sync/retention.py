"""How long refused items are kept for a person to look at, and answers to be given again."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel.retention import Rule, keep, rule
from bulou.sync.models import KeptAnswer, Refusal, Webhook


def _refused() -> QuerySet[Refusal, Refusal]:
    return Refusal.objects.annotate(ends=F("received_at"))


REFUSED = rule(
    Rule(
        "sync.refusal",
        _("被退回的上报"),
        Refusal,
        30,
        _("含健康情况的内容最多留 30 天;足够把手机上的问题处理好"),
        _refused,
    )
)


def _answered() -> QuerySet[KeptAnswer, KeptAnswer]:
    return KeptAnswer.objects.annotate(ends=F("at"))


ANSWERED = rule(
    Rule(
        "sync.answer",
        _("接口已答复的内容"),
        KeptAnswer,
        30,
        _("程序在这段时间内重发,得到同样的答复"),
        _answered,
    )
)
keep(Webhook, "its sealed secret is a program's and says nothing about a person")
