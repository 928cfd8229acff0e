import test from "node:test";
import assert from "node:assert/strict";
import { bare, checksum, faceOf, press, said, screenOf, settle, start } from "../device.js";

const sha1 = "0123456789abcdef0123456789abcdef01234567";
const phone = (face, change) => ({
  face, name: "SEP001BD4000000", model: "of this face", firmware: "9.4(2)", state: "untrusted", booting: false, ip: "127.1.0.1", tftp: ["test10pub"],
  number: "2000", call_manager: "test10pub", settings_menu: true, settings: { web_access: true }, ctl: null,
  itl: { sha1, signer: "CN=test10pub;OU=x", records: [{ role: "TVS", subject: "CN=test10sub,OU=x" }] },
  status: [{ at: "2026-01-01T10:00:00Z", text: "ITL installed" }, { at: "2026-01-01T10:05:01Z", text: "Trust List update failed" }], ...change,
});

// keys presses them in turn, and gives what stood on the screen after each.
function keys(v, names, state = start(v)) {
  const titles = [], acts = [], says = [];
  for (const name of names) {
    const p = press(v, state, name);
    state = p.state;
    titles.push(screenOf(v, state).title);
    if (p.act) acts.push(p.act);
    if (p.says) says.push(p.says);
  }
  return { titles, acts, says, state, screen: screenOf(v, state) };
}

const old = {
  itl: ["menu", "4", "5", "2"], status: ["menu", "6", "1"], erase: ["menu", "4", "5", "2", "*", "*", "#", "soft4", "soft2"],
  words: ["Settings", "Security Configuration", "Trust List", "ITL File"],
};
const middle = {
  itl: ["menu", "5", "2", "3", "2"], status: ["menu", "5", "3", "1"], erase: ["menu", "5", "4", "4", "soft2"],
  words: ["Applications", "Administrator Settings", "Security Setup", "Trust List", "ITL File"],
};
const newer = { ...middle, erase: ["menu", "5", "4", "4", "soft3"], words: ["Applications", "Admin settings", "Security setup", "Trust list", "ITL file"] };
const faces = {
  7962: old, 7965: old, 6941: middle, 9971: middle, 7841: { ...newer, erase: middle.erase },
  8811: newer, 8841: newer, 8865: newer, 8821: newer, 8832: newer, DX650: newer, 9841: newer,
};

for (const [face, way] of Object.entries(faces)) {
  test(`a ${face}'s menus lead to its list, its messages, and to erasing the list`, () => {
    const v = phone(face), itl = keys(v, way.itl);
    assert.deepEqual(itl.titles, way.words);
    assert.equal(itl.screen.rows[0].value, checksum(v.itl));
    assert.equal(itl.screen.rows[0].value.replaceAll(" ", "").toLowerCase(), sha1);
    assert.deepEqual(itl.screen.rows.slice(1).map((r) => [r.text, r.value]), [["Signed by", "test10pub"], ["TVS", "test10sub"]]);

    const status = keys(v, way.status);
    assert.deepEqual(status.screen.rows.map((r) => r.text), ["10:00:00 ITL installed", "10:05:01 Trust List update failed"], "as the phone words them, the newest last");
    assert.ok(status.screen.rows[1].chosen, "and the newest is what one sees first");
    assert.deepEqual(itl.acts.concat(status.acts), []);

    const erase = keys(v, way.erase);
    assert.deepEqual(erase.acts, ["erase"]);
    assert.deepEqual(keys(v, way.erase.slice(0, -1)).acts, [], "not before the last key");
  });

  test(`a ${face} shows no settings where they are disabled`, () => {
    const v = phone(face, { settings_menu: false });
    for (const names of [way.itl, way.erase]) {
      const went = keys(v, names);
      assert.deepEqual(went.acts, []);
      assert.match(went.says[0], /Settings access is disabled/);
      assert.ok(!went.titles.some((t) => /ITL|Trust/.test(t)), went.titles);
    }
  });

  test(`a ${face} tells at rest how it is registered`, () => {
    const isOld = way === old, at = (change) => { const v = phone(face, change); return screenOf(v, start(v)); };
    assert.equal(at({}).rows[0].text, "Line 1: 2000");
    assert.equal(at({ call_manager: undefined }).rows[0].text, isOld ? "Registering" : "Phone not registered");
    assert.equal(at({ booting: true }).rows[0].text, isOld ? "Registering" : "Phone is registering");
    assert.equal(said(at({ state: "off" })), "The screen is dark.");
    assert.equal(at({ screen: "Host Not Found" }).rows[0].text, "Host Not Found");
  });
}

test("all faces that phones have are drawn, but those without a screen", () => {
  for (const face of Object.keys(faces)) assert.ok(faceOf(phone(face)), face);
  for (const face of ["6901", "none"]) assert.equal(faceOf(phone(face)), undefined, face);
  assert.deepEqual(["6901", "none", "8841"].map((face) => bare(phone(face))), [true, false, false], "but a 6901 is a phone");
});

test("an 8811 is an 8841 in grey", () => {
  assert.deepEqual(faceOf(phone("8811")), { ...faceOf(phone("8841")), screen: "grey" });
});

test("a list that is not there says so", () => {
  const v = phone("7962", { itl: null });
  assert.deepEqual(keys(v, ["menu", "4", "5"]).screen.rows.map((r) => r.value), ["Not Installed", "Not Installed"]);
  assert.deepEqual(keys(v, old.itl).screen.rows.map((r) => r.value), ["Not Installed"]);
});

test("arrows and the key between them do what digits do, and Exit leads back", () => {
  const v = phone("8841");
  const down = (n) => [...Array(n).fill("down"), "select"];
  const by = keys(v, ["menu", ...down(4), ...down(1), ...down(2), ...down(1)]);
  assert.equal(by.screen.title, "ITL file");
  assert.deepEqual(keys(v, ["back", "back", "soft3", "back", "back"], by.state).titles, ["Trust list", "Security setup", "Admin settings", "Applications", "2000"]);
  assert.ok(keys(v, ["menu", "up"]).screen.rows[0].chosen, "there is nothing above the first");
});

test("older settings are locked until **#, and **#** resets", () => {
  const v = phone("7962");
  assert.equal(keys(v, old.itl).screen.lock, "locked");
  assert.ok(!keys(v, [...old.itl, "soft4"]).screen.keys.includes("Erase"));
  const open = keys(v, [...old.itl, "*", "*", "#"]);
  assert.equal(open.screen.lock, "unlocked");
  assert.deepEqual(open.screen.keys, ["", "", "Exit", "more"]);
  assert.deepEqual(keys(v, ["*", "*"], open.state).acts, ["reset"]);
  assert.equal(keys(v, ["1", "*", "*", "#"], open.state).screen.lock, "locked");
  assert.deepEqual(keys(v, ["*", "*", "#", "*", "*"]).acts, [], "not at rest");
});

test("newer phones ask before they reset", () => {
  const v = phone("8841"), asked = keys(v, ["menu", "5", "4", "1"]);
  assert.deepEqual([asked.screen.title, asked.screen.rows[0].text, asked.screen.keys], ["All settings", "All settings?", ["", "Cancel", "Reset", ""]]);
  assert.deepEqual(keys(v, ["soft2"], asked.state).titles, ["Reset settings"]);
  assert.deepEqual(keys(v, ["soft3"], asked.state).acts, ["factory"]);
  assert.deepEqual(keys(v, ["menu", "5", "4", "5", "soft3"]).acts, ["reset"]);
});

test("the directory is asked for, and left", () => {
  const v = phone("8841"), asked = keys(v, ["directory"]);
  assert.deepEqual([asked.acts, asked.screen.title, asked.screen.rows[0].text], [["directory"], "Contacts", "Requesting …"]);
  assert.equal(screenOf({ ...v, screen: "Host Not Found" }, asked.state).rows[0].text, "Host Not Found");
  assert.equal(keys(v, ["soft3"], asked.state).screen.title, "2000");
});

test("what is not simulated says so; a phone that boots has left its menus", () => {
  const v = phone("7962");
  assert.match(keys(v, ["soft2"]).says[0], /not simulated/);
  assert.match(keys(v, ["menu", "1"]).says[0], /not simulated/);
  const there = keys(v, old.status).state;
  assert.equal(settle(v, there), there);
  for (const change of [{ booting: true }, { state: "off" }]) {
    assert.deepEqual(settle({ ...v, ...change }, there).path, ["home"]);
    const p = press({ ...v, ...change }, there, "menu");
    assert.ok(p.says && !p.act);
  }
});

test("new status messages are there while one reads", () => {
  const v = phone("8841"), s = keys(v, newer.status).state, more = { ...v, status: [...v.status, { at: "2026-01-01T10:06:00Z", text: "Trust List updated" }] };
  assert.equal(screenOf(more, s).rows.length, 3);
  assert.match(said(screenOf(more, s)), /^Status messages: 10:05:01 Trust List update failed$/);
});
