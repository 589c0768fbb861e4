"""The columns of the workbooks, with the headers that offices give them."""

from __future__ import annotations

TOWNSHIP, VILLAGE, AREA = "乡镇", "村(社区)", "小区(自然村)"
NAME, IDENTITY, PHONE = "姓名", "身份证号", "手机号"

VARIANTS: dict[str, tuple[str, ...]] = {
    TOWNSHIP: ("乡镇", "乡镇(街道)", "乡镇（街道）"),
    VILLAGE: ("村(社区)", "村（社区）", "村(社区) "),
    AREA: ("小区(自然村)", "小区（自然村）", "小区"),
    "楼栋": ("楼栋", "楼号"),
    "户号": ("户号", "门牌号", "房号"),
    NAME: ("姓名", "姓 名", "姓　名"),
    IDENTITY: ("身份证号", "身份证号码", "公民身份号码"),
    PHONE: ("手机号", "联系电话", "手机号码"),
    "疫苗剂次": ("疫苗剂次", "接种剂次"),
    "外出地址": ("外出地址", "外出地点"),
    "详细地址": ("详细地址", "现住址"),
    "开始日期": ("开始日期", "开始时间"),
    "结束日期": ("结束日期", "解除日期"),
}
"""Other headers than the contract's first one; a column that is not here has only its own name."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "places": (
        TOWNSHIP,
        VILLAGE,
        AREA,
        "网格",
        "楼栋",
        "单元",
        "户号",
        "类型",
        "编码",
        "出入口数",
        "物业公司",
    ),
    "organisations": ("单位名称", "类型", "统一社会信用代码", "地址", "负责人", "联系电话"),
    "workers": (NAME, IDENTITY, PHONE, "单位", "职务", "政治面貌", "居住小区"),
    "posts": ("岗位", TOWNSHIP, VILLAGE, AREA, "网格", "楼栋", NAME, PHONE, "起始日期", "截止日期"),
    "residents": (
        *(TOWNSHIP, VILLAGE, AREA, "楼栋", "单元", "户号", NAME, "与户主关系", IDENTITY, PHONE),
        *("现居状态", "外出地址", "疫苗剂次", "末次接种日期", "特殊需求", "备注"),
    ),
    "monitoring": (
        *(NAME, IDENTITY, PHONE, TOWNSHIP, VILLAGE, "详细地址", "来自何地", "返回日期", "管控措施"),
        *("开始日期", "结束日期", "依据", "决定人", "乡镇干部", "村(社区)干部", "网格员", "医务人员", "民警"),
    ),
    "health_reports": (NAME, IDENTITY, "日期", "时间段", "体温", "症状", "测量时间", "登记人"),
}

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "monitoring": ("五包一责任人", ("乡镇干部", "村(社区)干部", "网格员", "医务人员", "民警")),
    "residents": ("疫苗接种情况", ("疫苗剂次", "末次接种日期")),
}
"""Columns that a header in two rows puts under one merged title."""

TITLES: dict[str, str] = {
    "places": "网格底数台账",
    "organisations": "单位名册",
    "workers": "工作人员名册",
    "posts": "网格责任岗位表",
    "residents": "常住人口信息汇总表",
    "monitoring": "居家健康监测人员台账(五包一)",
    "health_reports": "居家健康监测每日体温登记表",
}
