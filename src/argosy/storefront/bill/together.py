"""What changes because goods are ordered together, in words: as the basket fills, nobody has to compare bills."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from argosy.orders.model import Quote
from argosy.orders.quoting.landing import Doorstep
from argosy.storefront.bill.border import Text
from argosy.storefront.bill.changes import Change, compare
from argosy.storefront.bill.reasons import limit_of
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted


class Together(msgspec.Struct, frozen=True):
    """A sentence on the whole difference, empty where the sum is the same, and one on each figure that differs."""

    words: Text
    texts: tuple[Text, ...]


NO_CHANGES = Together("", ())


def together(edition: Edition, quote: Quote, alone: Sequence[tuple[Doorstep | None, int]]) -> Together:
    """How a quote differs from its goods each ordered alone, given with how many there are of each; in the quote's order."""
    doors = [(door, count) for door, count in alone if door is not None]
    if len(doors) < len(alone) or sum(count for _, count in doors) < 2:
        return NO_CHANGES
    changes = compare(quote.landed, [(door.landed, count) for door, count in doors])
    if not changes:
        return NO_CHANGES
    prepaid = quote.terms == "DDP" and all(door.terms == "DDP" for door, _ in doors)
    apart = sum(line.alone_minor for line in quote.lines)
    words = _whole(edition, quote.total_minor - apart, quote.currency) if prepaid else ""
    pieces = sum(count for _, count in doors)
    goods = sum(door.unit_minor * count for door, count in doors)
    if goods != quote.goods_minor - quote.discount_minor:
        # Promotions change the goods themselves; what only follows from that is no news about the border.
        changes = tuple(one for one in changes if one.new or one.gone or one.figure == "fees")
    return Together(words, tuple(dict.fromkeys(_sentences(edition, changes, quote.currency, pieces))))


def _sentences(edition: Edition, changes: Sequence[Change], currency: str, pieces: int) -> list[Text]:
    """Why the sum is another: what is lost, else each cause; a tax that only follows is told when nothing else is."""
    limit = limit_of(edition, [reason for one in changes for reason in (*one.gone, *one.new)])
    if any(one.minor is None for one in changes):
        return [_lost(edition, limit)]
    causes = [one for one in changes if one.figure != "tax" or one.new or one.gone]
    return [_sentence(edition, one, limit, currency, pieces) for one in causes or changes]


def _whole(edition: Edition, minor: int, currency: str) -> Text:
    amount = edition.price(abs(minor), currency)
    if minor < 0:
        return edition.gettext("Ordered together: %(amount)s less than piece by piece.", amount=amount)
    if minor > 0:
        return edition.gettext("Ordered together: %(amount)s more than piece by piece.", amount=amount)
    return ""


def _lost(edition: Edition, limit: Text) -> Text:
    if limit:
        text = noted(
            "Together the goods are over %(limit)s. There a rate is needed that is not known, "
            "so duty and tax are not in the price any more."
        )
        return edition.gettext(text, limit=limit)
    return edition.gettext(
        "Together a rate is needed that is not known, so duty and tax are not in the price any more."
    )


def _sentence(edition: Edition, change: Change, limit: Text, currency: str, pieces: int) -> Text:
    minor = change.minor or 0
    amount = edition.price(abs(minor), currency)
    _ = edition.gettext
    if not change.new and not change.gone and abs(minor) < pieces and change.figure != "fees":
        return _("Rounded once for all, not for each piece.")
    match change.figure, minor > 0:
        case "fees", more:
            return _fees(edition, change, limit, amount, more)
        case "duty", True if limit:
            return _("Together over %(limit)s: %(amount)s more of customs duty.", limit=limit, amount=amount)
        case "duty", True:
            return _("Customs duty: %(amount)s more.", amount=amount)
        case "duty", _less:
            return _("Customs duty: %(amount)s less.", amount=amount)
        case _figure, True if limit:
            return _("Together over %(limit)s: %(amount)s more of tax.", limit=limit, amount=amount)
        case _figure, True:
            return _("Tax: %(amount)s more.", amount=amount)
    return _("Tax: %(amount)s less.", amount=amount)


def _fees(edition: Edition, change: Change, limit: Text, amount: Text, more: bool) -> Text:
    _ = edition.gettext
    flat = any(one.code == "fee.heading" for one in change.gone)
    if flat and not more and limit:
        return _("Together over %(limit)s: the full tariff instead of a flat charge for each heading.", limit=limit)
    if more:
        return _("Charges fixed by law: %(amount)s more.", amount=amount)
    return _("A flat charge is paid once for each customs heading, not for each piece: %(amount)s less.", amount=amount)
