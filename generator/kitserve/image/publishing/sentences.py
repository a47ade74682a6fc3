"""What is said of an image that is made, and while it is."""

from kitserve_initializer.log.amounts import duration, size

from kitserve.image.publishing.publish import Outcome


def done(outcome: Outcome) -> str:
    """Return what was done."""
    if outcome.result == "current":
        return f"nothing to do: {outcome.digest} is there, and is the image of {outcome.source}"
    replaced = f" in place of {outcome.replaced}" if outcome.replaced else ""
    return f"made {outcome.digest}{replaced} of {outcome.source}: {size(outcome.bytes)} pushed, no layer uploaded"


def reading(read: int, total: int, seconds: float) -> str:
    """Return how much is read, how quickly, and what is left."""
    rate = read / max(seconds, 0.001)
    left = duration(max(total - read, 0) / rate) if rate else "unknown"
    percent = 100 * read // max(total, 1)
    return f"reading {size(read)} of {size(total)} ({percent}%), {size(rate)}/s, {left} left"
