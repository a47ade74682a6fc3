"""The codes KS0xx: problems of the text of values, whatever the values mean."""

from kitserve.problems import Code

UNREADABLE = Code(
    "KS001",
    "error",
    "A values file can't be read.",
    why="The system can't open or read it; the message says the system's reason.",
    example="$ kitserve validate nowhere.yaml",
    remedy="Look at the path and at who may read the file.",
)
ENCODING = Code(
    "KS002",
    "error",
    "A values file isn't UTF-8 text.",
    why="Helm and Kubernetes read UTF-8. Other encodings turn into wrong letters, or into none.",
    example="$ printf 'team: caf\\351\\n' | kitserve validate -",
    remedy="Save the file as UTF-8.",
)
SYNTAX = Code(
    "KS003",
    "error",
    "A values file isn't YAML as Helm reads it.",
    why="Helm reads YAML 1.1 with libyaml's grammar (go.yaml.in/yaml). kitserve refuses what this "
    "grammar refuses.",
    example="image:\n\ttag: v1\n",
    remedy="Correct the place that the message names. Indent with spaces, and quote text that begins "
    "with a special character.",
)
DOCUMENTS = Code(
    "KS004",
    "error",
    "A values file holds several documents: Helm 3 reads the first, Helm 4 merges them.",
    why="The two versions disagree about such a file: Helm 3 reads the first document, Helm 4 merges them.",
    example="image: {tag: v1}\n---\nimage: {tag: v2}\n",
    remedy="Put each document into its own file, and pass each file with its own `-f`.",
)
ROOT = Code(
    "KS005",
    "error",
    "The values aren't a map.",
    why="Values are a map of keys to values. A list or a text has no keys.",
    example="- image\n",
    remedy="Begin the file with a key.",
)
DUPLICATE = Code(
    "KS006",
    "error",
    "A map has a key twice, perhaps in two spellings that Helm reads as one key.",
    why="Helm keeps the last of the two and drops the other silently. The keys `y` and `on` are the "
    "same key too: Helm reads both as true.",
    example="image: {tag: v1}\nimage: {pullPolicy: Always}\n",
    remedy="Merge the two entries into one.",
)
KEY = Code(
    "KS007",
    "error",
    "A key is neither text, nor a boolean, nor a number of 64 bits.",
    why="Helm turns keys into text, which it can't do with a list, a map or null. In YAML the `{{` of a template "
    "begins a map whose key is a map.",
    example="? [image]\n: v1\n",
    remedy="Write the key as text, in quotes.",
)
NUMBER = Code(
    "KS008",
    "error",
    "A number is infinite or NaN, which JSON doesn't have and Helm refuses.",
    why="Values pass through JSON, which has neither infinity nor NaN: `json: unsupported value: +Inf`.",
    example="resources: {limits: {cpu: .inf}}\n",
    remedy="Write a number, or quote it if it is text.",
)
TAG = Code(
    "KS009",
    "error",
    "A value doesn't have the type that its YAML tag names.",
    why="A tag such as `!!int` sets the type of its value, and this value doesn't have that type.",
    example="image: {tag: !!int latest}\n",
    remedy="Leave the tag out.",
)
MERGE = Code(
    "KS010",
    "error",
    "A merge key `<<` holds neither a map nor a list of maps.",
    why="`<<` adds the entries of another map, and this value is not a map.",
    example="image: {<<: latest}\n",
    remedy="Write an alias of a map after `<<`, or quote the key.",
)
SIZE = Code(
    "KS011",
    "error",
    "Values nest too deeply, their aliases expand to too much, or they are too many.",
    why="An alias inside its own anchor never ends, and a few aliases of aliases can expand to "
    "gigabytes. Helm limits both. A file may have 800,000 keys, values and ends of maps and lists; without "
    "`kitserve[fast]`, which reads eight times as fast, 100,000. What many objects repeat, such as common labels, may "
    "make 1,000,000 of them.",
    example="commonLabels: &labels {all: *labels}\n",
    remedy="Write the values out.",
)
OVERRIDE = Code(
    "KS012",
    "error",
    "A --set or --set-string can't be read, or doesn't fit the value that it overrides.",
    why="In Helm's grammar of `--set`, commas separate assignments, dots separate the keys of a path, "
    "indices are in brackets and lists are in braces.",
    example="$ kitserve render --set 'image[tag=v1'",
    remedy="Quote the option for the shell, and put a backslash before a comma or dot that is part of a text.",
)
WORD = Code(
    "KS013",
    "warning",
    "Helm reads a word without quotes as a boolean.",
    why="Helm reads YAML 1.1, where yes, no, on, off, y and n are booleans. Editors and other readers "
    "use YAML 1.2, where they are text.",
    example="credentials: {create: off}\n",
    remedy="Write true or false, or quote the word if it is text.",
)
NOTATION = Code(
    "KS014",
    "warning",
    "Helm reads a number differently from people, or from readers of YAML 1.2.",
    why="In YAML 1.1 a leading 0 makes a number octal and underscores are dropped: 010 is 8, 1_000 is 1000.",
    example="resources: {limits: {cpu: 010}}\n",
    remedy="Write the number as decimal digits, or quote it if it is text.",
)
DIGITS = Code(
    "KS015",
    "warning",
    "An integer has more digits than Helm keeps: it stores numbers as float64.",
    why="Numbers pass through a float64, which keeps 15 to 17 digits: 9007199254740993 becomes "
    "9007199254740992.",
    example="resources: {limits: {memory: 9007199254740993}}\n",
    remedy="Quote it.",
)
IGNORED_TAG = Code(
    "KS016",
    "warning",
    "Helm ignores a YAML tag.",
    why="A word that begins with `!` is a tag in YAML. Helm ignores a tag that it doesn't know, and "
    "reads only the rest as the value.",
    example="image: {tag: !v1 beta}\n",
    remedy="Quote the text.",
)

NO_OBJECT = Code(
    "KS017",
    "error",
    "A document of a manifest isn't an object.",
    why="kubectl refuses a document without apiVersion and kind, because it can't know the object's type.",
    example="kind: InferenceService\nmetadata:\n  name: iris\nspec:\n  predictor: {}\n",
    remedy="Write both. Put values, which have neither, into a file of their own.",
)
UNENDED = Code(
    "KS018",
    "warning",
    "A file ends within a block of text, without a line break: Helm 3 reads the text without one, Helm 4 with one.",
    why="Helm 3 passes a values file to its parser unchanged. Helm 4 splits it into documents first "
    "and ends each document with a line break, which becomes a part of a text in a block (`|` or "
    "`>`).",
    example="$ printf 'commonAnnotations:\\n  note: |\\n    of the team' | kitserve validate -",
    remedy="End the file with a line break.",
)

UNTAKEN = Code(
    "KS019",
    "error",
    "A file that isn't read: a link leads out of what was named, it is a device, a socket or a pipe, or too large.",
    why="In CI the author of a pull request makes the files that are looked at, and a report shows lines of them. "
    "Links may lead anywhere within the working directory or, in a folder that is named, within this folder; a file of "
    "another place is named with its own path. A file has at most 16 MiB, and all of a run 128 MiB.",
    example="$ ln -s /etc/hostname values.yaml; kitserve validate values.yaml",
    remedy="Put a copy in the link's place, or name the file that it leads to.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))
