// The board renews itself: asked every 30 seconds while it is seen, swapped only when the ETag is another.
const EVERY = 30_000;
const STALE = 120_000;
const live = document.querySelector("[data-live]");
const stale = document.querySelector("[data-stale]");
let answered = Date.now();
let asked = Date.now();

function ask() {
  asked = Date.now();
  window.htmx.trigger(live, "poll");
}

// How old the numbers are is said as soon as nothing has answered for two minutes.
function tellAge() {
  const age = Date.now() - answered;
  const words = stale.querySelector("[data-words]");
  stale.hidden = age < STALE;
  const text = words.dataset.words.replace("{n}", String(Math.floor(age / 60_000)));
  if (!stale.hidden && words.textContent !== text) words.textContent = text;
}

window.setInterval(() => {
  if (document.visibilityState === "visible" && Date.now() - asked >= EVERY) ask();
  tellAge();
}, 1000);
document.addEventListener("visibilitychange", () => {
  tellAge();
  if (document.visibilityState === "visible" && Date.now() - asked >= EVERY) ask();
});

live.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt === live) event.detail.headers["If-None-Match"] = live.dataset.etag;
});

// What was open stays open, what had the focus keeps it.
let open = [];
let focus = "";
live.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (event.detail.target !== live) return;
  const etag = xhr.getResponseHeader("ETag");
  if (xhr.status !== 200 || !etag || etag === live.dataset.etag) {
    event.detail.shouldSwap = false;
    return;
  }
  live.dataset.etag = etag;
  open = [...live.querySelectorAll("details[open][id]")].map((part) => part.id);
  focus = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") ?? "" : "";
});
live.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focus) live.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
});
live.addEventListener("htmx:afterRequest", (event) => {
  if ([200, 304].includes(event.detail.xhr?.status)) answered = Date.now();
  tellAge();
});

// The day's report goes to the clipboard; where a page may not write there, the text opens by its link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  const answer = await fetch(link.href);
  if (!answer.ok) return void (location.href = link.href);
  await navigator.clipboard.writeText(await answer.text());
  document.dispatchEvent(new CustomEvent("said", { detail: { text: link.dataset.copy, tone: "good" } }));
});
