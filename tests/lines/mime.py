"""Messages of many parts whose headers and encodings are sometimes right and sometimes wrong."""

from __future__ import annotations

from random import Random

FIELDS = [
    *(
        "Content-Type:",
        "content-type: ",
        "Content-Disposition: ",
        "Content-Transfer-Encoding: ",
        "Content-ID:",
    ),
    *("Content-Description: ", "X-Foo: ", "CONTENT-TYPE :"),
]
VALUES = [
    *(
        "text/plain",
        "TEXT/Html",
        "multipart/mixed",
        "image/png",
        "attachment",
        "inline",
        "base64",
        "7bit",
        "",
    ),
    *("Quoted-Printable", "<a@B>", " some (comment) text", "a b\tc", "=?utf-8?q?a=20b?=", "(c)attach(d)ment"),
    *("a\\(b\\)", "x/y", "\\;z", "message/rfc822", "multipart/alternative; boundary=CC"),
]
PARAMETERS = [
    *("name=", "filename=", "charset=", "boundary=", "Name =", "FILENAME= ", "filename*=", "filename*0*="),
    *("filename*1*=", "filename*0=", "filename*1=", "filename* =", "foo=", "x", "charset*=", "name*="),
]
WORDS = [
    *(
        "abc",
        '"a b"',
        '"a;b"',
        'a"b"c',
        "iso-8859-1''f%E4x",
        "utf-8'en'a%20b",
        "''a%41",
        "%41%zz",
        "",
        "a(b)c",
    ),
    *('"=?utf-8?q?a=C3=A4?="', "=?iso-8859-1?B?5A==?=", "=?x?q?a b?=", '"unterminated', "(x)", "'", "a_b"),
    *(
        "a%00b",
        f"=?utf-8?q?{'a' * 80}?=",
        '"a\\"b"',
        "a'b",
        "x'y'z%3Fq",
        "utf-8'",
        "a=b",
        "\xe4\xf6",
        "\x01b",
    ),
    *("=?u?Q?a=00b?=", "iso-8859-1''a%20b_c%3D", '"a; b (c)"'),
]
JOINTS = ["; ", ";", ";\n ", ";\n\t", ";\n  ; ", " ; ", ";(c) ", "", "\n "]
BASE64 = "ABCabc0189+/  -\n!\x80\xe9"
QUOTED = [
    *("=41", "=e4", "=", "= \n", "=\n", "=\t\n", "=3", "=zz", "a", "b ", " ", "\n", "==", "=0a", "=00", "\t"),
    *("_", "= x", "=4G", "=A\n"),
]
ENCODINGS = ["base64", "quoted-printable", "BASE64 ", "8bit"]
PLAIN = [
    "plain\n",
    "",
    "--x\n",
    "-- y\n",
    "\xe9b\n",
    "Content-Type: text/html\n\nx\n",
    "--CC\n\nin\n--CC--\n",
]


def header(rng: Random) -> str:
    """A header line, of several lines sometimes."""
    text = rng.choice(FIELDS) + rng.choice(VALUES)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 4])):
        text += rng.choice(JOINTS) + rng.choice(PARAMETERS) + rng.choice(WORDS)
    return text + (rng.choice([";", " ", "\n ", "(", "\\"]) if rng.random() < 0.1 else "") + "\n"


def body(rng: Random, encoding: str) -> str:
    """Contents that may be encoded that way."""
    if "ase" in encoding.lower():
        return "".join(rng.choices(BASE64, k=rng.randint(0, 40))) + "\n"
    if encoding.startswith("q"):
        return "".join(rng.choices(QUOTED, k=rng.randint(0, 20))) + "\n"
    return rng.choice(PLAIN)


def message(rng: Random) -> str:
    """A message of several parts."""
    text = "From: a@b.test\nContent-Type: multipart/mixed; boundary=BB\n\npre\n"
    for _ in range(rng.randint(2, 6)):
        text += f"--BB{rng.choice(['', '', 'x', ' '])}\n"
        text += "".join(header(rng) for _ in range(rng.choice([0, 1, 2, 2, 3])))
        encoding = rng.choice(ENCODINGS)
        text += f"Content-Transfer-Encoding: {encoding}\n"
        text += rng.choice(["\n", "\n", "\n", "  \n", "\t\n", "(c)\n"]) + body(rng, encoding)
    return f"{text}--BB--\nepi\n"
