"""Code 128 (ISO/IEC 15417): the widths of bars and spaces for a text. Pure."""

from __future__ import annotations

# Bar, space, bar, space, bar, space in modules, for the values 0 to 105; then the stop pattern with its last bar.
_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_WIDTHS = _PATTERNS.split()
_STOP = "2331112"
_START_B, _START_C, _TO_B, _TO_C = 104, 105, 100, 99


def values(text: str) -> list[int]:
    """Symbol values from the start to the check digit; runs of four digits and more are packed in pairs (set C).

    Raises ValueError for an empty text or a character outside printable ASCII.
    """
    if not text or not (text.isascii() and text.isprintable()):
        raise ValueError("Code 128 takes printable ASCII")
    found: list[int] = []
    at, packed = 0, False
    while at < len(text):
        run = _digits(text, at)
        wanted = run >= 4 if not packed else run >= 2
        if not found:
            found.append(_START_C if wanted else _START_B)
        elif wanted != packed:
            found.append(_TO_C if wanted else _TO_B)
        packed = wanted
        found.append(int(text[at : at + 2]) if packed else ord(text[at]) - 32)
        at += 2 if packed else 1
    return [*found, (found[0] + sum(place * value for place, value in enumerate(found[1:], start=1))) % 103]


def modules(text: str) -> list[int]:
    """Widths in modules, a bar first, bars and spaces in turn, without the quiet zones of ten modules on either side."""
    return [int(width) for value in values(text) for width in _WIDTHS[value]] + [int(width) for width in _STOP]


def _digits(text: str, at: int) -> int:
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
    # The last digit of an odd run stays unpacked.
    return end - at - (end - at) % 2
