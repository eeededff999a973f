function show(gallery: Element, source: string, words: string | null): void {
  const large = gallery.querySelector<HTMLImageElement>("figure img");
  if (!large) return;
  large.src = source;
  if (words !== null) large.alt = words;
}

/**
 * A thumbnail in `.gallery ul` shows its picture large; its link leads to the picture itself, so it works without scripts too.
 * A colour or variant input marked `data-picture="/…/handbag-teal.svg"` changes the large picture when it is chosen.
 */
export function listenToGalleries(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>(".gallery ul a");
    const gallery = link?.closest(".gallery");
    const small = link?.querySelector("img");
    if (!link || !gallery || !small || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(gallery, small.currentSrc || small.src, small.alt);
    for (const other of gallery.querySelectorAll("ul a[aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
  document.addEventListener("change", (event) => {
    const source = (event.target as HTMLElement).dataset["picture"];
    const gallery = document.querySelector(".gallery");
    if (source && gallery) show(gallery, source, null);
  });
}
