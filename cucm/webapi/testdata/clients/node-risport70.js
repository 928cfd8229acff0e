"use strict";

// Finds phones by name, one and many, as scripts do with node-risport70.
const { RisPort70, DeviceClass, Status, SelectBy, Protocol, DownloadStatus, Models } = require("node-risport70");

const [host, user, pass, ...names] = process.argv.slice(2);

const devices = (body) =>
  [body.selectCmDeviceResponse.selectCmDeviceReturn.SelectCmDeviceResult.CmNodes.item].flat()
    .flatMap((node) => node.CmDevices?.item ?? []);

// refusal is the answer of the cluster when it has been asked too often.
async function refusal(ask) {
  for (let asked = 0; asked < 100; asked++) {
    const error = await ask().then(() => null, (error) => error);
    if (error) return error.response;
  }
  throw new Error("never refused");
}

async function main() {
  const ris = new RisPort70({ host, user, pass });
  const [one] = devices(await ris.getPhoneByName(names[0]));
  console.log("device", one.Name, one.Status, one.IPAddress.item.IP);
  console.log("devices", devices(await ris.getPhonesByName(names)).length);

  const gone = devices(await ris.selectCMDevice({
    MaxReturnedDevices: 10000, DeviceClass: DeviceClass.Any, Model: Models.All, Status: Status.UnRegistered,
    NodeName: "", SelectBy: SelectBy.Name, Protocol: Protocol.Any, DownloadStatus: DownloadStatus.Any, items: names,
  }));
  console.log("unregistered", gone.length, gone[0].StatusReason);

  const { status, data } = await refusal(() => ris.getPhoneByName(names[0]));
  console.log("refused", status, /<faultstring>(.*)<.faultstring>/.exec(data)[1]);
  const stranger = new RisPort70({ host, user, pass: "wrong" });
  const error = await stranger.getPhoneByName(names[0]).catch((error) => error);
  console.log("stranger", error.response.status);
}

main();
