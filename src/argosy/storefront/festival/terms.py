"""What a promotion does, in words: its figure and its terms, in one market and language."""

from __future__ import annotations

from fractions import Fraction

import msgspec
from markupsafe import Markup, escape

from argosy.campaigns.plan import (
    Bundle,
    Effect,
    Every,
    Festival,
    Flash,
    ForThePriceOf,
    Gift,
    Layer,
    Off,
    Percent,
    Price,
    Promotion,
    RedPacket,
    Tier,
    Tiers,
)
from argosy.campaigns.worth import terms_in
from argosy.markets import formats
from argosy.storefront.edition import Edition
from argosy.storefront.festival.wording import level_name

_MOST_NAMED = 4


class Words(msgspec.Struct, frozen=True):
    """A promotion as a ticket shows it: its figure, and what it is for."""

    figure: str
    """`−€8`, `−5%`, `3 = 2`."""
    terms: str
    """`for every €60, across all shops`."""


def words(edition: Edition, promotion: Promotion, festival: Festival) -> Words | None:
    """What a promotion does in the market of an edition; None where it has no amounts for it.

    Those of shipping have no words: carriage is in every price of these goods.
    """
    effect, market = promotion.effect, edition.market.code
    if isinstance(effect, Gift):
        if effect.over_minor and market not in effect.over_minor:
            return None
    elif promotion.layer is not Layer.ITEM and terms_in(effect, market) is None:
        return None
    figure = _figure(edition, effect)
    if figure is None or (isinstance(effect, RedPacket) and market not in effect.low_minor):
        return None
    told = [*_terms(edition, promotion), *_place(edition, promotion), *_members(edition, promotion, festival)]
    return Words(figure, _joined(told))


def _members(edition: Edition, promotion: Promotion, festival: Festival) -> list[str]:
    """Whom it is for, where it is not for everybody."""
    levels = [level_name(edition, festival, level) for level in promotion.levels]
    return (
        [edition.gettext("for members: %(levels)s", levels=formats.list_of(levels, edition.locale))] if levels else []
    )


def _joined(parts: list[str]) -> str:
    # CLDR's lists of units run together in Chinese.
    return Markup(" · ".join(str(escape(one)) for one in parts))  # noqa: S704


def _figure(edition: Edition, effect: Effect) -> str | None:
    """The figure on a ticket."""
    _, price, market = edition.gettext, edition.price, edition.market.code
    match effect:
        case Price(unit_minor=minor) | Flash(unit_minor=minor) | Bundle(price_minor=minor) if market in minor:
            return price(minor[market])
        case Off(off_minor=minor) | Every(off_minor=minor) if market in minor:
            return price(-minor[market])
        case Percent(per_mille=part):
            return _part(edition, part)
        case Tiers(tiers=tiers):
            steps = _steps(edition, tiers)
            return steps[-1][0] if steps else None
        case ForThePriceOf(take=take, pay=pay):
            return _("%(take)s for %(pay)s", take=_n(edition, take), pay=_n(edition, pay))
        case RedPacket(high_minor=minor) if market in minor:
            return price(minor[market])
        case Gift():
            return _("A gift")
    return None


def _terms(edition: Edition, promotion: Promotion) -> list[str]:
    """What the figure needs to be understood."""
    _, effect = edition.gettext, promotion.effect
    match effect:
        case Price():
            return [_("festival price")]
        case Flash(per_shopper=each):
            told = [_("flash price")]
            return [*told, _each(edition, each)] if each else told
        case Off():
            return [_("off each piece")]
        case Percent() if promotion.layer is Layer.ITEM:
            return [_("off each piece")]
        case Tiers(tiers=tiers):
            return [_("%(off)s from %(amount)s", off=off, amount=over) for off, over in _steps(edition, tiers)]
        case ForThePriceOf():
            return [_("the cheapest pieces are free")]
        case Bundle(parts=parts):
            return [_("for the set"), *(name for part in parts for name in _goods(edition, part.scope.categories))]
        case RedPacket():
            return _packet(edition, effect)
    return _threshold(edition, effect)


def _threshold(edition: Edition, effect: Effect) -> list[str]:
    """From which amount on it counts, and up to which."""
    _, price, market = edition.gettext, edition.price, edition.market.code
    match effect:
        case Percent(over_minor=over, at_most_minor=most):
            told = [_("from %(amount)s", amount=price(over[market]))] if market in over else []
            return [*told, _("up to %(amount)s", amount=price(most[market]))] if market in most else told
        case Every(over_minor=over, repeated=True):
            return [_("for every %(amount)s, as often as it fits", amount=price(over[market]))]
        case Gift(over_minor=over) if market in over:
            return [_("from %(amount)s", amount=price(over[market]))]
        case Every(over_minor=over):
            return [_("once, from %(amount)s", amount=price(over[market]))]
    return []


def _packet(edition: Edition, effect: RedPacket) -> list[str]:
    _, price, market = edition.gettext, edition.price, edition.market.code
    told = [_("at most: the amount is drawn for you, from %(amount)s", amount=price(effect.low_minor[market]))]
    over = effect.over_minor.get(market)
    return [*told, _("for orders from %(amount)s", amount=price(over))] if over else told


def _steps(edition: Edition, tiers: tuple[Tier, ...]) -> list[tuple[str, str]]:
    """A ladder's steps that the market has: what each takes off, and from which amount on."""
    market = edition.market.code
    found: list[tuple[str, str]] = []
    for tier in sorted(tiers, key=lambda one: one.over_minor.get(market, 0)):
        off = tier.off_minor.get(market)
        if market in tier.over_minor and (off or tier.per_mille):
            told = edition.price(-off) if off else _part(edition, tier.per_mille)
            found.append((told, edition.price(tier.over_minor[market])))
    return found


def _place(edition: Edition, promotion: Promotion) -> list[str]:
    """Which goods it is for."""
    _, scope = edition.gettext, promotion.scope
    if promotion.shop:
        return [_("at %(shop)s", shop=promotion.shop.replace("-", " ").title()), *_goods(edition, scope.categories)]
    if scope.categories or scope.brands:
        brands = [brand.replace("-", " ").title() for brand in scope.brands[:_MOST_NAMED]]
        return [*brands, *_goods(edition, scope.categories)]
    if scope.variants or scope.products:
        return [_("on chosen goods")]
    if scope.except_categories:
        names = formats.list_of(
            [edition.category(one) for one in scope.except_categories[:_MOST_NAMED]], edition.locale
        )
        return [_("across all shops, but not for %(goods)s", goods=names)]
    return [_("across all shops")] if promotion.layer is not Layer.ITEM else []


def _goods(edition: Edition, categories: tuple[str, ...]) -> list[str]:
    return [edition.category(one) for one in categories[:_MOST_NAMED]]


def _each(edition: Edition, count: int) -> str:
    return edition.speech.ngettext("one for each shopper", "%(n)s for each shopper", count)


def _part(edition: Edition, per_mille: int) -> str:
    told = formats.percent(Fraction(-per_mille, 1000), edition.locale, 1 if per_mille % 10 else 0)
    return Markup('<bdi dir="ltr">%s</bdi>') % told


def _n(edition: Edition, number: int) -> str:
    return formats.number(number, edition.locale)
