"""An OpenLDAP server for tests, with a directory of people and things that are hard to show."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/openldap"
SLAPD = shutil.which("slapd", path=PLACES)
SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
BASE = "dc=example,dc=org"
MANAGER, SECRET = f"cn=manager,{BASE}", "secret"
PATIENCE = 10.0

CONFIGURATION = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
allow bind_v2 bind_anon_cred
{tls}
database mdb
suffix "{base}"
directory {folder}/data
maxsize 10485760
rootdn "{manager}"
rootpw {secret}
limits users size=2
index uid eq
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=private,{base}" by dn="uid=alice,ou=people,{base}" read by * none
access to * by * read
"""

DIRECTORY = f"""\
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,{BASE}
objectClass: inetOrgPerson
uid: alice
cn: Alice
cn: Alice, the first
sn: Liddell
mail: alice@example.org
mail: a.liddell@example.org
description: says "hello" \\ twice
userPassword: wonder land

dn: uid=bob,ou=people,{BASE}
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Builder
mail: bob@example.org
description:: bGluZSBvbmUKbGluZSB0d28s
postalAddress: Street 1 $ Town, Land

dn: uid=carol\\2C c,ou=people,{BASE}
objectClass: inetOrgPerson
uid: carol, c
cn:: Q2Fyb2wgw4nDqQ==
sn: Singer*(star)
description:
jpegPhoto:: AAECA/8i

dn: ou=private,{BASE}
objectClass: organizationalUnit
ou: private

dn: cn=key,ou=private,{BASE}
objectClass: applicationProcess
cn: key
description: under the mat

dn: ou=elsewhere,{BASE}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://127.0.0.1:@PORT@/ou=people,{BASE}??sub

dn: ou=lost,{BASE}
objectClass: referral
objectClass: extensibleObject
ou: lost
ref: ldap://127.0.0.1:1/ou=people,{BASE}

dn: ou=links,{BASE}
objectClass: organizationalUnit
ou: links

dn: cn=link,ou=links,{BASE}
objectClass: alias
objectClass: extensibleObject
cn: link
aliasedObjectName: uid=bob,ou=people,{BASE}

dn: cn=broken,ou=links,{BASE}
objectClass: alias
objectClass: extensibleObject
cn: broken
aliasedObjectName: uid=nobody,ou=people,{BASE}
"""


class OpenLdap(NamedTuple):
    """A server that runs: the port of 127.0.0.1 for LDAP and for TLS from the start, and its socket."""

    port: int
    tls_port: int
    path: str
    certificate: str

    @property
    def url(self) -> str:
        """How a URL for the server begins, without the slash behind the host."""
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def unix(self) -> str:
        """The same over the socket."""
        return "ldapi://" + quote(self.path, safe="")


def free_port() -> int:
    """A port of 127.0.0.1 where nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def as_nobody() -> Mapping[str, Any]:
    """Arguments of subprocess under which no root's rights are left."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def owned(folder: Path) -> None:
    """Give a folder and what is in it to the user under whom servers run."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for one in (folder, *folder.rglob("*")):
            os.chown(one, nobody.pw_uid, nobody.pw_gid)


@contextmanager
def openldap(certificate: Path | None = None) -> Iterator[OpenLdap]:
    """Run a server until the block ends; skips the test where none is installed.

    ``certificate`` is a file with a certificate and its key for TLS.
    """
    if SLAPD is None or not SCHEMAS.is_dir() or not MODULES.is_dir():
        pytest.skip("the program slapd, its schemas or its modules are not installed")
    folder = Path(tempfile.mkdtemp(prefix="slapd"))  # pytest's own is not open to other users
    port, tls_port = free_port(), free_port()
    server = OpenLdap(port, tls_port, f"{folder}/ldap.sock", f"{folder}/cert.pem" if certificate else "")
    try:
        _write(folder, server, certificate)
        with _running(folder, server):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, server: OpenLdap, certificate: Path | None) -> None:
    tls = ""
    if certificate:
        (folder / "cert.pem").write_bytes(certificate.read_bytes())
        tls = f"TLSCertificateFile {folder}/cert.pem\nTLSCertificateKeyFile {folder}/cert.pem"
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(
        CONFIGURATION.format(
            schemas=SCHEMAS,
            modules=MODULES,
            folder=folder,
            tls=tls,
            base=BASE,
            manager=MANAGER,
            secret=SECRET,
        ),
        encoding="utf-8",
    )
    (folder / "directory.ldif").write_text(DIRECTORY.replace("@PORT@", str(server.port)), encoding="utf-8")
    owned(folder)
    assert SLAPD is not None
    subprocess.run(
        [SLAPD, "-T", "add", "-q", "-f", folder / "slapd.conf", "-l", folder / "directory.ldif"],
        check=True,
        capture_output=True,
        timeout=60,
        cwd="/",
        **as_nobody(),
    )


@contextmanager
def _running(folder: Path, server: OpenLdap) -> Iterator[None]:
    assert SLAPD is not None
    places = f"{server.url}/ {server.unix}/"
    if server.certificate:
        places += f" ldaps://127.0.0.1:{server.tls_port}/"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [SLAPD, "-f", folder / "slapd.conf", "-h", places, "-d", "0"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            **as_nobody(),
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", server.port), 1).close()
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"slapd does not start: {(folder / 'log').read_text()}")
                time.sleep(0.02)
            else:
                break
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
