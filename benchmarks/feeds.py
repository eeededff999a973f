"""CPU per row and peak memory of reading a feed, by format and size.

Run: `python benchmarks/feeds.py [rows ...]`; without sizes, 10,000 and 1,000,000 rows. Each case runs in a process of its own,
so that its peak is its own; the file is written first, row by row, and its writing is not counted.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from argosy.catalogue.feeds.columns import GOOGLE
from argosy.catalogue.feeds.read import FORMATS, Known, read_feed
from argosy.catalogue.model import ImportRow

SIZES = (10_000, 1_000_000)
KNOWN = Known(
    categories=frozenset({"handbags"}),
    colours={"teal": "teal"},
    currencies=frozenset({"USD"}),
    google_categories={"3032": "handbags"},
    languages=frozenset({"en", "fr"}),
)


def rows(count: int) -> Iterator[dict[str, str]]:
    """Rows with what a usual feed has: a name, four sentences, a photograph, codes, three variants a product."""
    text = "A handbag of soft grained leather, 30 cm wide. Two inner pockets. Strap of 1 m. Made to be worn. "
    for number in range(count):
        yield {
            "sku": f"fa-{number}", "group": f"bag-{number // 3}", "name": f"Handbag no. {number}", "brand": "Fa",
            "category": "handbags", "description": text * 4, "colour": "teal", "size": "M", "gtin": "4006381333931",
            "weight": "350 g", "price": f"{number % 900 + 1}.50 USD", "stock": "5", "attr.gender": "women",
            "image": f"https://img.example/handbags/{number}.jpg", "attr.material": "leather",
        }  # fmt: skip


def as_google(row: dict[str, str]) -> dict[str, str]:
    """The same row by the names of a Google feed."""
    names = {ours: google for google, ours in GOOGLE.items()} | {"stock": "quantity"}
    google = {names[field]: value for field, value in row.items() if field != "category"}
    return google | {"google_product_category": "3032", "availability": "in_stock"}


def write(path: Path, format: str, count: int) -> None:
    """Write a feed of `count` rows."""
    with path.open("w", encoding="utf-8", newline="") as out:
        if format == "jsonl":
            out.writelines(json.dumps(row) + "\n" for row in rows(count))
        elif format == "google-xml":
            out.write('<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n')
            for row in map(as_google, rows(count)):
                cells = "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in row.items())
                out.write(f"<item>{cells}</item>\n")
            out.write("</channel></rss>\n")
        else:
            all_rows = map(as_google, rows(count)) if format == "google-tsv" else rows(count)
            first = next(all_rows)
            writer = csv.DictWriter(out, list(first), delimiter="\t" if format == "google-tsv" else ",")
            writer.writeheader()
            writer.writerow(first)
            writer.writerows(all_rows)


def peak_mb() -> float:
    """The most memory this process has held, in MB, and at least what its parent held at the start (Linux)."""
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def measure(path: Path, format: str, count: int) -> tuple[float, float, float]:
    """CPU microseconds a row, peak memory in MB, and how much of it was there before reading began."""
    before = peak_mb()
    began = time.process_time()
    taken = sum(1 for row in read_feed(path, KNOWN, merchant="far", format=format) if isinstance(row, ImportRow))
    spent = time.process_time() - began
    assert taken == count, f"{taken:,} of {count:,} rows were taken in"
    return spent / count * 1e6, peak_mb(), before


def main(sizes: tuple[int, ...]) -> None:
    """Print one line for each format and size."""
    # A forked child would start with its parent's peak.
    spawn = multiprocessing.get_context("spawn")
    print(f"{'format':12} {'rows':>10} {'file MB':>8} {'CPU us/row':>11} {'peak MB':>8} {'of it before':>13}")
    with tempfile.TemporaryDirectory() as folder:
        for format in FORMATS:
            for count in sizes:
                path = Path(folder) / f"{format}-{count}"
                write(path, format, count)
                with spawn.Pool(1) as pool:
                    spent, peak, before = pool.apply(measure, (path, format, count))
                size = path.stat().st_size / 1e6
                print(f"{format:12} {count:>10,} {size:>8.0f} {spent:>11.1f} {peak:>8.1f} {before:>13.1f}", flush=True)
                path.unlink()


if __name__ == "__main__":
    main(tuple(int(text.replace(",", "")) for text in sys.argv[1:]) or SIZES)
