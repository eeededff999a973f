"""What is charged at a border, on a bill: duty, fees and tax as rows, each with the reasons of its figure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import msgspec
from markupsafe import Markup

from argosy.landed.explain import Reason, explain
from argosy.landed.model import Landed
from argosy.storefront.bill.reasons import Figures, reason_text
from argosy.storefront.bill.words import said_by, tax_name
from argosy.storefront.edition import Edition

Text = str | Markup

_OF_DUTY = ("duty.", "value.missing", "threshold.")
_OF_FEES = ("fee.",)
_OF_TAX = ("tax.",)
_NOTES = ("sale.", "condition.", "exchange")


class Why(msgspec.Struct, frozen=True):
    """Why a figure is what it is, and who says so."""

    text: Text
    source: Text = ""


class Row(msgspec.Struct, frozen=True):
    """A line of a bill."""

    words: Text
    amount: Text
    """An amount; words where nothing is known or nothing is charged here: unknown is never shown as zero."""
    why: tuple[Why, ...] = ()
    sort: str = ""
    """`off` for what is taken off, `unknown` for what is not in the total."""


class Border(msgspec.Struct, frozen=True, kw_only=True):
    """A consignment at a border, ready to be told."""

    edition: Edition
    landed: Landed
    prepaid: bool
    """Whether what is charged is paid to the shop; else customs asks for it at the door."""
    told: tuple[tuple[Reason, frozenset[str]], ...]
    """Reasons, each once, with the lines that they hold for; none: for all."""
    figures: dict[str, Figures]
    """Amounts by line."""

    def rows(self) -> list[Row]:
        """Duty, fees and tax; nothing where goods cross no border."""
        landed, _ = self.landed, self.edition.gettext
        if any(one.code.startswith("sale.") for one, _lines in self.told):
            return []
        duty = self._row(_("Customs duty"), landed.duty_minor, _OF_DUTY)
        between = self._between()
        rows = [msgspec.structs.replace(duty, why=(between, *duty.why)) if between else duty]
        if landed.fees_minor != 0:
            rows.append(self._row(_("Charges fixed by law"), landed.fees_minor, _OF_FEES))
        rows.append(self._row(tax_name(self.edition), landed.tax_minor, _OF_TAX))
        return rows

    def _row(self, name: Text, minor: int | None, parts: tuple[str, ...]) -> Row:
        why = self._whys(parts)
        if minor is None:
            return Row(name, self.edition.gettext("not known"), why, "unknown")
        amount = self.edition.price(minor, self.landed.currency)
        if self.prepaid or minor == 0:
            return Row(name, amount, why)
        about = Why(
            self.edition.gettext("by our tables %(amount)s; customs decides when the parcel comes", amount=amount)
        )
        return Row(name, self.edition.gettext("at the door"), (about, *why), "unknown")

    def _whys(self, parts: tuple[str, ...], line: str = "") -> tuple[Why, ...]:
        found = []
        for reason, lines in self.told:
            if reason.code.startswith(parts) and (not line or not lines or line in lines):
                found.append(self._why(reason, frozenset({line}) if line else lines))
        return tuple(dict.fromkeys(found))

    def _why(self, reason: Reason, lines: frozenset[str]) -> Why:
        held = [figures for name, figures in self.figures.items() if not lines or name in lines]
        text = reason_text(self.edition, reason, reduce(add, held))
        return Why(text, said_by(self.edition, reason.source, reason.as_of))

    def _between(self) -> Why | None:
        """What customs may ask instead of an estimate."""
        landed, _ = self.landed, self.edition.gettext
        if landed.duty_low_minor is None or landed.duty_high_minor is None:
            return None
        low, high = (
            self.edition.price(one, landed.currency) for one in (landed.duty_low_minor, landed.duty_high_minor)
        )
        if self.prepaid:
            return Why(
                _(
                    "an estimate: customs may ask between %(low)s and %(high)s, and the difference is ours",
                    low=low,
                    high=high,
                )
            )
        return Why(_("an estimate: between %(low)s and %(high)s", low=low, high=high))

    def of_line(self, line: str) -> list[Why]:
        """What one line bears: each figure, then its reasons."""
        share = next((one for one in self.landed.shares if one.line == line), None)
        if share is None or not self.prepaid:
            return []
        _, price, found = self.edition.gettext, self.edition.price, []
        for words, minor, parts in (
            (_("Customs duty"), share.duty_minor, _OF_DUTY),
            (_("Charges fixed by law"), share.fees_minor, _OF_FEES),
            (tax_name(self.edition), share.tax_minor, _OF_TAX),
        ):
            if minor:
                told = price(minor, self.landed.currency)
                found.append(Why(_("%(name)s: %(amount)s", name=words, amount=told)))
                found += self._whys(parts, line)
        return found

    def notes(self) -> tuple[Text, ...]:
        """What holds for the whole: a sale without a border, conditions, rates of exchange."""
        whys = [self._why(reason, lines) for reason, lines in self.told if reason.code.startswith(_NOTES)]
        told = [
            Markup("%s <small>%s</small>") % (why.text, why.source) if why.source else why.text
            for why in dict.fromkeys(whys)
        ]
        return tuple(told)

    def pennant(self) -> Text:
        """What will be asked for at the door, in words; empty if nothing will."""
        landed, _ = self.landed, self.edition.gettext
        if self.prepaid:
            return ""
        parts = (landed.duty_minor, landed.tax_minor, landed.fees_minor)
        if None in parts:
            return _("Duty and tax are not known: customs will ask for them at the door")
        told = self.edition.price(sum(part for part in parts if part is not None), landed.currency)
        return _("About %(amount)s of duty and tax, to be paid at the door", amount=told)


def border_of(edition: Edition, landed: Landed, paid: Sequence[tuple[int, int]], *, prepaid: bool) -> Border:
    """A consignment ready to be told; `paid` has goods and carriage of its lines, in the order of its shares."""
    figures = {
        share.line: Figures(landed.currency, goods, shipping, share.duty_minor, share.fees_minor)
        for share, (goods, shipping) in zip(landed.shares, paid, strict=True)
    }
    lines: dict[tuple[object, ...], set[str]] = {}
    kept: dict[tuple[object, ...], Reason] = {}
    for one in explain(landed):
        key = (one.code, *sorted(one.params.items()), one.source, one.as_of)
        kept.setdefault(key, one)
        lines.setdefault(key, set()).update({one.line} if one.line else ())
    codes = {one.code for one in kept.values()}
    told = tuple(
        (reason, frozenset(lines[key]))
        for key, reason in kept.items()
        if not (
            "duty.unclassified" in codes
            and reason.params.get("why") == "unclassified"
            and reason.code == "duty.unknown"
        )
    )
    return Border(edition=edition, landed=landed, prepaid=prepaid, told=told, figures=figures)


def forbidden(edition: Edition, landed: Landed) -> list[Why]:
    """Why goods may not be sold there; empty if they may."""
    nothing = Figures(landed.currency, 0, 0, None, None)
    return [
        Why(reason_text(edition, one, nothing), said_by(edition, one.source, one.as_of))
        for one in explain(landed)
        if one.code.startswith("ban.")
    ]
