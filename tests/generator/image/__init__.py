"""Tests of the images that are made of ModelKits."""
