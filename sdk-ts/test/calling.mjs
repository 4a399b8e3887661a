// Calls an operation of the SDK's facade by its name, as a caller would write it. Used by the drivers of tests/contracts.
import { Client } from '../dist/esm/index.js'

export const camel = (name) => name.replace(/_(\w)/g, (_, one) => one.toUpperCase())

export function client(asked) {
  const { url, token, retries = 2, first = 0.01, longest = 0.02, timeout = 20, idle = 20, fetch } = asked.client
  return new Client({ url, token, timeout, idle, fetch, retry: { retries, first, longest } })
}

// A client that is told by the environment what the command does not tell.
export function bare(asked) {
  Object.assign(process.env, asked.environment)
  try {
    return new Client({ token: asked.client?.token })
  } finally {
    for (const name of Object.keys(asked.environment)) delete process.env[name]
  }
}

export async function call(asked, one = client(asked)) {
  const [noun, verb] = asked.operation.split('.')
  if (asked.operation === 'events.stream') return collect(one.events.stream(asked.request ?? {}), asked)
  const given = [...(asked.path ?? []), ...(asked.request ? [asked.request] : [])]
  if (!asked.request && asked.has_request) given.push({})
  let received
  const own = Object.fromEntries(Object.entries(asked.options ?? {}).map(([name, value]) => [camel(name), value]))
  const options = { ...own, onResponse: (each) => (received = each) }
  const value = plain(await one[noun][camel(verb)](...given, options))
  return { value, status: received.status, request_id: received.requestId, position: one.position }
}

export async function collect(stream, asked) {
  const items = []
  for await (const item of stream) {
    items.push(item)
    if (asked.most && items.length >= asked.most) break
  }
  return { value: items }
}

export function failure({ name, code, status, requestId, message }) {
  return { error: { kind: name, code, status, request_id: requestId, message } }
}

function plain(value) {
  return value instanceof ArrayBuffer ? { bytes: Buffer.from(value).toString('hex') } : value
}
