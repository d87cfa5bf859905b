"""Charts made pictures, by vl-convert where it is installed. Nothing outside of a chart is fetched for it."""

from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ET
from typing import Final

from bot.outputs.charts import VEGA
from bot.outputs.pictures import fault

SCALE: Final = 2.0
"""Pixels for one of the chart's, so that its letters are sharp."""
MOST_WIDTH: Final = 1_600
MOST_HEIGHT: Final = 2_400
INSIDE: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpe?g|gif|webp)[;,])", re.IGNORECASE)
"""Addresses that are part of the drawing."""
OUTSIDE: Final = re.compile(r"""url\(\s*["']?\s*(?!["'#\s])|@import""", re.IGNORECASE)
SVG: Final = "http://www.w3.org/2000/svg"
LENGTH: Final = re.compile(r"\s*(\d{1,9}(?:\.\d+)?)\s*(px|pt|in|cm|mm)?\s*")
UNITS: Final = {"": 1.0, "px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78}

ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


class Undrawable(Exception):
    """No picture, and why, in words; `always` where it holds for every chart."""

    def __init__(self, words: str, *, always: bool = False) -> None:
        super().__init__(words)
        self.always = always


def png(data: str, mimetype: str) -> str:
    """The PNG of a chart, in Base64.

    Args:
        data: A Vega or Vega-Lite specification, or an SVG.
        mimetype: Which of them.

    Raises:
        Undrawable: It can't be drawn.
    """
    try:
        import vl_convert  # noqa: PLC0415, an extra
    except ImportError as error:
        raise Undrawable("charts can't be drawn here: the extra `charts` isn't installed", always=True) from error
    try:
        drawing = data if mimetype == "image/svg+xml" else _svg(data, mimetype)
        drawing, scale = harmless(drawing)
        content = base64.b64encode(vl_convert.svg_to_png(drawing, scale=scale)).decode()
    except (ValueError, RuntimeError) as error:
        if "url not allowed" in str(error):
            raise Undrawable("the chart's data lie elsewhere, and nothing is fetched for it") from error
        raise Undrawable("the chart can't be drawn as it stands") from error
    if why := fault(content):
        raise Undrawable(why)
    return content


def _svg(data: str, mimetype: str) -> str:
    """A chart as an SVG; its data must be in it."""
    import vl_convert  # noqa: PLC0415, an extra

    found = VEGA.fullmatch(mimetype)
    if found is None:
        raise ValueError(mimetype)
    spec = json.loads(data)
    if found[1] == "vega":
        return str(vl_convert.vega_to_svg(spec, allowed_base_urls=[]))
    versions = vl_convert.get_vegalite_versions()
    version = next((one for one in reversed(versions) if one.split(".")[0] == found[2]), None)
    if version is None and found[2] < "5":
        version = versions[0]  # the nearest to what is older
    return str(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[]))


def harmless(svg: str) -> tuple[str, float]:
    """A drawing without anything that lies outside of it, and how much larger to draw it.

    Raises:
        ValueError: It is no SVG.
    """
    try:
        # The parser fetches nothing, and stops entities that explode; what remains is the worker's limit.
        root = ET.fromstring(svg)  # noqa: S314
    except (ET.ParseError, RecursionError) as error:
        raise ValueError("no SVG") from error
    if root.tag not in (f"{{{SVG}}}svg", "svg"):
        raise ValueError("no SVG")
    if root.tag == "svg":
        root.set("xmlns", SVG)
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            local = name.rpartition("}")[2].lower()
            if (local in ("href", "src", "base") and not INSIDE.match(value)) or OUTSIDE.search(value):
                del element.attrib[name]
        if str(element.tag).endswith("style") and OUTSIDE.search(element.text or ""):
            element.text = ""
    return ET.tostring(root, encoding="unicode"), _scale(root)


def _scale(root: ET.Element) -> float:
    width, height = _length(root.get("width")), _length(root.get("height"))
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if len(box) == 4:  # noqa: PLR2004, x, y, width, height
        width, height = width or _length(box[2]), height or _length(box[3])
    return min(SCALE, MOST_WIDTH / max(width, 1), MOST_HEIGHT / max(height, 1))


def _length(value: str | None) -> float:
    found = LENGTH.fullmatch(value or "")
    return float(found[1]) * UNITS[found[2] or ""] if found else 0.0
