"""The menu of processors, wherever one is chosen: the four levels first, then all others. Pure.

An option names a processor, its price and its usual time; a level also says what it suits. Slack
allows 100 options of 75 characters each.
https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.domain.choosing import EVERY
from bot.domain.processors import LEVELS, PROCESSORS, Processor
from bot.slack import action_ids
from bot.slack.blockkit.elements import StaticSelect, grouped_select, option, option_group

Label = Callable[[Processor], str]

PLACEHOLDER = "Select a processor"
OTHERS = "All processors…"  #: the heading of those that are not levels


def label_with_terms(processor: Processor) -> str:
    """Name a processor with its price and usual time: ``Deep (pro-fast) · $0.10 · 30 s–5 min``."""
    return f"{processor.label} · {processor.facts}"


def processor_menu(
    action_id: str,
    chosen: str | None,
    *,
    label: Label = label_with_terms,
    but: Processor | None = None,
    offered: Collection[str] = EVERY,
    inherit: str = "",
) -> StaticSelect:
    """Return a menu of processors.

    Args:
        action_id: of the menu.
        chosen: the name of the selected one; nothing is selected for None or an unknown name.
        label: writes the label of each.
        but: one that is left out.
        offered: the names of those on offer, one of which at least is left.
        inherit: the label of the option that resets the choice, which is selected if no other one
            is; "" for no such option.
    """
    levels = [option(label(each.processor), each.processor.name, each.suits) for each in LEVELS]
    others = [option(label(p), p.name) for p in PROCESSORS.values() if p.level is None]
    groups = [("How deep", levels), (OTHERS, others)]
    if inherit:
        groups.insert(0, ("Default", [option(inherit, action_ids.INHERIT)]))
    left = {name for name in offered if but is None or name != but.name} | {action_ids.INHERIT}
    shown = [
        (title, found)
        for title, options in groups
        if (found := [each for each in options if each["value"] in left])
    ]
    by_name = {each["value"]: each for _, options in shown for each in options}
    selected = by_name.get(chosen or "") or by_name.get(action_ids.INHERIT)
    option_groups = [option_group(title, options) for title, options in shown]
    return grouped_select(action_id, PLACEHOLDER, groups=option_groups, selected=selected)
