// The mailbox page: lists letters and shows one. Letters are hostile: text goes in by textContent only.
// Keys: arrows and Home/End move in the list, Enter opens, Escape goes back to the list. The open letter is in the address.
"use strict";

const SHOWN = 200;
const at = (id) => document.getElementById(id);
let chosen = null;
let shown = "";

async function ask(path, options) {
  try {
    const answer = await fetch(path, options);
    return answer.ok ? await (answer.status === 204 ? {} : answer.json()) : null;
  } catch {
    return null;
  }
}

function line(text, name) {
  const span = document.createElement("span");
  span.textContent = text;
  if (name) span.className = name;
  return span;
}

function tell(text) {
  at("empty").textContent = text;
  at("empty").hidden = !text;
}

function row(letter) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.letter = letter.id;
  button.setAttribute("aria-current", String(letter.id === chosen));
  const when = new Date(letter.received_at).toLocaleString("ru", { dateStyle: "short", timeStyle: "medium" });
  button.append(line(letter.subject || "(без темы · no subject)"), line(letter.recipients.join(", "), "meta"), line(when, "meta"));
  button.addEventListener("click", () => open(letter.id));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

async function refresh() {
  const query = new URLSearchParams({ recipient: at("recipient").value, text: at("text").value, page_size: String(SHOWN) });
  const found = await ask(`/letters?${query}`);
  if (!found) {
    tell("Ящик не отвечает · the mailbox does not answer");
    return;
  }
  const more = found.total > SHOWN ? `${SHOWN} / ` : "";
  at("total").textContent = `${more}${found.total.toLocaleString("ru")}`;
  const filtered = at("recipient").value || at("text").value;
  const nothing = filtered ? "Ничего не найдено · nothing found" : "Писем пока нет · no letters yet";
  tell(found.total ? (chosen ? "" : "Выберите письмо · choose a letter") : nothing);
  at("empty").classList.toggle("hint", found.total > 0);
  const now = found.items.map((letter) => letter.id).join() + chosen;
  if (now === shown) return;
  shown = now;
  const focused = document.activeElement?.dataset?.letter;
  at("list").replaceChildren(...found.items.map(row));
  if (focused) at("list").querySelector(`[data-letter="${focused}"]`)?.focus();
}

async function open(id, focus = true) {
  const letter = await ask(`/letters/${encodeURIComponent(id)}`);
  if (!letter) {
    close();
    return;
  }
  chosen = id;
  if (location.hash !== `#${id}`) history.pushState(null, "", `#${id}`);
  at("letter").hidden = false;
  at("main").classList.add("reading");
  at("subject").textContent = letter.subject || "(без темы · no subject)";
  const from = letter.headers.find(([name]) => name.toLowerCase() === "from");
  at("envelope").textContent = `${from ? from[1] : letter.sender} → ${letter.recipients.join(", ")}`;
  at("headers").textContent = letter.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  at("headers").hidden = true;
  at("source").setAttribute("aria-expanded", "false");
  at("body").hidden = !letter.html;
  // Replaced, not set: a frame's own steps would stand in the way of "back".
  at("body").contentWindow?.location.replace(letter.html ? `/letters/${id}/html` : "about:blank");
  at("pictures").hidden = !letter.html;
  at("pictures").setAttribute("aria-pressed", "false");
  at("plain").textContent = letter.text;
  at("plain").classList.toggle("alone", !letter.html);
  at("save").href = `/letters/${id}/raw`;
  if (focus) at("subject").focus();
  await refresh();
}

function close() {
  const last = chosen;
  chosen = null;
  at("letter").hidden = true;
  at("main").classList.remove("reading");
  if (location.hash) history.pushState(null, "", location.pathname);
  refresh().then(() => at("list").querySelector(`[data-letter="${last}"]`)?.focus());
}

function move(event) {
  const buttons = [...at("list").querySelectorAll("button")];
  const place = buttons.indexOf(document.activeElement);
  const wanted = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (wanted === undefined || !buttons[wanted]) return;
  event.preventDefault();
  buttons[wanted].focus();
}

at("list").addEventListener("keydown", move);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) close(); });
at("back").addEventListener("click", close);
at("pictures").addEventListener("click", () => {
  const on = at("pictures").getAttribute("aria-pressed") !== "true";
  at("pictures").setAttribute("aria-pressed", String(on));
  at("body").contentWindow?.location.replace(`/letters/${chosen}/html?images=${on}`);
});
at("source").addEventListener("click", () => {
  at("headers").hidden = !at("headers").hidden;
  at("source").setAttribute("aria-expanded", String(!at("headers").hidden));
});
at("remove").addEventListener("click", async () => {
  if (await ask(`/letters/${chosen}`, { method: "DELETE" })) close();
});
for (const name of ["recipient", "text"]) at(name).addEventListener("input", refresh);
window.addEventListener("popstate", () => (location.hash ? open(location.hash.slice(1)) : close()));
setInterval(refresh, 2000);
refresh();
if (location.hash) open(location.hash.slice(1), false);
