"""What Lark makes of ``arithmetic.lark``: written by ``grammar.table_tool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.tables import Action

# fmt: off
ROWS: tuple[dict[str, Action], ...] = (
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': 4, '_atom': 5, '_or': 6, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, '_xor': 10, 'ands': 4, 'group': 5, 'missing': 5, 'number': 5, 'ors': 6, 'products': 7, 'shifts': 8, 'signed': 5, 'start': 1, 'sums': 9, 'unclosed': 5, 'xors': 10},
    {},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': 4, '_atom': 5, '_or': 11, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, '_xor': 10, 'ands': 4, 'group': 5, 'missing': 5, 'number': 5, 'ors': 11, 'products': 7, 'shifts': 8, 'signed': 5, 'sums': 9, 'unclosed': 5, 'xors': 10},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -1, '_atom': (2, 'signed', True), 'group': (2, 'signed', True), 'missing': (2, 'signed', True), 'number': (2, 'signed', True), 'unclosed': (2, 'signed', True)},
    {'$END': (1, '_xor'), 'BROKEN': (1, '_xor'), 'CLOSE': (1, '_xor'), 'OR': (1, '_xor'), 'XOR': 12, '__xors_plus_1': 13},
    {'$END': (1, '_product'), 'AND': (1, '_product'), 'BROKEN': (1, '_product'), 'CLOSE': (1, '_product'), 'OR': (1, '_product'), 'PRODUCT': 14, 'SHIFT': (1, '_product'), 'SUM': (1, '_product'), 'XOR': (1, '_product'), '__products_plus_5': 15},
    {'$END': (1, 'start'), 'BROKEN': (2, 'start', True)},
    {'$END': (1, '_sum'), 'AND': (1, '_sum'), 'BROKEN': (1, '_sum'), 'CLOSE': (1, '_sum'), 'OR': (1, '_sum'), 'SHIFT': (1, '_sum'), 'SUM': 16, 'XOR': (1, '_sum'), '__sums_plus_4': 17},
    {'$END': (1, '_and'), 'AND': 18, 'BROKEN': (1, '_and'), 'CLOSE': (1, '_and'), 'OR': (1, '_and'), 'XOR': (1, '_and'), '__ands_plus_2': 19},
    {'$END': (1, '_shift'), 'AND': (1, '_shift'), 'BROKEN': (1, '_shift'), 'CLOSE': (1, '_shift'), 'OR': (1, '_shift'), 'SHIFT': 20, 'XOR': (1, '_shift'), '__shifts_plus_3': 21},
    {'$END': (1, '_or'), 'BROKEN': (1, '_or'), 'CLOSE': (1, '_or'), 'OR': 22, '__ors_plus_0': 23},
    {'BROKEN': (3, 'unclosed', True), 'CLOSE': (3, 'group', True)},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': (2, '__xors_plus_1', True), '_atom': 5, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, 'ands': (2, '__xors_plus_1', True), 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': 8, 'signed': 5, 'sums': 9, 'unclosed': 5},
    {'$END': (2, 'xors'), 'BROKEN': (2, 'xors'), 'CLOSE': (2, 'xors'), 'OR': (2, 'xors'), 'XOR': 24},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': (2, '__products_plus_5', True), '_signed': (2, '__products_plus_5', True), 'group': (2, '__products_plus_5', True), 'missing': (2, '__products_plus_5', True), 'number': (2, '__products_plus_5', True), 'signed': (2, '__products_plus_5', True), 'unclosed': (2, '__products_plus_5', True)},
    {'$END': (2, 'products'), 'AND': (2, 'products'), 'BROKEN': (2, 'products'), 'CLOSE': (2, 'products'), 'OR': (2, 'products'), 'PRODUCT': 25, 'SHIFT': (2, 'products'), 'SUM': (2, 'products'), 'XOR': (2, 'products')},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': (2, '__sums_plus_4', True), '_signed': 5, 'group': 5, 'missing': 5, 'number': 5, 'products': (2, '__sums_plus_4', True), 'signed': 5, 'unclosed': 5},
    {'$END': (2, 'sums'), 'AND': (2, 'sums'), 'BROKEN': (2, 'sums'), 'CLOSE': (2, 'sums'), 'OR': (2, 'sums'), 'SHIFT': (2, 'sums'), 'SUM': 26, 'XOR': (2, 'sums')},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': 7, '_shift': (2, '__ands_plus_2', True), '_signed': 5, '_sum': 9, 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': (2, '__ands_plus_2', True), 'signed': 5, 'sums': 9, 'unclosed': 5},
    {'$END': (2, 'ands'), 'AND': 27, 'BROKEN': (2, 'ands'), 'CLOSE': (2, 'ands'), 'OR': (2, 'ands'), 'XOR': (2, 'ands')},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': 7, '_signed': 5, '_sum': (2, '__shifts_plus_3', True), 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'signed': 5, 'sums': (2, '__shifts_plus_3', True), 'unclosed': 5},
    {'$END': (2, 'shifts'), 'AND': (2, 'shifts'), 'BROKEN': (2, 'shifts'), 'CLOSE': (2, 'shifts'), 'OR': (2, 'shifts'), 'SHIFT': 28, 'XOR': (2, 'shifts')},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': 4, '_atom': 5, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, '_xor': (2, '__ors_plus_0', True), 'ands': 4, 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': 8, 'signed': 5, 'sums': 9, 'unclosed': 5, 'xors': (2, '__ors_plus_0', True)},
    {'$END': (2, 'ors'), 'BROKEN': (2, 'ors'), 'CLOSE': (2, 'ors'), 'OR': 29},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': (3, '__xors_plus_1', True), '_atom': 5, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, 'ands': (3, '__xors_plus_1', True), 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': 8, 'signed': 5, 'sums': 9, 'unclosed': 5},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': (3, '__products_plus_5', True), '_signed': (3, '__products_plus_5', True), 'group': (3, '__products_plus_5', True), 'missing': (3, '__products_plus_5', True), 'number': (3, '__products_plus_5', True), 'signed': (3, '__products_plus_5', True), 'unclosed': (3, '__products_plus_5', True)},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': (3, '__sums_plus_4', True), '_signed': 5, 'group': 5, 'missing': 5, 'number': 5, 'products': (3, '__sums_plus_4', True), 'signed': 5, 'unclosed': 5},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': 7, '_shift': (3, '__ands_plus_2', True), '_signed': 5, '_sum': 9, 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': (3, '__ands_plus_2', True), 'signed': 5, 'sums': 9, 'unclosed': 5},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_atom': 5, '_product': 7, '_signed': 5, '_sum': (3, '__shifts_plus_3', True), 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'signed': 5, 'sums': (3, '__shifts_plus_3', True), 'unclosed': 5},
    {'BROKEN': (1, 'missing', True), 'NUMBER': (1, 'number', True), 'OPEN': 2, 'SIGN': -5, '__signed_plus_6': 3, '_and': 4, '_atom': 5, '_product': 7, '_shift': 8, '_signed': 5, '_sum': 9, '_xor': (3, '__ors_plus_0', True), 'ands': 4, 'group': 5, 'missing': 5, 'number': 5, 'products': 7, 'shifts': 8, 'signed': 5, 'sums': 9, 'unclosed': 5, 'xors': (3, '__ors_plus_0', True)},
)
PATTERNS = (
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<NUMBER>0[KMGkmg]?)|(?P<SIGN>(?:\\+|\\-|\\~))|(?P<OPEN>\\()|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<XOR>\\^)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<SHIFT>(?:<<|>>))|(?P<PRODUCT>(?:\\*|/|%))|(?P<SUM>(?:\\+|\\-))|(?P<AND>\\&)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<XOR>\\^)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<SHIFT>(?:<<|>>))|(?P<SUM>(?:\\+|\\-))|(?P<AND>\\&)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<XOR>\\^)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<AND>\\&)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<XOR>\\^)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<SHIFT>(?:<<|>>))|(?P<AND>\\&)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<XOR>\\^)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<CLOSE>\\))|(?P<OR>\\|)|(?P<BROKEN>(.|\n)+)',
    '(?P<SPACE>[ \t\n\x0b\x0c\r]+)|(?P<CLOSE>\\))|(?P<BROKEN>(.|\n)+)',
)
STATES = (
    (0, 0),
    (1, 1),
    (2, 0),
    (3, 0),
    (4, 2),
    (5, 3),
    (6, 4),
    (7, 5),
    (8, 6),
    (9, 7),
    (10, 8),
    (11, 9),
    (12, 0),
    (13, 2),
    (14, 0),
    (15, 3),
    (16, 0),
    (17, 5),
    (18, 0),
    (19, 6),
    (20, 0),
    (21, 7),
    (22, 0),
    (23, 8),
    (24, 0),
    (25, 0),
    (26, 0),
    (27, 0),
    (28, 0),
    (29, 0),
)
STARTS: dict[str, tuple[int, int]] = {'start': (0, 1)}
