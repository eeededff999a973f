"""The test cards that a page offers, and what each does."""

from __future__ import annotations

import msgspec

from argosy.storefront.texts import noted


class OfferedCard(msgspec.Struct, frozen=True):
    """A number of the simulated provider."""

    number: str
    does: str
    """What happens, in English, marked for translation."""

    @property
    def shown(self) -> str:
        """The number in groups of four."""
        return " ".join(self.number[place : place + 4] for place in range(0, len(self.number), 4))


OFFERED = (
    OfferedCard("4242424242424242", noted("Pays at once")),
    OfferedCard("4000002500003155", noted("Asks you to confirm")),
    OfferedCard("4000000000004087", noted("Pays after some seconds")),
    OfferedCard("4000000000000002", noted("Is refused")),
    OfferedCard("4000000000009995", noted("Has too little money")),
    OfferedCard("4000000000000069", noted("Has run out")),
)
"""Those that a shopper would meet; the help page lists all."""
FIRST = OFFERED[0].number
