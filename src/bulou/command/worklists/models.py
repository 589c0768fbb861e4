"""Views of a work list that somebody kept under a name: an address, nothing about anybody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bulou.kernel.fields import InstantField
from bulou.kernel.privacy import Privacy
from bulou.rights.models import Account


class SavedView(models.Model):
    """A list's address under a name. `shared`: whoever works in `scope` or below sees it, too."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=10)
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=300, default="", blank=True)
    scope = models.CharField(max_length=26)
    shared = models.BooleanField(default=False)
    made_at = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "account": Privacy.DUTY,
        "page": Privacy.PUBLIC,
        "name": Privacy.DUTY,
        "query": Privacy.DUTY,
        "scope": Privacy.DUTY,
        "shared": Privacy.PUBLIC,
        "made_at": Privacy.PUBLIC,
    }

    class Meta:
        app_label = "command"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_a_name"),
            models.UniqueConstraint(fields=["account", "page", "name"], name="one_saved_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
