"""The values of the container in which an InferenceService's model is served."""

from codegen.definition.fields import EnvironmentVariable, Open, Section, value

_PROBE = (
    "as in Kubernetes, such as `{httpGet: {path: /v2/health/ready, port: 8080}}`. Empty: the runtime's own."
)


class ModelServer(Section):
    """The model's container. Its fields are below `predictor.model` in an InferenceService, whose own values win."""

    runtimeVersion: str = value("", "Tag of the serving runtime's image. Empty: the runtime's own.")
    args: list[str] = value([], "Arguments of the model's container.")
    env: list[EnvironmentVariable] = value([], "Environment of the model's container.")
    resources: Open = value({}, "Resources of the model's container, as in Kubernetes.")
    startupProbe: Open = value(
        {},
        f"Startup probe of the model's container, {_PROBE} A server that loads a large model for minutes needs one.",
    )
    readinessProbe: Open = value({}, f"Readiness probe of the model's container, {_PROBE}")
    livenessProbe: Open = value({}, f"Liveness probe of the model's container, {_PROBE}")
    volumeMounts: list[Open] = value(
        [],
        "Mounts of the model's container, as in Kubernetes. Those that `delivery` needs are added.",
    )
