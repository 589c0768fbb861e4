// Passkeys: a form with `data-passkey="create|get"` asks the browser for one and sends what it answers.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The server writes binary parts as base64url; the browser wants and gives bytes.
function opened({ publicKey: asked }) {
  const keys = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.allowCredentials) publicKey.allowCredentials = keys(asked.allowCredentials);
  if (asked.excludeCredentials) publicKey.excludeCredentials = keys(asked.excludeCredentials);
  return { publicKey };
}

function closed(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  const options = opened(await answer.json());
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create(options)
    : await navigator.credentials.get(options);
  form.elements.answer.value = JSON.stringify(closed(credential));
  form.submit();
}

// A click before this was loaded would send a form without an answer: until now there is no button.
for (const button of document.querySelectorAll("[data-asks-passkey]")) button.removeAttribute("hidden");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-passkey]") || form.elements.answer.value) return;
  event.preventDefault();
  ask(form).catch(() => form.querySelector("[data-refused]").removeAttribute("hidden"));
});
