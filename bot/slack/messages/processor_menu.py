"""Menus of processors: the four levels first, all other names below them. Pure.

Used wherever one is chosen. A menu names each one, its price and its usual time; a level also says
what it suits. Slack takes 100 options and 75 characters of each.
https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
"""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.processors import LEVELS, PROCESSORS, Processor
from bot.slack import action_ids
from bot.slack.blockkit.elements import StaticSelect, grouped_select, option, option_group

Label = Callable[[Processor], str]

PLACEHOLDER = "Select a processor"
OTHERS = "All processors…"  #: what stands above those that are no level


def label_with_terms(processor: Processor) -> str:
    """Name a processor with its price and usual time: ``Deep (pro-fast) · $0.10 · 30 s–5 min``."""
    return f"{processor.label} · {processor.facts}"


def processor_menu(
    action_id: str,
    chosen: str | None,
    *,
    label: Label = label_with_terms,
    but: Processor | None = None,
    inherit: str = "",
) -> StaticSelect:
    """Return a menu of processors.

    Args:
        action_id: of the menu.
        chosen: the name of the one that is selected; None, or one that is gone: none is.
        label: what stands for each.
        but: one that is not offered.
        inherit: the label of the option that takes the choice back, which is selected where none
            of the others is; "" for no such option.
    """
    levels = [option(label(each.processor), each.processor.name, each.suits) for each in LEVELS]
    others = [option(label(p), p.name) for p in PROCESSORS.values() if p.level is None]
    groups = [("How deep", levels), (OTHERS, others)]
    if inherit:
        groups.insert(0, ("Default", [option(inherit, action_ids.INHERIT)]))
    offered = [
        (title, [each for each in options if but is None or each["value"] != but.name])
        for title, options in groups
    ]
    by_name = {each["value"]: each for _, options in offered for each in options}
    selected = by_name.get(chosen or "") or by_name.get(action_ids.INHERIT)
    option_groups = [option_group(title, options) for title, options in offered]
    return grouped_select(action_id, PLACEHOLDER, option_groups, selected)
