"""Listens for connections, on the address that HOST and PORT say."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable


async def listen_on(
    host: str, port: int, protocol: Callable[[], asyncio.BaseProtocol], *, serving: bool = True
) -> asyncio.Server:
    """Listen; on ``::`` for IPv4, too, as most servers do, which asyncio by itself does not.

    Args:
        host: a name or an address.
        port: 0 for a free one.
        protocol: makes the protocol of each connection.
        serving: accept connections at once.

    Raises:
        OSError: the address is not of this machine, or the port is not free, or not allowed.
    """
    loop = asyncio.get_running_loop()
    if not _is_any_ipv6(host):
        return await loop.create_server(protocol, host, port, start_serving=serving)
    both = socket.has_dualstack_ipv6()
    listener = socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=both)
    return await loop.create_server(protocol, sock=listener, start_serving=serving)


def _is_any_ipv6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host).is_unspecified
    except ValueError:  # a name, or an IPv4 address
        return False
