from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "bulou.sheets"
    label = "sheets"

    def ready(self) -> None:
        # The reader's sentences, the rules, the ways back.
        from bulou.sheets import problems, rekeying, retention, taking_back  # noqa: F401
        from bulou.sheets.kinds import (  # noqa: F401  give the kinds their way into the registers
            organisations_rows,
            places_rows,
            posts_rows,
            residents_rows,
            workers_rows,
        )
