"""The worked examples of `worked_examples.txt`, as the table says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from argosy.campaigns.model import Held, Offer, PricedLine, Wallet
from argosy.campaigns.plan import COUPONS, Effect, Promotion
from argosy.campaigns.refunds import give_back
from argosy.campaigns.rules import best_offer
from rooms.campaigns.trade import DAY, NOW, effect, here, identity, line, live_of, promotion

LAYERS = ("item", "shop", "shop_coupon", "platform", "platform_coupon", "red_packet")
TEXT = Path(__file__).with_name("worked_examples.txt").read_text(encoding="utf-8")
TABLE = "\n".join(row for row in TEXT.splitlines() if not row.startswith("#"))
EXAMPLES = [block.splitlines() for block in TABLE.strip().split("\n\n")]


def steps(text: str) -> tuple[int, int]:
    over, off = text.split("-")
    return int(over), int(off)


def read_effect(words: list[str], told: dict[str, str]) -> tuple[Effect, int | None]:
    """An effect, and the amount of a red packet."""
    kind, *rest = words
    over = here(int(told["over"])) if "over" in told else {}
    most = here(int(told["cap"])) if "cap" in told else {}
    if kind in ("every", "repeat"):
        above, off = steps(rest[0])
        return effect("every", over_minor=here(above), off_minor=here(off), repeated=kind == "repeat"), None
    if kind == "percent":
        return effect("percent", per_mille=int(rest[0]), over_minor=over, at_most_minor=most), None
    if kind == "tiers":
        ladder = [{"over_minor": here(above), "off_minor": here(off)} for above, off in map(steps, rest)]
        return effect("tiers", tiers=ladder), None
    if kind == "free":
        take, pay = steps(rest[0])
        return effect("n_for_m", take=take, pay=pay), None
    if kind == "price":
        return effect("price", unit_minor=here(int(rest[0]))), None
    if kind == "off":
        return effect("off", off_minor=here(int(rest[0]))), None
    if kind == "flash":
        limits = {"units": int(told["units"])} | ({"per_shopper": int(told["each"])} if "each" in told else {})
        return effect("flash", unit_minor=here(int(rest[0])), **limits), None
    assert kind == "packet", kind
    amounts = {name: here(10**6) for name in ("low_minor", "high_minor", "budget_minor")}
    return effect("red_packet", over_minor=over, **amounts), int(rest[0])


def read_promotion(words: list[str]) -> tuple[Promotion, Held | None]:
    layer, code, *rest = words
    told = dict(word.split("=") for word in rest if "=" in word)
    what, minor = read_effect([word for word in rest if "=" not in word], told)
    fields: dict[str, Any] = {"shop": told["shop"]} if "shop" in told else {}
    if told.get("goods", "all") != "all":
        fields["scope"] = {"variants": [str(identity(name)) for name in told["goods"].split(",")]}
    if "not" in told:
        fields["not_with"] = told["not"].split(",")
    if "seller" in told:
        fields["seller_per_mille"] = int(told["seller"])
    made = promotion(code, layer, what, **fields)
    held = Held(f"{code}-1", code, NOW + DAY, minor) if made.layer in COUPONS else None
    return made, held


def read_line(words: list[str]) -> PricedLine:
    name, shop, unit, *rest = words
    return line(name, shop, int(unit), int(rest[0].removeprefix("x")) if rest else 1)


def standing(offer: Offer, layer: str) -> dict[str, int]:
    """What each line stands at after a layer."""
    upto = LAYERS[: LAYERS.index(layer) + 1]
    return {
        one.line: one.list_minor - sum(taken.off_minor for taken in one.taken if taken.layer in upto)
        for one in offer.lines
    }


def amounts(words: list[str]) -> dict[str, int]:
    return {name: int(minor) for name, minor in (word.split("=") for word in words)}


def check(offer: Offer, word: str, words: list[str]) -> None:
    """One statement of an example."""
    lines = {one.line: one for one in offer.lines}
    if word == "pays":
        assert offer.payable_minor == int(words[0])
    elif word == "after":
        assert standing(offer, words[0]) == amounts(words[1:])
    elif word == "line_pays":
        assert {name: one.payable_minor for name, one in lines.items()} == amounts(words)
    elif word == "bears":
        taken = [part for one in offer.lines for part in one.taken if part.promotion == words[0]]
        borne = {
            "seller": sum(part.seller_minor for part in taken),
            "platform": sum(part.platform_minor for part in taken),
        }
        assert borne == amounts(words[1:])
    elif word == "refund":
        assert give_back(lines[words[0]], int(words[1])).payable_minor == int(words[2])
    elif word == "more":
        hints = [note.params for note in offer.notes if note.code == "add_more"]
        assert {"promotion": words[0], "minor": int(words[1]), "saves_minor": int(words[2])} in hints
    else:
        assert word == "unused", word
        assert sorted(note.params["promotion"] for note in offer.notes if note.code == "not_used") == sorted(words)


@pytest.mark.parametrize("rows", EXAMPLES, ids=lambda rows: rows[0].removeprefix("example").strip())
def test_example(rows: list[str]) -> None:
    told = [row.split() for row in rows[1:]]
    lines = [read_line(words[1:]) for words in told if words[0] == "line"]
    made = [read_promotion(words) for words in told if words[0] in LAYERS]
    held = tuple(one for _, one in made if one is not None)
    live = live_of(*(one for one, _ in made))
    offer = best_offer(live, lines, Wallet(shopper="s", held=held), NOW)
    assert offer.exact
    assert sum(one.payable_minor for one in offer.lines) == offer.payable_minor
    checks = [words for words in told if words[0] not in (*LAYERS, "line")]
    assert checks
    for word, *words in checks:
        check(offer, word, words)
