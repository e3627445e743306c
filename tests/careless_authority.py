"""A certificate authority as many companies have one: without the extensions RFC 5280 asks for."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def careless_authority(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """Return the file with its certificate, and what a server shows that is called `host`."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = _name("Some Company"), _name(host)
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    ca = _unsigned(ca_name, ca_name, ca_key).add_extension(constraints, critical=False)
    alternative = x509.SubjectAlternativeName([x509.DNSName(host)])
    leaf = _unsigned(ca_name, name, key).add_extension(alternative, critical=False)
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file, shown = folder / "careless.pem", folder / "shown.pem"
    file.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    secret = key.private_bytes(pem, private, serialization.NoEncryption())
    shown.write_bytes(secret + leaf.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown)
    return file, context


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _unsigned(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
