"""All that one route, day, channel and currency decide, compiled once; and the plan of each kind of goods on it."""

from __future__ import annotations

from fractions import Fraction

from msgspec import structs

from argosy.landed.law.bans import restrictions_on, verdict
from argosy.landed.law.duty import DutyFinding, basis_of, begins, listed_free, tariff_duty, unknown
from argosy.landed.law.facts import Band, Facts
from argosy.landed.law.limits import PIECE, Limits
from argosy.landed.law.own import OwnRows
from argosy.landed.law.tax import TaxFinding, tax_rate
from argosy.landed.law.thresholds import (
    ABOVE,
    UNDECIDED,
    WITHIN,
    Bound,
    Exchange,
    Route,
    bound,
)
from argosy.landed.model import FREE, Base, ExchangeTable, Fact, LandedLine, LinePlan, ParcelPlan, State

KEPT_PLANS = 50_000

# Ways a line may be treated; several at once where what decides is missing.
RELIEVED, TARIFF, FIRST_BAND = 1, 2, 4
BORDER, SALE, UNTAXED = 1, 2, 4

PlanKey = tuple[str, str, str, "int | None", int, int, bool]
Taxed = tuple["int | None", Base, bool, tuple[Fact, ...]]


class Regime:
    """The law of a route on a day, ready to be applied to goods."""

    def __init__(self, facts: Facts, rates: ExchangeTable, rows: OwnRows, route: Route) -> None:
        self.route = route
        self._facts = facts
        self.importer = "EU" if route.to in facts.union else route.to
        self._rows = rows
        self.domestic = route.ship_from == route.to
        self.inside_union = not self.domestic and route.to in facts.union and route.ship_from in facts.union
        self.codes: list[Fact] = []
        self._numbers: dict[Fact, int] = {}
        self._exchange = Exchange(rates, route.currency, route.at)
        self._restrictions = () if self.domestic else restrictions_on(facts, route)
        self._limits = Limits(facts, self._rows, route, self.importer, self._exchange)
        self.by_line = self._limits.by_line
        self.due_bound = self._limits.due
        self._read_bands(facts, route)
        self._read_charges(facts, route)
        self.plans: dict[PlanKey, LinePlan] = {}
        self._parcels: dict[tuple[int, int, int], tuple[ParcelPlan, tuple[Fact, ...]]] = {}

    def _read_bands(self, facts: Facts, route: Route) -> None:
        bands = [
            band
            for band in facts.bands.get(route.to, ())
            if band.holds(route.at)
            and (not band.channels or route.channel in band.channels)
            and route.ship_from not in band.not_from
        ]
        self._bands = tuple((band, *_edges(band, self._exchange)) for band in bands)
        self._inclusive = frozenset(band.rate for band in bands if band.tax_missing)

    def _read_charges(self, facts: Facts, route: Route) -> None:
        self._charges = tuple(
            (charge, bound(charge.goods_up_to, charge.currency, "goods", self._exchange),
             self._exchange.minor(charge.amount, charge.currency))
            for charge in (*facts.charges.get(self.importer, ()), *facts.charges.get(route.to, ()))
            if charge.holds(route.at)
        )  # fmt: skip

    def sides(self, goods: int, shipping: int, missing: bool) -> tuple[int, int, int]:
        """Ways of duty and of tax, and the side of the flat charges' limit, of a consignment as a whole."""
        if self.domestic:
            return RELIEVED, UNTAXED, ABOVE
        if self.inside_union:
            return RELIEVED, SALE, ABOVE
        limits = self._limits
        duty = self._duty_ways(limits.duty("*").side(goods, shipping, missing), goods + shipping, missing)
        taxed = self._tax_ways(limits.tax("*").side(goods, shipping, missing), goods, shipping, missing)
        # All charges of a destination have one limit.
        charged = self._charges[0][1].side(goods, shipping, missing) if self._charges else ABOVE
        return duty, taxed, charged

    def line_ways(
        self, origin: str, value: int, quantity: int, goods: int, shipping: int, missing: bool
    ) -> tuple[int, int]:
        """The ways of one line where a limit is for each piece or for an origin; value 0: it is missing."""
        if self.domestic:
            return RELIEVED, UNTAXED
        if self.inside_union:
            return RELIEVED, SALE
        sides = [
            limit.piece_side(value, quantity)
            if limit.basis == PIECE and not limit.zero
            else limit.side(goods, shipping, missing)
            for limit in (self._limits.duty(origin), self._limits.tax(origin))
        ]
        duty = self._duty_ways(sides[0], goods + shipping, missing)
        tax = self._tax_ways(sides[1], goods, shipping, missing)
        sale = self._limits.sale
        if tax & BORDER and sale is not None and sale.basis == PIECE:
            side = sale.piece_side(value, quantity)
            tax = tax & ~BORDER | (SALE if side & WITHIN else 0) | (BORDER if side & ABOVE else 0)
        return duty, tax

    def _duty_ways(self, side: int, value: int, missing: bool) -> int:
        ways = RELIEVED if side & WITHIN else 0
        if side & ABOVE:
            ways |= self._band_ways(value, missing) if self._bands else TARIFF
        return ways

    def _tax_ways(self, side: int, goods: int, shipping: int, missing: bool) -> int:
        ways = UNTAXED if side & WITHIN else 0
        if not side & ABOVE:
            return ways
        sale = self._limits.sale
        if sale is None or sale.basis == PIECE:
            return ways | BORDER
        at_sale = sale.side(goods, shipping, missing)
        return ways | (SALE if at_sale & WITHIN else 0) | (BORDER if at_sale & ABOVE else 0)

    def _band_ways(self, value: int, missing: bool) -> int:
        ways = 0
        for place, (_, over, up_to) in enumerate(self._bands):
            above = over.side(value, 0, missing)
            within = WITHIN if up_to is None else up_to.side(value, 0, missing)
            if above & ABOVE and within & WITHIN:
                ways |= FIRST_BAND << place
                if above == ABOVE and within == WITHIN:
                    return FIRST_BAND << place
            if up_to is not None and place == len(self._bands) - 1 and within & ABOVE:
                ways |= TARIFF
        return ways or TARIFF

    def number(self, fact: Fact) -> int:
        """The place of a fact in `codes`."""
        found = self._numbers.get(fact)
        if found is None:
            found = self._numbers[fact] = len(self.codes)
            self.codes.append(fact)
        return found

    def parcel(self, ways: tuple[int, int, int], headings: int) -> tuple[ParcelPlan, tuple[Fact, ...]]:
        """What holds for the whole consignment: charges, what is taken off, the rates of exchange used."""
        key = (ways[0], ways[2], headings if self._charges else 0)
        found = self._parcels.get(key)
        if found is None:
            found = self._parcels[key] = self._parcel_of(ways[0], ways[2], headings)
        return found

    def _parcel_of(self, duty: int, charged: int, headings: int) -> tuple[ParcelPlan, tuple[Fact, ...]]:
        notes: list[Fact] = []
        less = self._less(duty, notes)
        fees = self._fees(charged, headings, notes)
        due = None
        if self.due_bound is not None and not self.domestic:
            limit = self.due_bound
            due = limit.ratio
            if due is not None:
                notes.append(Fact("tax.due_limit", (*due, limit.words[0], limit.words[1]), *limit.source))
        if not self.domestic and not self.inside_union:
            notes.extend(self._exchange.used.values())
        with_shipping = basis_of(self.importer) != "goods"
        return ParcelPlan(with_shipping, less, due, fees), tuple(notes)

    def _less(self, duty: int, notes: list[Fact]) -> tuple[int, int]:
        for place, (band, _, _) in enumerate(self._bands):
            if duty == FIRST_BAND << place and band.less:
                off = self._exchange.minor(band.less, band.currency)
                if off is not None:
                    text = (str(band.less), band.currency)
                    notes.append(Fact("duty.less", (off.numerator, off.denominator, *text), band.source, band.as_of))
                    return off.numerator, off.denominator
        return 0, 1

    def _fees(self, charged: int, headings: int, notes: list[Fact]) -> int | None:
        if self.domestic or self.inside_union:
            return 0
        if not self._limits.covered:
            notes.append(Fact("fee.unknown", ("period",)))
            return None
        if not self._charges or charged == ABOVE:
            return 0
        if charged == UNDECIDED or headings < 0:
            why = "unclassified" if headings < 0 else self._charges[0][1].why or "value"
            notes.append(Fact("fee.unknown", (why,)))
            return None
        total = Fraction(0)
        for charge, _, amount in self._charges:
            if amount is None:
                notes.append(Fact("fee.unknown", ("exchange",)))
                return None
            count = headings if charge.per_heading else 1
            code = "fee.heading" if charge.per_heading else "fee.consignment"
            notes.append(Fact(code, (str(charge.amount), charge.currency, count), charge.source, charge.as_of))
            total += amount * count
        return (2 * total.numerator + total.denominator) // (2 * total.denominator)

    def plan(self, line: LandedLine, duty: int, tax: int, gift: bool) -> LinePlan:
        """How a line of goods is charged under these ways."""
        key = (line.hs, line.origin, line.battery, line.blade_mm, duty, tax, gift)
        if len(self.plans) >= KEPT_PLANS:
            self.plans.clear()
        made = self.plans[key] = self._plan(line, duty, tax, gift)
        return made

    def _plan(self, line: LandedLine, duty: int, tax: int, gift: bool) -> LinePlan:
        bans = verdict(self._restrictions, line.hs, line.origin, line.battery, line.blade_mm)
        excise = None if self.domestic else self._excise(line.hs)
        if excise is not None:
            found = unknown("excise", Fact("duty.excluded", (), *excise))
            tax = SALE if self.inside_union else BORDER
        else:
            found = self._duty(line, duty)
        taxed = self._tax(line, tax, found, gift)
        rate, base, doubt, notes = taxed
        return LinePlan(
            duty=found.rate,
            specific=found.specific,
            tax_ppm=rate,
            base=base,
            spread=found.spread,
            doubt=doubt,
            state=_state(bans, found.spread or doubt),
            notes=tuple(self.number(fact) for fact in (*bans, *found.facts, *notes)),
        )

    def valueless(self, plan: LinePlan) -> LinePlan:
        """The plan of a line for which nothing is paid and no customs value is given."""
        notes, duty, tax = plan.notes, plan.duty, plan.tax_ppm
        if duty is not None and (duty[2] or plan.specific is not None):
            duty, notes = None, (*notes, self.number(Fact("duty.unknown", ("value",))))
        if tax and plan.base == "border":
            tax, notes = None, (*notes, self.number(Fact("tax.unknown", ("value",))))
        return structs.replace(plan, duty=duty, tax_ppm=tax, notes=notes)

    def _excise(self, hs: str) -> tuple[str, str] | None:
        rows = (*self._facts.excise.get("*", ()), *self._facts.excise.get(self.route.to, ()))
        row = listed_free(rows, hs, self.route)
        return None if row is None else (row.source, row.as_of)

    def _duty(self, line: LandedLine, ways: int) -> DutyFinding:
        if self.domestic:
            return DutyFinding(FREE, (Fact("sale.domestic"),))
        if self.inside_union:
            return DutyFinding(FREE, (Fact("duty.inside_union"),))
        left_out: tuple[Fact, ...] = ()
        if ways & RELIEVED:
            left_out = tuple(
                Fact("duty.excluded", (), row.source, row.as_of)
                for row in self._facts.exclusions
                if row.destination == self.route.to
                and row.holds(self.route.at)
                and (not row.origins or line.origin in row.origins)
                and begins(line.hs, row.hs)
            )
        if left_out:
            ways = ways & ~RELIEVED or TARIFF
        found = [self._by_way(line, way) for way in (1 << bit for bit in range(ways.bit_length())) if ways & way]
        rates = {finding.rate for finding in found}
        if len(found) > 1 and (len(rates) > 1 or any(finding.specific for finding in found)):
            # Which of them holds is what is missing, unless neither is known.
            why = self._limits.duty(line.origin).why or "value"
            return unknown(why, *found[-1].facts[:-1]) if None in rates else unknown(why)
        if len(found) > 1:
            return found[-1]
        return structs.replace(found[0], facts=(*left_out, *found[0].facts)) if left_out else found[0]

    def _by_way(self, line: LandedLine, way: int) -> DutyFinding:
        if way == RELIEVED:
            limit = self._limits.duty(line.origin)
            code = "duty.replaced" if limit.replaced else "duty.relief"
            return DutyFinding(FREE, (Fact(code, limit.words, *limit.source),))
        if way == TARIFF:
            return tariff_duty(self._facts, self._rows, self.route, self.importer, line.hs, line.origin, self._exchange)
        band = self._bands[(way // FIRST_BAND).bit_length() - 1][0]
        if not line.hs:
            return DutyFinding(None, (Fact("duty.unclassified"), Fact("duty.unknown", ("unclassified",))))
        if begins(line.hs, band.hs_not):
            return unknown("tariff")
        values = (band.rate, basis_of(self.importer), str(band.over or 0), str(band.up_to or ""), band.currency)
        return DutyFinding((band.rate,) * 3, (Fact("duty.band", values, band.source, band.as_of),))

    def _tax(self, line: LandedLine, ways: int, duty: DutyFinding, gift: bool) -> Taxed:
        if self.domestic:
            return 0, "sale", False, ()
        found = tax_rate(self._facts, self._rows, self.route, line.hs)
        if found.rate == 0:
            if any(fact.code == "tax.reduced" for fact in found.facts):
                return 0, "border", False, found.facts
            return 0, "border", False, (Fact("tax.none", (found.region,), found.source, found.as_of),)
        made = [self._tax_by_way(line.origin, way, found, duty) for way in (UNTAXED, SALE, BORDER) if ways & way]
        if len(made) == 1:
            return made[0]
        rates = {rate for rate, _, _, _ in made}
        if len(rates) == 1 and ways == SALE | BORDER and self._same_either_way(duty, gift):
            return made[0]
        if rates == {0}:
            return made[-1]
        # Which of them holds is what is missing; where one of them is unknown too, that is the better reason.
        whys = [str(fact.values[0]) for _, _, _, facts in made for fact in facts if fact.code == "tax.unknown"]
        why = next(iter(whys), "") or self._undecided(line.origin, ways)
        return None, "border", False, (Fact("tax.unknown", (why,)),)

    def _same_either_way(self, duty: DutyFinding, gift: bool) -> bool:
        """At the sale and at the border the tax comes to the same: no duty, no charge, and what is paid is the value."""
        free = duty.rate == FREE and duty.specific is None
        scheme = self._limits.scheme
        price_only = scheme is not None and scheme.price_only
        return free and not self._charges and self._limits.covered and not gift and not price_only

    def _undecided(self, origin: str, ways: int) -> str:
        limit = self._limits.tax(origin) if ways & UNTAXED else self._limits.sale
        return (limit.why if limit is not None else "") or "value"

    def _tax_by_way(self, origin: str, way: int, found: TaxFinding, duty: DutyFinding) -> Taxed:
        if way == UNTAXED:
            relief = self._limits.tax(origin)
            return 0, "border", False, (Fact("tax.relief", relief.words, *relief.source),)
        if found.rate is None:
            return None, "border", False, (Fact("tax.unknown", (found.why,)),)
        if way == BORDER:
            if any(fact.code == "duty.band" and fact.values[0] in self._inclusive for fact in duty.facts):
                return None, "border", False, (Fact("tax.unknown", ("global_rate",)),)
            if duty.rate is None:
                return None, "border", False, (Fact("tax.unknown", ("duty",)),)
            fact = Fact("tax.at_border", (found.rate, found.region), found.source, found.as_of)
            return found.rate, "border", found.doubt, (fact, *found.facts)
        scheme, limit = self._limits.scheme, self._limits.sale
        words = limit.words if limit is not None else ("", "", "")
        price_only = scheme is not None and scheme.price_only
        code = "tax.price_at_sale" if price_only else "tax.collected_at_sale"
        fact = Fact(code, (found.rate, scheme.name if scheme else "", *words), found.source, found.as_of)
        return found.rate, "price" if price_only else "sale", found.doubt, (fact, *found.facts)


def _state(bans: tuple[Fact, ...], estimate: bool) -> State:
    if any(fact.code.startswith("ban.") for fact in bans):
        return "banned"
    if bans:
        return "conditional"
    return "estimate" if estimate else "known"


def _edges(band: Band, exchange: Exchange) -> tuple[Bound, Bound | None]:
    """The lower and the upper limit of a band of the customs value."""
    basis = "goods_and_shipping"
    over = bound(band.over if band.over is not None else Fraction(0), band.currency, basis, exchange)
    return over, None if band.up_to is None else bound(band.up_to, band.currency, basis, exchange)
