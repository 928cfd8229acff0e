// The panel of one phone: its screen, its story, and what a person at it can
// do.

import { redraw } from "./press.js";
import { $, el, clockTime } from "./util.js";
import * as api from "./api.js";
import { Drawing } from "./trust-view.js";
import { Device } from "./device-view.js";
import { checksum } from "./device.js";
import { BOOTING, ON, WAITING, nameOf } from "./states.js";

const badges = { trusted: "good", untrusted: "bad", locked: "warn" };

// What a person at a phone can do, as sentences have it.
const acts = { directory: "open the directory", reset: "reset", erase: "erase the trust list", factory: "factory reset", on: "power on", off: "power off" };

// cellOf a phone, as the wall has it.
const cellOf = (v) => ({ none: ON, trusted: ON | 1, locked: ON | 2, untrusted: ON | 3 }[v.state] ?? 0) | (v.booting && BOOTING) | (v.waiting && WAITING);

export class Phone {
  constructor() {
    this.drawing = new Drawing($("phone-trust"));
    this.device = new Device($("device"), (what) => this.does(what));
    $("phone-close").addEventListener("click", () => $("phone").close());
    $("phone").addEventListener("click", (e) => { if (e.target === $("phone") && e.offsetX < 0) $("phone").close(); });
    $("phone").addEventListener("close", () => { if (!$("phone").open) this.name = null; });
    setInterval(() => this.refresh(), 1000); // not all that happens to it is seen on the wall
    for (const b of $("phone-acts").children) b.addEventListener("click", () => this.does(b.dataset.act));
    $("phone-servers").addEventListener("submit", (e) => {
      e.preventDefault();
      const nodes = $("servers").value.split(/[\s,]+/).filter(Boolean);
      this.act("use TFTP " + nodes.join(" then "), "reset");
    });
  }

  // open a phone, by its name and its place on the wall.
  open(name, index) {
    Object.assign(this, { name, index, opened: (this.opened ?? 0) + 1 });
    this.device.clear();
    $("phone-message").textContent = "";
    $("servers").value = this.servers?.() ?? "";
    this.refresh();
    if (!$("phone").open) { $("phone").showModal(); $("phone").scrollTop = 0; }
  }

  // changed is told which phones changed; a phone that is shown is asked anew.
  changed(pairs) {
    if (!this.name) return;
    if (!pairs) return this.refresh();
    for (let k = 0; k < pairs.length; k += 2) if (pairs[k] === this.index) return this.refresh();
  }

  does(what) {
    if (what === "erase" && !this.view?.settings_menu) {
      $("phone-message").textContent = "the settings menu cannot be opened: settings access is disabled, or the phone is off";
    } else {
      if (what === "directory") this.device.opens();
      this.act(acts[what]);
    }
  }

  async act(...what) {
    try { await api.act(what.map((w) => `${this.name}: ${w}`)); $("phone-message").textContent = ""; this.refresh(); } catch (e) { $("phone-message").textContent = e.message; }
  }

  async refresh() {
    const name = this.name;
    if (!name) return;
    const [v, trusts] = await Promise.all([api.phone(name), api.phoneTrust(name)]).catch(() => []);
    if (!v || name !== this.name) return;
    this.drawing.show(trusts, trusts.groups[0], true, name);
    this.view = v;
    redraw($("phone-columns"), [this.opened, v], () => this.show(v)); // what is the same stays, with what is open in it
  }

  show(v) {
    $("phone-name").textContent = v.name;
    $("phone-state").className = "badge " + (badges[v.state] || "plain");
    $("phone-state").textContent = nameOf(cellOf(v));
    $("phone-about").textContent = `Cisco ${v.model}, firmware ${v.firmware}, ${v.ip}, served by ${v.node}`;
    $("phone-means").textContent = v.means;
    const cure = v.story.cure ?? "";
    // what stands between grave accents is a command
    $("phone-cure").replaceChildren(el("b", {}, "What helps: "), ...cure.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part)));
    $("phone-cure").hidden = !cure;
    $("phone-story").replaceChildren(...v.offered.map((s) => this.told(s)).reverse());
    if (!v.offered.length) $("phone-story").append(el("li", {}, "Nothing yet."));
    this.device.show(v);
    $("phone-why").textContent = v.screen_why ? `${v.screen}: ${v.screen_why}` : "";
    if (!this.device.face) $("phone-plain").open = true; // nothing else shows it
    $("phone-status").replaceChildren(...v.status.map((s) => el("li", {}, el("time", {}, clockTime(s.at)), s.text)).reverse());
    $("phone-lists").replaceChildren(...this.list("ITL", v.itl), ...this.list("CTL", v.ctl));
    const yes = (b) => (b ? "enabled" : "disabled");
    const s = v.settings;
    $("phone-settings").replaceChildren(...(s ? [
      ["Settings access", yes(s.settings_access)], ["Web access", yes(s.web_access)], ["SSH access", yes(s.ssh_access)], ["SPAN to PC port", yes(s.span_to_pc_port)],
      ["TVS it may ask", v.tvs.join(", ") || "none"],
    ] : [["Configuration", "none accepted yet"]]).flatMap(([k, d]) => [el("dt", {}, k), el("dd", {}, d)]));
  }

  told(s) {
    const signed = s.signer ? el("div", { class: "note" }, "signed by ", s.signer, s.sha1 ? `, SHA-1 ${s.sha1.slice(0, 8)}` : "") : "";
    return el("li", { class: s.taken ? "taken" : "refused" },
      el("div", {}, el("time", { class: "note" }, clockTime(s.at) + " "), el("b", {}, s.file), " ",
        s.taken ? el("span", { class: "badge good" }, "✓ taken") : el("span", { class: "badge bad" }, "✕ refused")),
      signed,
      s.taken ? el("div", {}, "Authenticated by " + s.by + ".") : el("div", {}, s.plain),
      s.tried?.length ? el("ul", {}, ...s.tried.map((t) => el("li", {}, t))) : "",
      s.why ? el("details", {}, el("summary", { class: "note" }, "In the phone's own words"), el("div", { class: "note" }, s.why)) : "");
  }

  list(kind, l) {
    if (!l) return [el("div", {}, `${kind}: ${checksum(l)}`)];
    return [
      el("div", {}, kind + ": ", el("code", {}, checksum(l))),
      el("div", { class: "note" }, `signed by ${l.signer}, ${l.bytes} bytes`),
      el("table", {}, el("tbody", {}, ...l.records.map((r) => el("tr", {}, el("td", {}, r.role), el("td", {}, r.subject))))),
    ];
  }
}
