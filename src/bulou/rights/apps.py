from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RightsConfig(AppConfig):
    name = "bulou.rights"

    def ready(self) -> None:
        from bulou.places.moves import codes_follow
        from bulou.rights import log_ins
        from bulou.rights.roles import found_roles

        codes_follow("rights_mandate", "scope")
        log_ins.connect()
        post_migrate.connect(found_roles, sender=self)
