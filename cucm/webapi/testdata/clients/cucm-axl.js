"use strict";

// Lists phones, gets one, and goes on with a version that the cluster has, as scripts do
// with cucm-axl.
const Axl = require("cucm-axl");

const [host, user, password] = process.argv.slice(2);
console.log = ((log) => (...text) => String(text[0]).startsWith("running") || log(...text))(console.log);

async function main() {
  const axl = new Axl({ host, user, pass: password, version: "15.0" });
  try {
    await axl.run("get", "CCMVersion", "");
  } catch ({ response }) {
    const [, oldest] = response.data.match(/Supported axl versions are ([0-9]+)/);
    console.log("refused", response.status, oldest);
    axl.version = `${oldest}.1`;
  }
  const { componentVersion } = await axl.run("get", "CCMVersion", "");
  console.log("version", componentVersion.version);

  const phones = await axl.listPhones({ name: "SEP%" }, ["name", "model"]);
  const last = phones.at(-1);
  console.log("phones", phones.length, last.name, last.model);
  const phone = await axl.getPhone({ name: last.name });
  console.log("phone", phone.name, phone.protocol, phone.devicePoolName._);
  console.log("reset", await axl.run("reset", "phone", `<name>${last.name}</name>`));
  console.log("fault", await axl.getPhone({ name: "SEPNONE" }).catch((fault) => fault));

  const stranger = new Axl({ host, user, pass: "wrong", version: "12.5" });
  const { response } = await stranger.getPhone({ name: last.name }).catch((error) => error);
  console.log("stranger", response.status, response.data.includes("HTTP Status 401"));
}

main();
