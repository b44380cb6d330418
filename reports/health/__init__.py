"""Which matches may need help, and why. Shown to offer help, never for appraisal; nothing ends by itself."""

from reports.health.limits import NUMBERS, RULES, Limits, Number, Rule
from reports.health.rules import Around, Signal, signal_of, signals_of

__all__ = ["NUMBERS", "RULES", "Around", "Limits", "Number", "Rule", "Signal", "signal_of", "signals_of"]
