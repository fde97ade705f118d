"""Deliveries through SOCKS proxies that are put to eximulate and to the real Exim alike."""

from __future__ import annotations

from delivery_lab import Scenario
from delivery_scenarios import ALL_SELECTORS, TWO
from socks_peer import CONNECT, METHOD, NAME, WAITS

PROXY = "socks_proxy = 127.0.0.1 port=@SOCKS0@"
BY_NAME = f"{PROXY} auth=name name=me pass=secret"
ALL = f"{ALL_SELECTORS} +proxy"
VARIABLES = "$proxy_session $proxy_local_address $proxy_external_address $proxy_external_port $host_address"


def refused(code: int) -> bytes:
    """What a proxy says that does not connect."""
    return bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0))


SCENARIOS = {
    "a proxy": Scenario(transport=PROXY, proxies=[{}], main=ALL),
    "a proxy and an interface": Scenario(
        transport=f"{PROXY}\n  interface = 127.0.0.3", proxies=[{}], main=ALL
    ),
    "two messages by a proxy": Scenario(
        transport=f"{PROXY}\n  max_rcpt = 1", proxies=[{}], recipients=TWO, main=ALL
    ),
    "a recipient is refused behind a proxy": Scenario(
        transport=PROXY, proxies=[{}], answers={"RCPT": "550 no"}, main=ALL
    ),
    "variables of a proxy": Scenario(
        transport=f"{PROXY}\n  helo_data = $proxy_external_port\n  headers_add = X: {VARIABLES}", proxies=[{}]
    ),
    "variables without a proxy": Scenario(transport=f"headers_add = X: {VARIABLES}", main=ALL),
    "a name for a proxy": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2"}]),
    "a name that a proxy refuses": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2", NAME: b"\1\1"}]),
    "a name that a proxy does not want": Scenario(transport=BY_NAME, proxies=[{}]),
    "a proxy wants a name": Scenario(transport=PROXY, proxies=[{METHOD: b"\5\2"}]),
    "a proxy hangs up over a name": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2", NAME: None}]),
    "a proxy takes no method": Scenario(transport=PROXY, proxies=[{METHOD: b"\5\xff"}]),
    "a proxy of another version": Scenario(transport=PROXY, proxies=[{METHOD: b"\4\0"}]),
    "a proxy of another version at last": Scenario(transport=PROXY, proxies=[{CONNECT: b"\4" + bytes(9)}]),
    "a proxy hangs up": Scenario(transport=PROXY, proxies=[{METHOD: None}]),
    "a proxy hangs up over the host": Scenario(transport=PROXY, proxies=[{CONNECT: None}]),
    "a proxy says nothing": Scenario(transport=f"{PROXY} tmo=1", proxies=[{METHOD: WAITS}]),
    "a proxy is short": Scenario(transport=PROXY, proxies=[{METHOD: b"\5"}]),
    "a proxy tells a name": Scenario(transport=PROXY, proxies=[{CONNECT: b"\5\0\0\3\x03abc\0\x19"}]),
    **{
        f"a proxy refuses with {code}": Scenario(transport=PROXY, proxies=[{CONNECT: refused(code)}])
        for code in range(1, 10)
    },
    "the next host by a proxy": Scenario(
        transport=PROXY, route="* 127.0.0.1:127.0.0.2", proxies=[{CONNECT: refused(5)}]
    ),
    "a proxy is not there": Scenario(transport="socks_proxy = 127.0.0.1 port=1"),
    "no proxy in the list": Scenario(transport="socks_proxy = ${if eq{1}{2}{a}}"),
    "a forced failure for a proxy": Scenario(transport="socks_proxy = ${if eq{1}{2}{a}fail}"),
    "a list of proxies that cannot be expanded": Scenario(transport="socks_proxy = ${foo}"),
    "options of a proxy that nobody knows": Scenario(
        transport=f"{PROXY} foo=bar auth auth=md5 weight=0", proxies=[{}]
    ),
    "a port of a proxy that is none": Scenario(transport="socks_proxy = 127.0.0.1 port=abc"),
    "a proxy by name": Scenario(transport=PROXY.replace("127.0.0.1", "localhost"), proxies=[{}]),
    "the first proxy is not there": Scenario(
        transport="socks_proxy = 127.0.0.1 port=1 pri=2 : 127.0.0.1 port=@SOCKS0@", proxies=[{}]
    ),
    "the second proxy comes first": Scenario(
        transport="socks_proxy = 127.0.0.1 port=1 : 127.0.0.1 port=@SOCKS0@ pri=5", proxies=[{}]
    ),
    "the first proxy refuses": Scenario(
        transport=f"{PROXY} pri=5 : 127.0.0.1 port=@SOCKS1@", proxies=[{CONNECT: refused(1)}, {}]
    ),
    "a list of proxies with a separator of its own": Scenario(
        transport="socks_proxy = <; 127.0.0.1 port=@SOCKS0@", proxies=[{}]
    ),
}
