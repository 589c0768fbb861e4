// The workbench of imports: dropping files, and mending bad cells by keyboard. Works without this file, too.

const drop = document.querySelector("form[data-drop]");
if (drop) {
  const files = drop.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.dataset.over = "";
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete drop.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    delete drop.dataset.over;
    files.files = event.dataTransfer.files;
    drop.requestSubmit();
  });
}

const form = document.querySelector("form[data-mends]");
if (form) mending(form);

function mending(form) {
  const status = form.querySelector("[data-mend-status]");
  const cells = () => [...form.querySelectorAll("input[data-cell]")];
  let saving = Promise.resolve();

  const of = (input) => {
    const box = input.closest("td");
    const value = (name) => box.querySelector(`input[name="${name}"]`).value;
    return { sheet: value("sheet"), row: value("row"), at: value("at"), text: input.value };
  };

  // One after the other: each answer says how the file stands then.
  function save(inputs, all = false) {
    const changed = inputs.filter((input) => all || input.value.trim() !== input.dataset.was);
    if (!changed.length) return saving;
    for (const input of changed) {
      input.dataset.was = input.value.trim();
      input.closest("td").setAttribute("aria-busy", "true");
    }
    saving = saving.then(() => send(changed, all));
    return saving;
  }

  async function send(inputs, all) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const input of inputs) for (const [name, value] of Object.entries(of(input))) body.append(name, value);
    if (all) body.set("all", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch {
      status.textContent = form.dataset.wrong;
      for (const input of inputs) input.dataset.was = "\u0000";
    } finally {
      for (const input of inputs) input.closest("td").removeAttribute("aria-busy");
    }
  }

  function show({ cells: told, left, alike }) {
    for (const one of told) {
      const input = cells().find((cell) => {
        const here = of(cell);
        return here.sheet === one.sheet && Number(here.row) === one.row && Number(here.at) === one.at;
      });
      if (!input) continue;
      if (document.activeElement !== input || input.value.trim() === input.dataset.was) {
        input.value = one.text;
        input.dataset.was = one.text;
      }
      const box = input.closest("td");
      box.classList.toggle("good", one.good);
      box.classList.toggle("bad", !one.good);
      input.setAttribute("aria-invalid", String(!one.good));
      box.querySelector("[data-says]").textContent = one.says;
    }
    const more = alike ? ` ${form.dataset.alike.replace("{n}", alike)}` : "";
    status.textContent = form.dataset.left.replace("{n}", left) + more;
    if (!left) window.location.reload();
  }

  const bad = () => cells().filter((input) => input.getAttribute("aria-invalid") === "true");

  // The next bad cell after this one; the cell itself counts as mended when it was changed.
  function next(input, among) {
    const all = cells();
    const from = all.indexOf(input);
    const open = among.filter((one) => one !== input && one.value.trim() === one.dataset.was);
    return open.find((one) => all.indexOf(one) > from) ?? open[0];
  }

  function go(input) {
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  }

  form.addEventListener("change", (event) => {
    if (event.target.matches("input[data-cell]")) save([event.target]);
  });

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("input[data-cell]") || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const done = save([input], event.shiftKey);
      if (!go(next(input, bad()))) done.then(() => go(next(input, bad())));
    } else if (event.key === "Tab" && !event.shiftKey) {
      const column = cells().filter((one) => one.dataset.cell === input.dataset.cell);
      const below = column[column.indexOf(input) + 1];
      if (below) {
        event.preventDefault();
        go(below);
      }
    } else if (event.key === "Escape") {
      input.value = input.dataset.was;
    }
  });

  // A block from Excel goes down the column of bad cells, and right to the next columns.
  form.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
    if (!input.matches("input[data-cell]") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const places = [...new Set(cells().map((one) => one.dataset.cell))].sort((a, b) => a - b);
    const filled = [];
    const first = cells().filter((one) => one.dataset.cell === input.dataset.cell);
    text.split(/\r?\n/).forEach((line, down) => {
      const row = first[first.indexOf(input) + down]?.closest("tr");
      if (!row) return;
      line.split("\t").forEach((value, right) => {
        const place = places[places.indexOf(input.dataset.cell) + right];
        const target = [...row.querySelectorAll("input[data-cell]")].find((one) => one.dataset.cell === place);
        if (!target) return;
        target.value = value;
        filled.push(target);
      });
    });
    save(filled);
  });

  go(bad()[0]);
}
