"""The parts of a container that some values set by themselves: resources, probes, security, sources of variables."""

from codegen.annotations.field import Field, Fields

_NAME = Field("Name of the object.")
_KEY = Field("Key in it.")
_OPTIONAL = Field("Whether the container starts without it.")

VALUE_FROM: Fields = {
    "secretKeyRef": Field(
        "Key of a Secret in the pod's namespace.", {"name": _NAME, "key": _KEY, "optional": _OPTIONAL}
    ),
    "configMapKeyRef": Field(
        "Key of a ConfigMap in the pod's namespace.", {"name": _NAME, "key": _KEY, "optional": _OPTIONAL}
    ),
    "fieldRef": Field(
        "Field of the pod.", {"fieldPath": Field("Its path.", examples=("metadata.name", "status.podIP"))}
    ),
    "resourceFieldRef": Field(
        "Resource of a container.",
        {
            "resource": Field("Resource.", examples=("limits.memory", "limits.cpu")),
            "containerName": Field("Container. Absent: this one."),
            "divisor": Field("Unit of the value, such as `1Mi`."),
        },
    ),
}
"""Where a variable's value comes from."""

RESOURCES: Fields = {
    "requests": Field(
        "What a node must have free for the pod: `cpu`, `memory`, `ephemeral-storage`, `nvidia.com/gpu`."
    ),
    "limits": Field(
        "What the container may use at most, under the same names. GPUs are named here, and their request is the same."
    ),
    "claims": Field(
        "Claims of the pod's `resourceClaims` that the container uses.",
        {"name": Field("Name of the claim."), "request": Field("Request in the claim. Absent: all.")},
    ),
}

SECCOMP = Field(
    "Seccomp profile.",
    {
        "type": Field("Kind of the profile.", examples=("RuntimeDefault", "Localhost", "Unconfined")),
        "localhostProfile": Field("File of the profile on the node, for `Localhost`."),
    },
)
SECURITY_CONTEXT: Fields = {
    "allowPrivilegeEscalation": Field("Whether a process may get more privileges than its parent has."),
    "capabilities": Field(
        "Capabilities of Linux.",
        {"add": Field("Capabilities to add."), "drop": Field("Capabilities to drop, such as `ALL`.")},
    ),
    "privileged": Field("Whether the container has the node's privileges."),
    "readOnlyRootFilesystem": Field("Whether the image's files are read-only."),
    "runAsNonRoot": Field("Whether the kubelet refuses to start the container as root."),
    "runAsUser": Field("User ID of its processes."),
    "runAsGroup": Field("Group ID of its processes."),
    "seccompProfile": SECCOMP,
}

_PORT = Field("Port, by number or name.", examples=(8080,))
PROBE: Fields = {
    "httpGet": Field(
        "Request by HTTP, which a status from 200 to 399 answers.",
        {
            "path": Field("Path.", examples=("/v2/health/ready", "/v1/models/NAME", "/health")),
            "port": _PORT,
            "scheme": Field("Scheme. Absent: `HTTP`.", examples=("HTTP", "HTTPS")),
            "httpHeaders": Field(
                "Headers of the request.", {"name": Field("Header."), "value": Field("Its text.")}
            ),
        },
    ),
    "tcpSocket": Field("Connection by TCP that must succeed.", {"port": _PORT}),
    "grpc": Field(
        "Health check by gRPC.",
        {"port": Field("Port by number.", examples=(9000,)), "service": Field("Service to ask for.")},
    ),
    "exec": Field("Command in the container that must end with 0.", {"command": Field("Its words.")}),
    "initialDelaySeconds": Field("Seconds from the container's start to the first probe."),
    "periodSeconds": Field("Seconds between two probes. Absent: 10."),
    "timeoutSeconds": Field("Seconds until a probe fails without an answer. Absent: 1."),
    "failureThreshold": Field(
        "Failures in a row until the probe has failed. Absent: 3. With `periodSeconds` it is the time that a server "
        "may take to load its model."
    ),
    "successThreshold": Field("Successes in a row until the probe has succeeded. Absent: 1."),
    "terminationGracePeriodSeconds": Field("Seconds that the container has to end after a failed probe."),
}
