#!/usr/bin/env node
// Finds the phones that have lost trust in their cluster, and resets phones in batches:
//
//   CUCM_PASSWORD=... node lost-phones.mjs find cucm-pub > lost.txt
//   CUCM_PASSWORD=... node lost-phones.mjs reset cucm-pub < lost.txt
//
// Node is all that this takes. No API of CUCM tells of trust lists: so AXL lists the phones,
// RIS tells where they are, and the phones' own status messages tell the rest.

import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

const PAGE = 1000; // phones that AXL is asked for at a time, and that RIS tells of at most
const PAUSE = 5_000; // ms before a node is asked again that was asked too often
const PATIENCE = 24; // pauses in a row, which is two minutes: RIS counts by the minute
const POLL = 5_000; // ms between questions whether phones are back
const TIMEOUT = 5_000; // ms for a phone's page
const AT_ONCE = 32; // phones that are read at a time

// 1.0 is the oldest schema that a release has, so every release takes it.
const AXL = { path: "/axl/", space: "http://www.cisco.com/AXL/API/1.0" };
const RIS = { path: "/realtimeservice2/services/RISService70", space: "http://schemas.cisco.com/ast/soap" };

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
// elements are the contents of all elements of a name, whatever their prefix.
function elements(xml, name) {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*[^/>])?>(.*?)</(?:\\w+:)?${name}>`, "gs");
  return [...xml.matchAll(pattern)].map(([, content]) => content);
}
const chunks = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

// fetched sends a request, and returns the answer's status and text. It is sent again where it
// went over a connection that had been idle for too long.
function fetched(module, options, body) {
  return new Promise((resolve, reject) => {
    const request = module.request(options, async (response) => {
      try {
        resolve({ status: response.statusCode, text: await text(response) });
      } catch (error) {
        reject(error);
      }
    });
    request.on("timeout", () => request.destroy(new Error("does not answer")));
    request.on("error", (error) => {
      if (request.reusedSocket) resolve(fetched(module, options, body));
      else reject(error);
    });
    request.end(body);
  });
}

class Cluster {
  constructor(host, user, password) {
    const [hostname, port = 8443] = host.split(":");
    // The certificate is self-signed and names no address: anybody is believed to be the node.
    const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
    this.options = { hostname, port, agent, auth: `${user}:${password}`, method: "POST", timeout: 60_000 };
  }

  // ask does an operation, later where the cluster was asked too often.
  async ask({ path, space }, operation, content) {
    const body = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="${space}">`
      + `<soapenv:Body><x:${operation}>${content}</x:${operation}></soapenv:Body></soapenv:Envelope>`;
    const options = { ...this.options, path, headers: { "Content-Type": "text/xml" } };
    let answer;
    for (let asked = 0; asked < PATIENCE; asked++) {
      if (asked > 0) await sleep(PAUSE);
      answer = await fetched(https, options, body);
      if (answer.status !== 503 && !answer.text.includes("Exceeded allowed rate")) break;
    }
    if (answer.status === 200) return answer.text;
    const [told] = [...elements(answer.text, "faultstring"), ...elements(answer.text, "p"), answer.text.slice(0, 200)];
    throw new Error(`${operation}: HTTP ${answer.status}: ${told}`);
  }

  // phones are the names of all phones of the database.
  async phones() {
    const names = [];
    for (;;) {
      const answer = await this.ask(AXL, "listPhone", "<searchCriteria><name>SEP%</name></searchCriteria>"
        + `<returnedTags><name/></returnedTags><skip>${names.length}</skip><first>${PAGE}</first>`);
      const page = elements(answer, "name");
      if (!page.length) return names;
      names.push(...page);
    }
  }

  // places are where phones are, by their names. A phone that was never registered has none.
  // selectCmDeviceExt tells of each once: by selectCmDevice one that has moved stands under
  // both nodes, and a thousand names may be more than an answer has room for.
  async places(names) {
    const places = new Map();
    for (const some of chunks(names, PAGE)) {
      const items = some.map((name) => `<x:item><x:Item>${escape(name)}</x:Item></x:item>`).join("");
      const answer = await this.ask(RIS, "selectCmDeviceExt",
        `<x:CmSelectionCriteria><x:MaxReturnedDevices>${PAGE}</x:MaxReturnedDevices>`
        + "<x:DeviceClass>Phone</x:DeviceClass><x:Model>255</x:Model><x:Status>Any</x:Status>"
        + `<x:SelectBy>Name</x:SelectBy><x:SelectItems>${items}</x:SelectItems></x:CmSelectionCriteria>`);
      for (const devices of elements(answer, "CmDevices")) {
        for (const device of devices.split(/<\/\w+:IPAddress>/).slice(0, -1)) {
          const [name, status, address] = ["Name", "Status", "IP"].map((part) => elements(device, part)[0]);
          places.set(name, { status, address, since: Number(elements(device, "TimeStamp")[0]) });
        }
      }
    }
    return places;
  }

  // reset has a phone boot again. The answer does not wait for it.
  reset(name) {
    return this.ask(AXL, "doDeviceReset",
      `<deviceName>${escape(name)}</deviceName><isHardReset>true</isHardReset>`);
  }

  close() {
    this.options.agent.destroy();
  }
}

// The status messages, by model: most phones, the 7940 and 7960, the 6900s.
const PAGES = ["CGI/Java/Serviceability?adapter=device.settings.status.messages", "DeviceLog?2", "status.html"];
// What phones say of a trust list, in sentences or in Title Case.
const VERDICT = /trust list update failed|trust list updated|itl installed/gi;

// messages are a phone's status messages, oldest first.
async function messages(hostname, port) {
  for (const page of PAGES) {
    const { status, text } = await fetched(http, { hostname, port, path: `/${page}`, timeout: TIMEOUT });
    if (status === 200) return text;
    if (status !== 404) throw new Error(`HTTP ${status}`);
  }
  throw new Error("has no page of status messages");
}

// find prints the names of the phones whose last word on trust lists is that they refused one.
async function find(cluster, { "web-port": port }) {
  const names = await cluster.phones();
  const places = await cluster.places(names);
  const present = names.filter((name) => places.get(name)?.status === "Registered");
  const lost = new Set();
  let silent = 0;
  const queue = present.values();
  const read = async () => {
    for (const name of queue) {
      const { address } = places.get(name);
      try {
        const said = (await messages(address, port)).match(VERDICT);
        if (/failed$/i.test(said?.at(-1))) lost.add(name);
      } catch (error) {
        silent++;
        console.error(`${name} at ${address}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  console.error(`${names.length} phones, ${present.length} registered, ${silent} without a page, ${lost.size} lost`);
  for (const name of present) if (lost.has(name)) console.log(name);
}

// reset resets the phones that standard input names, batch by batch, each when the one
// before is back; it prints those that are not back, and those that were left alone.
async function reset(cluster, { batch: size, patience }) {
  const batches = chunks((await text(process.stdin)).split(/\s+/).filter(Boolean), Number(size));
  for (const [i, batch] of batches.entries()) {
    const before = await cluster.places(batch);
    let waiting = [];
    const refused = [];
    for (const name of batch) {
      await cluster.reset(name).then(() => waiting.push(name), (error) => {
        console.error(`${name}: ${error.message}`);
        refused.push(name);
      });
    }
    const deadline = Date.now() + patience * 1000;
    while (waiting.length && Date.now() < deadline) {
      await sleep(Math.min(POLL, patience * 1000));
      const now = await cluster.places(waiting);
      const back = (name) =>
        now.get(name)?.status === "Registered" && now.get(name).since > (before.get(name)?.since ?? 0);
      waiting = waiting.filter((name) => !back(name));
    }
    const missing = [...refused, ...waiting];
    console.error(`batch ${i + 1} of ${batches.length}: ${batch.length - missing.length} of ${batch.length} are back`);
    if (missing.length) {
      console.log([...missing, ...batches.slice(i + 1).flat()].join("\n"));
      process.exitCode = 1;
      return;
    }
  }
}

const { values, positionals: [what, host] } = parseArgs({
  allowPositionals: true,
  options: {
    user: { type: "string", default: "admin" },
    "web-port": { type: "string", default: "80" }, // of the phones' pages
    batch: { type: "string", default: "100" }, // phones that are reset at a time
    patience: { type: "string", default: "300" }, // seconds that a batch is given to come back
  },
});
const act = { find, reset }[what];
if (!act || !host || !process.env.CUCM_PASSWORD) {
  console.error("usage: CUCM_PASSWORD=... node lost-phones.mjs find|reset HOST[:PORT] [--user USER]"
    + " [--web-port PORT] [--batch N] [--patience SECONDS]");
  process.exit(2);
}
const cluster = new Cluster(host, values.user, process.env.CUCM_PASSWORD);
try {
  await act(cluster, values);
} catch (error) {
  console.error(`lost-phones: ${error.message}`);
  process.exitCode = 1;
} finally {
  cluster.close();
}
