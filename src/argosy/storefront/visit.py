"""Who reads a page, where and in which language, and what her forms may do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import Cookie, FormMultiDict

from argosy.base.errors import NotFound, Refused
from argosy.delivery.stores.model import Store
from argosy.markets.address_forms import area_name, region_of
from argosy.markets.model import Market
from argosy.markets.rules import choose_language, interface_language
from argosy.orders.model import Charts, Destination, Promise
from argosy.orders.quoting.soon import Soon
from argosy.orders.showing.cards import Offer
from argosy.orders.showing.showcase import Showcase
from argosy.plumbing.ids import derived_id
from argosy.storefront.edition import Edition
from argosy.storefront.front import Front, front_of

SESSION = "argosy"
BASKET = "argosy_basket"
PLACE = "argosy_place"
REGION = "argosy_region"
NO_GIFTS = "argosy_no_gifts"
SLOT = "argosy_slot"
SUPERMARKET = "supermarket"
"""The step of an address that those of a city's store lie under."""
KEEP_SECONDS = 180 * 24 * 3600
MALL = "/{market:str}/{language:str}"
STORE = f"{MALL}/{SUPERMARKET}/{{store:str}}"
"""Addresses of the mall's pages begin with the first, those of a store's with the second."""
_NOBODY = bytes(16)


class _Session(msgspec.Struct, array_like=True):
    shopper: bytes
    account: bytes | None
    issued: int


_read_session = msgspec.msgpack.Decoder(_Session).decode


class Visit(msgspec.Struct):
    """One request of a reader. A reader without a cookie has no shopper's id until she does what needs one."""

    front: Front
    edition: Edition
    rest: str
    """The address within the edition, without its query: `p/women-teal-handbag`."""
    host: str
    shopper_id: UUID | None = None
    account_id: UUID | None = None
    basket_count: int = 0
    region: str = ""
    """Code of the state or province it would be sent to, in markets whose tax depends on it; else empty."""
    declined: frozenset[str] = frozenset()
    """Promotions whose gifts she does not want."""
    question: str = ""
    """What stands in the search field."""
    swapped: bool = False
    """A script asked for this page to put a part of it in place."""
    cookies: list[Cookie] = []
    """To be set by the answer."""
    store: Store | None = None
    """The city's store whose page it is; None: the mall's."""
    slot: str = ""
    """Name of the slot that she chose there, whether or not it can still be had."""

    @property
    def market(self) -> Market:
        """Where it would be sent to."""
        return self.edition.market

    @property
    def language(self) -> str:
        """The page's language."""
        return self.edition.language

    @property
    def locale(self) -> str:
        """The CLDR locale of amounts and dates."""
        return self.edition.locale

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.edition.direction

    @property
    def known(self) -> bool:
        """Whether this page depends on who reads it."""
        return self.shopper_id is not None or self.basket_count > 0 or self.region != self.market.region

    @property
    def showcase(self) -> Showcase:
        """What is to be had here."""
        return self.front.showcase_at(self.store.hub) if self.store else self.front.showcase

    @property
    def charts(self) -> Charts:
        """What prices are made from here."""
        return self.showcase.charts

    @property
    def basket_id(self) -> UUID | None:
        """Whose the basket is: a store has one of its own; None for a reader whom nobody knows yet."""
        return None if self.shopper_id is None else basket_in(self.store, self.shopper_id)

    def shop_url(self, *steps: str, **asked: Any) -> str:
        """An address of the store whose page it is, else of the mall."""
        return self.edition.url(*([SUPERMARKET, self.store.code] if self.store else []), *steps, **asked)

    def enter(self, store: Store | None) -> None:
        """Take the reader to be in a store, or in the mall, from now on."""
        self.store = store

    @property
    def csrf(self) -> str:
        """The text that every form carries in its field `csrf`."""
        return self.front.forms.sign(self.shopper_id.bytes if self.shopper_id else _NOBODY)

    def gettext(self, text: str, **values: Any) -> str:
        """A text in the reader's language."""
        return self.edition.speech.gettext(text, **values)

    def ngettext(self, one: str, many: str, count: int, **values: Any) -> str:
        """A text for a number in the reader's language."""
        return self.edition.speech.ngettext(one, many, count, **values)

    def shopper(self) -> UUID:
        """The reader's id; a new one and its cookie where she has none."""
        if self.shopper_id is None:
            self.remember(self.front.desk.new_id(), None)
        assert self.shopper_id is not None  # noqa: S101
        return self.shopper_id

    def basket(self) -> UUID:
        """Whose the basket is; a new shopper's where she has none."""
        return basket_in(self.store, self.shopper())

    def choose_slot(self, name: str) -> None:
        """Keep a slot of the store as chosen; empty: none."""
        assert self.store is not None  # noqa: S101
        self.slot = name
        self.keep(_of_store(SLOT, self.store), name, KEEP_SECONDS if name else 0)

    def remember(self, shopper_id: UUID, account_id: UUID | None) -> None:
        """Take the reader for this shopper from now on, signed in to an account or not."""
        self.shopper_id, self.account_id = shopper_id, account_id
        issued = int(self.front.now.timestamp())
        session = _Session(shopper_id.bytes, account_id.bytes if account_id else None, issued)
        self.keep(SESSION, self.front.sessions.sign(msgspec.msgpack.encode(session)))

    def forget(self) -> None:
        """Take the reader for nobody from now on."""
        self.shopper_id, self.account_id = None, None
        self.keep(SESSION, "", 0)
        self.count_basket(0)

    def count_basket(self, pieces: int) -> None:
        """Show this number at the basket from now on."""
        self.basket_count = max(0, min(pieces, 9_999))
        seconds = KEEP_SECONDS if self.basket_count else 0
        self.keep(_of_store(BASKET, self.store), str(self.basket_count) if self.basket_count else "", seconds)

    def want_gift(self, promotion: str, wanted: bool) -> None:
        """Take a promotion's gift from now on, or do without; the last ten that were declined are remembered for a month."""
        others = sorted(self.declined - {promotion})
        self.declined = frozenset(others if wanted else [*others[-9:], promotion])
        self.keep(NO_GIFTS, ".".join(sorted(self.declined)), 30 * 24 * 3600 if self.declined else 0)

    @property
    def place(self) -> str:
        """Where prices are made for: the state or province where tax depends on it, else the country."""
        if not self.region:
            return self.edition.market_name
        return area_name(self.market.address_country, self.region, self.language)

    @property
    def promise(self) -> Promise | None:
        """By when goods that are ordered now are there; None where no date can be promised, and in a store, which has slots."""
        if self.store is not None:
            return None
        return self.front.desk.promise(Destination(country=self.market.code, region=self.region), self.front.now)

    @property
    def soon(self) -> Soon:
        """Which goods that are ordered now are there within 72 hours."""
        return self.front.desk.within(Destination(country=self.market.code, region=self.region), self.front.now)

    def promise_of(self, offer: Offer) -> Promise | None:
        """By when one piece that is ordered now is there, from the hub that sends it."""
        return offer.promise if offer.elsewhere else self.promise

    def deliver_to(self, region: str) -> None:
        """Make prices for this state or province from now on; one that is none leaves things as they are."""
        if region != self.region and region_of(self.market, region) == region:
            self.region = region
            self.keep(_region_cookie(self.market), region)

    def keep(self, name: str, value: str, seconds: int = KEEP_SECONDS) -> None:
        """Set a cookie with the answer; 0 seconds removes it."""
        self.cookies = [cookie for cookie in self.cookies if cookie.key != name]
        self.cookies.append(
            Cookie(
                key=name, value=value, max_age=seconds, path="/", httponly=True, samesite="lax",
                secure=self.front.base_url.startswith("https:"),
            )
        )  # fmt: skip


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """The visit of a request under `/{market}/{language}/`; refuses (`unknown_market`) others as not found."""
    front = front_of(request)
    _, market, language, *rest = request.url.path.split("/", 3)
    edition = front.edition(market, language)
    if edition is None:
        raise NotFound("unknown_market", "There is no such market or language.")
    visit = _visit(request, front, edition, rest[0] if rest else "")
    if visit.store is None and visit.rest.startswith(f"{SUPERMARKET}/"):
        raise NotFound("unknown_store", "There is no such store here.")
    return visit


def visit_anywhere(request: Request[Any, Any, Any]) -> Visit:
    """A visit of any address: in the edition that its beginning names, else in the one the reader would be sent to."""
    front = front_of(request)
    steps = request.url.path.split("/", 3)
    edition = front.edition(steps[1], steps[2]) if len(steps) > 2 else None
    if edition is None:
        return _visit(request, front, front.edition_in(*place_of(request, front)), "")
    return _visit(request, front, edition, steps[3] if len(steps) > 3 else "")


def _visit(request: Request[Any, Any, Any], front: Front, edition: Edition, rest: str) -> Visit:
    visit = Visit(front, edition, rest, request.headers.get("host", ""))
    visit.swapped = request.headers.get("hx-request") == "true"
    cookies = request.cookies
    token = cookies.get(SESSION)
    if token and (session := _session(front, token)) is not None:
        visit.shopper_id = UUID(bytes=session.shopper)
        visit.account_id = UUID(bytes=session.account) if session.account else None
    visit.region = region_of(edition.market, cookies.get(_region_cookie(edition.market), ""))
    visit.store = _store_of(front, visit.market, rest)
    if visit.store is not None:
        visit.slot = cookies.get(_of_store(SLOT, visit.store), "")[:48]
    if declined := cookies.get(NO_GIFTS):
        visit.declined = frozenset(declined[:1_000].split("."))
    count = cookies.get(_of_store(BASKET, visit.store), "")
    visit.basket_count = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    return visit


def steps_of(to: str) -> list[str]:
    """The steps of an address within an edition or store, none of which leads out of it."""
    told = to.lstrip("/").replace("\\", "")[:300]
    return [step for step in told.split("/") if step not in ("", ".", "..")]


def basket_in(store: Store | None, shopper_id: UUID) -> UUID:
    """Whose name a shopper's basket in a store is kept under; in the mall her own."""
    return derived_id("basket", store.code, str(shopper_id)) if store else shopper_id


def _of_store(cookie: str, store: Store | None) -> str:
    return f"{cookie}_{store.code}" if store else cookie


def _store_of(front: Front, market: Market, rest: str) -> Store | None:
    """The store of the market that an address lies under, given from behind the language; None for the mall."""
    first, _, below = rest.partition("/")
    if first != SUPERMARKET or not below:
        return None
    store = front.desk.charts.stores.by_code.get(below.partition("/")[0])
    return store if store is not None and store.market == market.code else None


def _region_cookie(market: Market) -> str:
    return f"{REGION}_{market.path}"


def _session(front: Front, token: str) -> _Session | None:
    body = front.sessions.open(token[:500])
    if body is None:
        return None
    session = _read_session(body)
    return session if 0 <= front.now.timestamp() - session.issued + 60 < KEEP_SECONDS else None


def place_of(request: Request[Any, Any, Any], front: Front) -> tuple[Market, str]:
    """The market and language for a reader who named none: what she chose before, else what her browser accepts."""
    markets = front.desk.charts.markets
    accepted = request.headers.get("accept-language")
    market_path, _, language = request.cookies.get(PLACE, "").partition(".")
    chosen = markets.get(market_path)
    if chosen is not None and chosen.launched:
        return chosen, choose_language(chosen, accepted, language)
    market = _market_for(front, accepted or "")
    return market, choose_language(market, accepted)


def _market_for(front: Front, accepted: str) -> Market:
    """The first market whose country a tag of the browser names, else the first whose default language it names."""
    markets, launched = front.desk.charts.markets, front.desk.charts.markets.launched()
    tags = [part.partition(";")[0].strip() for part in accepted[:500].split(",")]
    for tag in tags:
        country = tag.rpartition("-")[2].upper()
        if len(country) == 2 and country in markets and markets[country].launched and "-" in tag:
            return markets[country]
    for tag in tags:
        language = interface_language(tag)
        if language == "en" and "GB" in markets:
            return markets["SG"] if "SG" in markets else markets["GB"]
        for market in launched:
            if market.language == language:
                return market
    return markets["SG"] if "SG" in markets else launched[0]


async def posted(request: Request[Any, Any, Any], visit: Visit) -> FormMultiDict:
    """The fields of a form that was sent; refuses (`forged_form`, 403) one that did not come from our own page.

    A page that was rendered before its reader had a cookie carries nobody's token: it passes only if the browser says
    that it is sent from our own origin.
    """
    if not _ours(request, visit):
        raise _forged()
    form = await request.form()
    token = visit.front.forms.open(str(form.get("csrf", ""))[:200])
    if token is None or (visit.shopper_id is not None and token != visit.shopper_id.bytes and token != _NOBODY):
        raise _forged()
    if token == _NOBODY and visit.shopper_id is not None and not _surely_ours(request):
        raise _forged()
    return form


def _ours(request: Request[Any, Any, Any], visit: Visit) -> bool:
    """No header says that another site sends this."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in (visit.host, urlsplit(visit.front.base_url).netloc)


def _surely_ours(request: Request[Any, Any, Any]) -> bool:
    return "origin" in request.headers or request.headers.get("sec-fetch-site") == "same-origin"


def _forged() -> Refused:
    remedy = "Open the page again and send the form from there."
    return Refused("forged_form", "The form did not come from this shop's page.", remedy=remedy, status=403)
