"""What is printed about keeping: a share of the recovery key for each holder, the proof of a purge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import segno

from bulou.command.actors import actor_titles
from bulou.command.keeping.sweeps import TITLES
from bulou.kernel import clock, pdf, purging, retention
from bulou.kernel.recovery import Split

DOCUMENTS = Path(__file__).with_name("documents")


def shares(split: Split) -> bytes:
    """One page a share, to be handed to one person each. Raises `no-chinese-font`."""
    day = str(clock.today())
    pages = [
        {
            "number": number,
            "words": words.split(),
            "code": segno.make(words, error="m", micro=False).svg_inline(border=2),
        }
        for number, words in enumerate(split.shares, start=1)
    ]
    data = {"pages": pages, "count": len(pages), "need": split.need, "ring": split.ring, "day": day}
    return pdf.typeset(DOCUMENTS / "shares.typ", data)


def proof(document: dict[str, Any]) -> bytes:
    """The proof of a purge on paper, from its line in the audit chain. Raises `no-chinese-font`."""
    titles = {one.name: str(one.title) for one in retention.rules()}
    rules = [
        {"why": line.get("source", ""), **line, "title": titles.get(line["rule"], line["title"])}
        for line in document["rules"]
    ]
    files = [
        {"name": str(TITLES[name]), "count": count} for name, count in document["files"].items() if count
    ]
    genuine = purging.checksum(document) == document["checksum"]
    data = {
        **document,
        "directive": document.get("directive") or {"number": ""},
        "rules": rules,
        "files": files,
        "genuine": genuine,
        "at": f"{clock.local(clock.parse_instant(document['at'])):%Y-%m-%d %H:%M:%S}",
        "by": actor_titles([document["by"]])[document["by"]],
    }
    return pdf.typeset(DOCUMENTS / "proof.typ", data)
