"""Runs of `kitserve verify`, and ModelKits for it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.generator.command_line import CommandLine, Result
from tests.image.packing import Packed, file, layer, pack
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey

Document = dict[str, Any]


@dataclass(frozen=True)
class Verifying:
    """Runs `kitserve verify` for a reference in a registry without TLS."""

    kitserve: CommandLine
    folder: Path

    def __call__(self, reference: str, *arguments: object) -> Result:
        return self.kitserve("verify", reference, "--plain-http", *arguments)

    def json(self, reference: str, *arguments: object) -> tuple[int, Document]:
        """The exit code and the document."""
        ran = self(reference, "-o", "json", *arguments)
        return ran.exit_code, json.loads(ran.out)

    def values(self, *rules: Document, **settings: object) -> tuple[str, Path]:
        """The option for a values file with a policy; JSON is YAML."""
        made = self.folder / "values.yaml"
        made.write_text(json.dumps({"verification": {"rules": rules, **settings}}))
        return "-f", made

    def key(self, key: SigningKey) -> tuple[str, Path]:
        """The option for a key's file."""
        made = self.folder / f"{key.fingerprint[:8]}.pub"
        made.write_text(key.public)
        return "--key", made


def unsigned(registry: Registry, **options: Any) -> Packed:  # noqa: ANN401
    return pack(registry, layer(file("weights", b"w" * 1000)), **options)


def of(registry: Registry, made: Packed) -> Artifact:
    return Artifact(registry, made.repository, made.digest)
