"""Rules for ClusterStorageContainers."""
