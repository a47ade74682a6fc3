"""What `kitserve pin --check` reports."""

from kitserve.problems import Code

NOT_PINNED = Code(
    "KS300",
    "error",
    "A reference by tag isn't pinned to a digest.",
    why="Whoever may push moves a tag. The next pod then serves another model than the others, and nothing in the file "
    "says so.",
    example="$ echo 'storageUri: kit://registry.example.com/models/iris:v1' | kitserve pin --check -",
    remedy="Run `kitserve pin FILE`: it writes the tag's digest beside the tag.",
)
MOVED = Code(
    "KS301",
    "error",
    "A tag has another digest in the registry than the one that is written beside it.",
    why="The pods get what the digest names. The tag beside it names something newer by now, or something else.",
    example="$ kitserve pin --check values.yaml",
    remedy="Run `kitserve pin --update FILE` if the new content is wanted. Otherwise find out who moved the tag.",
)
CODES = (NOT_PINNED, MOVED)
