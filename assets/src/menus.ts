const OPEN = "details[data-menu][open]";

function closeAll(except: Element | null, focus: boolean): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(OPEN)) {
    if (menu === except || menu.contains(except)) continue;
    if (focus && menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.open = false;
  }
}

/** Menus are `<details data-menu>`: Escape and a press elsewhere close them, and Escape gives the focus back. */
export function listenToMenus(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeAll(null, true);
  });
  document.addEventListener("click", (event) => closeAll((event.target as Element).closest(OPEN), false));
}

/** Browsers without `::details-content` get the filters of a wide page opened once; the sheet does it in the others. */
export function openFiltersWhenWide(): void {
  if (CSS.supports("selector(::details-content)") || !matchMedia("(min-width: 60.01rem)").matches) return;
  for (const facets of document.querySelectorAll<HTMLDetailsElement>("details.facets")) facets.open = true;
}
