"""Amounts of a consignment from the plans of its lines: whole numbers and exact ratios, each amount rounded once, half up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import msgspec

from argosy.landed.model import FREE, PPM, Consignment, LandedLine, LinePlan, ParcelPlan

Shares = list["int | None"]
Exact = list["int | None"]
Amounts = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int], Shares, Shares]


class Figures(msgspec.Struct, frozen=True):
    """Amounts and their shares by line, in minor units; None is unknown."""

    duty_minor: int | None
    duty_low_minor: int | None
    duty_high_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int | None
    duties: Shares
    lows: Shares
    highs: Shares
    taxes: Shares
    charges: Shares
    tax_waived: bool
    """The tax due was so little that it is not collected."""


def figures(consignment: Consignment, plans: Sequence[LinePlan], parcel: ParcelPlan) -> Figures:
    """All amounts of a consignment. Shares add up to totals; the order of the lines decides nothing."""
    lines = consignment.lines
    paid = [line.goods_minor for line in lines]
    values = [paid[n] if line.customs_minor is None else line.customs_minor for n, line in enumerate(lines)]
    shipping, whole, weights = consignment.shipping_minor, 1, [0]
    if shipping:
        weights = paid if any(paid) else values if any(values) else [1] * len(lines)
        whole = sum(weights)
        parts = [shipping * weight for weight in weights]
        goods = [value * whole for value in values]
        delivered = [one + other for one, other in zip(goods, parts, strict=True)]
    else:
        parts, goods, delivered = [0] * len(lines), values, values
    valued = delivered if parcel.customs_with_shipping else goods
    duty, low, high, duties, lows, highs = _duty(lines, plans, parcel, values, valued, whole * PPM)
    charges = _charges(lines, parcel.fees)
    under = whole * PPM
    due, tax, taxes = _tax(lines, plans, (paid, values, parts, delivered, duties, charges), whole)
    limit, waived = parcel.tax_due_limit, False
    if limit is not None and tax is not None and 0 < due * limit[1] <= limit[0] * under:
        tax, taxes, waived = 0, [0] * len(lines), True
    total = None
    if duty is not None and tax is not None and parcel.fees is not None:
        total = sum(paid) + shipping + duty + tax + parcel.fees
    return Figures(duty, low, high, tax, parcel.fees, total, duties, lows, highs, taxes, charges, waived)


def single(consignment: Consignment, plan: LinePlan, parcel: ParcelPlan) -> Figures | None:
    """`figures` of a consignment of one line, quicker; None where it needs the long way."""
    line, shipping = consignment.lines[0], consignment.shipping_minor
    paid, rate, tax_rate, fees = line.goods_minor, plan.duty, plan.tax_ppm, parcel.fees
    value = paid if line.customs_minor is None else line.customs_minor
    if not value or rate is None or tax_rate is None or fees is None or parcel.less[0] or parcel.tax_due_limit:
        return None
    if plan.specific is not None:
        return None
    valued = value + shipping if parcel.customs_with_shipping else value
    duty = (2 * valued * rate[1] + PPM) // (2 * PPM) if rate[1] else 0
    low = high = low_share = high_share = None
    if plan.spread:
        low, high = (2 * valued * rate[0] + PPM) // (2 * PPM), (2 * valued * rate[2] + PPM) // (2 * PPM)
        low_share, high_share = valued * rate[0] // PPM, -(-valued * rate[2] // PPM)
    base = {"border": value + shipping + duty + fees, "sale": paid + shipping, "price": paid}[plan.base]
    tax = (2 * base * tax_rate + PPM) // (2 * PPM) if tax_rate else 0
    total = paid + shipping + duty + tax + fees
    return Figures(duty, low, high, tax, fees, total, [duty], [low_share], [high_share], [tax], [fees], False)


def _duty(
    lines: Sequence[LandedLine],
    plans: Sequence[LinePlan],
    parcel: ParcelPlan,
    values: Sequence[int],
    valued: Sequence[int],
    under: int,
) -> tuple[int | None, int | None, int | None, Shares, Shares, Shares]:
    if all([plan.duty is FREE for plan in plans]):
        return 0, None, None, [0] * len(lines), [None] * len(lines), [None] * len(lines)
    if parcel.less[0] or any([plan.specific is not None for plan in plans]):
        return _duty_in_parts(lines, plans, parcel, values, valued, under)
    exact: Exact = []
    lows: Shares = []
    highs: Shares = []
    low_sum = high_sum = 0
    spread = False
    for plan, value, raw in zip(plans, valued, values, strict=True):
        rate = plan.duty
        low = high = None
        if rate is None or (not raw and rate[2]):
            # Nothing paid and no customs value: what a rate would be charged on is missing.
            exact.append(None)
        else:
            exact.append(value * rate[1])
            low_sum += value * rate[0]
            high_sum += value * rate[2]
            if plan.spread:
                spread = True
                low, high = value * rate[0] // under, -(-value * rate[2] // under)
        lows.append(low)
        highs.append(high)
    duty, duties = _shared(lines, exact, under)
    if not spread or duty is None:
        return duty, None, None, duties, lows, highs
    low_sum, high_sum = (2 * low_sum + under) // (2 * under), (2 * high_sum + under) // (2 * under)
    return duty, low_sum, high_sum, duties, lows, highs


def _duty_in_parts(
    lines: Sequence[LandedLine],
    plans: Sequence[LinePlan],
    parcel: ParcelPlan,
    values: Sequence[int],
    valued: Sequence[int],
    under: int,
) -> tuple[int | None, int | None, int | None, Shares, Shares, Shares]:
    """The same where something is charged by piece or weight, or taken off."""
    ends: list[tuple[int | None, Shares]] = []
    for end in (0, 1, 2):
        exact: Exact = []
        for plan, value, raw in zip(plans, valued, values, strict=True):
            rate = plan.duty
            exact.append(None if rate is None or (not raw and rate[2]) else value * rate[end])
        parts, over = _with_specific(lines, plans, exact, under)
        ends.append(_shared(lines, *_less(parts, over, parcel.less)))
    (low, lows), (duty, duties), (high, highs) = ends
    spread = any(plan.spread for plan in plans)
    for place, (plan, share) in enumerate(zip(plans, duties, strict=True)):
        if not plan.spread or share is None:
            lows[place] = highs[place] = None
        else:
            lows[place], highs[place] = min(lows[place] or 0, share), max(highs[place] or 0, share)
    return duty, low if spread else None, high if spread else None, duties, lows, highs


def _with_specific(
    lines: Sequence[LandedLine], plans: Sequence[LinePlan], exact: Exact, under: int
) -> tuple[Exact, int]:
    """Duties by piece or by weight joined to the ad valorem ones, over a common denominator."""
    joined: list[Fraction | None] = []
    for line, plan, part in zip(lines, plans, exact, strict=True):
        amount = None if part is None else Fraction(part, under)
        each = plan.specific
        if amount is not None and each is not None:
            units = Fraction(line.quantity) if each.unit == "piece" else _kilograms(line)
            if units is None:
                amount = None
            else:
                own = Fraction(each.numerator, each.denominator) * units
                amount = {"": own, "sum": amount + own, "higher": max(amount, own), "lower": min(amount, own)}[
                    each.combine
                ]
        joined.append(amount)
    common = lcm(*(amount.denominator for amount in joined if amount is not None), 1)
    return [None if amount is None else int(amount * common) for amount in joined], common


def _kilograms(line: LandedLine) -> Fraction | None:
    return None if line.weight_g is None else Fraction(line.weight_g, 1000)


def _less(exact: Exact, under: int, less: tuple[int, int]) -> tuple[Exact, int]:
    """What is taken off once a consignment, shared by what each line would bear."""
    if not less[0]:
        return exact, under
    whole = sum(part for part in exact if part is not None)
    left = whole * less[1] - less[0] * under
    if whole == 0 or left <= 0:
        return [None if part is None else 0 for part in exact], 1
    return [None if part is None else part * left for part in exact], under * whole * less[1]


def _charges(lines: Sequence[LandedLine], fees: int | None) -> Shares:
    """Flat charges are borne by headings alike, and by the lines of a heading alike; what is left over by name."""
    if not fees or len(lines) == 1:
        return [fees] * len(lines)
    by_heading: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        by_heading.setdefault(line.hs[:6], []).append(place)
    each, left = divmod(fees, len(by_heading))
    more = sorted(by_heading)[:left] if left else ()
    shares: Shares = [each] * len(lines)
    for heading, places in by_heading.items():
        if more or len(places) > 1:
            places.sort(key=lambda place: lines[place].line)
            for share, place in zip(_even(each + (heading in more), len(places)), places, strict=True):
                shares[place] = share
    return shares


def _even(amount: int, parts: int) -> list[int]:
    each, left = divmod(amount, parts)
    return [each + (place < left) for place in range(parts)]


def _tax(
    lines: Sequence[LandedLine], plans: Sequence[LinePlan], amounts: Amounts, whole: int
) -> tuple[int, int | None, Shares]:
    """The exact sum, over `whole` times a million; the tax and its shares."""
    kinds = {(plan.tax_ppm, plan.base) for plan in plans}
    if len(kinds) == 1 and plans[0].base == "sale" and plans[0].tax_ppm:
        rate = plans[0].tax_ppm
        parts = [(paid * whole + part) * rate for paid, part in zip(amounts[0], amounts[2], strict=True)]
        return sum(parts), *_shared(lines, [*parts], whole * PPM)
    exact: Exact = []
    for plan, paid, value, part, delivered, duty, charge in zip(plans, *amounts, strict=True):
        rate = plan.tax_ppm
        if rate is None:
            exact.append(None)
        elif not rate:
            exact.append(0)
        elif plan.base == "border":
            # Duty and charges enter as they stand on the bill, in whole minor units.
            missing = duty is None or charge is None or not value
            exact.append(None if missing else (delivered + (duty + charge) * whole) * rate)
        elif plan.base == "sale":
            exact.append((paid * whole + part) * rate)
        else:
            exact.append(paid * whole * rate)
    tax, taxes = _shared(lines, exact, whole * PPM)
    return sum(part for part in exact if part is not None), tax, taxes


def _shared(lines: Sequence[LandedLine], exact: Exact, under: int) -> tuple[int | None, Shares]:
    """The sum of exact parts, rounded once, and whole shares of it: largest remainder, equal ones by the line's name."""
    if None in exact:
        return None, [None if part is None else (2 * part + under) // (2 * under) for part in exact]
    parts: list[int] = exact  # type: ignore[assignment]
    amount = (2 * sum(parts) + under) // (2 * under)
    shares = [part // under for part in parts]
    left = amount - sum(shares)
    if left:
        rests = [-(part % under) for part in parts]
        order = sorted(range(len(rests)), key=rests.__getitem__)
        if left < len(order) and rests[order[left - 1]] == rests[order[left]]:
            # The order of the lines must not decide which of two equal remainders is rounded up.
            order = [
                place
                for _, _, place in sorted(zip(rests, [line.line for line in lines], range(len(rests)), strict=True))
            ]
        for place in order[:left]:
            shares[place] += 1
    return amount, shares  # type: ignore[return-value]
