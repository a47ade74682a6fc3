"""Names of container images, as container runtimes complete them."""

_HUB = "docker.io"
_HUB_NAMES = (_HUB, "index.docker.io")
_OFFICIAL = "library"


def registry_and_path(image: str) -> tuple[str, str]:
    """Return an image's registry, and the path there with its tag and digest; without a registry it is Docker Hub's.

    What stands before the first slash is a registry if it has a dot or a colon, or is `localhost`
    (github.com/distribution/reference, splitDockerDomain).
    """
    registry, slash, path = image.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
        registry, path = _HUB, image
    if registry not in _HUB_NAMES:
        return registry, path
    return _HUB, path if "/" in path else f"{_OFFICIAL}/{path}"
