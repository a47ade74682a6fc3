"""What `validate` says of models in images that nodes mount."""
