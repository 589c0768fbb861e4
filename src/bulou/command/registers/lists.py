"""The registers' lists as they are taken out."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.command import exports
from bulou.command.exports import Column, Param, Query, Table
from bulou.command.registers import homes, staff, tree
from bulou.command.registers.candidates import search
from bulou.command.registers.rosters import PostRow, PostsAsked, in_batches
from bulou.people.queries import mask_phone, persons
from bulou.places import codes
from bulou.places.models import Level, Worker
from bulou.places.roles import title_of
from bulou.rights.capabilities import Capability

STATE_WORDS = {"held": _("有人在岗"), "vacant": _("空岗"), "deputy": _("只有副岗")}


def _posts(query: Query) -> PostsAsked:
    role, state = query.filters.get("role", ""), query.filters.get("state", "")
    return PostsAsked(query.place, role, state if state in STATE_WORDS else "", query.now)


def _post_rows(query: Query) -> Iterator[PostRow]:
    return in_batches(_posts(query).found(), above=query.place, now=query.now)


def _phone(row: PostRow) -> str:
    return row.owner.phone if row.owner else ""


def _holder(row: PostRow) -> str:
    if row.owner is None:
        return str(_("无人负责"))
    return f"{row.owner.name}({_('副岗')})" if row.owner.deputy else row.owner.name


POSTS = exports.register(
    Table(
        name="posts",
        title=_("岗位名册"),
        needs=(Capability.SEE_PERSONS,),
        params=(
            Param("state", _("状态"), words=lambda value: str(STATE_WORDS.get(value, value))),
            Param("role", _("岗位"), words=title_of),
        ),
        columns=(
            Column(_("地点"), lambda row: row.where, width=36),
            Column(_("岗位"), lambda row: row.seat, width=16),
            Column(_("担任人"), _holder, width=16),
            Column(_("电话"), lambda row: mask_phone(_phone(row)), full=_phone, width=15),
        ),
        count=lambda query: _posts(query).found().order_by().count(),
        rows=_post_rows,
    )
)


def _workers(query: Query) -> QuerySet[Worker, Worker]:
    county = len(query.scope) == codes.WIDTHS[Level.COUNTY]
    found = staff.workers_of(query.scope, county=county)
    words = query.filters.get("q", "")
    return found.filter(pk__in=search(words, query.scope)) if words else found


WORKERS = exports.register(
    Table(
        name="workers",
        title=_("工作人员名册"),
        needs=(Capability.SEE_PERSONS,),
        params=(Param("q", _("查找"), personal=True),),
        columns=(
            Column(_("姓名"), lambda row: row.name, width=12),
            Column(_("电话"), lambda row: mask_phone(row.phone), full=lambda row: row.phone, width=15),
            Column(_("单位"), lambda row: row.organisation, width=24),
            Column(_("职务"), lambda row: row.title, width=14),
            Column(_("现在的岗位"), lambda row: "、".join(row.posts), width=44),
        ),
        count=lambda query: _workers(query).order_by().count(),
        rows=lambda query: staff.in_batches(_workers(query)),
    )
)

ORGANISATIONS = exports.register(
    Table(
        name="organisations",
        title=_("单位名册"),
        params=(Param("q", _("名称")),),
        columns=(
            Column(_("名称"), lambda row: row.name, width=36),
            Column(_("类型"), lambda row: row.kind, width=16),
            Column(_("工作人员"), lambda row: row.people, width=10),
        ),
        count=lambda query: staff.organisations(query.filters.get("q", "")).count(),
        rows=lambda query: staff.organisations(query.filters.get("q", "")).iterator(chunk_size=1_000),
    )
)


PLACES = exports.register(
    Table(
        name="places",
        title=_("地点名册"),
        columns=(
            Column(_("编码"), lambda row: row.place.code, width=28),
            Column(_("名称"), lambda row: row.place.name, width=24),
            Column(_("级别"), lambda row: row.level, width=14),
            Column(_("户"), lambda row: row.figures.households, width=10),
            Column(_("人"), lambda row: row.figures.persons, width=10),
            Column(_("岗位"), lambda row: row.figures.posts, width=10),
            Column(_("空岗"), lambda row: row.figures.vacant, width=10),
        ),
        count=lambda query: len(tree.branches(query.place, query.now)),
        rows=lambda query: tree.branches(query.place, query.now),
    )
)

RESIDENTS = exports.register(
    Table(
        name="residents",
        title=_("住户名册"),
        needs=(Capability.SEE_PERSONS,),
        columns=(
            Column(_("特殊需求"), lambda row: "、".join(row.needs), width=18),
            Column(_("住处"), lambda row: row.where, width=36),
            Column(_("姓名"), lambda row: row.name, full=lambda row: row.full["name"], width=12),
            Column(_("与户主关系"), lambda row: row.relation, width=12),
            Column(_("身份证号"), lambda row: row.identity, full=lambda row: row.full["id"], width=22),
            Column(_("手机号"), lambda row: row.phone, full=lambda row: row.full["phone"], width=15),
            Column(_("现居状态"), lambda row: row.presence, width=10),
            Column(_("疫苗剂次"), lambda row: row.doses, width=8),
        ),
        count=lambda query: persons(query.place, homes.PURPOSE).order_by().count(),
        rows=lambda query: homes.in_batches(query.place),
        person=lambda row: row.id,
    )
)
