"""What kinds of workbook and their columns are called on pages. Workbooks themselves stay Chinese."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from bulou.sheets.columns import SheetKind, kind_named

TITLES = (
    *(gettext_noop("单位名册"), gettext_noop("网格底数台账"), gettext_noop("网格责任岗位表")),
    *(gettext_noop("常住人口信息汇总表"), gettext_noop("工作人员名册")),
    *(gettext_noop("居家健康监测人员台账(五包一)"), gettext_noop("居家健康监测每日体温登记表")),
    *(gettext_noop("单位名称"), gettext_noop("类型"), gettext_noop("统一社会信用代码"), gettext_noop("地址")),
    *(gettext_noop("负责人"), gettext_noop("联系电话"), gettext_noop("乡镇"), gettext_noop("村(社区)")),
    *(gettext_noop("小区(自然村)"), gettext_noop("网格"), gettext_noop("楼栋"), gettext_noop("单元")),
    *(gettext_noop("户号"), gettext_noop("编码"), gettext_noop("出入口数"), gettext_noop("物业公司")),
    *(gettext_noop("岗位"), gettext_noop("姓名"), gettext_noop("手机号"), gettext_noop("起始日期")),
    *(
        gettext_noop("截止日期"),
        gettext_noop("与户主关系"),
        gettext_noop("身份证号"),
        gettext_noop("现居状态"),
    ),
    *(gettext_noop("外出地址"), gettext_noop("疫苗剂次"), gettext_noop("末次接种日期")),
    *(gettext_noop("特殊需求"), gettext_noop("备注"), gettext_noop("单位"), gettext_noop("职务")),
    *(gettext_noop("政治面貌"), gettext_noop("居住小区"), gettext_noop("详细地址"), gettext_noop("来自何地")),
    *(gettext_noop("返回日期"), gettext_noop("管控措施"), gettext_noop("开始日期"), gettext_noop("结束日期")),
    *(gettext_noop("依据"), gettext_noop("决定人"), gettext_noop("乡镇干部"), gettext_noop("村(社区)干部")),
    *(gettext_noop("网格员"), gettext_noop("医务人员"), gettext_noop("民警"), gettext_noop("编号")),
    *(gettext_noop("日期"), gettext_noop("时间段"), gettext_noop("体温"), gettext_noop("症状")),
    *(gettext_noop("测量时间"), gettext_noop("登记人")),
    *(gettext_noop("返乡人员报备摸排台账"), gettext_noop("铁路推送来翼人员名单")),
    *(gettext_noop("大数据推送来翼人员名单"), gettext_noop("风险地区名单")),
    *(gettext_noop("协查人员名单"), gettext_noop("拟住地址"), gettext_noop("来源省")),
    *(gettext_noop("来源市"), gettext_noop("来源县(市、区)"), gettext_noop("来源乡镇(街道)")),
    *(gettext_noop("14天内旅居史"), gettext_noop("出发时间"), gettext_noop("交通方式")),
    *(gettext_noop("车次/航班/车牌"), gettext_noop("座位"), gettext_noop("到达时间")),
    *(gettext_noop("到达时刻"), gettext_noop("到达站点"), gettext_noop("同行人")),
    *(gettext_noop("48小时核酸"), gettext_noop("健康码"), gettext_noop("行程码")),
    *(gettext_noop("风险等级"), gettext_noop("是否单人单间"), gettext_noop("接返单位")),
    *(gettext_noop("接返人"), gettext_noop("管控起始时间"), gettext_noop("管控结束时间")),
    *(gettext_noop("发站"), gettext_noop("车厢"), gettext_noop("推送时间"), gettext_noop("地区")),
    *(gettext_noop("区划代码"), gettext_noop("等级"), gettext_noop("解除日期"), gettext_noop("来源")),
    *(gettext_noop("来(返)翼时间"), gettext_noop("人员类别"), gettext_noop("时限(小时)")),
    *(gettext_noop("反馈截止时间"), gettext_noop("下发单位"), gettext_noop("文号")),
)
"""Every title of a kind or a column, so that it is translated; a test holds that none is missing."""


def title_of(kind: SheetKind) -> str:
    """A kind's title in the reader's language."""
    return gettext(kind.title)


def title_of_name(name: str) -> str:
    """The title of a kind by its name; one that is gone is called by its name."""
    try:
        return title_of(kind_named(name))
    except KeyError:
        return name


def titles_of_columns(kind: SheetKind) -> dict[str, str]:
    """The columns' titles by their names, in the reader's language."""
    return {column.name: gettext(column.title) for column in kind.columns}
