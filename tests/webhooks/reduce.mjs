// Distills real payloads (npm package @octokit/webhooks-examples: github.com and five Enterprise Servers) into
// examples.json: of every example of an event that is read, the fields that are read, each different one once.
// Run by a developer: npm install && npm run reduce
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const manifest = createRequire(import.meta.url).resolve("@octokit/webhooks-examples/package.json");
const servers = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
const events = ["ping", "workflow_run", "workflow_job", "push", "pull_request", "installation", "installation_repositories", "repository"];
const shape = {
  action: 1, ref: 1, forced: 1, zen: 1,
  commits: [{ added: 1, removed: 1, modified: 1 }],
  repository: { full_name: 1, default_branch: 1 },
  workflow_run: { path: 1 },
  workflow: { path: 1 },
  pull_request: { head: { ref: 1 } },
  changes: { owner: { from: { user: { login: 1 }, organization: { login: 1 } } } },
};

function keep(value, kept) {
  if (kept === 1 || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one) => keep(one, kept[0]));
  const fields = Object.keys(kept).filter((name) => name in value);
  return Object.fromEntries(fields.map((name) => [name, keep(value[name], kept[name])]));
}

const out = {};
for (const event of events) {
  const all = servers.flatMap((server) => {
    const examples = JSON.parse(readFileSync(manifest.replace("package.json", `${server}/index.json`), "utf8"));
    return examples.filter(({ name }) => name === event).flatMap(({ examples }) => examples);
  });
  out[event] = [...new Set(all.map((example) => JSON.stringify(keep(example, shape))))].map((text) => JSON.parse(text));
}
const lines = Object.entries(out).map(([event, examples]) => {
  return `  "${event}": [\n${examples.map((example) => `    ${JSON.stringify(example)}`).join(",\n")}\n  ]`;
});
writeFileSync("examples.json", `{\n${lines.join(",\n")}\n}\n`);
