"use strict";

// Lists phones in pages, gets one and resets it, as scripts do with cisco-axl.
const Axl = require("cisco-axl");

const [host, user, password] = process.argv.slice(2);

async function listPhones(axl, size) {
  const phones = [];
  for (let skip = 0; ; skip += size) {
    const page = await axl.executeOperation("listPhone", {
      searchCriteria: { name: "SEP%" },
      returnedTags: { name: "", model: "", devicePoolName: "" },
      skip: String(skip),
      first: String(size),
    });
    if (!page) return phones;
    phones.push(...[page.phone].flat());
  }
}

async function main() {
  const axl = new Axl(host, user, password, "12.5");
  const { componentVersion } = await axl.executeOperation("getCCMVersion", {});
  console.log("version", componentVersion.version);

  const phones = await listPhones(axl, 1000);
  const last = phones.at(-1);
  console.log("phones", phones.length, last.name, last.model, last.devicePoolName.value);

  const { phone } = await axl.executeOperation("getPhone", { name: last.name }, { removeAttributes: true });
  console.log("phone", phone.name, phone.protocol);
  console.log("reset", await axl.executeOperation("doDeviceReset", { deviceName: last.name, isHardReset: "True" }));

  const fault = await axl.executeOperation("getPhone", { name: "SEPNONE" }).catch((fault) => fault);
  console.log("fault", fault.faultstring);

  for (const [who, other] of Object.entries({
    stranger: new Axl(host, user, "wrong", "12.5"),
    newer: new Axl(host, user, password, "15.0"),
  })) {
    const error = await other.executeOperation("getCCMVersion", {}).catch((error) => error);
    console.log(who, error);
  }
}

main();
