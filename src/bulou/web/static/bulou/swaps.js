// What htmx swaps in: said to a screen reader, shown as a toast, and never failing in silence.

const said = document.getElementById("said");
const toasts = document.getElementById("toasts");
const SECONDS = 6;

function toast(text, tone = "") {
  // What asks every few seconds says only once that it does not get through.
  if ([...toasts.querySelectorAll("p")].some((said) => said.textContent === text)) return;
  const note = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  note.classList.add(...(tone ? [tone] : []));
  note.querySelector("p").textContent = text;
  toasts.append(note);
  said.textContent = text;
  // What failed stays until it is put away.
  if (tone !== "bad") window.setTimeout(() => note.remove(), SECONDS * 1000);
}

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".note").remove());

// A view says something by the header `HX-Trigger: {"said": {"text": …, "tone": "good|warn|bad"}}`.
document.addEventListener("said", (event) => toast(event.detail.text, event.detail.tone));

// A swapped-in part that has `data-said` is read out, without a toast: it shows what changed by itself.
document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.elt;
  const word = part.matches?.("[data-said]") ? part : part.querySelector?.("[data-said]");
  if (word) said.textContent = word.dataset.said;
});

// A log-in page is no part of another page: the session has ended, so the whole page goes there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const path = xhr.responseURL ? new URL(xhr.responseURL).pathname : "";
  if (path === document.body.dataset.login && path !== location.pathname) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

// The server's own sentence when there is one.
function sentence(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const words = [page.querySelector("main h1"), page.querySelector("main .empty p")];
  return words.every(Boolean) ? words.map((part) => part.textContent.trim()).join(":") : toasts.dataset.failed;
}
document.addEventListener("htmx:responseError", (event) => toast(sentence(event.detail.xhr), "bad"));
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => toast(toasts.dataset.offline, "bad"));
}

// A second click on a form that is on its way does nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches("form[method=post]")) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  form.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.elt.closest?.("form")?.removeAttribute("aria-busy");
});
