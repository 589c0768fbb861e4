"""The workbooks of arrivals: townships' canvass, the lists of the railway and of the big-data desk.

Only columns stand here: the process that reads workbooks has no database and no models.
"""

from __future__ import annotations

from dataclasses import replace

from bulou.arrivals import sheet_columns as of
from bulou.sheets.columns import Column, SheetKind, register
from bulou.sheets.kinds.common import IDENTITY_NUMBER, PERSON_NAME, PHONE, optional


def _arrives(variants: str) -> Column:
    return replace(of.ARRIVES, variants=(*of.ARRIVES.variants, *of.names(variants)))


ARRIVALS = register(
    SheetKind(
        "arrivals",
        "返乡人员报备摸排台账",
        (
            *(PERSON_NAME, IDENTITY_NUMBER, of.REACHED, *of.HOMES, of.FROM, *of.PARTS_OF_FROM, of.VISITED),
            *(of.DEPARTED, of.WAY, of.TRIP, of.SEAT, of.ARRIVES, of.ARRIVES_TIME, of.STATION, of.COMPANIONS),
            *(of.TESTED, of.HEALTH_CODE, of.TRAVEL_CODE, of.RISK, of.SINGLE_ROOM, of.SPECIAL),
            *(*of.FETCHED_BY, *of.MEASURES, of.REMARK),
        ),
        file_variants=of.names(
            "返乡人员 返乡报备 返乡摸排 摸排台账 返乡台账 排查表 返翼人员 来翼返翼 外来返乡"
        ),
    )
)

RAILWAY = register(
    SheetKind(
        "arrivals_railway",
        "铁路推送来翼人员名单",
        (
            *(PERSON_NAME, IDENTITY_NUMBER, optional(PHONE, ditto=False)),
            *(replace(column, required=True) for column in (of.TRIP, of.BOARDED, of.STATION)),
            _arrives("乘车日期 乘车时间 开行日期 日期"),
            *(of.ARRIVES_TIME, of.DEPARTED, of.COACH, of.SEAT, *of.HOMES, of.FROM, of.VISITED),
            *(of.PUSHED, of.REMARK),
        ),
        file_variants=("铁路推送", "铁路名单", "铁路", "火车推送"),
    )
)

BIG_DATA = register(
    SheetKind(
        "arrivals_big_data",
        "大数据推送来翼人员名单",
        (
            *(PERSON_NAME, IDENTITY_NUMBER, of.REACHED),
            *(replace(column, required=True) for column in (of.VISITED, of.PUSHED)),
            _arrives("入晋时间 进入本地时间 入翼时间 落脚时间 漫入时间"),
            *(of.ARRIVES_TIME, of.DEPARTED, of.FROM, *of.HOMES, of.TRIP, of.WAY, of.RISK, of.REMARK),
        ),
        file_variants=("大数据推送", "大数据", "大数据名单", "省大数据推送"),
    )
)
