"""The codes of problems with an object's structure."""

from kitserve.crds.examples import llm, model, service, storage
from kitserve.problems import Code

UNKNOWN = Code(
    "KS210",
    "error",
    "The kind doesn't have a field: kubectl's strict field validation refuses it.",
    why="kubectl requests strict field validation, and the API server then refuses fields that the "
    "CRD doesn't have. Without it the API server drops them silently.",
    example=model("image-pull-policy: Always\n"),
    remedy="Look at the hint. `--kserve-version` chooses the version of KServe.",
)
TYPE = Code(
    "KS211",
    "error",
    "A field doesn't have the type that the CRD requires.",
    why="The API server compares types with the CRD's schema.",
    example=service('minReplicas: "1"\n'),
    remedy="Quote text, and write numbers and booleans without quotes.",
)
MISSING = Code(
    "KS212",
    "error",
    "A field that the CRD requires is missing.",
    why="The API server refuses an object without it.",
    example=storage().replace("    name: storage-initializer\n", ""),
    remedy="Write the field.",
)
CHOICE = Code(
    "KS213",
    "error",
    "A field's value isn't one of those that the CRD allows.",
    why="The CRD lists the allowed words, in exactly this spelling of upper and lower case.",
    example=service("scaleMetric: gpu\n"),
    remedy="Write one of the words in the message.",
)
FORM = Code(
    "KS214",
    "error",
    "A text, such as a quantity, doesn't match the CRD's pattern.",
    why="The API server matches names, labels and quantities against patterns.",
    example=model("resources:\n  limits: {memory: 2GB}\n"),
    remedy="Write it in the form that the message names. Quantities look like `500m` and `1Gi`.",
)
BOUND = Code(
    "KS215",
    "error",
    "A number, text, list or map is too small or too large for the CRD.",
    why="The CRD sets this limit.",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: LocalModelCache\nmetadata:\n  name: iris\nspec:\n"
    "  sourceModelUri: kit://registry.example.com/iris:v1\n  modelSize: 1Gi\n  nodeGroups: []\n",
    remedy="Stay within the limit.",
)
TWICE = Code(
    "KS216",
    "error",
    "Two items of a list have the same identifying keys.",
    why="The API server identifies the items of such a list by these keys, and refuses two items with "
    "the same ones.",
    example=model(
        "ports:\n  - {containerPort: 8080, protocol: TCP}\n  - {containerPort: 8080, protocol: TCP}\n"
    ),
    remedy="Keep one of them, or change a key.",
)
NOT_SERVED = Code(
    "KS217",
    "error",
    "This version of KServe doesn't serve an apiVersion or kind.",
    why="The API server answers `no matches for kind`.",
    example=service().replace("v1beta1", "v1"),
    remedy="Write the apiVersion from the hint, or name your version of KServe with `--kserve-version`.",
)
RULE = Code(
    "KS218",
    "error",
    "Fields together break one of the CRD's rules.",
    why="The CRD has rules in CEL (x-kubernetes-validations), which the API server evaluates once all types are right.",
    example=llm("replicas: 2\nscaling: {maxReplicas: 3, wva: {hpa: {}}}\n"),
    remedy="Do what the message says, which is the CRD's own.",
)

FILLED = Code(
    "KS116",
    "error",
    "An InferenceService lacks a field that the CRD requires. A cluster admits it, because "
    "KServe's defaulting webhook fills in an empty one before the CRD is checked.",
    why="The webhook reads the object into Go's types, which have empty values for missing fields "
    "(DefaultInferenceService in pkg/apis/serving/v1beta1/inference_service_defaults.go). The "
    "cluster then stores something that nobody wrote, for example a variable without a name.",
    example=model("env:\n  - {value: debug}\n"),
    remedy="Write the field.",
)
LACKING = Code(
    "KS157",
    "warning",
    "An LLMInferenceService lacks a field that the CRD requires. A cluster admits it, because KServe's defaulting "
    "webhook fills in an empty one before the CRD is checked.",
    why="The webhook reads the object into Go's types and writes it again, since KServe 0.19 "
    "(pkg/webhook/admission/llminferenceservice/defaulter.go). With `baseRefs` the field may come from a "
    "configuration.",
    example=llm("template: {containers: [{image: 'registry.example.com/vllm:v1'}]}\n"),
    remedy="Write the field.",
)
OVERFLOW = Code(
    "KS158",
    "error",
    "A number is too large for its type in Go, so KServe can't read the object.",
    why="The CRD's schema doesn't bound the number, so a cluster admits the object if KServe has no webhook for "
    "its kind. "
    "KServe's controllers then fail to read any object of the kind.",
    example=storage("readinessProbe: {initialDelaySeconds: 2147483648}\n"),
    remedy="Write a smaller number.",
)
NUMBERLESS = Code(
    "KS162",
    "error",
    "A quantity has a suffix or a sign, and no number.",
    why="KServe's defaulting webhook reads it as 0 and writes that, so a cluster admits the object "
    "(Quantity.UnmarshalJSON in k8s.io/apimachinery, pkg/api/resource). A limit of 0 is none.",
    example=model("resources:\n  limits: {memory: Gi}\n"),
    remedy="Write the number in front of the suffix.",
)
UNSURE = Code(
    "KS159",
    "warning",
    "The newest CRD that kitserve knows refuses something, and this version of KServe may allow it.",
    why="Newer CRDs have more fields and kinds, and some have more words, wider limits and other rules. kitserve "
    "doesn't know the CRDs of a KServe that is newer than all in the list of versions, and of KServe 0.21 those of "
    "LLMInferenceServices and their configurations.",
    example="$ printf 'apiVersion: serving.kserve.io/v1alpha2\\nkind: LLMInferenceService\\nmetadata: {name: chat}\\n"
    "spec: {model: {uri: hf://example/chat}, speed: 2}\\n' | kitserve validate --kserve-version 0.21 -",
    remedy="Look into KServe's documentation of the field. `--cluster` asks a cluster that has this KServe.",
)
