"""A module of PAM that asks what its arguments say and writes down what it is told.

``say=`` has a letter for each message: ``n`` and ``f`` ask (with and without echo), ``i`` and ``e`` tell,
``x`` is of a style that nobody knows; a dot begins another call. ``auth=`` and ``acct=`` are the results.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct message { int style; const char *text; };
struct response { char *text; int code; };
struct conversation { int (*talk)(int, const struct message **, struct response **, void *); void *data; };
extern int pam_get_item(const void *, int, const void **);
static int style(char c) { return c == 'f' ? 1 : c == 'n' ? 2 : c == 'e' ? 3 : c == 'i' ? 4 : 99; }
static void ask(const struct conversation *c, const char *say, FILE *out) {
  while (*say) {
    struct message messages[9];
    const struct message *places[9];
    struct response *told = NULL;
    int count = 0;
    for (; *say && *say != '.'; say++, count++) {
      messages[count].style = style(*say);
      messages[count].text = "?";
      places[count] = messages + count;
    }
    if (*say) say++;
    fprintf(out, " %d", c->talk(count, places, &told, c->data));
    for (int n = 0; told && n < count; n++) {
      fprintf(out, "[%s]", told[n].text ? told[n].text : "-");
      free(told[n].text);
    }
    free(told);
  }
}
static int run(void *handle, int argc, const char **argv, const char *what) {
  const struct conversation *c = NULL;
  const char *user = NULL, *say = "";
  int result = 0;
  FILE *out = NULL;
  pam_get_item(handle, 2, (const void **)&user);
  pam_get_item(handle, 5, (const void **)&c);
  for (int n = 0; n < argc; n++) {
    if (!strncmp(argv[n], what, 4) && argv[n][4] == '=') result = atoi(argv[n] + 5);
    if (!strncmp(argv[n], "say=", 4) && !strcmp(what, "auth")) say = argv[n] + 4;
    if (!strncmp(argv[n], "out=", 4)) out = fopen(argv[n] + 4, "a");
  }
  if (out) {
    fprintf(out, "%s %s", what, user);
    ask(c, say, out);
    fputs("\n", out);
    fclose(out);
  }
  return result;
}
static int silent(void *h, int flags, int argc, const char **argv, const char *what) {
  return flags == 0x8000 ? run(h, argc, argv, what) : 4;
}
int pam_sm_authenticate(void *h, int f, int c, const char **v) { return silent(h, f, c, v, "auth"); }
int pam_sm_acct_mgmt(void *h, int f, int c, const char **v) { return silent(h, f, c, v, "acct"); }
int pam_sm_setcred(void *h, int f, int c, const char **v) { return 0; }
"""


def build(directory: Path) -> Path | None:
    """The module, compiled; None where there is no compiler."""
    if not shutil.which("cc"):
        return None
    source, target = directory / "module.c", directory / "module.so"
    source.write_text(SOURCE, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    return target


def service(module: Path, out: Path, *, say: str = "f", auth: int = 0, acct: int = 0) -> str:
    """The text of a service that uses the module alone."""
    arguments = f"{module} say={say} auth={auth} acct={acct} out={out}"
    return f"auth required {arguments}\naccount required {arguments}\n"
