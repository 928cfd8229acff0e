"use strict";

// Finds a thousand phones by name, again when the minute is over, as scripts do with
// cisco-risport.
const RisPort = require("cisco-risport");
const { setTimeout: sleep } = require("node:timers/promises");

const [host, user, password, ...names] = process.argv.slice(2);

const criteria = {
  action: "SelectCmDevice", maxReturned: 1000, deviceClass: "Any", model: "Any", status: "Any",
  selectBy: "Name", protocol: "Any", downloadStatus: "Any",
};

// refusal is why the cluster, which was asked too often, does not answer.
async function refusal(ask) {
  for (let asked = 0; asked < 100; asked++) {
    const error = await ask().then(() => null, (error) => error);
    if (error) return error;
  }
  throw new Error("never refused");
}

// patiently asks again for as long as the cluster says that it was asked too often.
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!error.message.includes("Exceeded allowed rate")) throw error;
      await sleep(500);
    }
  }
}

const devices = ({ results }) => [results].flat().flatMap((node) => [node.CmDevices?.item ?? []].flat());

async function main() {
  const ris = new RisPort(host, user, password);
  const found = devices(await ris.selectCmDevice({ ...criteria, selectItems: names }));
  const { Name, Status, StatusReason, IPAddress } = found.at(-1);
  console.log("devices", found.length, Name, Status, StatusReason, IPAddress.item.IP, Boolean(ris.getCookie()));

  const all = await ris.selectCmDevicePaginated({ ...criteria, action: "SelectCmDeviceExt", selectItems: "*" });
  console.log("paginated", devices(all).length);

  const refused = await refusal(() => ris.selectCmDevice({ ...criteria, selectItems: names[0] }));
  console.log("refused", refused.status, refused.message);
  const gone = await patiently(() =>
    ris.selectCmDeviceBatched({ ...criteria, status: "UnRegistered" }, {}, names, { chunkSize: 1000 }));
  console.log("unregistered", devices(gone).length);

  const stranger = new RisPort(host, user, "wrong");
  const error = await stranger.selectCmDevice({ ...criteria, selectItems: names[0] }).catch((error) => error);
  console.log("stranger", error.status, error.code);
}

main();
