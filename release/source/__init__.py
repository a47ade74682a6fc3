"""What is released: a commit's files, what CHANGELOG.md says of them, and what is written into them."""
