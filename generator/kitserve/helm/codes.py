"""The codes KS0xx: what can be wrong with the text of values, before anybody asks what the values mean."""

from kitserve.problems import Code

UNREADABLE = Code(
    "KS001",
    "error",
    "A values file can't be read.",
    why="The system can't open or read it; the message says the system's reason.",
    example="$ kitserve validate nowhere.yaml",
    mend="Look at the path and at who may read the file.",
)
ENCODING = Code(
    "KS002",
    "error",
    "A values file isn't UTF-8 text.",
    why="Helm and Kubernetes read UTF-8. Other encodings turn into wrong letters, or into none.",
    example="$ printf 'team: caf\\351\\n' | kitserve validate -",
    mend="Save the file as UTF-8.",
)
SYNTAX = Code(
    "KS003",
    "error",
    "A values file isn't YAML as Helm reads it.",
    why="Helm reads YAML 1.1 with libyaml's grammar (go.yaml.in/yaml), and what that refuses is refused here "
    "too.",
    example="image:\n\ttag: v1\n",
    mend="Mend the place that is named. Indent by spaces, and quote text that begins with a special character.",
)
DOCUMENTS = Code(
    "KS004",
    "error",
    "A values file holds several documents: Helm 3 reads the first, Helm 4 merges them.",
    why="The two versions differ on what such a file means: Helm 3 reads the first document, Helm 4 merges "
    "them.",
    example="image: {tag: v1}\n---\nimage: {tag: v2}\n",
    mend="Give each document a file and a `-f` of its own.",
)
ROOT = Code(
    "KS005",
    "error",
    "The values aren't a map.",
    why="Values are keys with what they stand for; a list or a text has none.",
    example="- image\n",
    mend="Begin with a key.",
)
DUPLICATE = Code(
    "KS006",
    "error",
    "A map has a key twice, perhaps in two spellings that Helm reads as one.",
    why="Helm keeps the last of the two and drops the other without a word. The keys `y` and `on` are one "
    "too: Helm reads both as true.",
    example="image: {tag: v1}\nimage: {pullPolicy: Always}\n",
    mend="Merge the two entries into one.",
)
KEY = Code(
    "KS007",
    "error",
    "A key is neither text, nor a boolean, nor a number of 64 bits.",
    why="Helm turns keys into text, and has no text for a list, a map or null.",
    example="? [image]\n: v1\n",
    mend="Write the key as text, in quotes.",
)
NUMBER = Code(
    "KS008",
    "error",
    "A number is infinite or NaN, which JSON doesn't have and Helm refuses.",
    why="Values pass through JSON, which has neither infinity nor NaN: `json: unsupported value: +Inf`.",
    example="resources: {limits: {cpu: .inf}}\n",
    mend="Write a number, or quote it if it is text.",
)
TAG = Code(
    "KS009",
    "error",
    "A value can't be what its YAML tag says.",
    why="A tag such as `!!int` says how its value is to be read, and this one can't be read so.",
    example="image: {tag: !!int latest}\n",
    mend="Leave the tag out.",
)
MERGE = Code(
    "KS010",
    "error",
    "A merge key `<<` holds neither a map nor a list of maps.",
    why="`<<` takes in the entries of another map, and there is none.",
    example="image: {<<: latest}\n",
    mend="Put an alias of a map behind it, or quote the key.",
)
SIZE = Code(
    "KS011",
    "error",
    "Values nest too deeply, their aliases expand to too much, or they are too many.",
    why="An alias inside of its own anchor never ends, and few aliases of aliases can make gigabytes. Helm "
    "has bounds for both. A file may have 800,000 keys, values and ends of maps and lists; without `kitserve[fast]`, "
    "which reads eight times as fast, 100,000. What many objects repeat, such as labels of all, may make 1,000,000 "
    "of them.",
    example="commonLabels: &labels {all: *labels}\n",
    mend="Write the values out.",
)
OVERRIDE = Code(
    "KS012",
    "error",
    "A --set or --set-string can't be read or doesn't fit what it overrides.",
    why="Helm's grammar of `--set` has commas between assignments, dots in paths, indices in brackets and "
    "lists in braces.",
    example="$ kitserve render --set 'image[tag=v1'",
    mend="Quote the option for the shell, and put a backslash before a comma or dot that is part of a text.",
)
WORD = Code(
    "KS013",
    "warning",
    "A word without quotes that Helm reads as a boolean.",
    why="Helm reads YAML 1.1, where yes, no, on, off, y and n are booleans; editors and other readers of YAML "
    "1.2 take them for text.",
    example="credentials: {create: off}\n",
    mend="Write true or false, or quote the word if it is text.",
)
NOTATION = Code(
    "KS014",
    "warning",
    "A number that Helm reads otherwise than the eye does, or than YAML 1.2.",
    why="In YAML 1.1 a leading 0 makes a number octal and underscores are dropped: 010 is 8, 1_000 is 1000.",
    example="resources: {limits: {cpu: 010}}\n",
    mend="Write the number as decimal digits, or quote it if it is text.",
)
DIGITS = Code(
    "KS015",
    "warning",
    "An integer with more digits than Helm keeps: it stores numbers as float64.",
    why="Numbers pass through a float64, which keeps 15 to 17 digits: 9007199254740993 becomes "
    "9007199254740992.",
    example="resources: {limits: {memory: 9007199254740993}}\n",
    mend="Quote it.",
)
IGNORED_TAG = Code(
    "KS016",
    "warning",
    "A YAML tag that Helm ignores.",
    why="A word that begins with `!` is a tag in YAML. Helm ignores those that it doesn't know, and what is "
    "left is only the rest.",
    example="image: {tag: !v1 beta}\n",
    mend="Quote the text.",
)

NO_OBJECT = Code(
    "KS017",
    "error",
    "A document of a manifest isn't an object.",
    why="kubectl refuses a document without apiVersion and kind: it doesn't know what it is of.",
    example="kind: InferenceService\nmetadata:\n  name: iris\nspec:\n  predictor: {}\n",
    mend="Write both. Values, which have neither, go into a file of their own.",
)
UNENDED = Code(
    "KS018",
    "warning",
    "A file ends within a block of text, without a line break: Helm 3 reads the text without one, Helm 4 with one.",
    why="Helm 3 hands a values file to its parser as it is; Helm 4 splits it into documents first, each of which it "
    "ends with a line break. In a block (`|` or `>`) that is a part of the text.",
    example="$ printf 'tls:\\n  caCertificates: |\\n    -----BEGIN CERTIFICATE-----' | kitserve validate -",
    mend="End the file with a line break.",
)

UNTAKEN = Code(
    "KS019",
    "error",
    "A file that isn't read: a link leads out of what was named, it is a device, a socket or a pipe, or too large.",
    why="In CI the author of a pull request makes the files that are looked at, and a report shows lines of them. "
    "Links may lead anywhere within the working directory or, in a folder that is named, within this folder; a file of "
    "another place is named with its own path. A file has at most 16 MiB, and all of a run 128 MiB.",
    example="$ ln -s /etc/hostname values.yaml; kitserve validate values.yaml",
    mend="Put a copy in the link's place, or name the file that it leads to.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))
