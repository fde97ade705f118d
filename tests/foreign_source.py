"""A shared object with functions that ``dlfunc`` can call."""

SOURCE = r"""
typedef unsigned char uschar;
static uschar text[100];
int give(uschar **yield, int argc, uschar *argv[]) { *yield = argc ? argv[argc - 1] : 0; return 0; }
int count(uschar **yield, int argc, uschar *argv[]) {
  static int calls; text[0] = '0' + ++calls; text[1] = '0' + argc; text[2] = argv[argc] ? 'x' : '-';
  *yield = text; return 0; }
int deny(uschar **yield, int argc, uschar *argv[]) { if (argc) *yield = argv[0]; return 2; }
int force(uschar **yield, int argc, uschar *argv[]) { if (argc) *yield = argv[0]; return 4; }
int err(uschar **yield, int argc, uschar *argv[]) { *yield = (uschar *)"bad"; return 3; }
"""
