"""What stands over a block and how its numbers look, in the order in which a reader meets it."""

from __future__ import annotations

from typing import Any


def caption(title: str, symbol: str = "", number_format: str = "0.0000", **more: Any) -> dict[str, Any]:
    """Return a block's title, symbol and number format, with what else there is to say of it, as fields of `Block`."""
    return {"title": title, "symbol": symbol, "number_format": number_format, **more}
