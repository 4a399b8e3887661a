// The consumer test of Pact: agrees with Pact's mock server on every interaction of contracts/interactions.json, each
// asked for through the SDK's own facade, or with Pact on every message of contracts/messages.json, and writes the pact.
// tests/contracts runs it at the root of the repository: `node sdk-ts/test/pact.mjs <provider> <folder>`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pact } from '@pact-foundation/pact'
import { call, failure } from './calling.mjs'
import { understood } from './messages.mjs'

const TABLES = { kingpost: ['interactions.json', agreed], 'kingpost-events': ['messages.json', understood] }
const CONSUMER = 'kingpost-sdk-ts'
// A port may be that of a mock server before, so no connection outlives its call.
await fetch('data:,')
const { constructor: Agent } = globalThis[Symbol.for('undici.globalDispatcher.1')]
const dispatcher = new Agent({ pipelining: 0 })
const once = (url, init) => fetch(url, { ...init, dispatcher })

const MATCHER = 'pact:matcher:type'

async function agreed(pact, row) {
  const { request, response } = row
  let said
  await pact
    .addInteraction()
    .given(row.state)
    .uponReceiving(row.title)
    .withRequest(request.method, request.path, (it) => {
      it.headers(request.headers).query(request.query)
      if (request.body !== undefined) it.jsonBody(request.body)
    })
    .willRespondWith(row.status, (it) => answering(it, response))
    .executeTest(async ({ url }) => {
      const { path, request, token } = row.call
      const asked = { client: { url, token, retries: 0, fetch: once }, operation: row.operation, path, request }
      said = await call(asked).catch(failure)
    })
  return said
}

function answering(it, { type, body, rules }) {
  it.headers({ 'Content-Type': type })
  if (type.includes('json')) return it.jsonBody(body)
  const [{ match, ...rule }] = rules?.body.$.matchers ?? [{ match: 'equality' }]
  it.body('text/plain', Buffer.from(body)).matchingRules({ body: [{ path: '$', rules: [{ [MATCHER]: match, ...rule }] }] })
}

const [provider, folder] = process.argv.slice(2)
const [table, deed] = TABLES[provider]
const file = `${CONSUMER}-${provider}.json`
const said = {}
const parts = []
for (const row of JSON.parse(readFileSync(join('contracts', table), 'utf8'))) {
  // One pact file for each: the library would read a common one again for every interaction that it adds.
  const dir = join(folder, String(parts.length))
  mkdirSync(dir, { recursive: true })
  said[row.title] = await deed(new Pact({ consumer: CONSUMER, provider, dir, logLevel: 'error' }), row)
  parts.push(JSON.parse(readFileSync(join(dir, file), 'utf8')))
  rmSync(dir, { recursive: true })
}
const interactions = parts.flatMap((part) => part.interactions)
interactions.sort((one, other) => (one.description < other.description ? -1 : 1))
writeFileSync(join(folder, file), `${JSON.stringify({ ...parts[0], interactions }, null, 2)}\n`)
writeFileSync(join(folder, 'said.json'), JSON.stringify(said))
