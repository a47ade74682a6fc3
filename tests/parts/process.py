"""A program that runs beside a test, and never longer than it."""

import subprocess
from types import TracebackType


class Process(subprocess.Popen[str]):
    """As Popen, and killed if the block ends in an exception: a test that fails or takes too long waits for nothing."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind:
            self.kill()
        super().__exit__(kind, value, traceback)
