"""The codes KS0xx: what can be wrong with the text of values, before anything knows what the values mean."""

from kitserve.problems import Code

UNREADABLE = Code("KS001", "error", "A values file can't be read: it is missing, not permitted, or no file.")
ENCODING = Code("KS002", "error", "A values file isn't UTF-8 text.")
SYNTAX = Code("KS003", "error", "A values file isn't YAML.")
DOCUMENTS = Code(
    "KS004", "error", "A values file holds several documents: Helm 3 and 4 read them differently."
)
ROOT = Code("KS005", "error", "The values aren't a map.")
DUPLICATE = Code(
    "KS006", "error", "A map has one key twice, perhaps in two spellings that Helm reads as one."
)
KEY = Code("KS007", "error", "A key of a map is no text, number or boolean.")
NUMBER = Code("KS008", "error", "A number is infinite or not a number: JSON has none, and Helm refuses it.")
TAG = Code("KS009", "error", "A value doesn't fit the YAML tag before it.")
SIZE = Code("KS010", "error", "The values nest too deeply, or their aliases expand to too much.")
OVERRIDE = Code("KS011", "error", "A --set or --set-string can't be read or applied.")
WORD = Code("KS012", "warning", "A word without quotes is read as a boolean.")
NOTATION = Code(
    "KS013", "warning", "A number is written in a way that Helm reads otherwise than the eye does."
)
DIGITS = Code("KS014", "warning", "A number has more digits than a float64 keeps.")
IGNORED_TAG = Code("KS015", "warning", "A YAML tag that Helm ignores.")

CODES = (
    UNREADABLE,
    ENCODING,
    SYNTAX,
    DOCUMENTS,
    ROOT,
    DUPLICATE,
    KEY,
    NUMBER,
    TAG,
    SIZE,
    OVERRIDE,
    WORD,
    NOTATION,
    DIGITS,
    IGNORED_TAG,
)
