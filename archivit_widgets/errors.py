"""The one exception that bad input raises."""


class ArchivitError(ValueError):
    """Says in one line what was found, where, and what to do."""
