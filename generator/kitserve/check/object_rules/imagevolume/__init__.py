"""Models in images that nodes mount: how a service names them, and what else it may say beside them."""
