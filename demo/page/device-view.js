// A phone as it looks: its screen and its keys, of the face that it has.

import { el } from "./util.js";
import { bare, bareKeys, faceOf, keysOf, press, said, screenOf, settle, start } from "./device.js";

const pad = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const letters = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };

// Keys of the keyboard that stand for one of the phone's while the phone has the focus.
const typed = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "back", ArrowRight: "select", Backspace: "back" };

export class Device {
  // does(act) does what a person at the phone can do.
  constructor(room, does) {
    Object.assign(this, { room, does });
    this.note = el("p", { class: "note", role: "status" }); // what the phone itself does not say
    this.live = el("p", { class: "sr", role: "status" });
    room.addEventListener("keydown", (e) => this.typed(e));
  }

  // clear for another phone: until it is known there is none.
  clear() {
    this.state = this.built = this.spoken = this.face = null;
    this.room.replaceChildren();
  }

  show(v) {
    this.v = v;
    this.face = faceOf(v);
    this.state = settle(v, this.state ?? start(v));
    if (this.built !== v.face) this.build(v);
    if (this.face) this.draw();
  }

  // opens: somebody opened the directory otherwise than by its key.
  opens() { if (this.face && this.v.state !== "off") { this.state = { ...start({}), path: ["service"] }; this.draw(); } }

  build(v) {
    this.built = v.face;
    const face = this.face;
    if (!face) {
      this.room.replaceChildren(bare(v) ? barePhone(v.model) : el("div", { class: "phone blank", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
        el("p", { class: "note", id: "phone-screen" }, "It has no screen with menus. What it knows stands under “All that it holds”."));
      return;
    }
    const key = (name, text, label) => el("button", { type: "button", "data-key": name, "aria-label": label, onclick: () => this.press(name) }, text);
    const lines = () => el("div", { class: "line-keys", "aria-hidden": "true" }, ...Array.from({ length: 5 }, () => el("i")));
    const { menu, directory } = keysOf(face);
    this.screen = el("div", { id: "phone-screen", class: "lcd", role: "group", "aria-label": "Screen", tabindex: 0 });
    this.softs = [1, 2, 3, 4].map((i) => key("soft" + i, ""));
    this.room.replaceChildren(el("div", { class: `phone ${face.build} ${face.screen}`, role: "group", "aria-label": `Cisco ${v.model}` },
      el("div", { class: "receiver", "aria-hidden": "true" }),
      el("div", { class: "front" },
        el("div", { class: "eye", "aria-hidden": "true" }),
        el("div", { class: "display" }, lines(), this.screen, lines()),
        el("div", { class: "softs" }, ...this.softs),
        el("div", { class: "below" },
          el("div", { class: "sides" }, key("menu", menu), key("directory", directory)),
          el("div", { class: "cluster" }, key("up", "▲", "Up"), key("back", "←", "Back"), key("select", "●", "Select"), key("down", "▼", "Down")),
          el("div", { class: "pad" }, ...pad.map((k) =>
            key(k, el("span", { "data-letters": letters[k] ?? " " }, k))))))), this.note, this.live);
    this.note.textContent = "";
  }

  draw() {
    const s = screenOf(this.v, this.state);
    const lock = s.lock && el("span", { role: "img", class: `padlock ${s.lock}`, "aria-label": s.lock });
    const list = el("ol", {}, ...s.rows.map((r, i) => el("li",
      { class: r.chosen && "chosen", "aria-current": r.chosen ? "true" : null, "data-dim": r.dim, onclick: () => this.choose(i) },
      el("span", {}, r.number ? el("b", {}, r.number + " ") : "", r.text), r.value ? el("span", { class: "value" }, r.value) : "")));
    this.screen.classList.toggle("dark", !!s.dark);
    this.screen.replaceChildren(el("div", { class: "title" }, el("span", {}, s.title), lock || ""), list,
      el("div", { class: "labels", "aria-hidden": "true" }, ...s.keys.map((k) => el("span", {}, k))));
    const chosen = list.querySelector(".chosen");
    if (chosen) list.scrollTop = chosen.offsetTop - (list.clientHeight - chosen.offsetHeight) / 2;
    this.softs.forEach((b, i) => {
      b.setAttribute("aria-label", s.keys[i] || `Soft key ${i + 1}, without a use now`);
      b.textContent = s.keys[i];
      b.classList.toggle("unused", !s.keys[i]);
    });
    const words = said(s);
    if (this.spoken !== null && this.spoken !== words) this.live.textContent = words;
    this.spoken = words;
  }

  choose(i) {
    const rows = screenOf(this.v, this.state).rows;
    if (rows[i]?.chosen == null) return; // nothing to choose here
    this.state = { ...this.state, at: [...this.state.at.slice(0, -1), i] };
    this.press("select");
  }

  press(key) {
    const { state, act, says } = press(this.v, this.state, key);
    this.state = state;
    this.note.textContent = says ?? "";
    this.draw();
    if (act) this.does(act);
  }

  typed(e) {
    if (!this.face || e.ctrlKey || e.altKey || e.metaKey) return;
    const key = typed[e.key] ?? (pad.includes(e.key) ? e.key : e.key === "Enter" && e.target === this.screen ? "select" : null);
    if (!key) return;
    e.preventDefault();
    this.press(key);
  }
}

// barePhone is a small phone that has no screen: none of its keys leads to what it holds.
function barePhone(model) {
  const face = (k) => el("b", {}, el("span", { "data-letters": letters[k] ?? " " }, k));
  return el("div", { class: "phone bare", role: "img", "aria-label": `Cisco ${model}, a small phone without a screen` },
    el("div", { class: "receiver" }),
    el("div", { class: "front" }, el("div", { class: "fixed" }, ...bareKeys.map((k) => el("b", {}, k))), el("div", { class: "pad" }, ...pad.map(face))));
}
