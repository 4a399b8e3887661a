// The consumer test of Pact: agrees with Pact's mock server on every interaction of contracts/interactions.json, each
// asked for through the SDK's own facade, and writes the pact. `node test/pact.mjs <folder>`; tests/contracts runs it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pact } from '@pact-foundation/pact'
import { call, failure } from './calling.mjs'

const CONSUMER = 'kingpost-sdk-ts'
const FILE = `${CONSUMER}-kingpost.json`
const MATCHER = 'pact:matcher:type'
const folder = process.argv[2]

// One pact file for each: the library would read a common one again for every interaction that it adds.
async function agreed(row, dir) {
  const pact = new Pact({ consumer: CONSUMER, provider: 'kingpost', dir, logLevel: 'error' })
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
      const asked = { client: { url, token, retries: 0 }, operation: row.operation, path, request }
      said = await call(asked).catch(failure)
    })
  return said
}

// The builder calls all JSON application/json, so the header says what it is. Of other bodies the verifier guesses the
// type: text, here always; and compares them only by a rule.
function answering(it, { type, body, rules }) {
  it.headers({ 'Content-Type': type })
  if (type.includes('json')) return it.jsonBody(body)
  const [{ match, ...rule }] = rules?.body.$.matchers ?? [{ match: 'equality' }]
  it.body('text/plain', Buffer.from(body)).matchingRules({ body: [{ path: '$', rules: [{ [MATCHER]: match, ...rule }] }] })
}

const rows = JSON.parse(readFileSync(new URL('../../contracts/interactions.json', import.meta.url), 'utf8'))
const said = {}
const parts = []
for (const [number, row] of rows.entries()) {
  const dir = join(folder, String(number))
  mkdirSync(dir, { recursive: true })
  said[row.title] = await agreed(row, dir)
  parts.push(JSON.parse(readFileSync(join(dir, FILE), 'utf8')))
  rmSync(dir, { recursive: true })
}
const interactions = parts.flatMap((part) => part.interactions)
interactions.sort((one, other) => (one.description < other.description ? -1 : 1))
writeFileSync(join(folder, FILE), `${JSON.stringify({ ...parts[0], interactions }, null, 2)}\n`)
writeFileSync(join(folder, 'said.json'), JSON.stringify(said))
