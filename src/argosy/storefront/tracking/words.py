"""What a shopper is told of a parcel's states and events: one English text for each, marked for translation."""

from __future__ import annotations

from argosy.storefront.texts import noted

HEADINGS = {
    "announced": noted("Being picked in %(place)s"),
    "picked": noted("Being packed in %(place)s"),
    "packed": noted("Packed in %(place)s"),
    "handed_over": noted("With the carrier in %(place)s"),
    "in_transit": noted("On its way, %(place)s"),
    "customs": noted("At customs, %(place)s"),
    "out_for_delivery": noted("On the van to your door"),
    "failed_attempt": noted("Nobody was at home"),
    "delivered": noted("Delivered"),
    "returned": noted("On its way back to us"),
    "withdrawn": noted("Not sent"),
}
EVENTS = {
    "announced": (noted("Paid, price fixed"), noted("The parcel has its number, and the goods are being picked.")),
    "picked": (noted("Picked"), noted("Taken from the shelf in %(place)s.")),
    "packed": (noted("Packed"), noted("Packed and labelled in %(place)s.")),
    "handed_over": (
        noted("Handed to the carrier"),
        noted("In a sealed bag with other parcels for the same departure."),
    ),
    "departed": (noted("Left %(place)s"), ""),
    "arrived": (noted("Arrived at %(place)s"), ""),
    "customs": (noted("Shown to customs"), noted("At %(place)s. You need not do anything.")),
    "cleared": (noted("Cleared by customs"), noted("Released at %(place)s.")),
    "delayed": (noted("Held up"), noted("The carrier tells of a delay at %(place)s.")),
    "out_for_delivery": (noted("On the van"), noted("The courier has it and is on the round.")),
    "failed_attempt": (noted("Nobody was at home"), noted("The courier tries again on the next delivery day.")),
    "delivered": (noted("Delivered"), noted("At the door in %(place)s.")),
    "returned": (noted("Sent back"), noted("The parcel goes back to us. Write to us if you did not ask for that.")),
    "withdrawn": (noted("Not sent"), noted("The order was ended before the parcel left the house.")),
    "recalled": (noted("Called back"), noted("The order was ended when the parcel was on its way already.")),
}
STEPS = {
    "pick": noted("Picked and packed in %(place)s"),
    "air": noted("Flight to %(place)s"),
    "road": noted("By road to %(place)s"),
    "rail": noted("By rail to %(place)s"),
    "sea": noted("By ship to %(place)s"),
    "customs": noted("Customs, %(place)s"),
    "sort": noted("Sorted for the courier, %(place)s"),
    "door": noted("At your door in %(place)s"),
}
