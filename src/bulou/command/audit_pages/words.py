"""The words for what stands in the audit chain: acts, and what or whom they were about; nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from bulou.command import words
from bulou.command.actors import actor_titles
from bulou.command.me.content import FIELD_TITLES
from bulou.kernel import reasons
from bulou.kernel.models import AuditLine
from bulou.obligations.kinds import ordered_kinds
from bulou.places import codes
from bulou.places.queries import names

ACTIONS: dict[str, Any] = {
    "people.unmasked": gettext_lazy("查看完整信息"),
    "people.searched": gettext_lazy("按身份证号查找"),
    "people.listed": gettext_lazy("经接口列出人员"),
    "people.looked": gettext_lazy("经接口查看人员"),
    "people.put_off": gettext_lazy("疑似重复暂缓核实"),
    "list.exported": gettext_lazy("导出名单"),
    "list.fetched": gettext_lazy("下载导出的名单"),
    "sheets.imported": gettext_lazy("导入工作簿"),
    "sheets.undone": gettext_lazy("撤销导入"),
    "sheets.exported": gettext_lazy("导出工作簿"),
    "board.shared": gettext_lazy("分享看板"),
    "audit.exported": gettext_lazy("导出审计记录"),
    "obligations.unknown_looked": gettext_lazy("查看底数外线索"),
    "arrivals.point_opened": gettext_lazy("启用隔离点"),
    "arrivals.point_closed": gettext_lazy("关闭隔离点"),
    "arrivals.room_closed": gettext_lazy("停用隔离点房间"),
    "monitoring.admitted": gettext_lazy("纳入管控"),
    "monitoring.term_changed": gettext_lazy("更正起止时间"),
    "monitoring.corrected": gettext_lazy("更正记录"),
    "monitoring.decided_anew": gettext_lazy("重新作出管控决定"),
    "monitoring.ended": gettext_lazy("管控终止"),
    "monitoring.released": gettext_lazy("办理解除"),
    "monitoring.resumed": gettext_lazy("恢复管控"),
    "monitoring.note_issued": gettext_lazy("开具解除通知"),
    "directive.signed": gettext_lazy("指令生效"),
    "directive.repealed": gettext_lazy("指令废止"),
    "directives.drafted": gettext_lazy("起草指令"),
    "directives.signed": gettext_lazy("签发指令"),
    "directives.rejected": gettext_lazy("退回指令草案"),
    "directives.withdrawn": gettext_lazy("撤回指令草案"),
    "obligations.called": gettext_lazy("跟进:打电话"),
    "obligations.postponed": gettext_lazy("跟进:延后"),
    "obligations.handed": gettext_lazy("跟进:转交"),
    "obligations.taken_back": gettext_lazy("跟进:收回转交"),
    "arrivals.registered": gettext_lazy("返乡报备"),
    "arrivals.decided": gettext_lazy("返乡人员定级"),
    "arrivals.ended": gettext_lazy("结束行程"),
    "arrivals.side_withdrawn": gettext_lazy("更正交接记录"),
    "arrivals.area_changed": gettext_lazy("登记风险地区"),
    "arrivals.lead_answered": gettext_lazy("答复协查"),
    "arrivals.lead_withdrawn": gettext_lazy("撤回协查"),
    "residents.asked": gettext_lazy("居民提出申请"),
    "residents.answered": gettext_lazy("答复居民申请"),
    "residents.taken_back": gettext_lazy("居民撤回申请"),
    "residents.paper_made": gettext_lazy("打印居民本人查询"),
    "residents.requests_read": gettext_lazy("经接口查看居民申请"),
    "residents.link_made": gettext_lazy("生成居民链接"),
    "residents.link_opened": gettext_lazy("居民打开链接"),
    "residents.link_refused": gettext_lazy("居民链接核对不符"),
    "residents.link_withdrawn": gettext_lazy("撤销居民链接"),
    "residents.link_freed": gettext_lazy("解锁居民链接"),
    "places.handed_over": gettext_lazy("岗位交接"),
    "places.handover_seen": gettext_lazy("确认收到交接"),
    "places.worker_changed": gettext_lazy("登记或修改工作人员"),
    "places.worker_left": gettext_lazy("工作人员离岗"),
    "places.workers_merged": gettext_lazy("合并重复的工作人员"),
    "places.workers_split": gettext_lazy("拆开误合的工作人员"),
    "places.renamed": gettext_lazy("地点改名"),
    "places.moved": gettext_lazy("地点划转"),
    "places.merged": gettext_lazy("地点合并"),
    "places.split": gettext_lazy("地点拆分"),
    "places.retired": gettext_lazy("地点停用"),
    "places.brought_back": gettext_lazy("地点恢复使用"),
    "places.also_called": gettext_lazy("登记地点别名"),
    "places.name_taken_back": gettext_lazy("撤销地点别名"),
    "places.gates_set": gettext_lazy("登记小区大门"),
    "places.shapes_imported": gettext_lazy("导入地点边界"),
    "organisation.set": gettext_lazy("登记单位"),
    "account.set": gettext_lazy("建立账号"),
    "account.made": gettext_lazy("新建账号"),
    "account.invited": gettext_lazy("发出邀请链接"),
    "account.accepted": gettext_lazy("本人设好密码"),
    "account.worker_set": gettext_lazy("账号对应到工作人员"),
    "account.password_changed": gettext_lazy("修改密码"),
    "account.shut": gettext_lazy("停用账号"),
    "account.reopened": gettext_lazy("重新启用账号"),
    "log_in.ended": gettext_lazy("退出一台设备"),
    "log_in.ended_others": gettext_lazy("退出其他设备"),
    "factor.added": gettext_lazy("登记第二重验证"),
    "factor.removed": gettext_lazy("删除一个验证方式"),
    "factor.reset": gettext_lazy("清除第二重验证"),
    "factor.recovery_codes": gettext_lazy("换一批恢复码"),
    "factor.recovery_code_used": gettext_lazy("用恢复码登录"),
    "mandate.granted": gettext_lazy("授权"),
    "mandate.confirmed": gettext_lazy("复核授权"),
    "mandate.withdrawn": gettext_lazy("收回授权"),
    "role.change_asked": gettext_lazy("提出修改角色"),
    "role.changed": gettext_lazy("角色已修改"),
    "role.change_refused": gettext_lazy("不同意修改角色"),
    "emergency.taken": gettext_lazy("紧急提权"),
    "emergency.reviewed": gettext_lazy("复核紧急提权"),
    "token.made": gettext_lazy("发出接口令牌"),
    "token.withdrawn": gettext_lazy("收回接口令牌"),
    "webhook.made": gettext_lazy("登记推送地址"),
    "webhook.ended": gettext_lazy("停用推送地址"),
    "backup.made": gettext_lazy("备份"),
    "backup.restored": gettext_lazy("恢复备份"),
    "backup.rehearsed": gettext_lazy("演练恢复"),
    "keys.rotated": gettext_lazy("更换密钥"),
    "keys.resealed": gettext_lazy("用新密钥重新封存"),
    "keys.lookups_rotated": gettext_lazy("更换查找密钥"),
    "keys.split": gettext_lazy("密钥分份保管"),
    "keys.copied": gettext_lazy("密钥另存"),
    "audit.words_kept_apart": gettext_lazy("升级:理由改为封存,原有记录可核对"),
    "retention.erased": gettext_lazy("删除到期的个人信息"),
    "retention.purged": gettext_lazy("到期清理完成"),
}
REASONS: dict[str, Any] = {"given back": gettext_lazy("本人交还")}
LAST_DIGITS = 12
"""As many digits of a long id are printed on what it is the number of."""
SUBJECTS: dict[str, Any] = {
    "person": gettext_lazy("居民 {n} 号"),
    "case": gettext_lazy("管控 {n}"),
    "journey": gettext_lazy("行程 {n}"),
    "area": gettext_lazy("风险地区 {n}"),
    "mandate": gettext_lazy("授权 {n} 号"),
    "role": gettext_lazy("角色 {n}"),
    "worker": gettext_lazy("工作人员 {n} 号"),
    "organisation": gettext_lazy("单位 {n} 号"),
    "export": gettext_lazy("导出 {n} 号"),
    "directive": gettext_lazy("指令 {n} 号"),
    "draft": gettext_lazy("指令草案 {n} 号"),
    "token": gettext_lazy("令牌 {n} 号"),
    "webhook": gettext_lazy("推送 {n} 号"),
    "obligation": gettext_lazy("责任 {n} 号"),
    "unknown": gettext_lazy("线索 {n} 号"),
    "duplicate": gettext_lazy("疑似重复 {n} 号"),
    "purge": gettext_lazy("一次清理"),
}
"""What a line is about, by what stands before the colon; the number tells two of them apart."""


def action_title(action: str) -> str:
    """What an act is called."""
    return str(ACTIONS.get(action) or words.EVENTS.get(action) or action)


def reason_title(line: AuditLine) -> str:
    """Why, in words: most are somebody's own, a few are chosen from a list; old ones were erased."""
    told = reasons.told(line)
    return str(words.ENDINGS.get(told) or REASONS.get(told, told))


def field_title(field: str) -> str:
    """What a masked value is called."""
    return str(FIELD_TITLES.get(field, field))


def place_titles(places: Iterable[str]) -> dict[str, str]:
    """The names on the paths of places; a step that no place has (a village without grids) is left out."""
    paths = {one: codes.path(one) for one in places if one}
    known = names(step for path in paths.values() for step in path)
    return {
        one: " ".join(known[step] for step in path[1:] or path if step in known)
        for one, path in paths.items()
    }


def subject_titles(subjects: Iterable[str]) -> dict[str, str]:
    """What actors and subjects are called: accounts, posts and places by their titles, others by number."""
    wanted = {one for one in subjects if one}
    acting = {one for one in wanted if one.partition(":")[0] in {"user", "post", *words.ACTORS}}
    places = {one.partition(":")[2] for one in wanted if one.startswith("place:")}
    titles, known = actor_titles(acting), names(places) if places else {}
    return {one: titles[one] if one in acting else _subject_title(one, known) for one in wanted}


def _subject_title(subject: str, known: dict[str, str]) -> str:
    kind, _colon, number = subject.partition(":")
    if kind == "place":
        return known.get(number, number)
    if kind == "kind" and number in ordered_kinds():
        return str(ordered_kinds()[number].title)
    title = SUBJECTS.get(kind)
    return str(title).format(n=_short(number)) if title else subject


def _short(number: str) -> str:
    """The end of a long id, as it is printed on what it is the number of; a short one whole."""
    return number[-LAST_DIGITS:] if len(number) > LAST_DIGITS else number
