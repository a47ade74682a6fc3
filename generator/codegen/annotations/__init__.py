"""What the values' schema tells editors of fields that are KServe's: descriptions, examples, and types as advice."""
