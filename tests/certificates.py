"""Certificates for one test, made by the machine's openssl: nobody vouches for them but who is told to."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HERE: Final = "IP:127.0.0.1"
ELSEWHERE: Final = "DNS:elsewhere.example"


def certificate(folder: Path, host: str = HERE) -> Path:
    """A file with a key and a certificate for this host, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl on this machine to make certificates with")
    file = folder / f"{host.partition(':')[2]}.pem"
    wanted = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=test"]
    where = ["-addext", f"subjectAltName={host}", "-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    subprocess.run(["openssl", "req", "-x509", *wanted, *where], check=True, capture_output=True)
    with file.open("a") as both:
        both.write(file.with_suffix(".crt").read_text())
    return file


def serving(file: Path) -> ssl.SSLContext:
    """What a server needs to show this certificate; it can be given another one later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def trusting(*files: Path) -> ssl.SSLContext:
    """What a client has on a machine whose owner vouches for these certificates; it still looks for whom they are."""
    context = ssl.create_default_context()
    for file in files:
        context.load_verify_locations(file)
    return context
