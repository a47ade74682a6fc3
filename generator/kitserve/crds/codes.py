"""What can be wrong with an object's structure."""

from kitserve.crds.examples import model, service, storage
from kitserve.problems import Code

UNKNOWN = Code(
    "KS210",
    "error",
    "A field that the kind doesn't have: kubectl's strict field validation refuses it.",
    why="kubectl asks for strict field validation, and the API server refuses fields that the CRD doesn't "
    "have. Without it they are dropped in silence.",
    example=model("image-pull-policy: Always\n"),
    mend="Look at the hint; `--kserve-version` says which KServe is meant.",
)
TYPE = Code(
    "KS211",
    "error",
    "A field of another type than the CRD wants.",
    why="The API server compares types with the CRD's schema.",
    example=service('minReplicas: "1"\n'),
    mend="Quote text, and don't quote numbers and booleans.",
)
MISSING = Code(
    "KS212",
    "error",
    "A field that the CRD requires is missing.",
    why="The API server refuses an object without it.",
    example=storage().replace("    name: storage-initializer\n", ""),
    mend="Write the field.",
)
CHOICE = Code(
    "KS213",
    "error",
    "A field's value is none of those that the CRD allows.",
    why="The CRD lists the words, and capitals count.",
    example=service("scaleMetric: gpu\n"),
    mend="Write one of those listed.",
)
FORM = Code(
    "KS214",
    "error",
    "A text, such as a quantity, that doesn't match the CRD's pattern.",
    why="The API server matches names, labels and quantities against patterns.",
    example=model("resources:\n  limits: {memory: 2GB}\n"),
    mend="Write it in the form that the message says: quantities are such as `500m` and `1Gi`.",
)
BOUND = Code(
    "KS215",
    "error",
    "A number, text, list or map that is too small or too large for the CRD.",
    why="The CRD sets the bound.",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: LocalModelCache\nmetadata:\n  name: iris\nspec:\n"
    "  sourceModelUri: kit://registry.example.com/iris:v1\n  modelSize: 1Gi\n  nodeGroups: []\n",
    mend="Stay within the bound.",
)
TWICE = Code(
    "KS216",
    "error",
    "Two items of a list have the keys that tell its items apart in common.",
    why="The API server merges such lists by these keys, and refuses two items that have them in common.",
    example=model(
        "ports:\n  - {containerPort: 8080, protocol: TCP}\n  - {containerPort: 8080, protocol: TCP}\n"
    ),
    mend="Keep one of them, or change a key.",
)
NOT_SERVED = Code(
    "KS217",
    "error",
    "An apiVersion or kind that this version of KServe doesn't serve.",
    why="The API server answers `no matches for kind`.",
    example=service().replace("v1beta1", "v1"),
    mend="Write the apiVersion from the hint, or name the KServe that you have with `--kserve-version`.",
)

FILLED = Code(
    "KS116",
    "error",
    "An InferenceService lacks a field that the CRD requires. KServe's defaulting webhook writes the "
    "object anew with an empty one in its place before the CRD is asked, so that a cluster admits it.",
    why="The webhook reads the object into Go's types, where what is missing is empty "
    "(DefaultInferenceService in pkg/apis/serving/v1beta1/inference_service_defaults.go). What is "
    "admitted is then not what was meant: a variable without a name, for one.",
    example=model("env:\n  - {value: debug}\n"),
    mend="Write the field.",
)
