// A terminal to each node's command line. Everyone who looks at the page shares
// them; the buttons and the tour type there too.

import { $, el } from "./util.js";
import * as api from "./api.js";
import { plan } from "./whatif.js";

const kept = 200000; // characters of a screen

export class Consoles {
  constructor(whatif) {
    this.whatif = whatif;
    this.nodes = new Map();
    this.history = [];
    this.at = 0;
    $("line").addEventListener("submit", (e) => { e.preventDefault(); this.enter(); });
    $("typed").addEventListener("keydown", (e) => this.key(e));
    $("what-if").addEventListener("click", () => this.wonder());
    $("console").after(whatif.place("line"));
    $("screen").addEventListener("click", () => { if (!getSelection().toString()) $("typed").focus({ preventScroll: true }); });
    for (const b of document.querySelectorAll("[data-type]")) b.addEventListener("click", () => { $("typed").value = b.dataset.type; $("typed").focus(); });
  }

  setup(names) {
    this.nodes = new Map(names.map((name) => [name, { name, text: "", prompt: "admin:", secret: false, busy: false }]));
    this.shown = this.nodes.get(names[0]);
    $("console-tabs").replaceChildren(...names.map((name) => el("button", {
      role: "tab", id: "tab-" + name, "aria-controls": "console", "data-node": name,
      onclick: () => this.show(name),
      onkeydown: (e) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
        if (step) { const to = names[(names.indexOf(name) + step + names.length) % names.length]; this.show(to); $("tab-" + to).focus(); }
      },
    }, name)));
    this.show(names[0]);
  }

  show(name) {
    this.shown = this.nodes.get(name);
    for (const tab of $("console-tabs").children) {
      const selected = tab.dataset.node === name;
      tab.setAttribute("aria-selected", selected);
      tab.tabIndex = selected ? 0 : -1;
    }
    $("console").setAttribute("aria-labelledby", "tab-" + name);
    $("screen").textContent = this.shown.text;
    this.promptLine();
  }

  update(screens) {
    for (const s of screens) {
      const n = this.nodes.get(s.node);
      if (!n) continue;
      n.text = ((s.anew ? "" : n.text) + s.text).slice(-kept);
      Object.assign(n, { prompt: s.prompt, secret: !!s.secret, busy: !!s.busy });
      if (n !== this.shown) {
        // A question, or a command of a button or the tour, comes to the front.
        if (s.text && document.activeElement !== $("typed")) this.show(s.node);
        continue;
      }
      if (s.anew || $("screen").textContent.length + s.text.length !== n.text.length) $("screen").textContent = n.text;
      else $("screen").append(s.text);
      this.promptLine();
    }
  }

  promptLine() {
    const n = this.shown;
    $("prompt").textContent = n.busy ? "…" : n.prompt;
    $("what-if").disabled = n.busy || n.prompt !== "admin:"; // what is typed is no command
    $("typed").type = n.secret ? "password" : "text";
    $("typed").setAttribute("aria-label", `${n.name}: ${n.prompt}`);
    $("screen").scrollTop = $("screen").scrollHeight;
  }

  async enter() {
    const n = this.shown, line = $("typed").value;
    if (n.busy) return;
    if (line && !n.secret && n.prompt === "admin:" && this.history.at(-1) !== line) this.history.push(line);
    this.at = this.history.length;
    $("typed").value = "";
    this.whatif.forget(); // it was of before
    if (!n.secret) this.entered(n.name, line);
    try { await api.type(n.name, line); } catch (e) { n.text += e.message + "\n"; this.show(n.name); }
  }

  // wonder asks what the line would do that is typed and not entered.
  wonder() {
    if ($("typed").value.trim()) this.whatif.ask("line", plan(this.shown.name, $("typed").value, $("password").textContent));
    else $("typed").focus();
  }

  async complete() {
    const n = this.shown, line = $("typed").value;
    const c = await api.complete(n.name, line).catch(() => null);
    if (!c || n !== this.shown || $("typed").value !== line) return;
    $("typed").value = c.line;
    if (c.words.length) { n.text += `${n.prompt}${line}\n${c.words.join("  ")}\n`; this.show(n.name); }
  }

  key(e) {
    if (e.key === "c" && e.ctrlKey && !getSelection().toString()) {
      api.interrupt(this.shown.name).catch(() => {});
      $("typed").value = "";
    } else if (e.key === "Tab" && !e.shiftKey && $("typed").value && this.shown.prompt === "admin:") { // an empty line lets the focus go on
      this.complete();
    } else if (e.key === "ArrowUp" || e.key === "ArrowDown") {
      this.at = Math.min(this.history.length, Math.max(0, this.at + (e.key === "ArrowUp" ? -1 : 1)));
      $("typed").value = this.history[this.at] ?? "";
    } else return;
    e.preventDefault();
  }
}
