package report

import _ "embed" // for schema.json

// Schema is the JSON Schema (draft 2020-12) of what [Report.WriteJSON] writes, with a word on
// each field.
//
//go:embed schema.json
var Schema []byte
