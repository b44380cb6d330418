"""A whole installation as one file that loads into an empty one, whichever of the two databases either has."""

FORMAT = 1


class InstallationError(Exception):
    """The file or the installation does not fit; str() says why and what to do."""
