"""The fields of a container, which the model has too."""

from codegen.annotations.field import Field, Fields

_NAME = Field("Name of the object.")
_OPTIONAL = Field("Whether the container starts without it.")

VOLUME_MOUNT: Fields = {
    "name": Field("Name of the volume."),
    "mountPath": Field("Path in the container."),
    "subPath": Field("Path in the volume. Absent: all of it."),
    "readOnly": Field("Whether it is read-only."),
}

CONTAINER: Fields = {
    "name": Field("Name of the container."),
    "image": Field("Image, with its tag or digest."),
    "imagePullPolicy": Field("When the node pulls the image.", examples=("IfNotPresent", "Always", "Never")),
    "command": Field("Words that replace the image's entry point."),
    "args": Field("Arguments."),
    "workingDir": Field("Working directory. Absent: the image's."),
    "env": Field(
        "Environment.",
        {
            "name": Field("Name of the variable."),
            "value": Field("Text of the variable. Quote numbers and booleans."),
            "valueFrom": Field("Source of its value.", like="valueFrom"),
        },
    ),
    "envFrom": Field(
        "Secrets and ConfigMaps whose keys are all variables.",
        {
            "secretRef": Field("Secret.", {"name": _NAME, "optional": _OPTIONAL}),
            "configMapRef": Field("ConfigMap.", {"name": _NAME, "optional": _OPTIONAL}),
            "prefix": Field("Text before each variable's name."),
        },
    ),
    "ports": Field(
        "Ports that it listens on. The first one gets the requests.",
        {
            "containerPort": Field("Port.", examples=(8080,)),
            "name": Field("Name. Knative needs `http1`, or `h2c` for gRPC.", examples=("http1", "h2c")),
            "protocol": Field("Protocol. Absent: `TCP`.", examples=("TCP",)),
        },
    ),
    "resources": Field("Resources.", like="resources"),
    "startupProbe": Field(
        "Probe until which the other probes wait. A server that loads a large model for minutes needs one.",
        like="probe",
    ),
    "readinessProbe": Field("Probe that says whether the container gets requests.", like="probe"),
    "livenessProbe": Field("Probe that restarts the container when it fails.", like="probe"),
    "lifecycle": Field(
        "Actions of the kubelet.",
        {
            "postStart": Field("Right after the start."),
            "preStop": Field(
                "Before the end.",
                {
                    "exec": Field("Command in the container.", {"command": Field("Its words.")}),
                    "sleep": Field("Pause.", {"seconds": Field("Seconds.")}),
                },
            ),
        },
    ),
    "volumeMounts": Field("Mounts of the pod's volumes.", like="volumeMount"),
    "securityContext": Field("Security context of the container.", like="securityContext"),
}
