"""What Lark makes of ``sieve.lark``: written by ``grammar.table_tool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.tables import Action

# fmt: off
ROWS: tuple[dict[str, Action], ...] = (
    {'$END': (0, 'start'), 'BROKEN': (1, 'start', True), 'NAME': 2, '__start_star_0': 3, 'command': -5, 'start': 1},
    {},
    {'BROKEN': (2, 'command', True), 'LEFT': 4, 'LEFT_LIST': 5, 'LINES': (1, 'argument', True), 'NAME': 6, 'NO_LINES': (1, 'argument', True), 'NUMBER': (1, 'argument', True), 'OPEN': 7, 'QUOTED': (1, 'argument', True), 'SEMICOLON': (2, 'command', True), 'TAG': (1, 'argument', True), '__command_star_1': 8, '_inner': 9, '_text': (1, 'argument', True), 'argument': -10, 'block': (2, 'command', True), 'list': (1, 'argument', True), 'test': 9, 'tests': 9},
    {'$END': (1, 'start'), 'BROKEN': (2, 'start', True), 'NAME': 2, 'command': -1},
    {'BROKEN': (2, 'block', True), 'NAME': 2, 'RIGHT': (2, 'block', True), '__start_star_0': 10, 'command': -12},
    {'BROKEN': (2, 'list', True), 'COMMA': 11, 'LINES': 12, 'NO_LINES': 12, 'QUOTED': 12, 'RIGHT_LIST': (2, 'list', True), '_text': 12},
    {'BROKEN': (1, 'test'), 'CLOSE': (1, 'test'), 'COMMA': (1, 'test'), 'LEFT': (1, 'test'), 'LEFT_LIST': 5, 'LINES': (1, 'argument', True), 'NAME': 6, 'NO_LINES': (1, 'argument', True), 'NUMBER': (1, 'argument', True), 'OPEN': 7, 'QUOTED': (1, 'argument', True), 'SEMICOLON': (1, 'test'), 'TAG': (1, 'argument', True), '__command_star_1': 13, '_inner': (2, 'test', True), '_text': (1, 'argument', True), 'argument': -15, 'list': (1, 'argument', True), 'test': (2, 'test', True), 'tests': (2, 'test', True)},
    {'BROKEN': (2, 'tests', True), 'CLOSE': (2, 'tests', True), 'COMMA': 14, 'NAME': 6, 'test': 15},
    {'BROKEN': (3, 'command', True), 'LEFT': 4, 'LEFT_LIST': 5, 'LINES': (1, 'argument', True), 'NAME': 6, 'NO_LINES': (1, 'argument', True), 'NUMBER': (1, 'argument', True), 'OPEN': 7, 'QUOTED': (1, 'argument', True), 'SEMICOLON': (3, 'command', True), 'TAG': (1, 'argument', True), '_inner': 16, '_text': (1, 'argument', True), 'argument': -1, 'block': (3, 'command', True), 'list': (1, 'argument', True), 'test': 16, 'tests': 16},
    {'BROKEN': (3, 'command', True), 'LEFT': 4, 'SEMICOLON': (3, 'command', True), 'block': (3, 'command', True)},
    {'BROKEN': (3, 'block', True), 'NAME': 2, 'RIGHT': (3, 'block', True), 'command': -1},
    {'BROKEN': (3, 'list', True)},
    {'BROKEN': (3, 'list', True), 'COMMA': 17, 'RIGHT_LIST': (3, 'list', True), '__list_star_3': 18},
    {'BROKEN': (2, 'test'), 'CLOSE': (2, 'test'), 'COMMA': (2, 'test'), 'LEFT': (2, 'test'), 'LEFT_LIST': 5, 'LINES': (1, 'argument', True), 'NAME': 6, 'NO_LINES': (1, 'argument', True), 'NUMBER': (1, 'argument', True), 'OPEN': 7, 'QUOTED': (1, 'argument', True), 'SEMICOLON': (2, 'test'), 'TAG': (1, 'argument', True), '_inner': (3, 'test', True), '_text': (1, 'argument', True), 'argument': -1, 'list': (1, 'argument', True), 'test': (3, 'test', True), 'tests': (3, 'test', True)},
    {'BROKEN': (3, 'tests', True), 'CLOSE': (3, 'tests', True)},
    {'BROKEN': (3, 'tests', True), 'CLOSE': (3, 'tests', True), 'COMMA': 19, '__tests_star_2': 20},
    {'BROKEN': (4, 'command', True), 'LEFT': 4, 'SEMICOLON': (4, 'command', True), 'block': (4, 'command', True)},
    {'BROKEN': (4, 'list', True), 'LINES': (2, '__list_star_3', True), 'NO_LINES': (2, '__list_star_3', True), 'QUOTED': (2, '__list_star_3', True), '_text': (2, '__list_star_3', True)},
    {'BROKEN': (4, 'list', True), 'COMMA': 21, 'RIGHT_LIST': (4, 'list', True)},
    {'BROKEN': (4, 'tests', True), 'CLOSE': (4, 'tests', True), 'NAME': 6, 'test': (2, '__tests_star_2', True)},
    {'BROKEN': (4, 'tests', True), 'CLOSE': (4, 'tests', True), 'COMMA': 22},
    {'BROKEN': (5, 'list', True), 'LINES': (3, '__list_star_3', True), 'NO_LINES': (3, '__list_star_3', True), 'QUOTED': (3, '__list_star_3', True), '_text': (3, '__list_star_3', True)},
    {'BROKEN': (5, 'tests', True), 'CLOSE': (5, 'tests', True), 'NAME': 6, 'test': (3, '__tests_star_2', True)},
)
PATTERNS = (
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<BROKEN>\\\\0)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)',
    '(?P<LINES>text:[ \t]*(#[^\n]*)?\n(.*\n)+?\\.\n)|(?P<NO_LINES>text:)|(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<TAG>:[A-Za-z_][A-Za-z0-9_]*)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<QUOTED>"([^"\\\\]|\\\\[\\s\\S])*")|(?P<NUMBER>[0-9]+[KMG]?)|(?P<BROKEN>\\\\0)|(?P<LEFT>\\{)|(?P<LEFT_LIST>\\[)|(?P<OPEN>\\()|(?P<SEMICOLON>;)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<BROKEN>\\\\0)|(?P<RIGHT>\\})',
    '(?P<LINES>text:[ \t]*(#[^\n]*)?\n(.*\n)+?\\.\n)|(?P<NO_LINES>text:)|(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<QUOTED>"([^"\\\\]|\\\\[\\s\\S])*")|(?P<BROKEN>\\\\0)|(?P<COMMA>,)|(?P<RIGHT_LIST>\\])',
    '(?P<LINES>text:[ \t]*(#[^\n]*)?\n(.*\n)+?\\.\n)|(?P<NO_LINES>text:)|(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<TAG>:[A-Za-z_][A-Za-z0-9_]*)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<QUOTED>"([^"\\\\]|\\\\[\\s\\S])*")|(?P<NUMBER>[0-9]+[KMG]?)|(?P<BROKEN>\\\\0)|(?P<CLOSE>\\))|(?P<COMMA>,)|(?P<LEFT>\\{)|(?P<LEFT_LIST>\\[)|(?P<OPEN>\\()|(?P<SEMICOLON>;)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<BROKEN>\\\\0)|(?P<CLOSE>\\))|(?P<COMMA>,)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<BROKEN>\\\\0)|(?P<LEFT>\\{)|(?P<SEMICOLON>;)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<BROKEN>\\\\0)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<BROKEN>\\\\0)|(?P<COMMA>,)|(?P<RIGHT_LIST>\\])',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<BROKEN>\\\\0)|(?P<CLOSE>\\))',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<BROKEN>\\\\0)|(?P<CLOSE>\\))|(?P<COMMA>,)',
    '(?P<LINES>text:[ \t]*(#[^\n]*)?\n(.*\n)+?\\.\n)|(?P<NO_LINES>text:)|(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<QUOTED>"([^"\\\\]|\\\\[\\s\\S])*")|(?P<BROKEN>\\\\0)',
    '(?P<SPACE>([ \t\n]|#[^\n]*\n|\\/\\*[\\s\\S]*?\\*\\/)+)|(?P<NAME>[A-Za-z_][A-Za-z0-9_]*)|(?P<BROKEN>\\\\0)|(?P<CLOSE>\\))',
)
STATES = (
    (0, 0),
    (1, 1),
    (2, 2),
    (3, 0),
    (4, 3),
    (5, 4),
    (6, 5),
    (7, 6),
    (8, 2),
    (9, 7),
    (10, 3),
    (11, 8),
    (12, 9),
    (13, 5),
    (14, 10),
    (15, 11),
    (16, 7),
    (17, 12),
    (18, 9),
    (19, 13),
    (20, 11),
    (21, 12),
    (22, 13),
)
STARTS: dict[str, tuple[int, int]] = {'start': (0, 1)}
