"""Made-up names: common surnames with given names composed of common characters."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from bulou.drill.numbers import MALE

_COMMON = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_RARER = (
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_DOUBLE = ("欧阳", "上官", "司马", "诸葛")
SURNAMES: tuple[str, ...] = (*_COMMON, *_RARER, *_DOUBLE)
_SURNAME_WEIGHTS: list[float] = [
    *accumulate([60 // (i + 6) + 3 for i in range(len(_COMMON))] + [1] * len(_RARER) + [0.1] * 4)
]

_MALE = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文海峰东亮红兵永福根生保忠厚山来"
_FEMALE = "芳娜敏静秀娟英华慧巧美淑惠珠翠雅芝玉萍红月彩春菊兰凤洁梅琳素云莲雪荣爱霞香莺媛艳瑞凡佳燕丽桂玲婷"
_EITHER = "子梓晨雨欣怡思嘉一诺泽宇轩博文可心若涵语瑶皓睿"
_RARE = ("㛃", "𬭚", "喆", "堃", "淼", "翀")
_DOTTED = ("阿依古丽·买买提", "迪力夏提·艾山", "吐尔逊·热合曼")


def surname(rng: Random) -> str:
    return rng.choices(SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]


def given(rng: Random, sex: str, *, young: bool = False) -> str:
    """A given name of one or two characters; one in some hundreds has a rare character."""
    if rng.random() < 0.003:
        return rng.choice(_RARE)
    pool = _EITHER if young else _MALE if sex == MALE else _FEMALE
    return rng.choice(pool) + (rng.choice(pool) if rng.random() < 0.72 else "")


def full_name(rng: Random, sex: str, family: str | None = None, *, young: bool = False) -> str:
    """A person's name; one in two thousand is of the form with a middle dot."""
    if rng.random() < 0.0005:
        return rng.choice(_DOTTED)
    return (family or surname(rng)) + given(rng, sex, young=young)
