"""The contrast of every pair of colors that stand on each other, from tokens.css."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

CSS = settings.BASE_DIR / "static" / "css"
TOKEN = re.compile(
    r"--(?P<name>[a-z-]+): light-dark\("
    r"oklch\((?P<light>[^/)]+)\), oklch\((?P<dark>[^/)]+)\)\);"
)
THEMES = ("light", "dark")
GROUNDS = ("canvas", "surface", "sunken", "accent-soft")
TEXTS = ("ink", "muted", "accent", "positive", "caution", "negative")
TEXT_PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    ("accent-ink", "accent"),
    *((status, f"{status}-soft") for status in ("positive", "caution", "negative")),
    *(("ink", f"{status}-soft") for status in ("positive", "caution", "negative")),
]
SHAPE_PAIRS = [
    *(("focus", ground) for ground in GROUNDS),
    # Input borders never stand on accent-soft.
    *(("control", ground) for ground in ("canvas", "surface", "sunken")),
]

Color = tuple[float, float, float]


def tokens() -> dict[str, dict[str, Color]]:
    text = (CSS / "tokens.css").read_text()
    return {
        match["name"]: {theme: linear_rgb(match[theme]) for theme in THEMES}
        for match in TOKEN.finditer(text)
    }


def linear_rgb(oklch: str) -> Color:
    """Return linear sRGB for "47% .13 255" (Björn Ottosson, 2020), cut to the gamut."""
    lightness, chroma, hue = oklch.replace("%", "").split()
    base, angle = float(lightness) / 100, math.radians(float(hue))
    a, b = float(chroma) * math.cos(angle), float(chroma) * math.sin(angle)
    l3 = (base + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m3 = (base - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s3 = (base - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3
    green = -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3
    blue = -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3
    return clamp(red), clamp(green), clamp(blue)


def clamp(value: float) -> float:
    return max(0.0, min(1.0, value))


def contrast(one: Color, other: Color) -> float:
    """Return the WCAG 2 contrast ratio."""
    lights = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_computes_known_contrasts():
    black, white = linear_rgb("0% 0 0"), linear_rgb("100% 0 0")

    assert contrast(black, white) == pytest.approx(21, abs=0.01)
    assert contrast(tokens()["accent"]["light"], white) == pytest.approx(6.9, abs=0.1)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(text, ground, theme):
    colors = tokens()

    assert contrast(colors[text][theme], colors[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_borders_and_focus_can_be_seen(shape, ground, theme):
    colors = tokens()

    assert contrast(colors[shape][theme], colors[ground][theme]) >= 3.0


def test_colors_are_written_in_the_tokens_only():
    literal = re.compile(r"oklch\(\d|rgba?\(|hsla?\(|#[0-9a-f]{3,8}\b", re.IGNORECASE)

    found = {
        file.name: literal.findall(file.read_text())
        for file in CSS.glob("*.css")
        if file.name != "tokens.css"
    }

    assert {name for name, colors in found.items() if colors} == set()


# Its pages stand in Django's admin and wear its colors, light and dark.
ADMIN_SHEET = "admin.css"
DJANGOS_SHEET = Path(admin.__file__).parent / "static" / "admin" / "css" / "base.css"


def declared_in(*texts):
    return {name for text in texts for name in re.findall(r"(--[\w-]+):", text)}


def used_in(*texts):
    return {name for text in texts for name in re.findall(r"var\((--[\w-]+)", text)}


def test_used_tokens_exist():
    sheets = {file.name: file.read_text() for file in CSS.glob("*.css")}
    of_admin = sheets.pop(ADMIN_SHEET)

    assert used_in(*sheets.values()) - declared_in(*sheets.values()) == set()
    assert used_in(of_admin) - declared_in(DJANGOS_SHEET.read_text()) == set()
