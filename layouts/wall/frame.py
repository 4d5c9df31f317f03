"""The page of a wall screen: what stands before any figure, and never changes while figures come and go.

    body.wall[data-root][data-release][data-words]
      header   #title  #period  #fresh (a dot, and #freshness)  #clock
      main     .layer#a  .layer#b       the shown one has the class "on"; the other takes the next scene
      footer   #alert  #dots  #qr
      #banner                           what is celebrated, or said of the screen itself

The words of the language of the wall come with what it shows; those of the page are for the time before. Nothing is painted before
the script has run, which puts there what was shown last; and the ground is dark before any style sheet has come. So no screen is ever
blank, or flashes white. Should the script not come, the page loads anew after half a minute; the script stops that.
"""

from __future__ import annotations

import json
from html import escape
from typing import Final
from urllib.parse import quote

from layouts import wall_words
from layouts.shell import PRODUCT
from layouts.text import translator
from layouts.theme import colours

_PAGE: Final = """<!doctype html>
<html lang="{language}" data-bs-theme="{theme}" style="background:{ground};color:{ink}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="30">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{assets}tokens.css?v={release}">
<link rel="stylesheet" href="{assets}wall.css?v={release}">
<script type="module" blocking="render" src="{assets}wall.js?v={release}"></script>
</head>
<body class="wall" data-root="{root}" data-release="{release}" data-words="{words}">
<header>
<h1 id="title">{product}</h1><span id="period"></span><span class="sp"></span>
<span id="fresh"><i></i><span id="freshness"></span></span><b id="clock"></b>
</header>
<main>
<div class="layer on" id="a"><section class="wall-missing"><h2>{product}</h2><p>{reaching}</p></section></div>
<div class="layer" id="b"></div>
</main>
<footer><div id="alert"></div><div id="dots" aria-hidden="true"></div><div id="qr" aria-hidden="true"></div></footer>
<div id="banner" role="status" hidden></div>
</body>
</html>
"""


def shell(*, language: str, theme: str, root: str, release: str) -> str:
    """The whole document. ``root``: the product's own path, with a slash at either end; ``release`` makes browsers load anew."""
    text, ink = translator(language), colours(theme)
    words = wall_words.around(text)
    return _PAGE.format(
        language=text.html_language(),
        theme=escape(theme),
        ground=ink["canvas"],
        ink=ink["ink-1"],
        title=escape(f"{text('Wall')} · {PRODUCT}"),
        product=PRODUCT,
        root=escape(root),
        assets=escape(f"{root}assets/"),
        release=quote(release),
        reaching=escape(words["reconnecting"]),
        words=escape(json.dumps(words, ensure_ascii=False)),
    )
