// The cluster panel: nodes, certificates, the guard, and which lists phones
// hold.

import { redraw } from "./press.js";
import { $, el, number, said } from "./util.js";
import { act } from "./api.js";
import { plan, same } from "./whatif.js";

export class Cluster {
  constructor(now, whatif) {
    this.now = now; // the cluster's clock
    this.whatif = whatif;
    const resets = $("all-reset");
    resets.after(whatif.button("reset", "What if all phones are reset?", () => ({ do: this.resets(), boots: true })));
    resets.closest(".panel-head").after(whatif.place("reset"));
    $("settings-access").addEventListener("change", (e) => this.act(() => act(this.settings(e.target.checked))));
    setInterval(() => this.tick(), 500);
  }

  // act does something and shows in words what the cluster refuses.
  async act(f) {
    const message = $("cluster-message");
    this.whatif.forget();
    try { await f(); message.hidden = true; } catch (e) { message.textContent = e.message; message.hidden = false; }
  }

  // settings are the acts that change settings access in every cluster.
  settings(on) {
    const change = `page: Common Phone Profile > settings access = ${on ? "Enabled" : "Disabled"}`, other = this.view.nodes.find((n) => n.other_cluster);
    return [change, ...(other ? [`${change} on ${other.name}`] : [])];
  }

  // resets are the acts that reset all phones, of both clusters.
  resets() {
    const other = this.view.nodes.some((n) => n.other_cluster);
    return ["page: System > Enterprise Parameters > Reset", ...(other ? ["page: Enterprise Parameters > Reset of the other cluster"] : [])];
  }

  // reset all phones, which may have moved to the other cluster: that none is with
  // one of the two is no news.
  async reset() {
    const done = await Promise.allSettled(this.resets().map((r) => act([r])));
    if (done.every((d) => d.reason)) throw done[0].reason;
  }

  // show takes what is the case.
  show(v) {
    this.view = v;
    $("settings-access").checked = v.settings_access;
    redraw($("cluster-panel"), v, () => this.draw(v));
  }

  // draw draws the panel anew. What has the focus keeps it, wherever the page is scrolled to.
  draw(v) {
    if (!this.drawn || !same(v, this.drawn)) this.whatif.changed();
    this.drawn = v;
    const focused = document.activeElement?.dataset?.key;
    $("nodes").replaceChildren(...v.nodes.map((n) => this.node(n)));
    const rows = v.lists.map((l) => el("tr", {},
      el("td", {}, el("code", { title: l.sha1 }, l.sha1.slice(0, 8))),
      el("td", { class: "num" }, number(l.phones)),
      el("td", {}, l.served.length ? el("span", { class: "badge good" }, "✓ " + l.served.join(" and ")) : el("span", { class: "badge bad" }, "✕ no node: out of date"))));
    if (v.silent) rows.push(el("tr", {}, el("td", { class: "note" }, "unknown"), el("td", { class: "num" }, number(v.silent)), el("td", { class: "note" }, "not reported yet; firmware before 9.4(1) never does")));
    $("lists").tBodies[0].replaceChildren(...rows);
    if (focused) document.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
    this.tick();
  }

  node(n) {
    const button = (key, text, label, f) => el("button", { class: "small", "data-key": key, "aria-label": label, onclick: () => this.act(f) }, text);
    const services = n.services.filter((s) => s.name === "Cisco Tftp" || s.name.includes("Trust Verification")).map((s) => el("span", {}, s.name === "Cisco Tftp" ? "TFTP" : "TVS", " ",
      el("code", { title: s.name }, s.address), s.running ? "" : " stopped", " "));
    const tftp = `tftp-${n.name}`, restart = { do: [`on ${n.name}: utils service restart Cisco Tftp`] };
    services.push(el("span", {}, "SSH ", el("code", { title: "ssh -p PORT admin@ADDRESS" }, n.ssh)));
    return el("div", { class: "node", "data-node": n.name },
      el("div", { class: "node-head" }, el("b", {}, n.hostname), el("span", { class: "note" }, n.role), ...services),
      el("dl", {},
        el("dt", {}, "ITL signed by"), el("dd", { class: "signer" }, n.itl?.signer ?? "no list", " ", n.reset_list ? el("span", { class: "badge warn" }, "reset list") : ""),
        el("dt", {}, "SHA-1"), el("dd", {}, el("code", { class: "sha1" }, n.itl?.sha1 ?? ""))),
      el("table", { class: "certs" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Certificate"), el("th", { scope: "col" }, "Age"), el("th", { scope: "col" }, el("span", { class: "sr" }, "Act")))),
        el("tbody", {}, ...n.certificates.filter((c) => c.in_lists).flatMap((c) => {
          const key = `regen-${n.name}-${c.unit}`, regen = plan(n.name, `set cert regen ${c.unit}`);
          return [el("tr", {},
            el("td", {}, c.unit),
            el("td", { class: "num", "data-since": Date.parse(c.modified ?? c.not_before), "data-fresh": c.modified ? "regenerated " : "installed " }),
            el("td", {}, button(key, "Regenerate", `Regenerate ${c.unit} of ${n.name}`, () => act(regen.do, regen.answers)), " ",
              this.whatif.button(key, `What if ${c.unit} of ${n.name} is regenerated?`, () => regen))),
          el("tr", { class: "told" }, el("td", { colspan: 3 }, this.whatif.place(key)))];
        }))),
      el("div", { class: "actions" },
        button(tftp, "Restart Cisco Tftp", `Restart Cisco Tftp on ${n.name}`, () => act(restart.do)),
        this.whatif.button(tftp, `What if Cisco Tftp is restarted on ${n.name}?`, () => restart),
        el("span", { class: "guard", "data-until": n.guard && Date.parse(n.guard.until), "data-unit": n.guard?.unit })),
      this.whatif.place(tftp));
  }

  tick() {
    const now = this.now();
    if (!now) return;
    for (const e of document.querySelectorAll("[data-since]")) e.textContent = e.dataset.fresh + said((now - e.dataset.since) / 1000) + " ago";
    for (const e of document.querySelectorAll("[data-until]")) {
      const left = Math.ceil((e.dataset.until - now) / 1000);
      e.textContent = left > 0 ? `five-minute guard: nothing but ${e.dataset.unit} for ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
    }
  }
}
