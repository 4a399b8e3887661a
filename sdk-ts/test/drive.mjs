// Does what it is told, a line of JSON at a time, through the SDK's own facade; answers a line of JSON for each.
// Started by tests/contracts: the same commands go to the SDKs of all three languages.
import { createInterface } from 'node:readline'
import { Client, EventStream, verifyWebhook } from '../dist/esm/index.js'
import { pause } from '../dist/esm/policy.js'
import { told } from '../dist/esm/errors.js'
import { OPERATIONS } from '../dist/esm/resources.js'

const camel = (name) => name.replace(/_(\w)/g, (_, one) => one.toUpperCase())

function client(asked) {
  const { url, token, retries = 2, first = 0.01, longest = 0.02, timeout = 20, idle = 20 } = asked.client
  return new Client({ url, token, timeout, idle, retry: { retries, first, longest } })
}

function plain(value) {
  return value instanceof ArrayBuffer ? { bytes: Buffer.from(value).toString('hex') } : value
}

async function call(asked) {
  const [noun, verb] = asked.operation.split('.')
  const method = camel(verb)
  const one = client(asked)
  if (asked.operation === 'events.stream') return collect(one.events.stream(asked.request ?? {}), asked)
  const given = [...(asked.path ?? []), ...(asked.request ? [asked.request] : [])]
  if (asked.options && !asked.request && asked.has_request) given.push(undefined)
  let received
  const options = { ...asked.options, onResponse: (each) => (received = each) }
  if (!asked.request && asked.has_request) given.push({})
  const value = plain(await one[noun][method](...given, options))
  return { value, status: received.status, request_id: received.requestId, position: one.position }
}

async function collect(stream, asked) {
  const items = []
  for await (const item of stream) {
    items.push(item)
    if (asked.most && items.length >= asked.most) break
  }
  return { value: items }
}

const DEEDS = {
  operations: async () => ({ value: OPERATIONS }),
  call,
  sequence: async (asked) => {
    const one = client(asked)
    for (const each of asked.calls) await one[each.operation.split('.')[0]][camel(each.operation.split('.')[1])](...each.path)
    return { value: one.position }
  },
  stream: (asked) => collect(client(asked).tasks.stream(asked.task, { live: asked.live }), asked),
  each: (asked) => collect(client(asked).tasks.each(asked.request), asked),
  pause: async (asked) => ({ value: pause(asked.attempt, new Headers(asked.headers), asked.retry, asked.chance, asked.now) }),
  told: async (asked) => {
    const { name, code, requestId } = told(asked.status, new Headers(asked.headers), asked.body)
    return { value: { kind: name, code, request_id: requestId ?? null } }
  },
  webhook: async (asked) => ({ value: await verifyWebhook(asked.hex === undefined ? asked.body : Buffer.from(asked.hex, 'hex'), asked.headers, asked.secret, { now: asked.now }) }),
  plugin: async (asked) => ({ value: await client(asked).plugin(asked.plugin).call(asked.operation, asked.request) }),
  worker: async (asked) => ({ value: await client(asked).worker((one) => `${asked.text} ${one.tool}`).once() }),
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let said
  try {
    said = await DEEDS[asked.do](asked)
  } catch (failure) {
    const { name, code, status, requestId, message } = failure
    said = { error: { kind: name, code, status, request_id: requestId, message } }
  }
  process.stdout.write(`${JSON.stringify(said)}\n`)
}
