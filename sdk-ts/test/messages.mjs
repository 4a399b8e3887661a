// Messages of contracts/messages.json, each handed to the SDK by Pact. Used by pact.mjs.
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Client, verifyWebhook } from '../dist/esm/index.js'

const KEY = Buffer.from('a key of whoever receives')

export async function understood(pact, row) {
  let said
  await pact
    .addAsynchronousInteraction()
    .expectsToReceive(row.title, (it) => {
      it.withMetadata({ contentType: 'application/json', ...row.metadata }).withJSONContent(row.contents)
    })
    .executeTest(async ({ contents, metadata }) => {
      const { contentType, ...beside } = metadata
      const text = JSON.stringify(contents.content)
      said = await (beside.event ? followed(contents.content.id, beside.event, text) : delivered(beside, text))
    })
  return said
}

async function followed(id, event, text) {
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/event-stream')
    answer.end(`id: ${id}\nevent: ${event}\ndata: ${text}\n\nevent: end\ndata: {}\n\n`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const client = new Client({ url: `http://127.0.0.1:${server.address().port}`, token: 'kp_example' })
    const events = []
    for await (const each of client.events.stream()) events.push(each)
    if (events.length !== 1) throw new Error(`${events.length} events of one`)
    return events[0]
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

// The example is signed with a key that nobody keeps, so it is signed again with ours.
async function delivered(headers, text) {
  const stamp = headers['webhook-timestamp']
  const signature = createHmac('sha256', KEY).update(`${headers['webhook-id']}.${stamp}.${text}`).digest('base64')
  const signed = { ...headers, 'webhook-signature': `v1,${signature}` }
  return verifyWebhook(text, signed, `whsec_${KEY.toString('base64')}`, { now: Number(stamp) })
}
