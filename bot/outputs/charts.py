"""Charts as specifications (Vega, Vega-Lite, Plotly) and drawings (SVG): what they are called, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.outputs.text import joined, line, mapping, mappings

VEGA: Final = re.compile(r"application/vnd\.(vega|vegalite)\.v(\d+)\+json")
PLOTLY: Final = re.compile(r"application/vnd\.plotly\.v\d+\+json")
MOST_SPEC: Final = 4_000_000
"""Characters of one specification or drawing."""
SHAPES: Final = {
    "bar": "Bar chart",
    "line": "Line chart",
    "trail": "Line chart",
    "area": "Area chart",
    "point": "Scatter plot",
    "circle": "Scatter plot",
    "square": "Scatter plot",
    "symbol": "Scatter plot",
    "arc": "Pie chart",
    "rect": "Heat map",
    "boxplot": "Box plot",
    "tick": "Strip plot",
    "geoshape": "Map",
    "shape": "Map",
}
INSIDE: Final = ("layer", "hconcat", "vconcat", "concat")
SVG_NAME: Final = re.compile(r"<(title|desc)\b[^<>]{0,200}>([^<]{1,1000})</\1>", re.IGNORECASE)
DEEPEST: Final = 5


def chart_name(spec: object) -> str:
    """What a Vega or Vega-Lite chart is called: its title, its description, or what it draws; may be empty."""
    told = mapping(spec)
    return _title(told.get("title")) or line(joined(told.get("description"))) or _drawn(told)


def plotly_name(figure: object) -> str:
    """The title of a Plotly figure; empty where it has none."""
    return _title(mapping(mapping(figure).get("layout")).get("title"))


def svg_name(svg: str) -> str:
    """What an SVG drawing calls itself; empty where it doesn't."""
    found = SVG_NAME.search(svg[:50_000])
    return line(found[2]) if found else ""


def _title(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("text")
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    return re.sub(r"</?(?:b|i|br|sub|sup|span)\b[^>]*>", "", line(joined(value)))


def _drawn(spec: Mapping[str, Any]) -> str:
    """`Bar chart: sum of revenue by region`."""
    unit = _unit(spec, 0)
    encoding = mapping(unit.get("encoding"))
    shape = SHAPES.get(_mark(unit), "")
    if not encoding:
        return _compiled(spec) or shape
    x, y = _field(encoding.get("x")), _field(encoding.get("y"))
    if _mark(unit) == "arc":
        x, y = _field(encoding.get("color")), _field(encoding.get("theta"))
    if mapping(encoding.get("x")).get("type") == "quantitative" != mapping(encoding.get("y")).get("type"):
        x, y = y, x
    words = f"{y} by {x}" if x and y else x or y
    return f"{shape or 'Chart'}: {words}" if words else shape


def _compiled(spec: Mapping[str, Any]) -> str:
    """The same of a Vega specification, which has axes in the place of fields."""
    names = {
        str(axis.get("orient")): title for axis in mappings(spec.get("axes")) if (title := _title(axis.get("title")))
    }
    x = names.get("bottom") or names.get("top") or ""
    y = names.get("left") or names.get("right") or ""
    marks = mappings(spec.get("marks"))[:20]
    inner = [one for mark in marks for one in mappings(mark.get("marks"))[:5]]
    shape = next((SHAPES[kind] for one in [*marks, *inner] if (kind := _vega_mark(one)) in SHAPES), "")
    words = f"{y} by {x}" if x and y else x or y
    return f"{shape or 'Chart'}: {words}"[:150] if words else shape


def _vega_mark(mark: Mapping[str, Any]) -> str:
    kind = joined(mark.get("type"))
    return "bar" if kind == "rect" else kind


def _unit(spec: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    """The first part that draws something; its encoding may stand above it."""
    if "mark" in spec or depth > DEEPEST:
        return spec
    inner = mapping(spec.get("spec"))
    parts = [inner] if inner else [part for name in INSIDE for part in mappings(spec.get(name))[:1]]
    if not parts:
        return spec
    found = _unit(parts[0], depth + 1)
    above, own = mapping(spec.get("encoding")), mapping(found.get("encoding"))
    return {**found, "encoding": {**above, **own}} if above else found


def _mark(unit: Mapping[str, Any]) -> str:
    mark = unit.get("mark")
    return joined(mark.get("type") if isinstance(mark, Mapping) else mark)


def _field(channel: object) -> str:
    told = mapping(channel)
    title = _title(told.get("title")) or _title(mapping(told.get("axis")).get("title"))
    if title:
        return title
    name, aggregate = line(joined(told.get("field")), 60), line(joined(told.get("aggregate")), 20)
    if aggregate == "count":
        return "count"
    return f"{aggregate} of {name}" if aggregate and name else name
