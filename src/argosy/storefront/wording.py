"""What shoppers are told of fields, faults, payments and orders: one English text for each code, marked for translation."""

from __future__ import annotations

from typing import Any, Protocol

from argosy.markets.model import MAX_FIELD, FieldError
from argosy.shoppers.rules import LEAST_PASSWORD, MOST_PASSWORD
from argosy.storefront.texts import noted


class Speaker(Protocol):
    """What says a text in the reader's language."""

    def gettext(self, text: str, **values: Any) -> str:
        """A text with its `%(name)s` filled in."""
        ...


FIELD_NAMES = {
    "name": noted("Full name"),
    "phone": noted("Mobile"),
    "email": noted("E-mail"),
    "company": noted("Company"),
    "street": noted("Street and number"),
    "street_2": noted("Flat, floor, building"),
    "city": noted("City"),
    "district": noted("District"),
    "suburb": noted("Suburb"),
    "post_town": noted("Town"),
    "village_township": noted("Village or township"),
    "neighborhood": noted("Neighbourhood"),
    "province": noted("Province"),
    "area": noted("Area"),
    "state": noted("State"),
    "prefecture": noted("Prefecture"),
    "do_si": noted("Province or city"),
    "county": noted("County"),
    "emirate": noted("Emirate"),
    "department": noted("Department"),
    "island": noted("Island"),
    "oblast": noted("Region"),
    "parish": noted("Parish"),
    "postal": noted("Postcode"),
    "zip": noted("ZIP code"),
    "pin": noted("PIN code"),
    "eircode": noted("Eircode"),
    "townland": noted("Townland"),
    "password": noted("Password"),
    "card_number": noted("Card number"),
}

_FAULTS = {
    ("phone", "required"): noted("Enter the whole number, such as %(example)s."),
    ("phone", "invalid"): noted("Enter the whole number, such as %(example)s, or start with + and the calling code."),
    ("phone", "too_long"): noted("Enter the whole number, such as %(example)s, or start with + and the calling code."),
    ("postal_code", "invalid"): noted("Enter a code such as %(example)s."),
    ("email", "invalid"): noted("Enter an address such as %(example)s."),
    ("card_number", "required"): noted("Choose one of the test cards, or enter its number."),
    ("card_number", "unknown"): noted(
        "This shop takes no real money: it knows test cards only. Choose one of the list."
    ),
    ("old_password", "wrong"): noted("This is not your present password."),
}
_FAULTS_OF_ANY = {
    "required": noted("Fill this in."),
    "unknown": noted("Choose one from the list."),
    "mismatch": noted("This code lies elsewhere: check the code, or choose another area."),
    "too_long": noted("Shorten it to %(most)s characters."),
    "too_short": noted("Take %(least)s characters or more."),
    "too_easy": noted("Take one that others cannot guess, such as four unrelated words."),
    "control_character": noted("Enter one line of plain text."),
    "invalid": noted("Check this once more."),
}

DECLINES = {
    "card_declined": noted("Your bank did not agree to the payment."),
    "insufficient_funds": noted("There is not enough money on this card."),
    "expired_card": noted("This card has run out."),
    "authentication_failed": noted("The payment was not confirmed."),
}

HAPPENINGS = {
    "order.placed": (noted("Ordered"), noted("The goods were put by for you.")),
    "order.paid": (noted("Paid, price fixed"), noted("The goods are yours.")),
    "order.paid/deposit": (noted("Deposit paid"), noted("The goods are held for you until the balance is paid.")),
    "order.cancelled": (noted("Cancelled"), noted("Nothing was taken, and the goods are free again.")),
    "order.expired": (noted("Not paid in time"), noted("Nothing was taken, and the goods are free again.")),
    "order.refunded": (noted("Money given back"), noted("%(amount)s goes back to the card it came from.")),
    "order.paid_back/deposit": (
        noted("Deposit given back"),
        noted("Goods of its balance went back. %(amount)s goes back to the card it came from."),
    ),
    "order.paid_back/deposit_rest": (
        noted("Rest of the deposit given back"),
        noted("The goods cost less than you had paid ahead. %(amount)s goes back to the card it came from."),
    ),
    "order.deposit_returned": (noted("Deposit cancelled"), noted("%(amount)s goes back to the card it came from.")),
    "order.deposit_forfeited": (
        noted("Deposit lost"),
        noted("The balance was not paid in time. The goods are free again, the deposit stays with the shop."),
    ),
    "order.paid_back/late": (
        noted("Paid back: it came late"),
        noted("We did not keep our date. %(amount)s goes back to the card it came from."),
    ),
    "order.paid_back/price_protection": (
        noted("Price protection paid back"),
        noted("The price fell after you paid. %(amount)s goes back to the card it came from."),
    ),
    "payment.declined": (noted("Payment refused"), noted("Nothing was taken.")),
    "payment.voided": (noted("Payment given up"), noted("Nothing was taken.")),
    "payment.needs_action": (noted("Waiting for your confirmation"), noted("Your bank asked you to confirm.")),
    "payment.pending": (noted("Payment under way"), noted("The bank had not decided yet.")),
}


def field_name(speech: Speaker, kind: str) -> str:
    """What a field is called."""
    return speech.gettext(FIELD_NAMES.get(kind, FIELD_NAMES["area"]))


def fault_text(speech: Speaker, fault: FieldError) -> str:
    """What is wrong with a field, and what to enter instead."""
    text = _FAULTS.get((fault.field, fault.code))
    if text is None or ("%(example)s" in text and not fault.example):
        text = _FAULTS_OF_ANY.get(fault.code, _FAULTS_OF_ANY["invalid"])
    most = MOST_PASSWORD if fault.field == "password" else MAX_FIELD
    values = {"example": fault.example, "most": most, "least": LEAST_PASSWORD}
    return speech.gettext(text, **{name: value for name, value in values.items() if f"%({name})s" in text})


def decline_text(speech: Speaker, reason: str) -> str:
    """Why a payment was refused."""
    return speech.gettext(DECLINES.get(reason, DECLINES["card_declined"]))
