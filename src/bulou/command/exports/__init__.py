"""One way out for every list: what a page shows becomes a workbook, a CSV file, a page to print or a text.

A page that shows a list declares it once and puts a button on the page; the rest is here:

    from bulou.command import exports

    POSTS = exports.register(
        exports.Table(
            name="posts",                        # stable: it stands in addresses and in the audit chain
            title=_("岗位名册"),
            needs=(Capability.SEE_NUMBERS,),      # besides EXPORT
            params=(exports.Param("vacant", _("只看空岗")), exports.Param("q", _("查找"), personal=True)),
            columns=(
                exports.Column(_("岗位"), lambda row: row.label, width=28),
                exports.Column(_("电话"), lambda row: mask_phone(row.phone), full=lambda row: row.phone),
            ),
            count=lambda query: …,               # int: the number that the page shows
            rows=lambda query: …,                # an iterator that reads in batches, in the list's order
            person=lambda row: row.id,           # only for lists of residents: whom a full row is about
        )
    )

    {% include "exports/_button.html" with list="posts" %}    (keeps the page's filters and place)

`rows` and `count` get a `Query` (place, scope, filters, now, full) and nothing of the request, so that a
large list is written by a job. `?place=` and the declared `params` are taken over from the page's address;
whatever a reader may not see is refused before anything is written. Values are masked unless the mandate may
UNMASK and a reason was given: `Column.full` is then asked. Import the module that registers in
`CommandConfig.ready`, so that the job's process knows it, too.
"""

from bulou.command.exports.tables import TABLES, Column, Param, Query, Table, register

__all__ = ["TABLES", "Column", "Param", "Query", "Table", "register"]
