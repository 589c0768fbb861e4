// Small comforts of the office pages. Everything works without them.

const said = document.getElementById("said");

// A filter applies as soon as it is chosen; its button stays for those without a script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-apply]");
  if (form) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    const menu = event.target.closest("details[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

// A second click on a form that is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && form.method === "post" && !form.hasAttribute("hx-post")) event.preventDefault();
  form.dataset.sent = "1";
  window.setTimeout(() => delete form.dataset.sent, 4000);
});

// What a swap changed is said, and a request that failed is not passed over in silence.
document.addEventListener("htmx:afterSwap", (event) => {
  const word = event.target.querySelector?.("[data-said]");
  if (word && said) said.textContent = word.dataset.said;
});
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const form = event.target.closest("form");
    if (form) form.submit();
  });
}

for (const button of document.querySelectorAll("[data-with-script]")) button.hidden = false;
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
