"""Reading the bodies of requests. One that is not what it says is `Malformed`, not our failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

MULTIPART = "multipart/form-data"


class Malformed(ValueError):
    """The body cannot be read."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a part of a form."""

    name: str
    content: bytes


async def form(request: web.Request) -> dict[str, str]:
    """Read the texts of a form. Raises Malformed."""
    texts, _ = await form_and_file(request)
    return texts


async def form_and_file(request: web.Request) -> tuple[dict[str, str], Upload | None]:
    """Read a form and the first file in it. Raises Malformed."""
    with _as_it_says():
        if request.content_type != MULTIPART:
            return {k: v for k, v in (await request.post()).items() if isinstance(v, str)}, None
        texts: dict[str, str] = {}
        file = None
        size = 0
        # Not by aiohttp's own form, which leaves files of a form that breaks off to the collector.
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                raise Malformed("a part of the form has no name")
            content = b""
            while piece := await part.read_chunk():
                content += piece
                size += len(piece)
                if size > request.client_max_size:
                    raise web.HTTPRequestEntityTooLarge(request.client_max_size, size)
            content = part.decode(content)
            if part.filename:
                file = file or Upload(part.filename, content)
            else:
                texts[part.name] = content.decode(part.get_charset("utf-8"))
        return texts, file


async def text(request: web.Request) -> str:
    """Read a text. Raises Malformed."""
    with _as_it_says():
        return await request.text()


async def uploaded(request: web.Request) -> bytes:
    """Read a file, sent by itself or as a part of a form. Raises Malformed."""
    if request.content_type != MULTIPART:
        with _as_it_says():
            return await request.read()
    _, file = await form_and_file(request)
    if file is None:
        raise Malformed("there is no file in the form")
    return file.content


@contextmanager
def _as_it_says() -> Iterator[None]:
    """Give what aiohttp and the codecs raise one name; a body that is too large keeps its own."""
    try:
        yield
    except (
        ValueError,  # no boundary, no number, bytes that are not in their encoding
        LookupError,  # an encoding that nobody knows
        AssertionError,  # headers that come at the wrong place
        RuntimeError,  # an encoding of a part that aiohttp does not know
        EOFError,
        HttpProcessingError,
        web.RequestPayloadError,
    ) as error:
        raise Malformed("the body is not what it says") from error
