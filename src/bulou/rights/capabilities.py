"""What somebody may do. Fixed in the code, because code asks for them; who has which is data (roles)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capability(models.TextChoices):
    """One thing that a page or an act asks for. Aggregates and persons are separate rights."""

    SEE_NUMBERS = "see-numbers", _("看数字")
    SEE_PERSONS = "see-persons", _("看人员(脱敏)")
    UNMASK = "unmask", _("查看完整信息(须写理由)")
    WORK_GAPS = "work-gaps", _("跟进缺口")
    EXPORT = "export", _("导出名单(须写用途)")
    IMPORT = "import", _("导入表格")
    KEEP_PLACES = "keep-places", _("维护地点和单位")
    KEEP_POSTS = "keep-posts", _("岗位与交接")
    KEEP_PEOPLE = "keep-people", _("维护人员名册")
    DECIDE_CASES = "decide-cases", _("决定解除和终止管控")
    DRAFT_DIRECTIVES = "draft-directives", _("起草指令")
    SIGN_DIRECTIVES = "sign-directives", _("签发指令")
    ANSWER_RESIDENTS = "answer-residents", _("答复居民")
    MANAGE_RIGHTS = "manage-rights", _("管理账号和授权")
    AUDIT = "audit", _("查看审计")
    KEEP_HOUSE = "keep-house", _("系统维护")
    SEND_EVENTS = "send-events", _("报送事件(接口)")
    BREAK_GLASS = "break-glass", _("紧急提权(事后复核)")
