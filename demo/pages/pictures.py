"""Pictures and style of the site: drawn from a number, nothing to download."""

from __future__ import annotations

import random
from pathlib import Path

STYLE = Path(__file__).with_name("site.css")
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="6" fill="#0b5d4e"/><path fill="#f4d58d" stroke="#f4d58d" '
    'd="M16 27V14M16 18c-5 0-8-3-8-8 5 0 8 3 8 8zm0-4c0-5 3-8 8-8 0 5-3 8-8 8z"/></svg>'
)


def photo(number: int) -> str:
    """An imagined landscape: sky, sun and three rows of hills, always the same for one number."""
    r = random.Random(number)
    hue = r.randrange(360)
    hills = "".join(
        _hill(r, 200 + 70 * row, f"hsl({(hue + 30 * row) % 360} 38% {62 - 16 * row}%)") for row in range(3)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 420"
 preserveAspectRatio="xMidYMid slice">
<rect width="760" height="420" fill="hsl({(hue + 180) % 360} 45% 84%)"/>
<circle cx="{r.randint(120, 640)}" cy="{r.randint(70, 150)}" r="{r.randint(26, 52)}"
 fill="hsl({r.randint(30, 55)} 90% 72%)"/>
{hills}</svg>
"""


def _hill(r: random.Random, height: int, fill: str) -> str:
    points = " ".join(f"{x},{height - r.randint(0, 90)}" for x in range(0, 761, 95))
    return f'<polygon points="0,420 {points} 760,420" fill="{fill}"/>\n'
