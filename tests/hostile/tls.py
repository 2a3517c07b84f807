"""Certificates nobody vouches for, and one that an authority of the test's own has signed."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@cache
def context(kind: str) -> ssl.SSLContext:
    """A server's TLS context: selfsigned, expired, wronghost (of another one), or signed for this host."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        Path(file.name).write_bytes(_signed(kind) if "." in kind else _certificate(kind))
        made.load_cert_chain(file.name)
    return made


def _certificate(kind: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portail.example")])
    now = datetime.datetime.now(datetime.UTC)
    start = now - datetime.timedelta(days=400)
    end = now + datetime.timedelta(days=-5 if kind == "expired" else 100)
    host: x509.GeneralName = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    if kind == "wronghost":
        host = x509.DNSName("autre.example")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def authority(folder: Path) -> Path:
    """The certificate of our own authority, in a file that SSL_CERT_FILE may name."""
    path = folder / "authority.pem"
    path.write_bytes(_authority()[1].public_bytes(serialization.Encoding.PEM))
    return path


@cache
def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of the tests")])
    builder = _builder(name, name, key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    return key, builder.sign(key, hashes.SHA256())


def _signed(host: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    signer, issuer = _authority()
    names = [x509.DNSName(name) for name in (host, f"*.{host}", "rebind.test")]
    builder = _builder(x509.Name([]), issuer.subject, key)
    certificate = builder.add_extension(x509.SubjectAlternativeName(names), True).sign(
        signer, hashes.SHA256()
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=100))
    )
