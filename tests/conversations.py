"""What ``readsocket`` gives in talks with the servers of `peer`, as the real Exim 4.96 gave it.

``@UNIX@`` is the path of a socket, ``@NONE@`` one that nobody listens at, ``@PORT@`` and ``@TLS@`` are
ports of 127.0.0.1. A talk is a list of texts that are expanded one after the other by one process;
an error is given as it is printed in expansion tests.
"""

from __future__ import annotations

TALKS: dict[str, list[tuple[str, str]]] = {
    "a path and a port": [
        ("${readsocket{@UNIX@}{hi}}", "b'hi' ended - 1\n"),
        (r"${readsocket{inet:127.0.0.1:@PORT@}{hi\n}{3s}}", "b'hi\\n' open - 1\n"),
        ("${readsocket{inet:[127.0.0.1]:@PORT@}{hi}}", "b'hi' ended - 2\n"),
        (r"${readsocket{@UNIX@}{}{3s}}", "b'' ended - 2\n"),
    ],
    "the end of our side": [
        ("${readsocket{@UNIX@}{hi}{3s:shutdown=no}}", "b'hi' open - 1\n"),
        ("${readsocket{@UNIX@}{hi}{<, 3s, shutdown=no}}", "b'hi' open - 2\n"),
        ("${readsocket{@UNIX@}{hi}{:shutdown=no:shutdown=yes}}", "b'hi' ended - 3\n"),
        ("${readsocket{@UNIX@}{hi}{shutdown=no}}", "b'hi' ended - 4\n"),
        ("${readsocket{@UNIX@}{hi}{3s:send=no}}", "b'' ended - 5\n"),
    ],
    "newlines and other bytes": [
        (r"${readsocket{@UNIX@}{crlf\n}{3s}{-}}", "a\r-b\r-"),
        (r"${readsocket{@UNIX@}{crlf\n}{3s}{}}", "a\r\nb\r\n"),
        (r"${readsocket{@UNIX@}{nul\n}{3s}{-}}", "ac-last"),
        (r"${readsocket{@UNIX@}{nothing\n}{3s}{-}{none}}", ""),
        (r"${readsocket{@UNIX@}{reset\n}{3s}{-}{none}}", ""),
        (r"${strlen:${readsocket{@UNIX@}{big\n}{3s}{--}}}", "240000"),
    ],
    "time": [
        (r"${readsocket{@UNIX@}{silent\n}{1s}}", "Failed: socket read timed out"),
        (r"${readsocket{@UNIX@}{slowly\n}{1s}{}{late}}", "late"),
        (r"${readsocket{@UNIX@}{hi\n}{0s}}", "b'hi\\n' open - 3\n"),
    ],
    "TLS": [
        (r"${readsocket{inet:localhost:@TLS@}{hi\n}{3s:tls=yes}}", "b'hi\\n' open - 1\n"),
        ("${readsocket{inet:localhost:@TLS@}{hi}{3s:tls=yes:tls=no}}", "b'hi' open - 2\n"),
        (r"${readsocket{inet:localhost:@TLS@}{hi\n}{3s:tls=yes:sni=a.example}}", "b'hi\\n' open - 3\n"),
        (r"${readsocket{inet:localhost:@TLS@}{nul\n}{3s:tls=yes}{-}}", "a"),
        (r"${readsocket{inet:localhost:@TLS@}{crlf\n}{3s:tls=yes}{-}}", "a\r-b\r-"),
        (r"${strlen:${readsocket{inet:localhost:@TLS@}{big\n}{3s:tls=yes}{--}}}", "240000"),
        (r"${readsocket{inet:localhost:@TLS@}{silent\n}{1s:tls=yes}}", "Failed: socket read timed out"),
    ],
    "the cache": [
        ("${readsocket{@UNIX@}{a}{3s:cache=yes}}", "b'a' ended - 1\n"),
        ("${readsocket{@UNIX@}{a}{3s:cache=yes}}", "b'a' ended - 1\n"),
        ("${readsocket{@UNIX@}{b}{3s:cache=yes}}", "b'b' ended - 2\n"),
        ("${readsocket{@UNIX@}{a}{ 3s:cache=yes}{}{x}}", "b'a' ended - 1\n"),
        ("${readsocket{@UNIX@}{a}{4s:cache=yes}}", "b'a' ended - 3\n"),
        ("${readsocket{@UNIX@}{a}{4s:cache=yes}{-}}", "b'a' ended - 4-"),
        ("${readsocket{@UNIX@}{a}{4s}}", "b'a' ended - 5\n"),
        ("${readsocket{@UNIX@}{b}{3s:cache=yes}}", "b'b' ended - 6\n"),
    ],
    "nobody there": [
        ("${readsocket{@NONE@}{x}}", "Failed: failed to connect to socket @NONE@: No such file or directory"),
        ("${readsocket{@NONE@}{x}}", "Failed: request write to socket failed: Bad file descriptor"),
        ("${readsocket{@NONE@}{x}{3s}{}{<$value>}}", "<>"),
        ("${readsocket{@NONE@}{}{3s}}", "Failed: "),
        ("${readsocket{}{x}}", "Failed: failed to connect to socket : Connection refused"),
        ("${readsocket{inet:[a]:1}{x}}", 'Failed: malformed IP address "[a]"'),
        ("${readsocket{inet:a b:1}{x}}", "Failed: no IP address found for host a b"),
        ("${readsocket{inet:127.0.0.1]:1}{x}}", "Failed: no IP address found for host 127.0.0.1]"),
        ("${readsocket{inet:127.0.0.1:no-such}{x}}", "Failed: "),
        ("${readsocket{inet:127.0.0.1:08}{x}}", "Failed: "),
        (
            "${readsocket{inet:127.0.0.1:0x1}{x}}",
            "Failed: failed to connect to any address for 127.0.0.1: Connection refused",
        ),
    ],
    "what follows is read after the answer": [
        ("${readsocket{@UNIX@}{x}{3s}{}{$nosuch}}", 'Failed: unknown variable name "nosuch"'),
        ("${readsocket{@UNIX@}{x}{3s}fail}", "Failed: missing '}' closing readsocket"),
        (
            "${readsocket{@NONE@}{x}{3s}fail}",
            "Failed: failed to connect to socket @NONE@: No such file or directory",
        ),
        ("${readsocket{@UNIX@}{x}}", "b'x' ended - 3\n"),
    ],
    "a tainted name": [
        ("${readsocket{@UNIX@$sender_address}{x}}", "Failed: (null)"),
        ("${readsocket{@UNIX@}{$sender_address}}", "b'joe@example.test' ended - 1\n"),
    ],
}
