// EventHub's only script: small comforts on pages that work without it.
"use strict";

// Menus and list twins that CSS shows whole at some widths are opened there: not every browser knows ::details-content,
// and a menu that is closed by its attribute counts as one without links, though it scrolls.
for (const box of document.querySelectorAll("details[data-open]")) {
  if (window.matchMedia(box.dataset.open).matches) box.open = true;
}

// After a refused form, the focus starts at the list of what to correct.
const summary = document.getElementById("error-summary");
if (summary) summary.focus();

// A filter chosen by pointer applies at once; with the keyboard, arrows walk through the choices, so the button decides.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  let byPointer = false;
  form.addEventListener("pointerdown", () => { byPointer = true; });
  form.addEventListener("keydown", () => { byPointer = false; });
  form.addEventListener("change", (event) => {
    if (byPointer && event.target.matches("select")) form.requestSubmit();
  });
}

// Ranked lists: the buttons move the row here instead of asking the server.
for (const list of document.querySelectorAll("[data-ranked]")) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const up = button.dataset.move === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (up) other.before(row); else other.after(row);
    const rank = [...row.parentElement.children].indexOf(row) + 1;
    const stays = up ? row.previousElementSibling : row.nextElementSibling;
    (stays ? button : row.querySelector(`[data-move="${up ? "down" : "up"}"]`)).focus();
    list.querySelector("[data-said]").textContent = list.dataset.moved
      .replace("{what}", () => row.querySelector(".ranked-label").textContent)
      .replace("{rank}", String(rank));
  });
}

// The progress of long work is asked for until it ends; without this script a link looks again.
const work = document.querySelector("[data-live]");
if (work) {
  const timer = setInterval(async () => {
    const answer = await fetch(window.location.href).catch(() => null);
    if (!answer?.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(work.id);
    if (!now) return;
    work.querySelector(".job").innerHTML = now.querySelector(".job").innerHTML;
    if ("live" in now.dataset) return;
    clearInterval(timer);
    const focused = work.contains(document.activeElement);
    for (const rest of [...work.children].slice(1)) rest.remove();
    work.append(...[...now.children].slice(1));
    if (focused) work.querySelector("a")?.focus();
  }, 2000);
}

// Links to hand on are copied with one press, where the browser allows it.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
      button.closest(".copy").querySelector("[data-said]").textContent = button.dataset.copied;
    });
  }
}

// Passkeys: the browser's own dialogue makes and uses them; the pages say how without.
for (const box of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) continue;
  box.hidden = false;
  const said = document.querySelector("[data-passkey-said]");
  const token = document.querySelector("input[name=csrf_token]").value;
  const post = async (address, body) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body || {}),
    });
    return answer.json();
  };
  box.querySelector("button").addEventListener("click", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const options = await post(box.dataset.options);
      let sent;
      if (box.dataset.passkey === "add") {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
        const made = await navigator.credentials.create({ publicKey });
        sent = { made: made.toJSON(), name: document.getElementById(box.dataset.name).value };
      } else {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        sent = (await navigator.credentials.get({ publicKey })).toJSON();
      }
      const answer = await post(box.dataset.answer, sent);
      if (answer.to) window.location.assign(answer.to); else said.textContent = answer.message;
    } catch {
      said.textContent = box.dataset.failed;
    }
  });
}

// A question that depends on another one's answer shows while that answer is given; hidden, it is not sent.
const dependent = [...document.querySelectorAll("[data-asked-if]")];
if (dependent.length) {
  const answers = (name) => [...document.querySelectorAll(`[name="${name}"]`)]
    .filter((one) => !one.disabled && (one.type !== "checkbox" && one.type !== "radio" || one.checked))
    .map((one) => one.value);
  const look = () => {
    for (const box of dependent) {
      const wanted = box.dataset.askedValues.split(" ");
      const asked = answers(box.dataset.askedIf).some((value) => wanted.includes(value));
      box.hidden = !asked;
      for (const one of box.querySelectorAll("input, select, textarea")) one.disabled = !asked;
    }
  };
  for (const box of dependent) box.querySelector("[data-condition]")?.remove();
  document.addEventListener("change", look);
  look();
}
