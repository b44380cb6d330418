"""What the people of a match have agreed on, and who has signed it."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q

from matching.models import Match
from participants.confidential import ConfidentialTextField
from programs.catalogue.working import AGREEMENT_PARTS


class Agreement(models.Model):
    """One version of a match's agreement. Versions are never changed: a change is the next one, unsigned again.

    The words belong to the people of the match; coordinators see who has signed.
    """

    match = models.ForeignKey(Match, models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    # JSON: the words by the keys of programs.catalogue.working.AGREEMENT_PARTS.
    body = ConfidentialTextField()
    ends_on = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["match", "version"]
        constraints = [
            models.UniqueConstraint(fields=["match", "version"], name="one_agreement_of_a_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="agreement_versions_count_from_1"),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.pk}"

    @property
    def parts(self) -> dict[str, str]:
        """The words by part, in the order in which they are read."""
        said = json.loads(self.body)
        return {key: said.get(key, "") for key in AGREEMENT_PARTS}


class Signature(models.Model):
    """Somebody has signed one version."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "user"], name="signed_once_a_version")]

    def __str__(self) -> str:
        return f"Signature {self.pk}"
