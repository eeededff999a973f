"""The reasons of duty, tax and fees in plain words: one English sentence for each code, marked for translation."""

from __future__ import annotations

from argosy.storefront.texts import noted

SENTENCES = {
    "sale.domestic": noted("Sold inside the country: no customs, and its tax is in the seller’s price."),
    "duty.inside_union": noted("none: it is sent inside the customs union"),
    "duty.ad_valorem": noted("%(rate)s of %(amount)s (%(basis)s), heading %(heading)s"),
    "duty.spread": noted(
        "%(mean)s of %(amount)s (%(basis)s): the %(lines)s national lines below heading %(heading)s say %(low)s to %(high)s"
    ),
    "duty.added": noted("%(rate)s on top for goods made in %(country)s: %(action)s, heading %(heading)s"),
    "duty.added_spread": noted(
        "%(mean)s on top for goods made in %(country)s: %(action)s says %(low)s to %(high)s below this heading"
    ),
    "duty.not_added": noted("%(action)s adds nothing to this heading"),
    "duty.band": noted("%(rate)s of %(amount)s (%(basis)s): simplified rate of parcels over %(over)s, up to %(up_to)s"),
    "duty.less": noted("%(off)s is taken off the duty"),
    "duty.relief": noted("none up to %(limit)s (%(basis)s)"),
    "duty.replaced": noted("none up to %(limit)s (%(basis)s): a flat charge for each heading takes its place"),
    "duty.free": noted("these goods are free of duty there"),
    "duty.free_port": noted("none: a free port has no tariff"),
    "duty.excluded": noted("the relief of small parcels is not for these goods"),
    "duty.unclassified": noted("nobody has said for sure yet which customs heading this good belongs to"),
    "duty.unknown": noted("customs will assess it: %(why)s"),
    "fee.consignment": noted("%(charge)s for the parcel"),
    "fee.unknown": noted("customs will assess it: %(why)s"),
    "tax.collected_at_sale": noted(
        "%(rate)s of %(amount)s (goods and carriage), collected by us: %(scheme)s, up to %(limit)s"
    ),
    "tax.price_at_sale": noted("%(rate)s of %(amount)s (the price paid), collected by us: %(scheme)s, up to %(limit)s"),
    "tax.at_border": noted("%(rate)s of %(amount)s: goods, carriage, duty and fees"),
    "tax.reduced": noted("the rate for goods of this kind"),
    "tax.doubt": noted("an estimate: a lower rate may apply to goods of this kind"),
    "tax.relief": noted("none up to %(limit)s (%(basis)s)"),
    "tax.relief_due": noted("tax of %(limit)s or less is not collected"),
    "tax.due_limit": noted("tax above %(limit)s is collected"),
    "tax.none": noted("there is none"),
    "tax.unknown": noted("to be assessed: %(why)s"),
    "value.goods": noted("The customs value is that of the goods without carriage."),
    "value.goods_and_shipping": noted("The customs value is that of the goods with carriage."),
    "value.missing": noted("nothing is paid for it, and its customs value is not given"),
    "exchange": noted("Limits and charges were converted at %(exchanged)s."),
    "exchange.unknown": noted("There is no rate of exchange from %(from)s to %(to)s."),
    "threshold.undecided": noted("on which side of a limit the parcel stands is not known: %(why)s"),
}
"""By code; `fee.heading` and `duty.specific` have forms of their own."""

IN_PLACE = {
    "tax.at_border": noted("%(rate)s of %(amount)s, the rate of %(place)s"),
    "tax.none": noted("%(place)s has none"),
}
"""The same of a state or province."""

WITHOUT_BASIS = {
    "duty.relief": noted("none up to %(limit)s"),
    "duty.replaced": noted("none up to %(limit)s: a flat charge for each heading takes its place"),
    "tax.relief": noted("none up to %(limit)s"),
}
"""The same where what a limit is of is not known, and does not matter."""

LOWEST_BAND = noted("%(rate)s of %(amount)s (%(basis)s): simplified rate of parcels up to %(up_to)s")
"""Of a simplified rate that begins at nothing."""

HIGHEST_BAND = noted("%(rate)s of %(amount)s (%(basis)s): simplified rate of parcels over %(over)s")
"""Of a simplified rate without an upper end."""

WITHOUT_AMOUNT = noted("%(rate)s (%(basis)s)")
"""Of a rate where the amount that it is taken of is not known."""

SPECIFIC = {
    ("piece", ""): noted("%(each)s a piece"),
    ("piece", "sum"): noted("plus %(each)s a piece"),
    ("piece", "higher"): noted("or %(each)s a piece, whichever is more"),
    ("piece", "lower"): noted("or %(each)s a piece, whichever is less"),
    ("kg", ""): noted("%(each)s a kilogram"),
    ("kg", "sum"): noted("plus %(each)s a kilogram"),
    ("kg", "higher"): noted("or %(each)s a kilogram, whichever is more"),
    ("kg", "lower"): noted("or %(each)s a kilogram, whichever is less"),
}
"""Duties that are not a share of the value, by unit and by how they go together with one that is."""

BASES = {
    "goods": noted("goods without carriage"),
    "goods_and_shipping": noted("goods and carriage"),
    "piece": noted("each piece without carriage"),
    "tax_due": noted("the tax due"),
    "price": noted("the price paid"),
    "border": noted("goods, carriage, duty and fees"),
}

WHY = {
    "tariff": noted("the tariff of this heading is not in our tables"),
    "not_ad_valorem": noted("the tariff has no rate by value for this heading"),
    "excise": noted("alcohol, tobacco and the like have an excise that is not in our tables"),
    "added": noted("what is added on goods of this origin on this day is not in our tables"),
    "weight": noted("the duty goes by weight or volume, which is not known"),
    "exchange": noted("a rate of exchange that is needed is not known"),
    "value": noted("nothing is paid, and no customs value is given"),
    "period": noted("our tables do not cover this country on this day"),
    "basis": noted("whether the limit includes carriage is not in our tables, and here it matters"),
    "limit": noted("the limit is not in our tables"),
    "region": noted("the state or province is not known yet"),
    "rate": noted("the rate of tax is not in our tables"),
    "duty": noted("it is taken of the duty too, which is not known"),
    "unclassified": noted("the good has no heading yet"),
    "global_rate": noted("whether the simplified rate includes the tax is not in our tables"),
}
"""What is missing where a figure is unknown."""

BANS = {
    "lithium_alone": noted("Lithium batteries on their own may not fly on passenger aircraft."),
    "lithium_by_post": noted("Lithium batteries go by post only when they are installed in the device."),
    "lithium_by_courier": noted("Lithium batteries, and devices with them, may not come by courier there."),
    "goods_of_origin": noted("Goods of this origin are not let in."),
    "listed_goods": noted("The post there lists these goods as prohibited."),
    "customs_list": noted("The customs there list these goods as prohibited."),
    "food_by_courier": noted("Food may not come by courier there."),
    "weapons": noted("Weapons, and what looks like them, may not leave in small parcels."),
    "long_blade": noted("Blades over 220 mm may not leave in small parcels."),
    "chewing_gum": noted("Chewing gum may not be imported there."),
    "e_cigarettes": noted("E-cigarettes and the like may not be imported there."),
    "animal_products": noted("Meat and dairy products may not come in parcels from abroad."),
}

CONDITIONS = {
    "lithium_alone": noted("Flies on cargo aircraft only, charged to 30% at most, with a declaration by the sender."),
    "lithium_packed": noted(
        "Within the limits of lithium batteries packed with a device: 5 kg a package, 35 kg on cargo aircraft."
    ),
    "lithium_in_equipment": noted(
        "Within the limits of lithium batteries in a device: 5 kg a package, 35 kg on cargo aircraft."
    ),
    "lithium_by_post": noted("By post only with the battery installed: two batteries or four cells at most."),
    "flammable": noted("By air only with a service for dangerous goods."),
    "listed_goods": noted("Goods of this kind may come in part; ours is none of those prohibited."),
    "permit": noted("Needs an import permit or a police certificate."),
    "authority": noted("Restricted: what the authority asks for must be met."),
    "quarantine": noted("Needs a quarantine permit."),
    "doubtful_listing": noted("A postal guide lists goods of this kind as prohibited; the carrier is asked first."),
    "blade": noted("The blade may be 220 mm at most and have no lock."),
    "lock": noted("The blade may have no lock."),
    "food_notice": noted("The food authority is told beforehand; many meat, egg and dairy products are barred."),
    "cosmetics": noted("Within what is allowed there for cosmetics and health goods."),
}
