"""The addresses of this machine's network interfaces, as the Linux kernel lists them."""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1")
_GET_ADDRESS = 0x8915
_REQUEST = struct.Struct("256s")


def interface_addresses() -> tuple[str, ...]:
    """All addresses, IPv4 first; the loopback addresses where the system tells none."""
    found = [*_version_4(), *_version_6()]
    return tuple(dict.fromkeys(found)) or LOOPBACK


def _version_4() -> list[str]:
    """One IPv4 address of each interface that has one."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), _GET_ADDRESS, _REQUEST.pack(name.encode()[:15]))
            except OSError:
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _version_6() -> list[str]:
    """The IPv6 addresses of all interfaces."""
    try:
        lines = Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    return [str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))) for line in lines if line.strip()]
