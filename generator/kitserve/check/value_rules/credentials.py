"""Rules for the Secrets that are read or created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.value_rules.rule import SAME_NAME
from kitserve.problems import Code, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import Values

PARTIAL_SECRET = Code(
    "KS103",
    "error",
    "The Secret to create lacks a part, so pulls would silently be anonymous.",
    why="The initializer logs in with both user and password, or not at all.",
    example="credentials: {create: true, username: reader}\n",
    remedy="Give name, user and password, or create the Secret yourself and name it.",
)
ONE_KEY = Code(
    "KS104",
    "error",
    "User and password have the same key in the Secret, so one replaces the other.",
    why="A Secret is a map: it would keep only one of the two entries.",
    example="credentials: {create: true, username: reader, password: not-a-real-one, passwordKey: KIT_USER}\n",
    remedy="Give them two keys.",
)
NO_EFFECT = Code(
    "KS119",
    "error",
    "User or password is given, and no Secret is created for it, so it has no effect.",
    why="`credentials.username` and `credentials.password` are what the Secret is created from. With "
    "`credentials.create` false the initializer reads the Secret that exists already.",
    example="credentials: {username: reader, password: not-a-real-one}\n",
    remedy="Set `credentials.create` to true, or leave both out and create the Secret yourself.",
)
NO_KEY = Code(
    "KS202",
    "error",
    "A reference to a Secret or a ConfigMap has no key.",
    why="Kubernetes refuses a `secretKeyRef` or `configMapKeyRef` without a key.",
    example="credentials: {usernameKey: ''}\n",
    remedy="Write the key's name in the Secret or ConfigMap.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))


def _credentials_have_keys(values: Values) -> Iterator[Problem]:
    credentials = values.credentials
    if credentials.secretName or credentials.create:
        for key, usual in (("usernameKey", "KIT_USER"), ("passwordKey", "KIT_PASSWORD")):
            if not getattr(credentials, key):
                yield NO_KEY.problem(
                    "the Secret's key needs a name", path=("credentials", key), hint=f"`{usual}` is usual"
                )


def _credentials_to_create_are_whole(values: Values) -> Iterator[Problem]:
    credentials = values.credentials
    if not credentials.create:
        given = [key for key in ("username", "password") if getattr(credentials, key)]
        for key in given[:1]:
            message = "has no effect unless credentials.create is true"
            hint, also = "set credentials.create to true", (("credentials", "create"),)
            yield NO_EFFECT.problem(message, path=("credentials", key), hint=hint, also=also)
        return
    for key in ("secretName", "username", "password"):
        if not getattr(credentials, key):
            yield PARTIAL_SECRET.problem(
                "needed to create the Secret",
                path=("credentials", key),
                hint="give it, or set credentials.create to false",
            )
    if credentials.usernameKey == credentials.passwordKey != "":
        yield ONE_KEY.problem(
            "user and password can't have the same key in the Secret",
            path=("credentials", "passwordKey"),
            also=(("credentials", "usernameKey"),),
            hint="name two keys",
        )


def _authorities_have_a_key(values: Values) -> Iterator[Problem]:
    if values.tls.caConfigMapName and not values.tls.caConfigMapKey:
        yield NO_KEY.problem(
            "the ConfigMap's key needs a name", path=("tls", "caConfigMapKey"), hint="`ca.crt` is usual"
        )


def _logins_to_create_are_whole(values: Values) -> Iterator[Problem]:
    credentials = values.credentials
    if not credentials.registries:
        return
    path = ("credentials", "dockerConfigSecretName")
    if not credentials.dockerConfigSecretName:
        yield PARTIAL_SECRET.problem("needed to create the Secret", path=path, hint="name it")
    elif credentials.create and credentials.dockerConfigSecretName == credentials.secretName:
        also = (("credentials", "secretName"),)
        yield SAME_NAME.problem(
            "the other Secret has this name too", path=path, hint="name two Secrets", also=also
        )
    for host, login in credentials.registries.items():
        for key in ("username", "password"):
            if not getattr(login, key):
                yield PARTIAL_SECRET.problem(
                    "needed to create the Secret",
                    path=("credentials", "registries", host, key),
                    hint="give it, or leave the registry out",
                )


RULES: tuple[ValueRule, ...] = (
    _credentials_have_keys,
    _credentials_to_create_are_whole,
    _authorities_have_a_key,
    _logins_to_create_are_whole,
)
