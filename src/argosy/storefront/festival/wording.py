"""Names of festivals and promotions, and what promotions made of a price, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from markupsafe import Markup

from argosy.campaigns.model import Note
from argosy.campaigns.plan import Festival, PhaseKind, Plan
from argosy.orders.commands import Lack
from argosy.orders.model import Quote
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted

PHASES = {
    PhaseKind.TEASER: noted("Preview"),
    PhaseKind.DEPOSIT: noted("Pre-sale"),
    PhaseKind.BALANCE: noted("Balance"),
    PhaseKind.OPENING: noted("Opening hour"),
    PhaseKind.MAIN: noted("Main days"),
    PhaseKind.RETURN: noted("Return of the best"),
    PhaseKind.ENCORE: noted("Encore"),
}


class Savings(msgspec.Struct, frozen=True):
    """What promotions made of a price, in sentences."""

    saved: str
    """Empty where nothing was saved."""
    parts: tuple[tuple[Markup, str], ...]
    """Each promotion's name and what it took off, in the order of application."""
    hints: tuple[str, ...]
    """What a larger basket would save."""
    idle: tuple[str, ...]
    """Why a coupon stays in the wallet."""
    remark: str
    """That the search for the lowest price was ended early; else empty."""


def name_in(edition: Edition, names: dict[str, str], code: str) -> Markup:
    """A name in the edition's language; the English one marked as such where there is none, the code without any."""
    if told := names.get(edition.language):
        return Markup("%s") % told
    other = names.get("en") or next(iter(names.values()), code)
    return Markup('<bdi lang="en">%s</bdi>') % other if edition.language != "en" else Markup("%s") % other


def festival_name(edition: Edition, festival: Festival) -> Markup:
    """A festival's name."""
    return name_in(edition, festival.names, festival.code)


def level_name(edition: Edition, festival: Festival, level: str) -> str:
    """What a festival calls a level of membership; its code as words where the plan names it in no language that fits."""
    names = festival.level_names.get(level, {})
    return names.get(edition.language) or names.get("en") or level.replace("-", " ").title()


def promotion_name(edition: Edition, plans: Iterable[Plan], code: str) -> Markup:
    """A promotion's name by its code; the code itself where no plan knows it any more."""
    for plan in plans:
        for promotion in plan.promotions:
            if promotion.code == code:
                return name_in(edition, promotion.names, code)
    return Markup("%s") % code


def savings(edition: Edition, plans: Sequence[Plan], notes: Iterable[Note], currency: str) -> Savings:
    """The notes on a quote as sentences; amounts are in the quote's currency."""
    _, saved, remark = edition.gettext, "", ""
    parts: list[tuple[Markup, str]] = []
    hints: list[str] = []
    idle: list[str] = []
    for note in notes:
        minor = int(note.params.get("minor", 0))
        name = promotion_name(edition, plans, str(note.params.get("promotion", "")))
        match note.code:
            case "saved":
                saved = _("You saved %(amount)s", amount=edition.price(minor, currency))
            case "took":
                parts.append((name, edition.price(-minor, currency)))
            case "add_more":
                more = edition.price(int(note.params["saves_minor"]), currency)
                told = _("Add %(amount)s more to save another %(more)s: %(name)s.",
                         amount=edition.price(minor, currency), more=more, name=name)  # fmt: skip
                hints.append(told)
            case "not_used":
                idle.append(_(_IDLE.get(str(note.params["why"]), _IDLE["not_for_these_goods"]), name=name))
            case "approximate":
                remark = _("There were too many combinations to try them all: the lowest price is lower by %(amount)s at most.",
                           amount=edition.price(minor, currency))  # fmt: skip
    return Savings(saved, tuple(parts), tuple(hints), tuple(idle), remark)


_IDLE = {
    "others_are_better": noted("%(name)s stays yours: other offers save you more."),
    "too_little": noted("%(name)s stays yours: it needs a larger basket."),
    "not_for_these_goods": noted("%(name)s stays yours: it is not for these goods, or not for today."),
}


def gone(
    edition: Edition,
    plans: Sequence[Plan],
    quote: Quote,
    lacks: Sequence[Lack],
    promotions: Sequence[str],
    new: Quote | None,
) -> list[str]:
    """What a shopper is told whose order counted on promotions that have run out; `new` is the price without them."""
    _, price = edition.gettext, edition.price
    names = {line.variant_id: line.name for line in quote.lines}
    told: list[str] = []
    for lack in lacks:
        told.append(_flash_gone(edition, Markup("<b>%s</b>") % names.get(lack.variant_id, ""), lack.left))
    if not told:
        one = [promotion_name(edition, plans, code) for code in promotions]
        used = _("A coupon of yours was used in another order.")
        told.append(_("“%(name)s” has run out.", name=one[0]) if one else used)
    if new is not None:
        more = new.total_minor - quote.total_minor
        total = price(new.total_minor, new.currency)
        if more > 0:
            change = price(more, new.currency)
            told.append(
                _("The new total is %(total)s, %(change)s more. Nothing was taken.", total=total, change=change)
            )
        else:
            told.append(_("The new total is %(total)s. Nothing was taken.", total=total))
    return told


def _flash_gone(edition: Edition, name: Markup, left: int) -> str:
    if not left:
        return edition.gettext(
            "The flash price of %(name)s is gone: all its pieces are sold, or you have had yours.", name=name
        )
    return edition.speech.ngettext(
        "At its flash price one piece of %(name)s is left for you.",
        "At its flash price %(n)s pieces of %(name)s are left for you.",
        left,
        name=name,
    )
