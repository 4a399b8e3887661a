// Receive the events of a task, each verified, and acted upon once: `node webhook-receiver.ts`.
// The server needs `sinks = ["webhooks"]` under `[kernel]`, and to send to its own machine `allow = ["127.0.0.1"]` under
// `[webhooks]`.
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { Client, verifyWebhook, WebhookInvalid } from '@kingpost/sdk'

const client = new Client()
const keys: string[] = []
const seen = new Set<string>()
const done = new Set<string>()

const server = createServer(async (request, response) => {
  try {
    // The bytes as they came: they are what was signed.
    const delivery = await verifyWebhook(await buffer(request), request.headers, keys)
    response.writeHead(204).end()
    if (seen.has(delivery.id)) return // it comes again when our answer was lost
    seen.add(delivery.id)
    const { type, data } = delivery.data as { type: string; data: { task: string } }
    console.log(type)
    if (type === 'task.succeeded') {
      done.add(data.task)
      server.emit('succeeded')
    }
  } catch (problem) {
    response.writeHead(problem instanceof WebhookInvalid ? 400 : 500).end(String(problem))
  }
})

await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
const events = ['task.queued', 'task.succeeded']
const endpoint = await client.endpoints.set('example', { url, events, order: 'task' })
keys.push(...endpoint.keys) // shown once: keep them where secrets are kept
const material = [{ source: 'trusses.md', text: 'A king post carries the ridge.' }]
const task = await client.tasks.submit({ description: 'What carries the ridge?', agent: 'extract', material })
while (!done.has(task.id)) await new Promise((resolve) => server.once('succeeded', resolve))
await client.endpoints.remove('example')
server.close()
server.closeAllConnections()
