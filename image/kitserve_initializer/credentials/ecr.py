"""Amazon ECR: a password for twelve hours, for whoever AWS's own credential chain says the pod is.

That chain is botocore's: IRSA, EKS Pod Identity, keys in the environment, the node's role. The region and the partition
come from the registry's host, not from the role: they may differ. A pod with a role that pulls from somewhere else is
left alone, and botocore isn't imported.

What botocore asks of AWS's API goes over our own connections: the authorities, the client certificate and the proxies
are those of the registry. Only the node, for a role's credentials (169.254.x.x), is asked by botocore itself.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from kitserve_initializer.errors import CredentialSourceFailed, RegistryFailure
from kitserve_initializer.http.retry import patiently
from kitserve_initializer.http.transport import Request
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitserve_initializer.config.environment import Environment
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.oci.reference import Reference

_ORIGIN = "Amazon ECR"
_PUBLIC = "public.ecr.aws"
_PUBLIC_REGION = "us-east-1"
_HOST = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?P<fips>-fips)?\.(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d)\."
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)",
    re.ASCII,
)


class Registry(NamedTuple):
    """What an ECR host says of itself: botocore's name of the service, the region, whether its API is FIPS's."""

    service: str
    region: str
    fips: bool


def registry_of(host: str) -> Registry | None:
    """Read an ECR host: ACCOUNT.dkr.ecr[-fips].REGION.amazonaws.com[.cn], its dual-stack twin, public.ecr.aws."""
    if host == _PUBLIC:
        return Registry("ecr-public", _PUBLIC_REGION, fips=False)
    match = _HOST.fullmatch(host)
    return Registry("ecr", match["region"], bool(match["fips"])) if match else None


@dataclass(frozen=True)
class Ecr:
    """A keychain for ECR hosts; `known` says whether the pod has an identity, `region` overrules the host's."""

    origin = _ORIGIN

    known: bool
    region: str
    transport: Transport

    @classmethod
    def of(cls, settings: Environment, transport: Transport) -> Self:
        """Return the keychain of a pod with these variables."""
        known = (
            settings.aws_role_arn or settings.aws_container_credentials_full_uri or settings.aws_access_key_id
        )
        return cls(bool(known), settings.aws_ecr_region, transport)

    def resolve(self, reference: Reference) -> Credential | None:
        """Return a password for twelve hours. public.ecr.aws lets anybody pull: there a refusal means anonymous."""
        registry = registry_of(reference.registry)
        if not registry or (registry.service == "ecr-public" and not self.known):
            return None
        try:
            return _login(registry, self.region, self.transport)
        except CredentialSourceFailed as error:
            if registry.service != "ecr-public":
                raise
            say(events.CLOUD_REFUSED, cause=error.cause, registry=reference.registry)
            return None


def _login(registry: Registry, region: str, transport: Transport) -> Credential:
    try:
        import botocore.config  # noqa: PLC0415 - only for ECR, and only where the extra is installed
        import botocore.exceptions  # noqa: PLC0415
        import botocore.session  # noqa: PLC0415
    except ImportError as error:
        raise CredentialSourceFailed(
            f"{_ORIGIN} needs botocore, which isn't installed", "install kitserve-initializer[aws]"
        ) from error
    if registry.service == "ecr-public":
        region = registry.region
    try:
        session = botocore.session.Session()
        # For every client, also the one that asks for the role's credentials.
        session.register("before-send", _sender(transport))
        session.set_config_variable("region", region or registry.region)
        # KServe sets AWS_ENDPOINT_URL, for S3, to what the Secret of a service account says. The role's token isn't for
        # whoever that is: no variable and no file moves ECR, nor the service that the role comes from.
        session.set_config_variable("ignore_configured_endpoint_urls", True)
        client = session.create_client(
            registry.service,
            config=botocore.config.Config(use_fips_endpoint=registry.fips or None),
        )
        answer = patiently(client.get_authorization_token, transport.hosts.of(_ORIGIN))
        return _credential(answer["authorizationData"])
    except botocore.exceptions.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "")) or "an error"
        raise CredentialSourceFailed(f"{_ORIGIN} in {registry.region} answers {code}") from error
    except RegistryFailure as error:
        raise CredentialSourceFailed(f"{_ORIGIN} in {registry.region} can't log in: {error.cause}") from error
    except (botocore.exceptions.BotoCoreError, OSError) as error:
        raise CredentialSourceFailed(
            f"{_ORIGIN} in {registry.region} can't log in: {type(error).__name__}"
        ) from error


def _sender(transport: Transport) -> Callable[..., object]:
    """Return what botocore calls with each request to have its answer."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - as above

    def send(request: Any, **_: object) -> object:  # noqa: ANN401 - botocore has no types
        headers = {name: _text(value) for name, value in request.headers.items()}
        with transport.send(Request(request.method, request.url, headers, request.body)) as answer:
            return AWSResponse(request.url, answer.status, answer.headers, _Body(answer.read()))

    return send


class _Body(BytesIO):
    """A body as botocore reads one."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _credential(data: Any) -> Credential:  # noqa: ANN401 - botocore's answers have no types
    entry = data[0] if isinstance(data, list) else data
    user, _, password = base64.b64decode(entry["authorizationToken"]).decode().partition(":")
    return Credential(user, Secret(password), _ORIGIN)
