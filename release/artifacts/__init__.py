"""What a release consists of: packages, images and the chart's archive."""
