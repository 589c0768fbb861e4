"""Every problem of a workbook: its stable code, and a sentence that says what would be right.

`{value}` is the cell as it stands, `{column}` its header; the other names come from the reading.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import CATALOGUE, ProblemKind, problem
from bulou.sheets.reading import Problem

_SENTENCES: Iterable[tuple[str, object]] = (
    # text
    ("text-spaces", _("“{value}”含多余的空格或换行,已按“{read}”读取。")),
    ("text-fullwidth", _("“{value}”含全角字符,已按“{read}”读取。")),
    ("text-apostrophe", _("“{value}”前有撇号,已按“{read}”读取。")),
    ("text-boolean", _("逻辑值“{value}”已按“{read}”读取。")),
    ("text-too-long", _("内容有 {length} 个字,最多 {longest} 个字:请精简。")),
    (
        "text-became-date",
        _("此格被 Excel 变成了日期或时间({read}):请把该列设为“文本”后重新填写,例如 3-201。"),
    ),
    (
        "number-digits-lost",
        _("长号码被 Excel 变成了数字,后几位已丢失:请把该列设为“文本”后重新录入。"),
    ),
    ("required-empty", _("“{column}”不能为空:请补填。")),
    ("name-unreadable", _("“{value}”不是姓名:请只填姓名,不带数字、括号或说明,说明写在备注。")),
    ("name-read", _("姓名“{value}”已按“{read}”读取。")),
    # numbers and choices
    ("number-read", _("“{value}”已按 {read} 读取。")),
    ("number-out-of-range", _("“{value}”不是 {least} 到 {most} 之间的整数。")),
    ("code-length", _("“{value}”不是编码:应为 {lengths} 位数字。")),
    ("choice-read", _("“{value}”已按“{read}”读取。")),
    ("choice-unknown", _("“{value}”不在可选项中,可填:{choices}。")),
    (
        "choice-partly-unknown",
        _("“{value}”中的“{unknown}”不在可选项中({choices}),请核对,其余已读取。"),
    ),
    ("temperature-read", _("体温“{value}”已按 {read} ℃ 读取。")),
    (
        "temperature-out-of-range",
        _("“{value}”不是 {lowest} 到 {highest} ℃ 之间的体温:请填写如 36.6。"),
    ),
    # identity numbers
    ("id-number-lower-x", _("身份证号末位小写 x 已按大写读取:{read}。")),
    ("id-number-spaces", _("身份证号“{value}”中的空格或符号已去掉:{read}。")),
    ("id-number-fullwidth", _("身份证号“{value}”中的全角数字已改为半角:{read}。")),
    ("id-number-apostrophe", _("身份证号“{value}”前的撇号已去掉:{read}。")),
    ("id-number-15-digits", _("15 位旧身份证号“{value}”已补成 18 位:{read},请核对。")),
    (
        "id-number-excel-float",
        _("身份证号被 Excel 变成了数字({value}),后几位已丢失:请把该列设为“文本”后重新录入 18 位号码。"),
    ),
    ("id-number-length", _("身份证号“{value}”有 {length} 位,应为 18 位:请对照证件核对。")),
    ("id-number-form", _("“{value}”不是身份证号:应为 17 位数字加 1 位数字或 X。")),
    (
        "id-number-birth-date",
        _("身份证号“{value}”中的出生日期 {born} 不存在或晚于今天:请对照证件核对第 7 到 14 位。"),
    ),
    (
        "id-number-check-digit",
        _("身份证号“{value}”的末位校验码 {last} 与前 17 位不符,其中有一位录错了:请对照证件核对。"),
    ),
    ("credit-code", _("“{value}”不是统一社会信用代码:应为 18 位,且校验码相符。")),
    # phones
    ("phone-read", _("电话“{value}”已按 {read} 读取。")),
    ("phone-two-in-cell", _("“{value}”中有多个电话,已取第一个 {read},其余({others})请另行登记。")),
    ("phone-length", _("电话“{value}”有 {length} 位数字:手机号应为 11 位,固定电话应带区号(0357-4920000)。")),
    ("phone-form", _("“{value}”不是电话号码:请填 11 位手机号,或带区号的固定电话。")),
    ("phone-empty", _("未填“{column}”:无法电话联系,请补填。")),
    ("name-phone-read", _("“{value}”已按“{read}”读取;规范写法是姓名、空格、电话。")),
    (
        "name-phone-several",
        _("“{value}”中有多人或多个电话,已取第一个“{read}”,其余({others})未登记:一格只填一人。"),
    ),
    ("name-without-phone", _("“{value}”没有电话:已只读取姓名 {read},请补上电话。")),
    ("name-phone-form", _("“{value}”不是姓名和电话:请按“王某 19900000000”填写。")),
    ("seat-empty", _("五包一责任人“{column}”未填:该岗位将列为无人负责。")),
    # dates
    ("date-read", _("日期“{value}”已按 {read} 读取。")),
    ("date-serial", _("数字“{value}”已按 Excel 日期序号读取:{read}。")),
    ("date-year-completed", _("“{value}”没有年份,已按最接近的 {read} 读取。")),
    ("date-time-dropped", _("“{value}”中的时刻未采用,日期为 {read}。")),
    (
        "date-ambiguous",
        _("“{value}”可能是 {first},也可能是 {second}(Excel 去掉了末尾的 0):请写成 2022-04-10 的形式。"),
    ),
    ("date-impossible", _("“{value}”不是存在的日期:请核对月和日。")),
    ("date-unreadable", _("“{value}”不是日期:请写成 2022-04-09 的形式。")),
    ("date-in-future", _("日期 {read} 晚于今天:请核对年份。")),
    ("date-out-of-range", _("日期 {read} 离今天太远:请核对年份。")),
    ("dates-out-of-order", _("{second} 早于 {first}:请核对这两个日期。")),
    ("time-read", _("时间“{value}”已按 {read} 读取。")),
    ("time-unreadable", _("“{value}”不是时间:请写成 08:10 的形式。")),
    ("measured-in-window", _("未填“{column}”:按在所填时间段内测量计。")),
    (
        "door-seal-not-a-measure",
        _("“{value}”含封门一类做法:仅作文字保留,不得作为管控措施(消防法第二十八条)。"),
    ),
    # rows
    ("cell-mended", _("已由{by}在网页上改为“{read}”。")),
    ("merged-cell", _("合并单元格:已按上面的“{read}”补全。")),
    ("ditto", _("“{value}”已按上一行的“{read}”补全。")),
    ("row-trailer", _("表尾行“{value}”不是数据,未读取。")),
    ("row-not-data", _("说明行“{value}”不是数据,未读取。")),
    ("rows-hidden", _("有 {count} 个隐藏行(第 {numbers} 行),也已读取。")),
    (
        "total-disagrees",
        _("合计行写的是 {total},实际读到 {counted} 行:表可能被截断或漏行,请核对。"),
    ),
    # sheets
    ("sheet-hidden", _("隐藏的工作表,也已读取。")),
    ("sheet-cut-off", _("恰好 {rows} 行,是文件格式的上限:表很可能被截断,请分成几个文件。")),
    ("sheet-without-header", _("没有找到表头,应有:{wanted}。表中开头是:{found}。")),
    ("columns-missing", _("缺少列:{missing}。表头中有:{found}。")),
    ("column-unknown", _("“{column}”不是本表的列,未读取。")),
    ("value-from-sheet-name", _("没有“{column}”列,已用工作表名“{read}”。")),
    # files
    ("file-missing", _("找不到文件“{value}”。")),
    ("file-empty", _("文件“{value}”是空的。")),
    ("file-without-rows", _("文件“{value}”里没有任何数据。")),
    ("file-too-big", _("文件“{value}”有 {size} MB,最多 {limit} MB:请分成几个文件。")),
    (
        "file-not-a-workbook",
        _("文件“{value}”的内容不是 Excel 工作簿({ending}):请在 Excel 或 WPS 中另存为 .xlsx 再导入。"),
    ),
    (
        "file-is-web-page",
        _("文件“{value}”其实是网页或 XML:请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。"),
    ),
    ("file-encoding", _("文件“{value}”的编码不是 UTF-8 或 GB 18030:请另存为 .xlsx 再导入。")),
    ("file-has-password", _("文件“{value}”有打开密码:请取消密码后再导入。")),
    ("file-broken", _("文件“{value}”已损坏,无法读取:请在 Excel 或 WPS 中打开并另存后再导入。")),
    (
        "file-needs-too-much-memory",
        _("读取文件“{value}”所需的内存超出限制:请删除空白行列、分成几个文件后再导入。"),
    ),
    ("file-takes-too-long", _("读取文件“{value}”用时超出限制:请分成几个文件后再导入。")),
    ("reader-failed", _("读取文件“{value}”时程序出错({where}):请把一份不含个人信息的样表交给管理员。")),
)

SHEET_PROBLEMS: dict[str, ProblemKind] = {code: problem(code, text) for code, text in _SENTENCES}


def sentence(found: Problem) -> str:
    """What a problem says to the reader, in their language."""
    params = {"value": found.value, "column": found.column, **found.params}
    return CATALOGUE[found.code].say(**params)
