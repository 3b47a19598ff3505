"""data_table and data_visualization: https://docs.slack.dev/reference/block-kit/blocks."""

from sandbox.slack.blocks.composition import BLOCK_ID
from sandbox.slack.blocks.rich_text import SECTIONS
from sandbox.slack.blocks.spec import Many, Number, Shape, Spec, Text, Typed, Whole
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.jsontypes import Json

MAX_TABLE_TEXT = 20_000
# The page of the block says 100 rows and the header; later libraries count 200.
MAX_TABLE_ROWS = 101
_ID: dict[str, Spec] = {"block_id": BLOCK_ID}
_CELL = Typed(
    {
        "raw_text": Shape({"text": Text()}),
        "raw_number": Shape({"value": Number()}, {"text": Text(3000)}),
        "rich_text": Shape({"elements": Many(Typed(SECTIONS), 1000)}, _ID),
    }
)


def _table(value: Json, walk: Walk, at: str) -> None:
    """Equal rows, a header of plain cells, a cap on all text together."""
    rows = value["rows"]
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            walk.wrong(f"{at}/rows/{number}", f"must have {len(rows[0])} cells")
    for number, cell in enumerate(rows[0]):
        if cell["type"] == "rich_text":
            walk.wrong(f"{at}/rows/0/{number}/type", "unsupported type: rich_text")
    if value.get("row_header_column_index", 0) >= len(rows[0]):
        walk.wrong(f"{at}/row_header_column_index", "must name a column of the table")
    total = _characters(rows)
    if total > MAX_TABLE_TEXT:
        walk.wrong(f"{at}/rows", f"must be less than {MAX_TABLE_TEXT + 1} characters")


def _characters(value: object) -> int:
    """All text in the cells, that of rich text included."""
    if isinstance(value, list):
        return sum(_characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    inner = sum(_characters(item) for item in value.values() if isinstance(item, list | dict))
    return inner + (len(own) if isinstance(own, str) else 0)


DATA_TABLE = Shape(
    {"caption": Text(2000), "rows": Many(Many(_CELL, 20), MAX_TABLE_ROWS, 2)},
    {**_ID, "page_size": Whole(1, 100), "row_header_column_index": Whole(0, 19)},
    (_table,),
    surfaces=("message", "home"),
)

_SERIES = Shape(
    {
        "name": Text(20),
        "data": Many(Shape({"label": Text(20), "value": Number()}), 20),
    }
)
_AXES = Shape({"categories": Many(Text(20), 20)}, {"x_label": Text(50), "y_label": Text(50)})


def _points(value: Json, walk: Walk, at: str) -> None:
    """Series have different names, and one point for each category."""
    categories = sorted(value["axis_config"]["categories"])
    seen: set[str] = set()
    for number, series in enumerate(value["series"]):
        if series["name"] in seen:
            walk.wrong(f"{at}/series/{number}/name", "series names must be unique")
        seen.add(series["name"])
        if sorted(point["label"] for point in series["data"]) != categories:
            message = "must have one point for each of `axis_config.categories`"
            walk.wrong(f"{at}/series/{number}/data", message)


_LINES = Shape({"series": Many(_SERIES, 12), "axis_config": _AXES}, rules=(_points,))
_CHART = Typed(
    {
        "pie": Shape(
            {"segments": Many(Shape({"label": Text(20), "value": Number(positive=True)}), 12)}
        ),
        "bar": _LINES,
        "line": _LINES,
        "area": _LINES,
    }
)
DATA_VISUALIZATION = Shape({"title": Text(50), "chart": _CHART}, _ID, surfaces=("message", "home"))
