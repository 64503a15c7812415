// Distills GitHub's published OpenAPI description (npm package @octokit/openapi) into github.json: for every endpoint
// of endpoints.txt the JSON schemas of its answers, as JSON Schema 2020-12, with types, required fields, enumerations,
// formats and nullability only. Run by a developer: npm install && npm run reduce.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("@octokit/openapi/package.json");
const api = JSON.parse(readFileSync(source.replace("package.json", "generated/api.github.com.json"), "utf8"));
const kept = ["type", "enum", "format", "required", "items", "properties", "additionalProperties", "oneOf", "anyOf", "allOf"];
const wanted = new Set();

function follow(pointer) {
  return pointer.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/")], api);
}

function shape(schema) {
  if (schema === true || schema === false) return schema;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    wanted.add(name);
    return { $ref: `#/schemas/${name}` };
  }
  const out = {};
  for (const key of kept) {
    const value = schema[key];
    if (value === undefined) continue;
    if (key === "properties") out[key] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shape(part)]));
    else if (key === "items" || (key === "additionalProperties" && typeof value === "object")) out[key] = shape(value);
    else if (["oneOf", "anyOf", "allOf"].includes(key)) out[key] = value.map(shape);
    else out[key] = value;
  }
  if (!schema.nullable) return out;
  if (out.enum && !out.enum.includes(null)) out.enum = [...out.enum, null];
  if (out.type) out.type = [out.type, "null"];
  return out.oneOf || out.anyOf || out.allOf ? { anyOf: [out, { type: "null" }] } : out;
}

function answers(operation) {
  const out = {};
  for (const [status, given] of Object.entries(operation.responses)) {
    const response = given.$ref ? follow(given.$ref) : given;
    const schema = (response.content?.["application/json"] ?? response.content?.["application/scim+json"])?.schema;
    out[status] = schema ? shape(schema) : null;
  }
  return out;
}

// The description's inlined copy of an installation asks for an account that is a user and an enterprise at once,
// which no account is; the named schema says "either".
const corrections = { "GET /app/installations": { 200: { type: "array", items: shape({ $ref: "#/components/schemas/installation" }) } } };

const endpoints = {};
for (const line of readFileSync(new URL("endpoints.txt", import.meta.url), "utf8").trim().split("\n")) {
  const [method, template] = line.split(" ");
  const operation = api.paths[template]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the description has no ${line}`);
  endpoints[line] = { ...answers(operation), ...corrections[line] };
}
const schemas = {};
for (let before = -1; before !== wanted.size; ) {
  before = wanted.size;
  for (const name of [...wanted]) schemas[name] ??= shape(api.components.schemas[name]);
}
const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
const paths = Object.entries(endpoints).map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
const text = `{"endpoints": {\n${paths.join(",\n")}\n},\n"schemas": {\n${lines.join(",\n")}\n}}\n`;
writeFileSync(new URL("github.json", import.meta.url), text);
console.log(`${paths.length} endpoints, ${lines.length} schemas, ${text.length} bytes`);
