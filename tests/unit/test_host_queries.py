"""Queries as elements of host lists: they name what they ask about, so no name of the client is wanted."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from expander.configuration import load
from expander.world.real import RealWorld


@pytest.mark.parametrize("element", ["sqlite;{} {}", "sqlite,file={};{}"])
@pytest.mark.parametrize("release", ["debian-12", "4.99"])
def test_a_query_of_a_file_needs_no_name_of_the_client(tmp_path: Path, element: str, release: str) -> None:
    path = tmp_path / "hosts.db"
    with sqlite3.connect(path) as base:
        base.execute("create table relays (address text)")
        base.execute("insert into relays values ('10.0.0.7')")
    query = "select address from relays where address='$sender_host_address'"
    text = (
        f"hostlist relays = {element.format(path, query)}\nacl_smtp_rcpt = check\nbegin acl\ncheck:\n"
        "  accept hosts = +relays\n  deny message = no relaying\n"
    )
    config = load(text.encode(), world=RealWorld(), profile=release)
    for client, code in (("10.0.0.7", 250), ("10.0.0.8", 550)):
        session = config.session(client)
        for line in ("HELO x", "MAIL FROM:<a@b.test>"):
            session.command(line)
        reply = session.command("RCPT TO:<c@d.test>")
        assert reply is not None
        assert reply.code == code
