"""单位名册: departments, property companies, schools, clinics, police posts."""

from dataclasses import replace

from bulou.sheets.columns import Column, SheetKind, register
from bulou.sheets.kinds.common import PHONE
from bulou.sheets.values import CreditCode, Name, Text

ORGANISATIONS = register(
    SheetKind(
        "organisations",
        "单位名册",
        (
            Column(
                "name",
                "单位名称",
                Text(100),
                variants=("单位", "名称", "机构名称", "企业名称", "单位全称"),
                required=True,
                example="县教育局",
                ditto=False,
            ),
            Column(
                "type",
                "类型",
                Text(30),
                variants=("单位类型", "单位类别", "类别", "单位性质", "机构类型"),
                required=True,
                example="县直单位",
            ),
            Column(
                "credit_code",
                "统一社会信用代码",
                CreditCode(),
                variants=("信用代码", "社会信用代码", "统一信用代码"),
                example="11141099000000001U",
                ditto=False,
            ),
            Column(
                "address",
                "地址",
                Text(200),
                variants=("单位地址", "详细地址", "办公地址", "所在地址"),
                example="唐兴镇解放街1号",
            ),
            Column(
                "head",
                "负责人",
                Name(),
                variants=("单位负责人", "负责人姓名", "法人", "法定代表人", "联系人"),
                privacy="identity",
                example="李某",
            ),
            replace(
                PHONE,
                title="联系电话",
                variants=("负责人电话", "负责人联系方式", "单位电话", "手机号", *PHONE.variants),
            ),
        ),
        file_variants=("单位",),
    )
)
