"""Who the initializer is to the test's registries, and what it pulls there."""

from tests.parts.registry import Registry


def iris(host: str) -> str:
    return f"kit://{host}/golden/iris:v1"


def login(registry: Registry) -> dict[str, str]:
    assert registry.auth
    return {"KIT_USER": registry.auth.user, "KIT_PASSWORD": registry.auth.password}
