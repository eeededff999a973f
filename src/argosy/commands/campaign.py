"""`argosy campaign`: what a basket would cost in any market at any instant, and whether a plan is sound."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from babel.numbers import format_currency

from argosy.base.errors import Misconfigured, Refused
from argosy.base.instants import utc
from argosy.base.money import exponent
from argosy.campaigns.live import Live, make_live
from argosy.campaigns.load import clock_of, load_plans, read_plan
from argosy.campaigns.model import Deposit, Held, LineOffer, Note, Offer, PricedLine, Wallet
from argosy.campaigns.plan import phase_at
from argosy.campaigns.rules import best_offer, check_lines
from argosy.commands.instants import read_instant
from argosy.markets.load import load_markets
from argosy.markets.model import Market
from argosy.plumbing.config import Config

EXAMPLE = "docs/reference/campaigns.md"


class WalletFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the shopper of a preview brings along."""

    shopper: str = "preview"
    levels: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    """Codes."""
    packets: dict[str, int] = {}
    """Amounts of red packets in minor units, by code."""
    deposits: tuple[Deposit, ...] = ()
    declined: tuple[str, ...] = ()
    """Codes of promotions whose gifts are not wanted."""


class BasketFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A basket as a file has it; prices are before any promotion, in minor units of the market's currency."""

    lines: tuple[PricedLine, ...]
    wallet: WalletFile = WalletFile()
    left: dict[str, int] = {}
    """Units left of counters, by key, where the preview shall know them."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Name the command's options."""
    campaign = commands.add_parser("campaign", help="preview a basket under the plans, or check a plan")
    kinds = campaign.add_subparsers(dest="what", required=True, metavar="WHAT")
    preview = kinds.add_parser("preview", help="the bill of a basket in a market at an instant, with its make-up")
    preview.add_argument("--market", required=True, help="country code, e.g. SG")
    preview.add_argument("--at", required=True, help="instant with offset, e.g. 2026-06-18T20:00+08:00")
    preview.add_argument("--basket", required=True, type=Path, help="TOML or JSON file; see " + EXAMPLE)
    preview.add_argument("--plans", type=Path, help="folder of plans (default: data/campaigns)")
    preview.add_argument("--json", action="store_true", help="print the offer as one JSON object on the last line")
    preview.set_defaults(run=run)
    plan = kinds.add_parser("plan", help="check a plan; names each field that is wrong")
    plan.add_argument("file", type=Path)
    plan.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    plan.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """Do what was asked; 1 if a plan is not sound."""
    return _check(config, given) if given.what == "plan" else _preview(config, given)


def _check(config: Config, given: argparse.Namespace) -> int:
    plan, wrong = read_plan(_there(given.file), load_markets(config.data / "markets"))
    if given.json:
        told = {
            "plan": plan.festival.code if plan else None,
            "promotions": len(plan.promotions) if plan else None,
            "faults": wrong,
        }
        print(msgspec.json.encode(told).decode())
    elif wrong or plan is None:
        for fault in wrong:
            print(fault)
    else:
        festival = plan.festival
        print(f"{festival.names['en']}: {len(plan.promotions)} promotions in {len(festival.markets)} markets, sound.")
    return 1 if wrong else 0


def _preview(config: Config, given: argparse.Namespace) -> int:
    market = load_markets(config.data / "markets").find(given.market)
    now = utc(read_instant(given.at))
    if given.plans is not None and not given.plans.is_dir():
        raise Refused("no_such_folder", f"There is no folder {given.plans}.", field="--plans", remedy="Check the path.")
    plans = load_plans(given.plans or config.data / "campaigns", load_markets(config.data / "markets"))
    basket = _basket(given.basket)
    zone = clock_of(market)
    live = make_live(plans, market, zone, now)
    wallet = _wallet(basket.wallet, now)
    offer = best_offer(live, basket.lines, wallet, now, basket.left)
    for plan in plans:
        phase = phase_at(plan.festival, zone, now)
        if phase is not None and market.code in plan.festival.markets:
            print(f"{plan.festival.names['en']}, {phase.kind} phase, {now.astimezone(zone):%d %B %Y %H:%M} in {market.code}; "
                  f"{len(live)} promotions live.", file=sys.stderr)  # fmt: skip
    _strangers(basket.wallet, live)
    if given.json:
        print(msgspec.json.encode({"offer": offer, "saved_minor": offer.saved_minor}).decode())
    else:
        print("\n".join(_bill(offer, market, live)))
    return 0


def _strangers(wallet: WalletFile, live: Live) -> None:
    """Say which coupons of the wallet are none that is live now."""
    for code in (*wallet.coupons, *wallet.packets):
        if code not in live.by_code:
            print(f"{code} is not live in {live.market} at that instant.", file=sys.stderr)


def _there(file: Path) -> Path:
    if not file.is_file():
        raise Refused("no_such_file", f"There is no file {file}.", field="file", remedy="Check the path.")
    return file


def _basket(file: Path) -> BasketFile:
    decode = msgspec.json.decode if file.suffix == ".json" else msgspec.toml.decode
    try:
        basket = decode(_there(file).read_bytes(), type=BasketFile)
    except msgspec.ValidationError as wrong:
        message, _, where = str(wrong).partition(" - at `$")
        raise Refused("bad_basket", f"{message}.", field=where.strip(".`") or None, remedy=f"See {EXAMPLE}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as wrong:
        raise Misconfigured(f"{file}: is neither TOML nor JSON: {wrong}.") from None
    check_lines(basket.lines)
    return basket


def _wallet(told: WalletFile, now: datetime) -> Wallet:
    later = now + timedelta(days=1)
    coupons = [Held(code, code, later) for code in told.coupons]
    packets = [Held(code, code, later, minor) for code, minor in told.packets.items()]
    return Wallet(
        shopper=told.shopper,
        held=(*coupons, *packets),
        deposits=told.deposits,
        levels=frozenset(told.levels),
        declined=frozenset(told.declined),
    )


def _bill(offer: Offer, market: Market, live: Live) -> list[str]:
    """The offer as a bill: each line with what was taken off it by whom, the total, and what to know."""

    def money(minor: int) -> str:
        digits = exponent(offer.currency)
        return str(format_currency(Decimal(minor).scaleb(-digits), offer.currency, locale=market.locale("en")))

    rows = []
    for line in offer.lines:
        rows += _bill_line(line, money)
    rows.append(f"{'To pay':<44} {money(offer.payable_minor):>14}")
    if offer.deposit_minor:
        rows.append(f"{'  paid ahead':<44} {money(-offer.deposit_minor):>14}")
    rows += _on_top(offer, money)
    rows += [sentence for note in offer.notes if (sentence := _sentence(note, money, live))]
    for take in offer.takes:
        rows.append(f"  takes {take.count} of {take.key}")
    return rows


def _on_top(offer: Offer, money: Any) -> list[str]:
    """Gifts and limits of shipping, with what they take if they are given."""
    rows = []
    for gift in offer.gifts:
        rows.append(f"  gift: {gift.quantity} x {gift.variant} ({gift.promotion}), earned by {', '.join(gift.lines)}")
        rows += [f"    takes {take.count} of {take.key}, and as many of its stock" for take in gift.takes[:1]]
        rows += [f"    takes {take.count} of {take.key}" for take in gift.takes[1:]]
    for shipping in offer.shipping:
        most = "free" if not shipping.at_most_minor else f"at most {money(shipping.at_most_minor)}"
        rows.append(f"  shipping {most} for {', '.join(shipping.lines)} ({shipping.promotion})")
        rows += [f"    takes {take.count} of {take.key}, if shipping is charged" for take in shipping.takes]
    return rows


def _bill_line(line: LineOffer, money: Any) -> list[str]:
    rows = [f"{line.line + ' x ' + str(line.quantity):<44} {money(line.list_minor):>14}"]
    for one in line.taken:
        who = "seller" if not one.platform_minor else "platform" if not one.seller_minor else "both"
        rows.append(f"  {one.layer + ': ' + one.promotion:<42} {money(-one.off_minor):>14}  {who}")
        if who == "both":
            rows.append(
                f"    of it {money(one.seller_minor)} by the seller, {money(one.platform_minor)} by the platform"
            )
    if line.taken:
        rows.append(f"  {'':<42} {money(line.payable_minor):>14}")
    return rows


def _sentence(note: Note, money: Any, live: Live) -> str:
    told = note.params
    name = str(told.get("promotion", ""))
    if name in live.by_code:
        name = live.by_code[name].promotion.names.get("en", name)
    if note.code == "saved":
        return f"You saved {money(told['minor'])}."
    if note.code == "add_more":
        return f"Add {money(told['minor'])} more to save another {money(told['saves_minor'])} ({name})."
    if note.code == "not_used":
        return f"Not used: {name} ({str(told['why']).replace('_', ' ')})."
    if note.code == "gift_left_out":
        return f"No gift: {name} ({str(note.params['why']).replace('_', ' ')})."
    if note.code == "approximate":
        return f"There may be a total lower by {money(told['minor'])} at most."
    return ""
