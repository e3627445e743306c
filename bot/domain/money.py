"""US dollars as integers of a millionth: exact to add, to compare and to keep. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

#: Millionths of a US dollar.
Micros = NewType("Micros", int)

#: The largest amount that a budget may have: below 2**53, which Lua counts exactly.
MOST = Micros(1_000_000_000 * 1_000_000)


def micros(dollars: Decimal) -> Micros:
    """Return an amount in millionths of a dollar. Raises ValueError below one of them."""
    exact = dollars * 1_000_000
    if exact != exact.to_integral_value():
        raise ValueError(f"{dollars} is no whole number of millionths of a dollar")
    return Micros(int(exact))


def dollars(amount: int) -> str:
    """Say an amount for people: ``$0.005``, ``$0.10``, ``$2.40``, ``$1,200``, ``-$0.02``.

    Three decimals at most, and cents where there are any.
    """
    exact = Decimal(amount) / 1_000_000
    rounded = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
    cents = rounded.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded != cents:
        words = f"{abs(rounded):,}"
    elif cents == cents.to_integral_value():
        words = f"{int(abs(cents)):,}"
    else:
        words = f"{abs(cents):,}"
    return f"{'-' if rounded < 0 else ''}${words}"
