"""The kinds of workbook whose nouns are places and people. Other rooms register theirs themselves."""

from bulou.sheets.kinds import organisations, places, posts, residents, workers

__all__ = ["organisations", "places", "posts", "residents", "workers"]
