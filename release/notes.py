"""What the page of a release says: how to install it, how to verify it, and what has changed."""

from pathlib import Path

from release.plan import Plan
from release.registry.signing import Key, Signer
from release.source.changelog import newest


def text(tree: Path, plan: Plan, digests: dict[str, str], signer: Signer) -> str:
    """Return the notes in Markdown; `digests` are those of the image's targets and of the `chart`."""
    destination, changelog = plan.destination, newest((tree / "CHANGELOG.md").read_text())
    rows = "".join(f"| `{name}` | `{digests[what]}` |\n" for what, name in _names(plan).items())
    return f"""\
```console
$ pip install kitserve=={plan.version}
$ helm install kitserve oci://{destination.chart} --version {plan.version} -n models --create-namespace
```

| Artifact | Digest |
| --- | --- |
{rows}
The chart names the image by this digest. It was built on `{plan.bases.base}`.

```console
$ cosign verify {_options(signer)} {destination.image}@{digests["initializer"]}
$ cosign verify-blob {_options(signer)} --bundle SHA256SUMS.sigstore.json SHA256SUMS && sha256sum --check SHA256SUMS
```

{changelog.text}
"""


def _names(plan: Plan) -> dict[str, str]:
    return dict(zip(("initializer", "keyless", "chart"), plan.tagged(), strict=True))


def _options(signer: Signer) -> str:
    if isinstance(signer, Key):
        return f"--key {signer.public.name} --insecure-ignore-tlog=true"
    return " ".join(option.replace("=", " ", 1) for option in signer.verifies())
