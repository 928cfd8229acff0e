"use strict";

const { EventEmitter } = require("node:events");
const sax = require("sax");

// Parser is what xml2json uses of node-expat's.
exports.Parser = class extends EventEmitter {
  parse(text) {
    this.error = null;
    const parser = sax.parser(true, { trim: false });
    parser.onopentag = ({ name, attributes }) => this.emit("startElement", name, attributes);
    parser.ontext = parser.oncdata = (text) => this.emit("text", text);
    parser.onclosetag = (name) => this.emit("endElement", name);
    parser.onerror = (error) => (this.error ??= error);
    parser.write(text).close();
    return this.error === null;
  }

  getError() {
    return this.error;
  }
};
