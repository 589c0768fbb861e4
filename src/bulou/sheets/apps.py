from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "bulou.sheets"
    label = "sheets"

    def ready(self) -> None:
        from bulou.sheets import problems  # noqa: F401  the sentences of the reader's problems
        from bulou.sheets.kinds import (  # noqa: F401  give the kinds their way into the registers
            organisations_rows,
            places_rows,
            posts_rows,
            residents_rows,
            workers_rows,
        )
