"""A page that stands alone: it fetches nothing and runs nothing, for screens from 320 pixels, and paper."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

__all__ = ["html_page"]

STYLE = """
:root{color-scheme:light}
body{margin:0 auto;max-width:46rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
figure{margin:0}
figure svg{display:block;width:100%;height:auto}
details,.note{font-size:.875rem;color:#444;margin:.5rem 0}
.narrow{display:none}
.table{overflow-x:auto;margin:1.25rem 0 .25rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding-bottom:.35rem}
th,td{padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;border-top:1px solid #d9d9d9}
th{overflow-wrap:anywhere}
thead th{overflow-wrap:break-word;border-top:0;font-weight:500;color:#444}
tbody th{font-weight:500;min-width:6.5rem}
ul{list-style:none;padding:0;margin:.5rem 0}
li{padding:.35rem 0 .35rem 7.25rem;text-indent:-7.25rem;border-top:1px solid #d9d9d9;overflow-wrap:anywhere}
li b{display:inline-block;width:7.25rem;text-indent:0;font-weight:600}
li.look b{color:#8a2f00}
footer{margin-top:2rem;font-size:.8125rem;color:#444}
@media (max-width:32rem){
body{padding:.5rem}.wide{display:none}.narrow{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr,tbody th,td{display:block;min-width:0;padding:.1rem 0;border:0}
tr{border-top:1px solid #d9d9d9;padding:.35rem 0}
td{display:flex;justify-content:space-between;gap:1rem}
td::before{content:attr(data-label);color:#444;flex:0 1 auto}
li{padding-left:0;text-indent:0}li b{display:block}
}
@media print{
@page{margin:16mm}
body{max-width:none;padding:0;font-size:10.5pt}
.wide{display:block}.narrow{display:none}
h2{break-after:avoid}details{display:none}figure,table,li{break-inside:avoid}.table{overflow:visible}
}
"""


def html_page(title: str, body: str, foot: str) -> str:
    """The whole page, with a content policy that allows its own style and nothing else.

    ``body`` is HTML, ``title`` and ``foot`` are texts. A figure has two versions, of class wide and narrow; a list
    item of class look stands out.
    """
    mark = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{mark}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n{body}\n</main>"
        f"<footer><p>{escape(foot)}</p></footer></body></html>\n"
    )
