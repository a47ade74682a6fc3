"""The order in which sources are asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.credentials.azure import azure
from kitserve_initializer.credentials.docker_config import docker_config, docker_config_file
from kitserve_initializer.credentials.ecr import ecr
from kitserve_initializer.credentials.google import google
from kitserve_initializer.credentials.keychain import first_of
from kitserve_initializer.credentials.kit_env import explicit
from kitserve_initializer.credentials.storage_config import storage_config

if TYPE_CHECKING:
    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.credentials.keychain import Credential, Login, Source
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.reference import Reference


def login(settings: Environment, top: Reference, transport: Transport, *, plain_http: bool) -> Login:
    """Return what logs in for the ModelKit `top`, and for those that it builds on, wherever they are."""

    def find(reference: Reference) -> Credential:
        sources = _chain(settings, top.registry, reference, transport, plain_http=plain_http)
        return first_of(sources, reference.registry)

    return find


def _chain(
    settings: Environment, main: str, reference: Reference, transport: Transport, *, plain_http: bool
) -> list[Source]:
    """Return the sources for a ModelKit: what users wrote down, then what the cloud says of the pod.

    `main` is the registry that is meant by credentials that name none.
    """
    sources = [
        explicit(settings.kit_user, settings.kit_password, main),
        docker_config(settings.kitserve_docker_config_json, "KITSERVE_DOCKER_CONFIG_JSON", reference),
    ]
    if settings.docker_config:
        path = Path(settings.docker_config) / "config.json"
        sources.append(docker_config_file(path, "DOCKER_CONFIG", reference))
    elif settings.home and os.access(path := Path(settings.home) / ".docker/config.json", os.R_OK):
        # Where kit looks too. A home that is somebody else's is no fault: nobody asked for it.
        sources.append(docker_config_file(path, "~/.docker/config.json", reference))
    if settings.registry_auth_file:
        sources.append(docker_config_file(Path(settings.registry_auth_file), "REGISTRY_AUTH_FILE", reference))
    return [
        *sources,
        storage_config(settings.storage_config, settings.storage_override_config, reference, main),
        ecr(settings, transport),
        google(settings, transport),
        azure(settings, transport, plain_http=plain_http),
    ]
