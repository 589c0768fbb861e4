// Copies the text of the field that `data-copy` names, and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy");
  }
  button.querySelector("svg use")?.setAttribute("href", button.querySelector("svg use").getAttribute("href").replace(/#.*/, "#check"));
});
