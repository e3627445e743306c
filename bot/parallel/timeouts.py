"""How long calls to Parallel may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for Parallel, in seconds.

    Attributes:
        connect: for a connection, including DNS and TLS.
        create: for a whole create call.
        status: for a whole call that only reads, other than a result call.
        result: for a whole result call, in addition to the time that it is asked to wait.
        silence: between two parts of an event stream. Streams may be silent for minutes, and
            Parallel closes each after 570 s, so this is for streams that it forgot. TCP keepalive
            notices within about a minute that the other side is gone.
        first_byte: for the first byte of the response to a chat completion.
        chunk: between two parts of a streamed chat completion.
        trailer: for what may follow the `finish_reason` of a chat completion.
        chat: for a whole chat completion.
    """

    connect: float = 10.0
    create: float = 60.0
    status: float = 30.0
    result: float = 15.0
    silence: float = 600.0
    first_byte: float = 10.0
    chunk: float = 30.0
    trailer: float = 1.0
    chat: float = 60.0
