"""The one house style of every picture: the same bytes each time, readable without colour, safe on any page.

A ``Picture`` knows how to draw itself and what it shows in words; it becomes SVG, PNG or PDF. Matplotlib (the extra
``figures``) is loaded when a picture is drawn, not before.
"""

from ._html import html_page
from ._picture import Picture
from ._sheet import COARSE, EDGE, LINE, NARROW, Sheet, across, lines_of
from ._style import FAINT, GREY, GRID, INK, SERIES, SIZE, SMALL_SIZE, Series, fitted, series, text_width, wrapped
from ._text import TEXT_WIDTH, text_table
from ._words import html_table, number, p_cell, p_value, percent, ratio, with_interval

__all__ = [
    "COARSE", "EDGE", "FAINT", "GREY", "GRID", "INK", "LINE", "NARROW", "SERIES", "SIZE", "SMALL_SIZE", "TEXT_WIDTH",
    "Picture", "Series", "Sheet", "across", "fitted", "html_page", "html_table", "lines_of", "number", "p_cell",
    "p_value", "percent", "ratio", "series", "text_table", "text_width", "with_interval", "wrapped",
]  # fmt: skip
