const UNITS: ReadonlyArray<readonly [unit: string, seconds: number]> = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
];

/**
 * The shop's time at a time of this browser, both in ms. `data-pace="origin,real,speed"` says how the shop's clock runs where it is not
 * the real one; `data-now`, in pages that nobody keeps, corrects a wrong clock here. Read once, when the page is fresh.
 */
function shopsClock(): (real: number) => number {
  const { pace = "", now = "" } = document.documentElement.dataset;
  const [origin = Number.NaN, from = Number.NaN, speed = Number.NaN] = pace.split(",").map(Number);
  const paced = (real: number): number => origin + (real - from) * speed;
  const runs = Number.isFinite(paced(0)) ? paced : (real: number): number => real;
  const said = Date.parse(now);
  const ahead = Number.isNaN(said) ? 0 : said - runs(Date.now());
  return (real) => runs(real) + ahead;
}

function write(element: HTMLElement, left: number, digits: Intl.NumberFormat): void {
  const parts = UNITS.map(([unit, seconds]) => ({ seconds, spot: element.querySelector(`[data-unit="${unit}"]`) })).filter((part) => part.spot);
  let rest = left;
  if (parts.length > 0) {
    for (const { seconds, spot } of parts) {
      if (spot) spot.textContent = digits.format(Math.floor(rest / seconds));
      rest %= seconds;
    }
    return;
  }
  const hours = Math.floor(rest / 3_600);
  const texts = [Math.floor((rest % 3_600) / 60), rest % 60].map((value) => digits.format(value));
  element.textContent = (hours > 0 ? [digits.format(hours), ...texts] : texts).join(":");
}

function pass(element: HTMLElement): void {
  if ("passed" in element.dataset) return;
  element.dataset["passed"] = "";
  element.dispatchEvent(new CustomEvent("deadline-passed", { bubbles: true }));
}

/**
 * Ticks every `<time data-deadline="ISO instant">` once a second, never below zero and never anew.
 * Parts marked `data-unit="d|h|m|s"` are filled; without parts the text becomes h:mm:ss. At zero the element fires `deadline-passed`.
 */
export function tickDeadlines(): void {
  const shopsTime = shopsClock();
  const locale = document.documentElement.lang || "en";
  const digits = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2, useGrouping: false });
  const tick = (): void => {
    if (document.hidden) return;
    const now = shopsTime(Date.now());
    for (const element of document.querySelectorAll<HTMLElement>("[data-deadline]")) {
      const end = Date.parse(element.dataset["deadline"] ?? "");
      if (Number.isNaN(end)) continue;
      const left = Math.max(0, Math.ceil((end - now) / 1000));
      write(element, left, digits);
      if (left === 0) pass(element);
    }
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  window.addEventListener("pageshow", tick);
}
