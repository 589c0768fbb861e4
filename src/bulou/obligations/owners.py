"""Who answers: whether a post is held, as SQL that balances and gaps share."""

from __future__ import annotations

HOLDING = "places_holding"


def held(post: str, instant: str) -> str:
    """SQL: somebody holds (or deputises for) the post at the instant; both are SQL expressions."""
    return (
        f"EXISTS (SELECT 1 FROM {HOLDING} h WHERE h.post_id = {post} AND h.starts_at <= {instant} "
        f"AND (h.ends_at IS NULL OR h.ends_at > {instant}))"
    )
