from django.conf import settings
from django.db import models

from programs.models import Program


class ExportLog(models.Model):
    """Every file of figures that left the building: who took what, when."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    format = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.what}.{self.format}"
