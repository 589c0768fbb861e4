from django.apps import AppConfig


class CommandConfig(AppConfig):
    name = "bulou.command"
    label = "command"

    def ready(self) -> None:
        from bulou.command.arrivals import lists as arrivals  # noqa: F401  registers lists
        from bulou.command.exports import files, job, retention  # noqa: F401  registers jobs and a rule
        from bulou.command.imports import work as imports  # noqa: F401  registers jobs
        from bulou.command.registers import ground, lists  # noqa: F401  registers lists
        from bulou.command.worklists import bulk  # noqa: F401  registers a job

        ground.prepare()
        from bulou.command.keeping import backups, sweeps  # noqa: F401  register jobs and sweeps
