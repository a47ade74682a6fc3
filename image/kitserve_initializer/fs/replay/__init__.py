"""A stream that became files, given back from them: its journal, and what a later run reads again and takes over."""
