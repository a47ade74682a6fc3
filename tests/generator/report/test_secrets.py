"""No line of a report shows a secret, in whatever place of a line it stands and whatever the problem is at."""

import pytest
from kitserve.problems import Position, Problem
from kitserve.report.excerpt import excerpt
from kitserve.report.secrets import is_secretive

from tests.generator.command_line import CommandLine

SECRET = "hunter2"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl"

LINES = (
    # arguments
    "args: [--token, hunter2]",
    "args: [--api-key, hunter2]",
    'args: ["--api-key", "hunter2"]',
    "args: [--token, 'it''s hunter2']",
    'args: ["--token", "a \\" hunter2"]',
    "args: [--password=hunter2]",
    "args: [--hf-token=hunter2, --port, 8080]",
    "args: [-p, hunter2]",
    "args: [-u, 'me:hunter2']",
    "command: [sh, -c, 'curl -u me:hunter2 https://example.com']",
    "command: [sh, -c, \"curl -H 'Authorization: Bearer hunter2' x\"]",
    "command: [sh, -c, 'mysql --password hunter2']",
    "command: [sh, -c, 'PGPASSWORD=hunter2 psql']",
    "- --secret-access-key hunter2",
    "- API_KEY=hunter2",
    "- --signing-key=hunter2",
    "- --encryptionKey hunter2",
    # headers
    "header: Bearer hunter2",
    "header: bearer   hunter2",
    "header: Basic hunter2",
    "header: 'X-Auth: hunter2'",
    "header: 'Cookie: id=hunter2'",
    # URLs
    "httpsProxy: http://me:hunter2@proxy.example.com:3128",
    "httpsProxy: http://me:hun/hunter2@proxy.example.com",
    "httpsProxy: http://me:a@hunter2@proxy.example.com",
    "httpsProxy: http://me:a@b/hunter2@proxy.example.com",
    "httpsProxy: 'http://me:a hunter2@proxy.example.com'",
    "httpsProxy: http://hunter2@proxy.example.com",
    "httpsProxy: me:hunter2@proxy.example.com",
    '{"httpsProxy":"http://me:hunter2@proxy.example.com"}',
    "uri: kit://me:hunter2@r.example.com/iris:v1",
    "uri: kit://me:hun/hunter2@r.example.com/iris@sha256:00",
    "uri: https://s3.example.com/a?X-Amz-Signature=hunter2&x=y",
    "uri: https://a.example.com/b?sv=1&sig=hunter2",
    "uri: https://a.example.com/b?hunter2",
    "uri: https://a.example.com/b#access_token=hunter2",
    "dsn: postgres://me:hunter2@db/x",
    "connectionString: 'AccountKey=hunter2;x'",
    # variables
    "- {name: API_KEY, value: hunter2}",
    "- {value: hunter2, name: API_KEY}",
    "- {name: API_KEY, 'value': 'hunter2'}",
    '{"value":"hunter2","name":"A"}',
    "- {name: HF_TOKEN, valeu: hunter2}",
    "value: hunter2",
    "apiKey: hunter2",
    "ssh_key: hunter2",
    "clientSecret: hunter2",
    "my.secret.name: hunter2",
    "passphrase: {a: hunter2}",
    "x: y # token: hunter2",
    # what shows itself
    f"x: {JWT}",
    "x: -----BEGIN PRIVATE KEY----- hunter2",
    "x: ghp_hunter2hunter2",
    "x: hf_hunter2hunter2",
    "x: glpat-hunter2hunter2",
    "x: AKIAHUNTER2hunter2",
    "x: 0123456789abcdefhunter2hunter2",
)


def shown(
    lines: str, place: int, column: int, path: tuple[str | int, ...] = ("x",), code: str = "KS020"
) -> str:
    problem = Problem(code, "error", path, "wrong", "", Position("a.yaml", place, column))
    return "".join(excerpt(problem, lines.splitlines()))


@pytest.mark.parametrize("line", LINES)
def test_no_place_of_a_line_shows_its_secret(line: str) -> None:
    for indent in ("", "  ", "    - "):
        text = f"{indent}{line}"
        for column in range(1, len(text) + 1):
            # What is at the place may be a key, a value, an item, or nothing that can be told.
            paths = (
                ("x",),
                ("args", 1),
                (line.partition(":")[0],),
                (),
                ("spec", "predictor", "model", "args", 0),
            )
            for path in paths:
                told = shown(f"a: b\n{text}\n", 2, column, path)
                assert SECRET not in told.lower()
                assert "hun/" not in told
                assert JWT[-10:] not in told


@pytest.mark.parametrize(
    "above",
    [
        *("- --token", "args: [--token,", "- '--password'", "- -p", "password:", "password: |", "token: >-"),
        *('"apiKey":', "value:", "- Bearer", "- --token\n\n# why\n", "- --token # why", "x: [--api-key , "),
        *("\n" * 30, "x" * 200),
    ],
)
def test_an_item_isnt_shown_below_the_name_of_a_secret(above: str) -> None:
    for below in ("- hunter2", "hunter2", "  'hunter2',", "- [hunter2, x]"):
        text = f"{above}\n{below}\n"
        for column in range(1, len(below) + 1):
            assert SECRET not in shown(text, text.count("\n"), column, ("args", 1))


@pytest.mark.parametrize(
    ("line", "column", "path", "expected"),
    [
        (
            "storageUri: kit://r.example.com/iris:v1",
            1,
            ("storageUri",),
            "storageUri: kit://r.example.com/iris:v1",
        ),
        ("  - {name: GREETING, valeu: hello}", 22, ("env", 0, "valeu"), "  - {name: GREETING, valeu: hello}"),
        ("a: {password: x, tga: v1}", 18, ("a", "tga"), "a: {password: …tga…"),
        ("tga: v1 # not the token of x", 1, ("tga",), "tga: v1 # not the token …"),
        ("uri: kit://me:x@r.example.com/a:b", 1, ("uri",), "uri: kit://…@r.example.com/a:b"),
    ],
)
def test_what_is_no_secret_is_shown(
    line: str, column: int, path: tuple[str | int, ...], expected: str
) -> None:
    problem = Problem("KS020", "error", path, "wrong", "", Position("a.yaml", 1, column))

    assert excerpt(problem, [line])[0] == expected


@pytest.mark.parametrize(
    "key",
    ["password", "HF_TOKEN", "apiKey", "api_key", "x-auth", "client_secret", "stringData", "PW", "ssh_key"],
)
def test_below_such_keys_nothing_is_shown(key: str) -> None:
    assert is_secretive(key)
    assert shown(f"{key}:\n  a: hunter2\n", 2, 6, (key, "a")) == ""


MANIFESTS = (
    "spec:\n  predictor:\n    model:\n      args: [--token, {secret}, 1]\n      modelFormat: {{name: sklearn}}\n",
    "spec:\n  predictor:\n    model:\n      args:\n        - --api-key\n        - [{secret}]\n",
    "spec:\n  predictor:\n    model:\n      args:\n        - --token\n        - 12345678\n        - {secret}\n",
    "spec: {{predictor: {{model: {{env: [{{name: API_KEY, valeu: {secret}}}]}}}}}}\n",
    "spec: {{predictor: {{model: {{storageUri: 'kit://me:{secret}@r.example.com/x:1', bad: 1}}}}}}\n",
    "spec: {{predictor: {{model: {{args: [--token {secret}, on, 010]}}}}}}\n",
    "spec: {{predictor: {{model: {{args: [--token, {secret}\n",
    "metadata: {{annotations: {{a: 1, token: {secret}}}}}\n",
)


@pytest.mark.parametrize("manifest", MANIFESTS)
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_no_form_of_a_report_on_a_manifest_shows_a_secret(
    manifest: str, form: str, kitserve: CommandLine
) -> None:
    head = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
    text = head + manifest.format(secret=SECRET).replace("12345678", "87654321")

    ran = kitserve("validate", "--format", form, "-", stdin=text)

    assert ran.exit_code == 1
    assert SECRET not in ran.out + ran.err
    assert "87654321" not in ran.out + ran.err


@pytest.mark.parametrize(
    "values",
    [
        "credentials: {create: true, username: me, password: 'hunter2'}\nimage: {tga: v1}\n",
        "credentials: {registries: {r.example.com: {username: me, password: hunter2, x: y}}}\n",
        "credentials: {password: [hunter2]}\n",
        "proxy: {https: 'http://me:hunter2@proxy.example.com', httsp: 1}\n",
        "extraEnv: [{name: API_KEY, value: hunter2, x: y}]\n",
        "extraObjects: [{apiVersion: v1, kind: Secret, metadata: {name: A}, stringData: {any: hunter2}}]\n",
        "inferenceServices: {a: {modelFormat: {name: x}, storageUri: 'kit://me:hunter2@r.example.com/a:1'}}\n",
        "inferenceServices: {a: {modelFormat: {name: x}, storageUri: 'kit://me:hun/hunter2@r.example.com/a:1', b: c}"
        "}\n",
        "localModels: {caches: {a: {uri: 'kit://me:hunter2@r.example.com/a:1', size: 1Gi, nodeGroups: [g]}}}\n",
        "test: {uris: ['kit://me:hunter2@r.example.com/a:1']}\n",
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "render"])
def test_no_form_of_a_report_on_values_shows_a_secret(values: str, form: str, kitserve: CommandLine) -> None:
    command = ["render", "-f", "-"] if form == "render" else ["validate", "--format", form, "-"]

    ran = kitserve(*command, stdin=values)

    if "extraObjects" not in values or form != "render":
        assert ran.exit_code == 1
        assert SECRET not in ran.out
    assert SECRET not in ran.err
