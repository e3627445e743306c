"""Blocks as a reader of the page sees them."""

from __future__ import annotations

from typing import Any

from tests.playground.page.blockkit_samples import acting, only, seen, text


def test_rich_text_has_lists_quotes_and_styles() -> None:
    def section(words: str, **style: bool) -> dict[str, Any]:
        span = {"type": "text", "text": words, "style": style}
        return {"type": "rich_text_section", "elements": [span]}

    drawn = seen(
        {
            "type": "rich_text",
            "elements": [
                section("a <b>", bold=True),
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 2,
                    "elements": [section("one"), section("two")],
                },
                {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
            ],
        }
    )
    assert drawn.texts("strong") == ["a <b>"]
    assert only(drawn.all("ol")).attributes["start"] == "3"
    assert drawn.texts("li") == ["one", "two"]
    assert drawn.texts("blockquote") == ["@Ada"]


def test_a_picture_is_named_and_not_loaded() -> None:
    drawn = seen({"type": "image", "alt_text": "a map", "image_url": "https://example.com/m.png"})
    assert "a map" in drawn.text
    assert drawn.all("img") == []


def test_an_unknown_block_is_drawn_as_a_note() -> None:
    assert "cannot draw hologram" in seen({"type": "hologram"}).text
    assert "cannot draw knob" in acting({"type": "knob", "action_id": "x"}).text


def rich_list(style: str, indent: int, *words: str, **more: int) -> dict[str, Any]:
    """Return a list of rich text."""
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": each}]}
        for each in words
    ]
    return {"type": "rich_text_list", "style": style, "indent": indent, "elements": items, **more}


def test_nested_lists_are_in_the_items_that_they_belong_to() -> None:
    lists = [
        rich_list("ordered", 0, "one", "two"),
        rich_list("bullet", 1, "dot"),
        rich_list("ordered", 0, "three", offset=2),
        rich_list("bullet", 0, "other"),
    ]
    drawn = seen({"type": "rich_text", "elements": lists})
    assert drawn.texts("ol") == ["onetwodotthree"]
    assert drawn.texts("li") == ["one", "twodot", "dot", "three", "other"]
    assert drawn.texts("ul") == ["dot", "other"]
    assert drawn.all("li")[3].attributes["value"] == "3"


def test_tables_have_heads_and_columns_as_set() -> None:
    def row(*words: str) -> list[dict[str, Any]]:
        return [{"type": "raw_text", "text": each} for each in words]

    settings = [None, {"align": "right", "is_wrapped": True}]
    drawn = seen(
        {"type": "table", "rows": [row("a", ""), row("1", "2")], "column_settings": settings}
    )
    assert drawn.texts("th") == ["a"]
    assert [cell.attributes.get("class") for cell in drawn.all("td")] == [
        "bk-right bk-wrapped",
        None,
        "bk-right bk-wrapped",
    ]
    data = seen({"type": "data_table", "caption": "Sums", "rows": [row("a", "b"), row("1", "2")]})
    assert [(head.text, head.attributes["scope"]) for head in data.all("th")] == [
        ("a", "col"),
        ("b", "col"),
        ("1", "row"),
    ]
    assert data.texts("caption") == ["Sums"]
    assert "cannot draw" in seen({"type": "data_table", "rows": "all"}).text
    assert "cannot draw" in seen({"type": "data_table", "rows": [[7]]}).text


def test_fields_that_are_null_are_not_there() -> None:
    nothing = dict.fromkeys(("text", "accessory"), None)
    assert seen({"type": "section", **nothing, "fields": [text("here")]}).text == "here"
    button = {"type": "button", "text": text("Go"), "url": None, "style": None, "confirm": None}
    assert only(acting(button).all("button")).attributes["class"] == "bk-button"
