// What a phone's screen shows and what its keys do there, by the face that the API
// says it has: a table of faces, and one of menus for each generation. It computes
// only: screenOf says what stands on the screen, press where a key leads.

// faces are how phones are built: their keys' names and their menus. Others have no
// screen with menus.
const faces = {
  7962: { build: "desk", screen: "grey", menus: "old" },
  7965: { build: "desk", screen: "colour", menus: "old" },
  6941: { build: "desk small", screen: "grey", menus: "middle" },
  7841: { build: "desk", screen: "grey", menus: "new", resets: 2 },
  8811: { build: "desk", screen: "grey", menus: "new", resets: 3 },
  8841: { build: "desk", screen: "colour", menus: "new", resets: 3 },
  8865: { build: "desk camera", screen: "colour", menus: "new", resets: 3 },
  8821: { build: "handset", screen: "colour", menus: "new", resets: 3 },
  8832: { build: "conference", screen: "colour", menus: "new", resets: 3 },
  9841: { build: "desk", screen: "colour", menus: "new", resets: 3 },
  9971: { build: "desk touch", screen: "colour", menus: "middle" },
  DX650: { build: "tablet touch", screen: "colour", menus: "new", resets: 3 },
};
export const faceOf = (v) => faces[v.face];

// bare tells whether it is a phone without such a screen, rather than an adapter or a
// program; bareKeys are what it has beside the pad (the 6901's).
export const bare = (v) => v.face === "6901";
export const bareKeys = ["Line", "Hold", "Redial"];

// keysOf are the names of a phone's keys beside the soft keys.
export const keysOf = (face) => face.menus === "old"
  ? { menu: "Settings", directory: "Directories" } : { menu: "Applications", directory: "Contacts" };

// checksum of a list as phones print it.
export const checksum = (list) => (list ? list.sha1.match(/../g).join(" ").toUpperCase() : "Not Installed");

const commonName = (subject) => subject.match(/CN=([^,;]*)/)?.[1] ?? subject;
const clock = (time) => new Date(time).toISOString().slice(11, 19);
const yes = (b) => (b ? "Yes" : "No");

// Rows of a menu: to is the screen that one leads to, asks what is done once
// somebody has confirmed it. Those that are only shown lead nowhere.
const row = (text, to, more) => ({ text, to, ...more });
const shown = (text, value) => ({ text, value, shown: true });
const listRows = (list) => [shown("Checksum", checksum(list)), ...(list ? [
  shown("Signed by", commonName(list.signer)), ...list.records.map((r) => shown(r.role, commonName(r.subject)))] : [])];
const statusRows = (v) => (v.status.length ? v.status.map((s) => shown(`${clock(s.at)} ${s.text}`)) : [shown("No messages")]);
const networkRows = (v) => [shown("IP Address", v.ip), ...v.tftp.map((t, i) => shown(`TFTP Server ${i + 1}`, t)), shown("Host Name", v.name)];
const informationRows = (v) => [shown("Model Number", v.model), shown("Load File", v.firmware), shown("Call Manager 1", v.call_manager || "")];

// What every generation has. A menu is its title and its rows; where its last row
// is the newest, that is where one begins to read.
const common = {
  network: ["Network Setup", networkRows],
  information: ["Phone Information", informationRows],
  messages: ["Status Messages", statusRows, { last: true }],
  ctl: ["CTL File", (v) => listRows(v.ctl), { erases: true }],
  itl: ["ITL File", (v) => listRows(v.itl), { erases: true }],
  trust: ["Trust List", (v) => ["ctl", "itl"].map((l) => row(l.toUpperCase() + " File", l, { value: v[l] ? "Installed" : "Not Installed" }))],
};

// Where Trust List and Status Messages stand is the guides'; that Security
// Configuration is the fourth, Trust List in it the fifth and ITL File the second is
// what a public program presses (CTI remote).
const oldMenus = {
  ...common,
  root: ["Settings", (v) => (v.settings_menu ? [row("User Preferences"), row("Network Configuration", "network"), row("Device Configuration"),
    row("Security Configuration", "security"), row("Model Information", "information"), row("Status", "status")] : [])],
  network: ["Network Configuration", networkRows],
  information: ["Model Information", informationRows],
  status: ["Status", () => [row("Status Messages", "messages"), row("Network Statistics"), row("Firmware Versions", "information")]],
  security: ["Security Configuration", (v) => [shown("Web Access Enabled", yes(v.settings?.web_access)), row("Security Mode"), row("MIC"), row("LSC"), row("Trust List", "trust")]],
};

// The same program presses Applications, 5, 4 and then 4 for the security settings,
// 1 for all.
const newMenus = (admin) => ({
  ...common,
  root: ["Applications", (v) => [row("Recents"), row("Settings"), row("Accessories"), row("Running Applications"),
    row(admin, "admin", { dim: !v.settings_menu }), row("Phone Information", "information")]],
  admin: [admin, () => [row("Network Setup", "network"), row("Security Setup", "security"), row("Status", "status"), row("Reset Settings", "resets")]],
  security: ["Security Setup", () => [row("Security Mode"), row("LSC"), row("Trust List", "trust")]],
  status: ["Status", () => [row("Status Messages", "messages"), row("Network Statistics"), row("Call Statistics")]],
  resets: ["Reset Settings", () => [row("All Settings", null, { asks: "factory" }), row("Network Settings"), row("Service Mode"),
    row("Security Settings", null, { asks: "erase" }), row("Reset Device", null, { asks: "reset" })]],
});
const menus = { old: oldMenus, middle: newMenus("Administrator Settings"), new: newMenus("Admin Settings") };

// inWords of the newest phones, which capitalise no second word of a title.
const inWords = (face, text) => (face.menus === "new" ? text.replace(/ ([A-Z])(?=[a-z])/g, (_, c) => " " + c.toLowerCase()) : text);

// start is a phone that nobody has touched yet.
export const start = (v) => ({ path: [v.screen ? "service" : "home"], at: [0], typed: "", open: false, more: false });

// settle says where a phone is: who boots, or is off, has left its menus.
export const settle = (v, s) => (v.state === "off" || v.booting ? start({}) : s);
const place = (s) => s.path.at(-1);

function rowsOf(v, s) {
  const face = faceOf(v), at = place(s);
  if (at === "home" || at === "service") return [];
  if (s.asks) return [shown(`${inWords(face, s.asks.text)}?`)];
  return menus[face.menus][at][1](v);
}

// idle is what a phone shows that nobody uses.
function idle(v) {
  if (v.state === "off") return [];
  const old = faceOf(v).menus === "old";
  if (v.booting) return [shown(old ? "Registering" : "Phone is registering")];
  if (v.call_manager) return [shown(v.number && v.number !== v.name ? `Line 1: ${v.number}` : "Line 1"), ...(old ? [shown("Your current options")] : [])];
  return [shown(old ? "Registering" : "Phone not registered")];
}

const soft = (text, does) => ({ text, does });

function softKeys(v, s) {
  const face = faceOf(v), at = place(s), none = soft("");
  if (v.state === "off" || v.booting) return [none, none, none, none];
  if (at === "home") return [...(face.menus === "old" ? ["Redial", "NewCall", "CFwdAll"] : ["Redial", "New Call", "Forward All"]).map((t) => soft(t, "call")), none];
  if (at === "service") return [none, none, soft("Exit", "back"), none];
  if (s.asks) return face.resets === 3 ? [none, soft("Cancel", "back"), soft("Reset", "confirm"), none] : [soft("Cancel", "back"), soft("Reset", "confirm"), none, none];
  if (face.menus === "old" && menus.old[at][2]?.erases && s.open) {
    return s.more ? [none, soft("Erase", "erase"), none, soft("more", "more")] : [none, none, soft("Exit", "back"), soft("more", "more")];
  }
  return [rowsOf(v, s).some((r) => r.to || r.asks) ? soft("Select", "select") : none, none, soft("Exit", "back"), none];
}

// screenOf says what stands on the screen: title, rows with the one that is chosen,
// names of the four soft keys, and whether the settings are open to changes.
export function screenOf(v, state) {
  const face = faceOf(v), s = settle(v, state), at = place(s), words = (text) => inWords(face, text);
  const keys = softKeys(v, s).map((k) => words(k.text));
  if (at === "home") return { title: v.state === "off" ? "" : v.number || v.name, rows: idle(v), keys, dark: v.state === "off" };
  if (at === "service") return { title: face.menus === "old" ? "Directories" : "Contacts", rows: [shown(v.screen || "Requesting …")], keys };
  const rows = rowsOf(v, s), numbered = rows.some((r) => !r.shown);
  return {
    title: words(s.asks ? s.asks.text : menus[face.menus][at][0]), keys,
    lock: face.menus === "old" ? (s.open ? "unlocked" : "locked") : undefined,
    rows: rows.map((r, i) => ({ ...r, text: r.shown ? r.text : words(r.text), number: numbered ? i + 1 : 0, chosen: i === s.at.at(-1) })),
  };
}

// said is a screen in one line, for those who do not see it.
export function said(screen) {
  if (screen.dark) return "The screen is dark.";
  const chosen = screen.rows.find((r) => r.chosen) ?? screen.rows[0];
  return [screen.title, chosen && [chosen.number || "", chosen.text, chosen.value].filter(Boolean).join(" ")].filter(Boolean).join(": ");
}

const enter = (s, name, at = 0) => ({ ...s, path: [...s.path, name], at: [...s.at, at], more: false });
const leave = (s) => (s.asks ? { ...s, asks: undefined } : s.path.length > 1 ? { ...s, path: s.path.slice(0, -1), at: s.at.slice(0, -1), more: false } : start({}));
const closed = "Settings access is disabled in the configuration that it took last: it shows no options.";

// choose a row: go where it leads, or ask first.
function choose(v, s, i) {
  const r = rowsOf(v, s)[i], at = [...s.at.slice(0, -1), i], chosen = { ...s, at };
  if (!r || s.asks) return { state: s };
  if (r.dim) return { state: chosen, says: closed };
  if (r.asks) return { state: { ...chosen, asks: r } };
  if (r.shown) return { state: chosen };
  if (!r.to) return { state: chosen, says: `“${r.text}” is not simulated.` };
  const [, rows, how] = menus[faceOf(v).menus][r.to];
  return { state: enter(chosen, r.to, how?.last ? rows(v).length - 1 : 0) };
}

// does what a soft key, or the key in the middle of the cluster, stands for.
function does(v, s, what) {
  switch (what) {
    case "select": return choose(v, s, s.at.at(-1));
    case "back": return { state: leave(s) };
    case "more": return { state: { ...s, more: !s.more } };
    case "erase": return { state: { ...s, more: false }, act: "erase" };
    case "confirm": return { state: start({}), act: s.asks.asks };
    case "call": return { state: s, says: "Calls are not simulated." };
  }
  return { state: s };
}

// type a key of the pad: its number chooses a row; **# opens settings of older phones
// to changes and closes them, and **#** resets the phone.
function type(v, s, key) {
  const typed = (s.typed + key).slice(-5), state = { ...s, typed };
  const inMenu = faceOf(v).menus === "old" && s.path.includes("root") && v.settings_menu;
  if (inMenu && typed === "**#**") return { state: start({}), act: "reset" };
  if (inMenu && typed.endsWith("**#")) return { state: { ...state, open: !s.open, more: false } };
  return key > "0" && key <= "9" && s.path.length > 1 ? choose(v, state, key - 1) : { state };
}

// press says where a key leads: to a state of the screen, and perhaps to an act of
// the phone or to words for who pressed it. Keys are soft1 to soft4, up, down, select,
// back, menu, directory, digits, * and #.
export function press(v, state, key) {
  const s = settle(v, state);
  if (v.state === "off" || v.booting) return { state: s, says: v.state === "off" ? "It is switched off." : "It boots." };
  if (/^[0-9*#]$/.test(key)) return type(v, s, key);
  const last = rowsOf(v, s).length - 1, at = s.at.at(-1), move = (to) => ({ state: { ...s, at: [...s.at.slice(0, -1), Math.max(0, Math.min(last, to))] } });
  switch (key) {
    case "up": return move(at - 1);
    case "down": return move(at + 1);
    case "menu": {
      if (s.path.includes("root")) return { state: start({}) };
      return { state: enter(start({}), "root"), says: faceOf(v).menus === "old" && !v.settings_menu ? closed : undefined };
    }
    case "directory": return { state: { ...start({}), path: ["service"] }, act: "directory" };
    case "select": case "back": return does(v, s, key);
  }
  return does(v, s, softKeys(v, s)[key.slice(4) - 1]?.does);
}
