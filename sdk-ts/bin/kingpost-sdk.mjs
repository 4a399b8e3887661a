#!/usr/bin/env node
// The command `npx @kingpost/sdk sync`: writes types for the plugins that a server has installed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Client, KingpostError } from '../dist/esm/index.js'
import { offered, written } from '../dist/esm/typed.js'

const HELP = `Usage: npx @kingpost/sdk sync --out FILE [--url URL] [--plugin NAME ...] [--check]

Writes a module of types for the plugins of a server; client.plugin(...).call(...) then has types.

  --out FILE     the module to write, part of your program
  --url URL      the server; else KINGPOST_URL, else http://127.0.0.1:8420 (token: KINGPOST_TOKEN)
  --plugin NAME  only this one; may be repeated
  --check        write nothing; fail when the file is another

Examples:
  npx @kingpost/sdk sync --url http://127.0.0.1:8420 --out src/plugins.ts
  npx @kingpost/sdk sync --check --out src/plugins.ts
`

function fail(text) {
  console.error(`kingpost-sdk: ${text}`)
  process.exit(1)
}

async function sync({ url, out, plugin: wanted = [], check }) {
  const document = await new Client({ url }).document()
  const known = offered(document)
  const unknown = wanted.filter((name) => !known.has(name))
  const offers = [...known.keys()].join(', ') || 'none'
  if (unknown.length) fail(`no operations of ${unknown.join(', ')}; plugins with operations: ${offers}`)
  const chosen = [...known.keys()].filter((name) => !wanted.length || wanted.includes(name))
  const text = written(document, chosen)
  if (!check) writeFileSync(out, text)
  else if (!existsSync(out) || readFileSync(out, 'utf8') !== text) {
    fail(`${out} is not what the server has; run without --check to write it`)
  }
  for (const name of chosen) console.log(`${known.get(name)[0]['x-plugin']}: ${known.get(name).length} operations`)
}

const options = {
  url: { type: 'string' }, out: { type: 'string' }, plugin: { type: 'string', multiple: true },
  check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
}
try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) console.log(HELP)
  else if (positionals.join() !== 'sync' || !values.out) fail(`say: sync --out FILE\n\n${HELP}`)
  else await sync(values)
} catch (problem) {
  const expected = problem instanceof KingpostError || problem?.code
  fail(expected ? problem.message : problem)
}
