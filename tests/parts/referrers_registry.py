"""A registry in memory with the referrers API (OCI distribution specification 1.1), which distribution lacks."""

from pathlib import Path

from tests.parts.registry import Basic, Registry
from tests.parts.tools import tool


class ReferrersRegistry(Registry):
    """A running registry, as a context manager; its `storage` stays empty.

    Args:
        login: basic authentication, or nobody is asked.
        address: what to listen on.
    """

    def __init__(self, login: Basic | None = None, address: str = "127.0.0.1:0") -> None:
        super().__init__(login, address)
        self._login = login

    def _command(self, folder: Path) -> list[Path | str]:
        command: list[Path | str] = [tool("referrers-registry"), "-address", self._address]
        if self._login:
            (folder / "login").write_text(f"{self._login.user}:{self._login.password}")
            command += ["-login", folder / "login"]
        return command
