"""Read request bodies; one that cannot be read raises `Malformed`: it is the sender's mistake."""

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
    """A file sent as a part of a form."""

    name: str
    content: bytes


async def form(request: web.Request) -> dict[str, str]:
    """Return the text fields of a form. Raises Malformed."""
    texts, _ = await form_and_file(request)
    return texts


async def form_and_file(request: web.Request) -> tuple[dict[str, str], Upload | None]:
    """Return the text fields of a form and the first file in it. Raises Malformed."""
    with _malformed():
        if request.content_type != MULTIPART:
            return {k: v for k, v in (await request.post()).items() if isinstance(v, str)}, None
        texts: dict[str, str] = {}
        file = None
        size = 0
        # aiohttp's own `post()` leaves files open when a form is truncated.
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
    """Return the body as text. Raises Malformed."""
    with _malformed():
        return await request.text()


async def uploaded(request: web.Request) -> bytes:
    """Return a file, sent as the whole body or as a part of a form. Raises Malformed."""
    if request.content_type != MULTIPART:
        with _malformed():
            return await request.read()
    _, file = await form_and_file(request)
    if file is None:
        raise Malformed("there is no file in the form")
    return file.content


@contextmanager
def _malformed() -> Iterator[None]:
    """Turn errors of aiohttp and the codecs into Malformed, except that of a body too large."""
    try:
        yield
    except (
        ValueError,  # no boundary, no number, bytes that are not in their encoding
        LookupError,  # an unknown encoding
        AssertionError,  # headers in the wrong place
        RuntimeError,  # a part in an encoding that aiohttp does not know
        EOFError,
        HttpProcessingError,
        web.RequestPayloadError,
    ) as error:
        raise Malformed("the body is not what it says") from error
