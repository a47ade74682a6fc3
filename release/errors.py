"""What ends a release."""


class ReleaseError(RuntimeError):
    """A release can't be made, or isn't what it should be; the message says what is wrong and what to do."""
