"""The order in which keychains are asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.credentials.azure import Azure
from kitserve_initializer.credentials.docker_config import DockerConfig, DockerConfigFile
from kitserve_initializer.credentials.ecr import Ecr
from kitserve_initializer.credentials.google import Google
from kitserve_initializer.credentials.keychain import MultiKeychain
from kitserve_initializer.credentials.kit_env import KitEnv
from kitserve_initializer.credentials.storage_config import StorageConfig
from kitserve_initializer.http.url import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.credentials.keychain import Keychain
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.reference import Reference


def chain(settings: Environment, top: Reference, transport: Transport, *, plain_http: bool) -> MultiKeychain:
    """Return the keychains for the ModelKit `top` and those that it builds on: what users wrote, then the cloud's.

    Credentials that name no registry are for that of `top`, or for those that KITSERVE_CREDENTIALS_REGISTRIES lists.
    """
    bound = settings.kitserve_credentials_registries
    port = PORTS["http" if plain_http else "https"]
    return MultiKeychain(
        (
            KitEnv(settings.kit_user, settings.kit_password, top.registry, bound),
            *_docker_configs(settings, port),
            StorageConfig(
                settings.storage_config, settings.storage_override_config, top.registry, bound, port
            ),
            Ecr.of(settings, transport),
            Google.of(settings, transport),
            Azure(settings, transport, plain_http=plain_http),
        )
    )


def _docker_configs(settings: Environment, port: int) -> Iterator[Keychain]:
    yield DockerConfig(settings.kitserve_docker_config_json, "KITSERVE_DOCKER_CONFIG_JSON", port)
    if settings.kitops_home:
        yield DockerConfigFile(Path(settings.kitops_home) / "credentials.json", "KITOPS_HOME", port)
    if settings.docker_config:
        yield DockerConfigFile(Path(settings.docker_config) / "config.json", "DOCKER_CONFIG", port)
    elif settings.home and os.access(path := Path(settings.home) / ".docker/config.json", os.R_OK):
        # kit looks there too. An unreadable home isn't an error, because no setting names it.
        yield DockerConfigFile(path, "~/.docker/config.json", port)
    if settings.registry_auth_file:
        yield DockerConfigFile(Path(settings.registry_auth_file), "REGISTRY_AUTH_FILE", port)
