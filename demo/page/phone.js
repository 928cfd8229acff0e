// The panel of one phone: its screen, its story, and what a person at it can
// do.

import { $, el, get, post, clockTime } from "./util.js";
import { stateOf, nameOf } from "./states.js";

const badges = { trusted: "good", untrusted: "bad", locked: "warn" };

export class Phone {
  constructor() {
    this.index = -1;
    $("phone-close").addEventListener("click", () => $("phone").close());
    $("phone").addEventListener("click", (e) => { if (e.target === $("phone") && e.offsetX < 0) $("phone").close(); });
    $("phone").addEventListener("close", () => { this.index = -1; });
    setInterval(() => this.refresh(), 1000); // not all that happens to it is seen on the wall
    for (const b of $("phone-acts").children) b.addEventListener("click", () => this.act(b.dataset.act, {}));
    $("phone-servers").addEventListener("submit", (e) => {
      e.preventDefault();
      this.act("servers", { servers: $("servers").value.split(/[\s,]+/).filter(Boolean) });
    });
  }

  open(i) {
    this.index = i;
    $("phone-message").textContent = "";
    $("servers").value = this.servers?.() ?? "";
    this.refresh();
    if (!$("phone").open) { $("phone").showModal(); $("phone").scrollTop = 0; }
  }

  // changed is told which phones changed; a phone that is shown is asked anew.
  changed(pairs) {
    if (this.index < 0) return;
    if (!pairs) return this.refresh();
    for (let k = 0; k < pairs.length; k += 2) if (pairs[k] === this.index) return this.refresh();
  }

  async act(act, body) {
    try { await post(`phones/${this.index}/${act}`, body); $("phone-message").textContent = ""; this.refresh(); } catch (e) { $("phone-message").textContent = e.message; }
  }

  async refresh() {
    if (this.index < 0) return;
    const i = this.index;
    const v = await get("phones/" + i).catch(() => null), text = JSON.stringify(v);
    if (!v || i !== this.index || text === this.text) return;
    this.text = text; // what is the same stays, with what is open in it
    this.show(v);
  }

  show(v) {
    $("phone-name").textContent = v.name;
    const state = stateOf(v.cell);
    $("phone-state").className = "badge " + (badges[state] || "plain");
    $("phone-state").textContent = nameOf(v.cell);
    $("phone-about").textContent = `Cisco ${v.model}, firmware ${v.firmware}, ${v.ip}, served by ${v.home}`;
    $("phone-means").textContent = state === "off" ? "It is switched off." : v.means;
    // what stands between grave accents is a command
    $("phone-cure").replaceChildren(el("b", {}, "What helps: "), ...v.cure.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part)));
    $("phone-cure").hidden = !v.cure;
    $("phone-story").replaceChildren(...v.story.map((s) => this.told(s)));
    if (!v.story.length) $("phone-story").append(el("li", {}, "Nothing yet."));
    $("phone-screen").replaceChildren(v.screen ? el("b", {}, v.screen) : v.callManager ? `Idle, registered with ${v.callManager}` : "Idle, not registered",
      v.screenWhy ? el("div", { class: "note" }, v.screenWhy) : "");
    $("phone-status").replaceChildren(...v.status.map((s) => el("li", {}, el("time", {}, clockTime(s.at)), s.text)));
    $("phone-lists").replaceChildren(...this.list("ITL", v.itl), ...this.list("CTL", v.ctl));
    const yes = (b) => (b ? "enabled" : "disabled");
    const s = v.settings;
    $("phone-settings").replaceChildren(...(s.known ? [
      ["Settings access", yes(s.SettingsAccess)], ["Web access", yes(s.WebAccess)], ["SSH access", yes(s.SSHAccess)], ["SPAN to PC port", yes(s.SpanToPCPort)],
      ["TVS it may ask", (v.tvs || []).join(", ") || "none"],
    ] : [["Configuration", "none accepted yet"]]).flatMap(([k, d]) => [el("dt", {}, k), el("dd", {}, d)]));
  }

  told(s) {
    const signed = s.signer ? el("div", { class: "note" }, "signed by ", s.signer, s.sha1 ? `, SHA-1 ${s.sha1.slice(0, 8)}` : "") : "";
    return el("li", { class: s.taken ? "taken" : "refused" },
      el("div", {}, el("time", { class: "note" }, clockTime(s.at) + " "), el("b", {}, s.file), " ",
        s.taken ? el("span", { class: "badge good" }, "✓ taken") : el("span", { class: "badge bad" }, "✕ refused")),
      signed,
      s.taken ? el("div", {}, "Authenticated by " + s.by + ".") : el("div", {}, s.simply),
      s.tried?.length ? el("ul", {}, ...s.tried.map((t) => el("li", {}, t))) : "",
      s.why ? el("details", {}, el("summary", { class: "note" }, "In the phone's own words"), el("div", { class: "note" }, s.why)) : "");
  }

  list(kind, l) {
    if (!l) return [el("div", {}, kind + ": Not Installed")];
    return [
      el("div", {}, kind + ": ", el("code", {}, l.sha1.match(/../g).join(" ").toUpperCase())),
      el("div", { class: "note" }, `signed by ${l.signer}, ${l.length} bytes`),
      el("table", {}, el("tbody", {}, ...l.entries.map((r) => el("tr", {}, el("td", {}, r.role), el("td", {}, r.subject))))),
    ];
  }
}
