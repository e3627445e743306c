"""Prices: the processors of the Task API and the models of the Chat API. Pure.

https://docs.parallel.ai/getting-started/pricing
"""

from __future__ import annotations

from decimal import Decimal

from bot.domain.processors import PROCESSORS

#: Models of the Chat API. The Task API has no processor named `speed`.
CHAT_MODELS = ("speed", "lite", "base", "core")

#: Processors of the Task API by name, cheapest first, each followed by its fast variant.
TASK_PROCESSORS = {name: each for name, each in PROCESSORS.items() if name != "speed"}

#: US dollars per chat request, by model; only `speed` is not priced as the processor of that name.
CHAT_PRICES = {
    name: TASK_PROCESSORS[name].price if name in TASK_PROCESSORS else Decimal("0.005")
    for name in CHAT_MODELS
}
