"""Makes a release of one commit: packages, images and chart, pushed, signed, and verified from the registry."""
