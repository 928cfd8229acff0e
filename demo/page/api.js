// The API of the lab (/api/v1): the only module that speaks with the server.

const base = "/api/v1/";

// ask sends a request; what the server refuses is thrown in its own words.
async function ask(method, path, body) {
  const r = await fetch(base + path, { method, ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }) });
  const answer = await r.json().catch(() => ({ error: r.statusText }));
  if (!r.ok) throw new Error(answer.error || r.statusText);
  return answer;
}

// get asks, and once more where no answer came, as from a machine that is very busy.
const get = (path) => ask("GET", path).catch((e) => { if (!(e instanceof TypeError)) throw e; return ask("GET", path); });
const post = (path, body = {}) => ask("POST", path, body);

export const cluster = () => get("cluster");
export const fleet = () => get("fleet");
export const phone = (name) => get("phones/" + name);
export const phoneTrust = (name) => get(`phones/${name}/trust`);
export const moment = (number) => get("moments/" + number);
export const tours = () => get("tours").then((a) => a.tours);

// act does what sentences say, without waiting for the phones; commands get these
// answers to their questions. What fails is thrown.
export async function act(sentences, answers) {
  const did = await post("acts", { do: sentences, wait: false, ...(answers && { answers }) });
  const failed = did.expectations.find((e) => !e.passed);
  if (failed) throw new Error(failed.why);
}

// rehearse tells what acts would do to the phones, and does nothing.
export const rehearse = (sentences, answers) => post("rehearsals", { do: sentences, answers });

const consoleOf = (node) => `nodes/${node}/console`;
export const type = (node, line) => post(consoleOf(node), { line });
export const interrupt = (node) => post(consoleOf(node) + "/interrupt");
export const complete = (node, line) => post(consoleOf(node) + "/complete", { line });

export const setRate = (rate) => post("clock", { rate });
export const advance = (seconds) => post("clock", { advance_s: seconds });

export const startAnew = () => post("cluster/start-anew");
export const startTour = (name) => post("tour", { name, playing: true });
export const steerTour = (how) => post("tour/" + how); // play, pause, next

// watch hands over each change, one after the other, and tells when the
// connection is lost, and whether for good; where lost says so, that is that.
export function watch(take, lost) {
  let order = Promise.resolve();
  const stream = new EventSource(base + "watch");
  stream.onmessage = (e) => { const u = JSON.parse(e.data); order = order.then(() => take(u)).catch((err) => console.error(err)); };
  stream.onerror = () => { if (lost(stream.readyState === EventSource.CLOSED)) stream.close(); };
}
