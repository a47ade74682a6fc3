"""What the command uses of the initializer runs on every system, also on those without Linux' own modules and calls."""

import subprocess
import sys

LINUX = ("fcntl", "grp", "pwd", "resource", "termios")
"""Modules that Windows lacks."""
CALLS = (
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "fork",
    "getuid",
    "memfd_create",
    "mkfifo",
    "sched_getaffinity",
)
"""What `os` lacks there, or on macOS."""
PROGRAM = f"""
import os, subprocess, sys, tempfile  # they take what the system has
sys.modules.update(dict.fromkeys({LINUX!r}))  # an import of these fails
for name in {CALLS!r}:
    delattr(os, name)
from kitserve.check import initializer
print(initializer.has_login("kit://me:word@r.example.com/a:v1"))
print(initializer.reference_fault("kit://a:v1").message)
print(initializer.variable_fault("KIT_UNPACK_FLAGS", "--fliter model").message)
print(initializer.variable_fault("KITSERVE_SERVICE_UNPACK_FLAGS", "--plain-http").message)
print(initializer.variable_fault("HTTPS_PROXY", "ftp://proxy.example.com").message)
print(initializer.certificates_fault("here", "none").message)
print(initializer.client_fault("here", "none", "none"))
"""
VERIFY = (
    PROGRAM.partition("from kitserve.check")[0]
    + """
from kitserve.registry import policy, verification
request = verification.Request("127.0.0.1:9/a/b:v1", "", ("--plain-http",))
print(verification.verify(request).fault.name)
"""
)


def test_the_initializer_judges_without_linux() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    login, reference, flags, annotation, proxy, authorities, client = ran.stdout.splitlines()
    assert login == "True"
    assert "names no registry" in reference
    assert "unknown flag --fliter" in flags
    assert "isn't a service's to set" in annotation
    assert "isn't the URL" in proxy
    assert "isn't a bundle of certificates" in authorities
    assert "can't be read" in client or client == "None"


def test_signatures_are_judged_without_linux() -> None:
    ran = subprocess.run([sys.executable, "-c", VERIFY], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "RegistryUnreachable\n"), ran.stderr
