"""What a user is told in one line."""


class UsageError(Exception):
    """What the user typed cannot be done; the message is one line: what is wrong, where, and how to mend it."""
