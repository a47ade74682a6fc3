"""The fields of a component that say how many pods it has, and how many requests they get."""

from codegen.annotations.field import Field, Fields

_TARGET = Field(
    "Value to hold.",
    {
        "type": Field("Kind of the value."),
        "averageUtilization": Field("Percent of the request, for `Utilization`.", examples=(80,)),
        "averageValue": Field("Value for each pod, for `AverageValue`."),
        "value": Field("Value of all pods, for `Value`."),
    },
)
_METRIC: Fields = {
    "type": Field("Kind of the metric: which of the keys beside it counts."),
    "resource": Field("CPU or memory of the pods.", {"name": Field("Resource."), "target": _TARGET}),
    "external": Field(
        "Metric of a monitoring system, by KEDA.",
        {
            "metric": Field(
                "Query.",
                {
                    "backend": Field("System."),
                    "serverAddress": Field("URL of the system."),
                    "query": Field("Query in its language."),
                    "namespace": Field("Namespace of the query."),
                },
            ),
            "target": _TARGET,
        },
    ),
    "podmetric": Field(
        "Metric that the pods report by OpenTelemetry, by KEDA.",
        {
            "metric": Field(
                "Query.",
                {
                    "backend": Field("System."),
                    "metricNames": Field("Metrics."),
                    "query": Field("Query in its language."),
                    "operationOverTime": Field(
                        "How values of a time become one.", examples=("last_one", "avg")
                    ),
                    "serverAddress": Field("Address of the collector."),
                },
            ),
            "target": _TARGET,
        },
    ),
}
_RULES: Fields = {
    "stabilizationWindowSeconds": Field("Seconds whose recommendations are looked at together."),
    "selectPolicy": Field("Which policy counts.", examples=("Max", "Min", "Disabled")),
    "policies": Field(
        "Most that may change in a time.",
        {
            "type": Field("Unit of `value`.", examples=("Pods", "Percent")),
            "value": Field("Most that may change."),
            "periodSeconds": Field("Seconds."),
        },
    ),
}
SCALING: Fields = {
    "minReplicas": Field(
        "Least number of pods. The key `minReplicas` of the service sets it too.", examples=(1,)
    ),
    "maxReplicas": Field(
        "Greatest number of pods. The key `maxReplicas` of the service sets it too.", examples=(3,)
    ),
    "scaleTarget": Field("Target value of `scaleMetric` for each pod."),
    "scaleMetric": Field("Metric of the autoscaler."),
    "scaleMetricType": Field("How the metric is compared with the target."),
    "autoScaling": Field(
        "Metrics of the autoscaler, instead of `scaleMetric` and `scaleTarget`.",
        {
            "metrics": Field("Metrics.", _METRIC),
            "behavior": Field(
                "Speed of the autoscaler (KServe 0.16).",
                {"scaleUp": Field("More pods.", _RULES), "scaleDown": Field("Fewer pods.", _RULES)},
            ),
        },
    ),
    "containerConcurrency": Field("Requests that a pod gets at once. Absent or 0: any number."),
    "timeout": Field("Seconds that a request may take."),
    "canaryTrafficPercent": Field(
        "Percent of the requests that the newest revision gets, in the mode `Knative`.", examples=(10,)
    ),
}
