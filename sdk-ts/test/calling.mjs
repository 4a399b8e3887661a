// Calls an operation of the SDK's facade by its name, as a caller would write it. Used by the drivers of tests/contracts.
import { Client } from '../dist/esm/index.js'

export const camel = (name) => name.replace(/_(\w)/g, (_, one) => one.toUpperCase())

export function client(asked) {
  const { url, token, retries = 2, first = 0.01, longest = 0.02, timeout = 20, idle = 20 } = asked.client
  return new Client({ url, token, timeout, idle, retry: { retries, first, longest } })
}

export async function call(asked) {
  const [noun, verb] = asked.operation.split('.')
  const one = client(asked)
  if (asked.operation === 'events.stream') return collect(one.events.stream(asked.request ?? {}), asked)
  const given = [...(asked.path ?? []), ...(asked.request ? [asked.request] : [])]
  if (!asked.request && asked.has_request) given.push({})
  let received
  const options = { ...asked.options, onResponse: (each) => (received = each) }
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
