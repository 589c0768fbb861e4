"""工作人员名册: who can hold a post."""

from bulou.sheets.columns import Column, SheetKind, register
from bulou.sheets.kinds.common import IDENTITY_NUMBER, PERSON_NAME, PHONE, optional, required
from bulou.sheets.values import Text

WORKERS = register(
    SheetKind(
        "workers",
        "工作人员名册",
        (
            PERSON_NAME,
            optional(IDENTITY_NUMBER),
            required(PHONE, ditto=False),
            Column(
                "organisation",
                "单位",
                Text(100),
                variants=("工作单位", "所在单位", "单位名称", "所属单位", "派出单位"),
                required=True,
                privacy="duty",
                example="县教育局",
            ),
            Column(
                "duty",
                "职务",
                Text(50),
                variants=("职务/岗位", "岗位", "职务(岗位)", "职位"),
                privacy="duty",
                example="科员",
            ),
            Column(
                "politics",
                "政治面貌",
                Text(20),
                variants=("党员", "政治身份"),
                privacy="identity",
                example="中共党员",
            ),
            Column(
                "home",
                "居住小区",
                Text(50),
                variants=("居住地", "所住小区", "居住小区名称", "报到小区", "居住地小区"),
                privacy="place",
                example="绿苑小区",
            ),
        ),
        file_variants=("工作人员", "人员名册", "党员名册"),
    )
)
