// The search box: results while one types; ↓ goes into them, ↑↓ through them, Enter opens, Esc puts them away.

const form = document.querySelector("[data-find]");
const box = form?.querySelector("[data-search]");
const found = form?.querySelector("#found");
const results = () => [...found.querySelectorAll("[data-result]")];

function show(open) {
  found.hidden = !open || !found.textContent.trim();
}

if (form) {
  found.addEventListener("htmx:afterSwap", () => show(Boolean(box.value.trim())));
  form.addEventListener("focusin", () => show(Boolean(box.value.trim())));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const all = [box, ...results()];
    const here = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && here < all.length - 1) all[here + 1].focus();
    else if (event.key === "ArrowUp" && here > 0) all[here - 1].focus();
    else if (event.key === "Escape" && !found.hidden) {
      box.focus();
      show(false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // Enter opens the only thing that was found; else the page with all of it.
  form.addEventListener("submit", (event) => {
    if (found.hidden || results().length !== 1) return;
    event.preventDefault();
    results()[0].click();
  });
}
