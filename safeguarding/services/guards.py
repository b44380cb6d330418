"""Switches by which tests take a guard away, to see that the tests notice. Nothing else ever touches them."""

from dataclasses import dataclass


@dataclass
class Guards:
    row_locks: bool = True


guards = Guards()
