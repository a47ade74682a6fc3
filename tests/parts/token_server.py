"""A token server for the registry (distribution's "Token Authentication Specification"), on loopback."""

import base64
import json
import ssl
import threading
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

ISSUER = "kitserve-tests"
SERVICE = "registry.kitserve.test"
KEY_ID = "kitserve-tests"


@dataclass(frozen=True)
class TokenRequest:
    """What a client asked for; `user` is empty when it sent no credentials."""

    service: str
    scopes: tuple[str, ...]
    user: str


class TokenServer:
    """A running token server, as a context manager. It knows one user, who may pull and push.

    Args:
        anonymous_pull: whether a client without credentials may pull; otherwise its token allows nothing.
        lifetime: seconds until a token expires. The registry grants 60 more, so -57 is good for three seconds.
        tls: a server's context, to speak https.
    """

    def __init__(
        self,
        user: str = "reader",
        password: str = "s3cr3t-t0ken",
        *,
        anonymous_pull: bool = False,
        lifetime: int = 300,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.user = user
        self.password = password
        self.anonymous_pull = anonymous_pull
        self.lifetime = lifetime
        self.tls = tls
        self.issued: list[str] = []
        self.requests: list[TokenRequest] = []
        self._key = generate_private_key(SECP256R1())

    @property
    def realm(self) -> str:
        """The URL that the registry's challenge names."""
        return f"{'https' if self.tls else 'http'}://localhost:{self._server.server_port}/token"

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"tokens": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        if self.tls:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def registry_options(self, folder: Path) -> dict[str, str]:
        """The `auth.token` section of a registry that trusts this server; its key goes to a file in `folder`."""
        public = json.loads(ECAlgorithm.to_jwk(self._key.public_key())) | {
            "kid": KEY_ID,
            "use": "sig",
            "alg": "ES256",
        }
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps({"keys": [public]}))
        return {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "jwks": str(jwks)}

    def token(self, *scopes: str) -> str:
        """A signed token for the scopes, such as `repository:golden/iris:pull`."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": SERVICE, "sub": self.user, "jti": uuid.uuid4().hex}
        times = {"iat": now, "nbf": now - 10, "exp": now + self.lifetime}
        access = [grant for grant in map(_grant, scopes) if grant["actions"]]
        headers = {"kid": KEY_ID}
        return jwt.encode(claims | times | {"access": access}, self._key, algorithm="ES256", headers=headers)

    def granted(self, asked: TokenRequest) -> list[str]:
        """The scopes that the client may have: all for the user, pulling for anybody where that is allowed."""
        if asked.user:
            return list(asked.scopes)
        if not self.anonymous_pull:
            return []
        parts = (scope.rpartition(":") for scope in asked.scopes)
        return [f"{resource}:pull" for resource, _, actions in parts if "pull" in actions.split(",")]


class _Server(ThreadingHTTPServer):
    def handle_error(self, *connection: object) -> None:
        """Nothing: a client that doesn't trust us leaves in the middle."""


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        user, password = _credentials(self.headers.get("Authorization", ""))
        known = (user, password) in {(self.tokens.user, self.tokens.password), ("", "")}
        asked = TokenRequest(
            query.get("service", [""])[0], tuple(" ".join(query.get("scope", [])).split()), user
        )
        self.tokens.requests.append(asked)
        if address.path != "/token" or asked.service != SERVICE:
            self._answer(400, {"errors": [{"code": "UNSUPPORTED", "message": "unknown path or service"}]})
        elif not known:
            self._answer(
                401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]}
            )
        else:
            token = self.tokens.token(*self.tokens.granted(asked))
            self.tokens.issued.append(token)
            self._answer(
                200, {"token": token, "access_token": token, "expires_in": max(self.tokens.lifetime, 60)}
            )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: `requests` holds what a test needs."""

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    user, _, password = base64.b64decode(encoded).decode().partition(":")
    return user, password


def _grant(scope: str) -> dict[str, Any]:
    resource, _, actions = scope.rpartition(":")
    kind, _, name = resource.partition(":")
    return {"type": kind, "name": name, "actions": [action for action in actions.split(",") if action]}
