// Work lists: a call's outcome is one tap after the call; the list renews itself and keeps focus and selection.

const list = () => document.getElementById("list");

// `crypto.randomUUID` is not there without https, which an office's own server may not have.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// After `tel:` the outcomes open, so that they are there when the call is over.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-call] a[href^='tel:']");
  if (!link) return;
  const dialog = document.querySelector("[data-outcomes]");
  const form = dialog.querySelector("form");
  const row = link.closest("tr");
  form.action = link.closest("[data-call]").dataset.call;
  form.dataset.row = row.id;
  form.elements.key.value = uuid();
  dialog.querySelector("[data-about]").textContent = row.querySelector("th").innerText.replace(/\s+/g, " ");
  dialog.showModal();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.row || !window.htmx) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form, event.submitter));
  form.closest("dialog").close();
  const target = `#${form.dataset.row}`;
  window.htmx.ajax("POST", form.action, { target, swap: "outerHTML", values }).then(() => {
    const row = document.querySelector(target);
    if (row) {
      row.tabIndex = -1;
      row.focus();
    }
  });
}, true);

// The list asks for itself only while nobody is in the middle of something, and says what it has.
const busy = () => document.querySelector("dialog[open], details[open]") || document.hidden
  || document.activeElement?.closest?.("#list")?.querySelector("input:not([type=checkbox]):focus");

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "list") return;
  event.detail.headers["If-None-Match"] = list().dataset.stamp;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "list" && busy()) event.preventDefault();
});

let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "list") return;
  if (event.detail.xhr.status === 304) {
    event.detail.shouldSwap = false;
    return;
  }
  const row = document.activeElement?.closest?.("#list tr");
  kept = {
    picked: [...list().querySelectorAll("input[data-pick]:checked")].map((box) => box.value),
    row: row?.id,
    link: document.activeElement?.matches?.("a, button") ? document.activeElement.getAttribute("href") : null,
  };
});
document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  const { picked, row, link } = kept;
  kept = null;
  const boxes = [...list().querySelectorAll("input[data-pick]")].filter((box) => picked.includes(box.value));
  // A click, so that the bar that counts them follows.
  for (const box of boxes) box.click();
  const here = row && document.getElementById(row);
  if (!here) return;
  const inner = link && [...here.querySelectorAll("a, button")].find((one) => one.getAttribute("href") === link);
  here.tabIndex = -1;
  (inner || here).focus({ preventScroll: true });
});
