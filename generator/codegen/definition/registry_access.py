"""The values for the initializer's access to registries: logins, clouds, proxies, TLS."""

from typing import Annotated

from codegen.definition.env_variable import Reference, Variable
from codegen.definition.fields import (
    DnsLabel,
    HostPort,
    OptionalDnsName,
    OptionalSecretKey,
    RegistryHost,
    Section,
    UserName,
    value,
)


class Login(Section):
    """A login to a registry, for a Secret to create."""

    username: UserName = value("", "User name.")
    password: str = value("", "Password, or token.")
    namespaces: list[DnsLabel] = value(
        [], "Namespaces whose Secret has this login. Empty: the release's alone.", uniqueItems=True
    )


class Credentials(Section):
    """Registry credentials: a Secret that the initializer reads in the namespace of each InferenceService."""

    secretName: Annotated[
        OptionalDnsName,
        Variable(
            "KIT_USER",
            trimmed=True,
            description="User of the reference's registry. Goes with KIT_PASSWORD.",
            reference=Reference("secretKeyRef", key_value="usernameKey"),
        ),
        Variable(
            "KIT_PASSWORD",
            secret=True,
            trimmed=True,
            description="That user's password, or token. White space around both counts for nothing.",
            reference=Reference("secretKeyRef", key_value="passwordKey"),
        ),
    ] = value(
        "kit-secret",
        "Secret with the registry's user and password, in the pod's own namespace. If it is missing, pulls are "
        "anonymous. Empty: no Secret is referenced.",
    )
    usernameKey: OptionalSecretKey = value("KIT_USER", "Key of the user name in the Secret.")
    passwordKey: OptionalSecretKey = value("KIT_PASSWORD", "Key of the password in the Secret.")
    dockerConfigSecretName: Annotated[
        OptionalDnsName,
        Variable(
            "KITSERVE_DOCKER_CONFIG_JSON",
            secret=True,
            description="A `config.json` as Docker has it.",
            reference=Reference("secretKeyRef", ".dockerconfigjson"),
        ),
    ] = value(
        "",
        "Secret of type `kubernetes.io/dockerconfigjson` with logins to any number of registries, in the pod's own "
        "namespace. Empty: none.",
    )
    registries: dict[RegistryHost, Login] = value(
        {},
        "Logins by registry host, or host and repository. With them the chart creates the Secret "
        "`dockerConfigSecretName`: each namespace's Secret has the logins that name the namespace, and no other. "
        "Name `localModels.jobNamespace` for the jobs of local models.",
    )
    registryHosts: Annotated[
        list[HostPort],
        Variable(
            "KITSERVE_CREDENTIALS_REGISTRIES",
            type="list",
            description="Registries (host or host:port) that KIT_USER and KIT_PASSWORD are for, and a `storage.key` "
            "that names none.",
        ),
    ] = value(
        [],
        "Registries, as host or host:port, that get the user and password of `secretName`, and those of a "
        "`storage.key` whose Secret names no registry. Recommended. Empty: any registry that a `storageUri` names, as "
        "KitOps' own initializer does, so that the author of a service can send them anywhere.",
        uniqueItems=True,
    )
    create: bool = value(
        False, "Create the Secret `secretName` from `username` and `password`, in each of `namespaces`."
    )
    username: str = value("", "User name for the Secret to create.")
    password: str = value("", "Password for the Secret to create.")
    namespaces: list[DnsLabel] = value(
        [],
        "Namespaces to create the Secret `secretName` in. Empty: the release's. `localModels.create` adds the jobs' "
        "namespace.",
        uniqueItems=True,
    )


class Aws(Section):
    """Amazon ECR."""

    ecrRegion: Annotated[str, Variable("AWS_ECR_REGION")] = value(
        "", "Region of ECR's API. Empty: the one in the registry's host."
    )


class Google(Section):
    """Google's registries."""

    workloadIdentity: Annotated[bool, Variable("GCP_WIF", type="flag")] = value(
        False, "Log in to Artifact Registry and gcr.io as the pod's GKE workload identity."
    )
    location: Annotated[str, Variable("GCP_GAR_LOCATION")] = value(
        "", "Log in to Artifact Registry at this location only, such as `europe-west1`. Empty: at any."
    )


class Proxy(Section):
    """HTTP proxies. Their URLs are visible in every pod, so they must not hold a password."""

    https: Annotated[str, Variable("HTTPS_PROXY", secret=True, aliases=("https_proxy",))] = value(
        "", "URL of the proxy for https, such as `http://proxy.example.com:3128`."
    )
    http: Annotated[str, Variable("HTTP_PROXY", secret=True, aliases=("http_proxy",))] = value(
        "", "URL of the proxy for http."
    )
    noProxy: Annotated[str, Variable("NO_PROXY", aliases=("no_proxy",))] = value(
        "", "Hosts, domains and CIDR blocks to reach without a proxy, with commas between them."
    )


class Tls(Section):
    """TLS with registries, their token servers and proxies: trusted authorities, and the client certificate."""

    caCertificates: Annotated[str, Variable("KITSERVE_CA_CERTIFICATES")] = value(
        "",
        "Certificates in PEM form to trust in addition to the system's and KServe's own bundle. A variable holds up to "
        "128 KiB.",
    )
    caBundle: str = value(
        "",
        "Such certificates for the ConfigMap `caConfigMapName`, which is created from them in the release's namespace, "
        "in those of its InferenceServices, and in that of local models' jobs. Up to 128 KiB. Empty: the ConfigMap "
        "is there already.",
    )
    caNamespaces: list[DnsLabel] = value(
        [],
        "Further namespaces to create that ConfigMap in: of services that these values don't list.",
        uniqueItems=True,
    )
    caConfigMapName: Annotated[
        OptionalDnsName,
        Variable(
            "KITSERVE_CA_BUNDLE",
            description="Such certificates, from the ConfigMap.",
            reference=Reference("configMapKeyRef", key_value="caConfigMapKey"),
        ),
    ] = value("", "ConfigMap with such certificates, in the pod's own namespace. Empty: none.")
    caConfigMapKey: OptionalSecretKey = value("ca.crt", "Key of the certificates in that ConfigMap.")
    clientSecretName: Annotated[
        OptionalDnsName,
        Variable(
            "KITSERVE_CLIENT_CERTIFICATE",
            description="Client certificate in PEM form.",
            reference=Reference("secretKeyRef", "tls.crt"),
        ),
        Variable(
            "KITSERVE_CLIENT_KEY",
            secret=True,
            description="Its key in PEM form, without a password.",
            reference=Reference("secretKeyRef", "tls.key"),
        ),
    ] = value(
        "",
        "Secret of type `kubernetes.io/tls` with the certificate and key that the initializer shows to registries, in "
        "the pod's own namespace. Empty: none.",
    )
