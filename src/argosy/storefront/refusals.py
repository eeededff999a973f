"""What a shopper is told when something is refused: a sentence for each code, in her language."""

from __future__ import annotations

from argosy.base.errors import Refused
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted

SENTENCES = {
    "unknown_market": noted("Argosy is not open there, or not in that language."),
    "unknown_product": noted("This product is not sold here any more, or never was."),
    "unknown_variant": noted("This product is not sold here any more, or never was."),
    "unknown_parcel": noted("There is no such parcel, or its link is not complete."),
    "bad_parcel_number": noted("This is not a parcel’s number. Copy it from the order or from the label."),
    "unknown_category": noted("There is no such department."),
    "unknown_brand": noted("There is no such brand."),
    "unknown_address": noted("There is no such page. Perhaps the address lost a letter on its way."),
    "unknown_order": noted("We find no such order, or this link does not open it."),
    "unknown_account": noted("We find no such account."),
    "unknown_payment_step": noted("This payment is over already, or the link is not whole."),
    "unknown_test_card": noted("That is not one of the test cards. Choose one of the list."),
    "page_out_of_range": noted("There is no such page of goods. Narrow the search instead."),
    "unknown_sort": noted("Goods cannot be sorted like that."),
    "no_exchange_rate": noted("No exchange rate is known for this currency, so there is no price yet."),
    "forged_form": noted("The form did not come from this shop’s page, so nothing was done. Open the page again and repeat it."),
    "basket_full": noted("The basket holds 50 different goods. Order what is in it, or take something out."),
    "too_many_lines": noted("An order holds 50 different goods. Take something out, and order it later."),
    "quantity_out_of_range": noted("Choose a quantity from 1 to 999."),
    "empty_basket": noted("There is nothing in the basket yet."),
    "not_for_sale": noted("Some of these goods cannot be bought from your country. Take them out to go on."),
    "destination_changed": noted("The address is in another country than the price is for. Look at the new price, then order."),
    "bad_quote": noted("This price was not made by us, or it lost a part on its way. Open the basket again for a new one."),
    "invalid_address": noted("Something in the address is not right yet. Look at the marked fields."),
    "too_many_addresses": noted("The address book is full. Remove an address you no longer need."),
    "order_sent": noted("A carrier has the parcel: the order can no longer be cancelled."),
    "no_presale": noted("No pre-sale takes deposits for it now. You can order it at its price."),
    "unknown_deposit": noted("We find no such deposit, or this link does not open it."),
    "deposit_not_due": noted("The balance of this deposit cannot be paid now. Your deposits say when it can."),
    "deposit_elsewhere": noted("This deposit was paid in another country. Go there to pay its balance."),
    "order_not_open": noted("This order can no longer be changed."),
    "order_not_paid": noted("This order has not been paid."),
    "payment_method_missing": noted("Choose how you pay."),
    "payment_not_accepted": noted("This way of paying is not accepted here. Choose another."),
    "payment_key_reused": noted("This payment was sent before with other figures. Open the page again and repeat it."),
    "amount_not_chargeable": noted("This amount cannot be charged. Change the basket and try again."),
    "unknown_store": noted("There is no such supermarket here."),
    "not_carried": noted("The supermarket does not sell this. You find it in the mall."),
    "below_minimum": noted("The basket is below the supermarket’s minimum. Add some goods to go on."),
    "outside_store_area": noted("The supermarket’s vans do not go to this address. Choose another one."),
    "unknown_slot": noted("There is no such time of delivery. Choose another one."),
    "slot_closed": noted("This time of delivery can no longer be had. Choose another one."),
    "slot_full": noted("This time of delivery is full. Choose another one."),
    "slot_missing": noted("Choose when the goods are to come, then order."),
    "busy": noted("Very many people are ordering right now. Nothing was taken. Try again in a moment."),
    "database_unavailable": noted("We cannot look that up right now. Nothing was lost. Try again in a moment."),
}  # fmt: skip
"""By code of the refusal; others are told as a request that cannot be carried out."""

OTHERWISE = noted("That cannot be done like this.")


def told(edition: Edition, refused: Refused) -> str:
    """What a refusal means for the shopper."""
    return edition.gettext(SENTENCES.get(refused.code, OTHERWISE))
