"""Objects by which pods get into registries: logins, cloud identities, authorities."""
