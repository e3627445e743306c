"""Whose certificates are trusted behind a proxy: what SSL_CERT_FILE and SSL_CERT_DIR name."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.errors import Unreached
from bot.parallel.client import TaskApi
from bot.startup import checks
from tests.careless_authority import careless_authority
from tests.contract.connections.proxied import PARALLEL, leaving, world
from tests.contract.parallel.parallel_helpers import ASKED, KEY, RUN, TASK_RUN, error_of
from tests.forward_proxy import Authority, forward_proxy
from tests.raw_http import reply, serving


async def test_an_untrusted_certificate_is_sent_nothing(
    authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other.pem")
    async with world(authority, reply(202, TASK_RUN)) as (server, proxy):
        for network in (
            leaving(HTTPS_PROXY=proxy.url),
            leaving(other, HTTPS_PROXY=proxy.url),
        ):
            async with TaskApi(PARALLEL, KEY, network=network) as api:
                error = await error_of(api.create(ASKED))
            assert isinstance(error, Unreached)
            assert "certificate of parallel.test is not trusted" in str(error)
            assert "SSL_CERT_FILE" in error.fix
        assert server.requests == []
        proxy.names["other.test"] = proxy.names["parallel.test"]
        network = leaving(authority, HTTPS_PROXY=proxy.url)
        async with TaskApi("https://other.test", KEY, network=network) as api:
            error = await error_of(api.create(ASKED))
        assert "certificate of other.test is not trusted (Hostname mismatch" in str(error)
        assert server.requests == []


async def test_a_folder_of_certificates_is_trusted_too(
    authority: Authority, tmp_path: Path
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    (folder / "ours.pem").write_bytes(authority.file.read_bytes())
    hashing = await asyncio.create_subprocess_exec("openssl", "rehash", str(folder))
    assert await hashing.wait() == 0
    async with world(authority, reply(202, TASK_RUN)) as (_, proxy):
        for where in (str(folder), f"/nowhere:{folder}"):
            network = leaving(HTTPS_PROXY=proxy.url, SSL_CERT_DIR=where)
            async with TaskApi(PARALLEL, KEY, network=network) as api:
                assert (await api.create(ASKED)).id == RUN


@pytest.mark.parametrize(
    "folder", ["/nowhere", "/nowhere:/neither", __file__, "x" * 300, "/a" * 3_000]
)
def test_a_folder_of_certificates_that_is_none_is_only_logged(
    folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert checks.certificates(leaving(SSL_CERT_DIR=folder)) == []
    assert "SSL_CERT_DIR isn't a folder" in caplog.text


async def test_an_authority_that_lacks_extensions_is_trusted_when_it_is_named(
    tmp_path: Path,
) -> None:
    file, context = careless_authority(tmp_path, "parallel.test")
    async with serving(reply(202, TASK_RUN), context) as server, forward_proxy() as proxy:
        proxy.names = {"parallel.test": urlsplit(server.url).port or 0}
        network = leaving(HTTPS_PROXY=proxy.url, SSL_CERT_FILE=str(file))
        async with TaskApi(PARALLEL, KEY, network=network) as api:
            assert (await api.create(ASKED)).id == RUN
