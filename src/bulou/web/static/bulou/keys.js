// The keyboard in lists: ↑↓ move, Enter opens, x selects, Esc closes, / searches, ? shows the keys. And picking rows.

const rowsOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]);
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");

// A list is `<table data-list>`; its current row is the one that has the focus, or holds what has it.
function move(step) {
  const list = document.activeElement?.closest("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return false;
  const rows = rowsOf(list);
  const here = rows.indexOf(document.activeElement?.closest("tr"));
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  if (!next) return false;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// Enter on a row follows its `data-open`, else the first link of its heading.
function enter(row) {
  const link = row.querySelector("[data-open]") ?? row.querySelector("th a, td a");
  link?.click();
  return Boolean(link);
}

function pick(row) {
  const box = row?.querySelector("input[data-pick]");
  box?.click();
  return Boolean(box);
}

function close(event) {
  const menu = event.target.closest("details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.target.matches("[data-list] tr")) {
    event.target.blur();
  } else return false;
  return true;
}

function search() {
  const box = document.querySelector("[data-search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function help() {
  const dialog = document.getElementById("keys-help");
  dialog?.showModal();
  return Boolean(dialog);
}

document.addEventListener("keydown", (event) => {
  // A key that an input method still works with belongs to it (Enter chooses a Chinese word).
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return void (close(event) && event.preventDefault());
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const row = event.target.matches("[data-list] tr") ? event.target : null;
  const done = {
    "/": search,
    "?": help,
    ArrowDown: () => !event.target.closest("summary, [role=region]") && move(1),
    ArrowUp: () => !event.target.closest("summary, [role=region]") && move(-1),
    Enter: () => row && enter(row),
    x: () => pick(event.target.closest("[data-list] tr")),
  }[event.key]?.();
  if (done) event.preventDefault();
});

// Picking: `data-pick-all` in the head, `data-pick` in rows; with Shift all between two clicks. The bar
// `[data-bulk]` of the same form shows how many there are.
let last = null;
function between(box) {
  const boxes = [...box.form?.querySelectorAll("input[data-pick]") ?? []];
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
}
function tell(form) {
  const boxes = [...form.querySelectorAll("input[data-pick]")];
  const picked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("input[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  for (const bar of form.querySelectorAll("[data-bulk]")) bar.hidden = picked === 0;
  for (const word of form.querySelectorAll("[data-picked]")) word.textContent = picked;
}
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("input[data-pick], input[data-pick-all]");
  if (!box?.form) return;
  if (box.matches("[data-pick-all]")) {
    for (const one of box.form.querySelectorAll("input[data-pick]")) one.checked = box.checked;
  } else {
    if (event.shiftKey && last?.form === box.form) between(box);
    last = box;
  }
  tell(box.form);
});

// Browsers drop a table's meaning when its rows are shown as cards: the roles say it again.
const NARROW = window.matchMedia("(max-width: 720px)");
function name(root) {
  if (!NARROW.matches) return;
  for (const table of root.querySelectorAll("table.cards")) {
    table.setAttribute("role", "table");
    for (const body of [table.tHead, ...table.tBodies, table.tFoot]) body?.setAttribute("role", "rowgroup");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      for (const cell of row.cells) {
        cell.setAttribute("role", cell.tagName === "TD" ? "cell" : cell.scope === "row" ? "rowheader" : "columnheader");
      }
    }
  }
}
name(document);
NARROW.addEventListener("change", () => name(document));
document.addEventListener("htmx:load", () => name(document));
