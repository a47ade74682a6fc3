"""docs/guide/verify-signatures.md, followed word for word, with the real cosign and oras."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from kitserve.render.manifests.policy import policy
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.image.initializer import Initializer, assert_failed
from tests.image.packing import Packed, file, fresh, layer, pack
from tests.image.trust.judging import sign_by_tag
from tests.parts.page import blocks, commands
from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.cosign import NOWHERE
from tests.parts.signing.keys import SigningKey
from tests.parts.tools import tool
from tests.rendering import checked

PAGE = (REPOSITORY / "docs" / "guide" / "verify-signatures.md").read_text()
DIGEST = "77fcec93129d3c7aa9c1d6ced62c28d133c5c89a95d47504a6280d3cb545816c"
UNSIGNED, OTHERS = 50, 51
SECONDS = 100


@dataclass(frozen=True)
class Follower:
    """Runs the page's commands in a folder, with the names of these registries and of this ModelKit."""

    folder: Path
    made: Packed
    names: Mapping[str, str]

    def follow(self, *beginnings: str) -> str:
        """The last one's output, when each has succeeded; two may begin alike."""
        output = ""
        for beginning in beginnings:
            found = [command for command in commands(PAGE) if command.startswith(beginning)]
            assert found, beginning
            for command in found:
                output = self._run(self.here(command))
        return output

    def here(self, text: str) -> str:
        """A text of the page with the names of what is here."""
        for word, name in self.names.items():
            text = text.replace(word, name)
        return text

    def public(self) -> str:
        """The public key that the page's command has made."""
        return (self.folder / "cosign.pub").read_text()

    def policy(self, *keys: str, mirror: bool = False) -> dict[str, str]:
        """The variable that the page's values give, with these keys for the page's one."""
        shown = self.here(blocks(PAGE, "yaml")[0])
        if mirror:
            shown = shown.replace(
                self.names["registry.example.com/models"], self.names["registry.internal.example/models"]
            )
        values = YAML(typ="safe").load(shown)
        values["verification"]["rules"][0]["keys"] = list(keys)
        found = checked(values)
        assert found.problems == ()
        return {"KITSERVE_VERIFICATION": policy(found.values.verification)}

    def _run(self, command: str) -> str:
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "COSIGN_PASSWORD": "",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
            "NO_PROXY": "localhost,127.0.0.1",
        }
        ran = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
        return ran.stdout


@pytest.fixture(params=["referrers_registry", "registry"])
def source(request: pytest.FixtureRequest) -> Registry:
    """The registry of the page; one has referrers, the other one hasn't."""
    found: Registry = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def follower(
    source: Registry, registry: Registry, referrers_registry: ReferrersRegistry, tmp_path: Path
) -> Follower:
    home = fresh()
    made = pack(source, layer(file("weights", b"w" * 1000)), repository=f"{home}/iris")
    mirror = registry if source is referrers_registry else referrers_registry
    folder = tmp_path / "reader"
    (folder / "bin").mkdir(parents=True)
    for name, program in (("cosign", "cosign3"), ("oras", "oras")):
        (folder / "bin" / name).symlink_to(tool(program))
    hexadecimal = made.digest.removeprefix("sha256:")
    names = {
        "registry.example.com/models": f"{source.host}/{home}",
        "registry.internal.example/models": f"{mirror.host}/{home}",
        DIGEST: hexadecimal,
    }
    return Follower(folder, made, names)


def test_what_is_signed_as_the_page_says_is_served(follower: Follower, initializer: Initializer) -> None:
    made = follower.made
    assert follower.follow("oras resolve").strip() == made.digest
    follower.follow("cosign generate-key-pair", "cosign signing-config create")
    variables = follower.policy(follower.public())
    assert_failed(initializer(made.uri, **variables), UNSIGNED, "nobody has signed")

    follower.follow("cosign sign --yes", "cosign verify")
    run = initializer(made.uri, **variables)

    fingerprint = follower.follow("openssl pkey").split()[-1]
    assert run.exit == 0, run.stderr
    assert f"{made.uri} is {made.digest}, signed by key sha256:{fingerprint[:16]}" in run.stderr


def test_a_key_is_changed_while_pods_run(follower: Follower, initializer: Initializer) -> None:
    made, keys = follower.made, []
    for _ in ("old", "new"):
        follower.follow("cosign generate-key-pair", "cosign signing-config create", "cosign sign --yes")
        keys.append(follower.public())
        (follower.folder / "cosign.key").unlink()
        (follower.folder / "cosign.pub").unlink()
    follower.follow("cosign generate-key-pair")
    old, new, neither = *keys, follower.public()

    for trusted in ([old], [old, new], [new]):
        run = initializer("--check", made.uri, **follower.policy(*trusted))
        assert run.exit == 0, run.stderr
    assert initializer("--check", made.uri, **follower.policy(neither)).exit == OTHERS


def test_signatures_come_along_to_a_mirror(
    follower: Follower, initializer: Initializer, source: Registry, alice: SigningKey
) -> None:
    follower.follow("cosign generate-key-pair", "cosign signing-config create", "cosign sign --yes")
    sign_by_tag(Artifact(source, follower.made.repository, follower.made.digest), alice)
    mirrored = follower.here("kit://registry.internal.example/models/iris:v1")

    follower.follow("oras cp -r registry.example.com/models/iris:v1")
    by_bundle = initializer("--check", mirrored, **follower.policy(follower.public(), mirror=True))
    before = initializer("--check", mirrored, **follower.policy(alice.public, mirror=True))
    follower.follow("oras cp registry.example.com/models/iris:sha256")
    by_tag = initializer("--check", mirrored, **follower.policy(alice.public, mirror=True))

    assert by_bundle.exit == 0, by_bundle.stderr
    assert before.exit == OTHERS, before.stderr
    assert by_tag.exit == 0, by_tag.stderr
