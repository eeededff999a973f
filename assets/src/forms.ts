const SETTLE_MS = 250;

/** Plus and minus beside a number field: `.qty` with an input and buttons marked `data-step="1"` or `"-1"`. */
function step(button: HTMLElement, event: Event): void {
  const input = button.closest(".qty")?.querySelector<HTMLInputElement>("input");
  if (!input) return;
  event.preventDefault();
  const before = input.value;
  if (Number(button.dataset["step"]) < 0) input.stepDown();
  else input.stepUp();
  if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Sends a form marked `data-autosubmit` shortly after the last change; with hx-get on the form only its target is replaced. */
function submitSoon(): (event: Event) => void {
  const waiting = new WeakMap<HTMLFormElement, number>();
  return (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-autosubmit]");
    if (!form) return;
    clearTimeout(waiting.get(form));
    const send = (): void => {
      if (form.isConnected && form.checkValidity()) form.requestSubmit();
    };
    waiting.set(form, window.setTimeout(send, SETTLE_MS));
  };
}

/** A form marked `data-once` (payment, claim) is sent once: a second press while the first is under way does nothing. */
function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!("once" in form.dataset) || event.defaultPrevented) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else form.setAttribute("aria-busy", "true");
}

export function listenToForms(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>(".qty [data-step]");
    if (button) step(button, event);
  });
  document.addEventListener("change", submitSoon());
  document.addEventListener("submit", sendOnce);
  // Back from the payment page out of the browser's cache: the form must be usable again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) form.removeAttribute("aria-busy");
  });
}
