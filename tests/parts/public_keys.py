"""Public keys of each kind that signatures are verified with, and of others; nobody has the private ones."""

KEYS = {
    "p256": """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXrXJHlTJ+29IeunjobovxirwazwN
05YNclDztAsFgPOxRJIL1Iq/xR6UKqQp+i3qKUS6vgLDraF08bMANkZcBg==
-----END PUBLIC KEY-----
""",
    "p384": """-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEwmyIy51Wpdk8wnVvKZ0IBoVVHU+wNzNG
gi9zPgWzyxuiOKCay1NdFmS6EgUQ/T6yrjYW+wyQf13wq5t9KPsmrH8RoRIgZVwz
IGlkbqlmdOpaq/ZQIhJ0Mfo8b7Iw3uD/
-----END PUBLIC KEY-----
""",
    "p521": """-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAlDyYJBmm8O7kutEosmw2d+mvzPt9
1JLCIo9IwO7cD7crxXKQdEJ+CQHIR36Irld52qkW+xGSu/D25/plU8asloABfz6F
8G3vwCzesCkgp6oi4Qm+7HFcAA0SzMojMgl9ETiYF70nHY3vYISDi90sFhujIjKW
tB+wl/1HPEhj15b+3To=
-----END PUBLIC KEY-----
""",
    "ed25519": """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA9F6xre3+TtWnOYTLta8tjMpOD/CCWczNhXBd68GL58w=
-----END PUBLIC KEY-----
""",
    "rsa2048": """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlJTHTwMJ+EU8EqFQuCLT
1cHgBSismHwVL2b/g7nHMpjxLfaIji8cGhEnlJLjHVbw9+Ehb5asYa7zQbZBLt7N
aN2KuLQGw36hJ5Jp9VJLvwaKoQlXSFzsJHxOzKdpWJlZoM54dn+/KTjw8Oa2AOU9
THspqKm8ig9jQvYOKYofMOyJl/6zwd72CCEGWQ4sFfc0xy63l2hSdvOsRG4qkdRA
dOQNpabB7pdflwbWUZ0m3m9qNBxNN+H7qYWmGVPuLy4GOE8TkKJbfr2nACG8z+Z2
h3laWvdO+2w4xPPOkENVezxX0PG/ok1SDFGl9yw4a8eh8Ee8S3iUOWmgpPrKsodh
lwIDAQAB
-----END PUBLIC KEY-----
""",
}

OTHERS = {
    "rsa1024": """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDTQDW4QXtqNIDXdnqfx8fAeu6R
GtuFRuB8Ft/s3dfQYpysldGhP3sPLJ3zNB8eDKArKpnuxlFXDvrODEMwH1aN5a2K
bD/zpRemSMaLMh4ypmQBk2z57t1hJ7vx/cHm4w006IT2mF7VjCubd7Mnmj5alwmM
1iEtngP88Ss0um82xwIDAQAB
-----END PUBLIC KEY-----
""",
    "secp256k1": """-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEMj+fxayfM6eTglsyUVC2yK4vlGQfe5Pl
OchA+kWgYySBGBBe4WJEEO3dLZ3UBfmhbTxZzgFEKPjZT+pFhxc9sw==
-----END PUBLIC KEY-----
""",
}
