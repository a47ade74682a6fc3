"""The codes KS0xx: what can be wrong with the text of values, before anybody asks what the values mean."""

from kitserve.problems import Code

UNREADABLE = Code("KS001", "error", "A values file can't be read.")
ENCODING = Code("KS002", "error", "A values file isn't UTF-8 text.")
SYNTAX = Code("KS003", "error", "A values file isn't YAML as Helm reads it.")
DOCUMENTS = Code(
    "KS004", "error", "A values file holds several documents: Helm 3 reads the first, Helm 4 merges them."
)
ROOT = Code("KS005", "error", "The values aren't a map.")
DUPLICATE = Code("KS006", "error", "A map has a key twice, perhaps in two spellings that Helm reads as one.")
KEY = Code("KS007", "error", "A key is neither text, nor a boolean, nor a number of 64 bits.")
NUMBER = Code("KS008", "error", "A number is infinite or NaN, which JSON doesn't have and Helm refuses.")
TAG = Code("KS009", "error", "A value can't be what its YAML tag says.")
MERGE = Code("KS010", "error", "A merge key `<<` holds neither a map nor a list of maps.")
SIZE = Code("KS011", "error", "Values nest too deeply, or their aliases expand to too much.")
OVERRIDE = Code("KS012", "error", "A --set or --set-string can't be read or doesn't fit what it overrides.")
WORD = Code("KS013", "warning", "A word without quotes that Helm reads as a boolean.")
NOTATION = Code("KS014", "warning", "A number that Helm reads otherwise than the eye does, or than YAML 1.2.")
DIGITS = Code(
    "KS015", "warning", "An integer with more digits than Helm keeps: it stores numbers as float64."
)
IGNORED_TAG = Code("KS016", "warning", "A YAML tag that Helm ignores.")

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))
