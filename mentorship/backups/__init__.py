"""Backups of an installation: its database and its uploads in one encrypted file, and the way back."""


class BackupError(Exception):
    """A backup that cannot be made, read or brought back; the message says why, to an operator."""
