// The mailbox page: lists letters and shows one. Letters are hostile: text goes in by textContent only.
"use strict";

const at = (id) => document.getElementById(id);
let chosen = null;
let shown = "";

async function ask(path, options) {
  const answer = await fetch(path, options);
  return answer.status === 200 ? answer.json() : null;
}

function line(text, name) {
  const span = document.createElement("span");
  span.textContent = text;
  if (name) span.className = name;
  return span;
}

async function refresh() {
  const query = new URLSearchParams({ recipient: at("recipient").value, text: at("text").value, page_size: "200" });
  const found = await ask(`/letters?${query}`);
  if (!found) return;
  at("total").textContent = String(found.total);
  const now = found.items.map((letter) => letter.id).join() + chosen;
  if (now === shown) return;
  shown = now;
  at("list").replaceChildren(
    ...found.items.map((letter) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-current", String(letter.id === chosen));
      const when = new Date(letter.received_at).toLocaleString();
      button.append(line(letter.subject || "…"), line(`${letter.recipients.join(", ")} · ${when}`, "meta"));
      button.addEventListener("click", () => open(letter.id));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}

async function open(id) {
  const letter = await ask(`/letters/${id}`);
  if (!letter) return;
  chosen = id;
  at("letter").hidden = false;
  at("subject").textContent = letter.subject;
  at("envelope").textContent = `${letter.sender} → ${letter.recipients.join(", ")}`;
  at("headers").textContent = letter.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  at("headers").hidden = true;
  at("body").hidden = !letter.html;
  at("body").src = letter.html ? `/letters/${id}/html` : "about:blank";
  at("pictures").hidden = !letter.html;
  at("plain").textContent = letter.text;
  at("save").href = `/letters/${id}/raw`;
  refresh();
}

at("pictures").addEventListener("click", () => { at("body").src = `/letters/${chosen}/html?images=true`; });
at("source").addEventListener("click", () => { at("headers").hidden = !at("headers").hidden; });
at("remove").addEventListener("click", async () => {
  await fetch(`/letters/${chosen}`, { method: "DELETE" });
  at("letter").hidden = true;
  chosen = null;
  refresh();
});
for (const name of ["recipient", "text"]) at(name).addEventListener("input", refresh);
setInterval(refresh, 2000);
refresh();
