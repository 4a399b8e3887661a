// Does what it is told, a line of JSON at a time, through the SDK's own facade; answers a line of JSON for each.
// Started by tests/contracts: the same commands go to the SDKs of all three languages.
import { createInterface } from 'node:readline'
import { made, verifyWebhook } from '../dist/esm/index.js'
import { pause } from '../dist/esm/policy.js'
import { told } from '../dist/esm/errors.js'
import { OPERATIONS } from '../dist/esm/resources.js'
import { bare, call, camel, client, collect, failure } from './calling.mjs'

// Serves the agent `buyer` and the tool `price`, which do as they are told, until `most` functions have been called
// or `seconds` have passed.
async function served(asked) {
  const one = client(asked)
  const { parallel = 1, ttl = 60, most, seconds } = asked
  const found = { problems: [], most_at_once: 0, calls: 0 }
  const onProblem = (problem) => found.problems.push(problem.name)
  const worker = one.worker({ name: 'driven', parallel, ttl, wait: 1, onProblem })
  let now = 0
  let forgotten = false
  const meeting = []
  async function counted(what, work, signal) {
    found.most_at_once = Math.max(found.most_at_once, ++now)
    if (++found.calls >= most) worker.stop()
    try {
      if (what === 'fail') throw new Error('sold out')
      if (what === 'odd') return 3
      if (what === 'half') return '\ud800'
      if (what === 'lost') {
        await one.tasks.cancel(work.task)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }
      if (what === 'forget' && !forgotten) {
        forgotten = true
        const { workers } = await one.workers.list()
        await one.workers.leave(workers.find((each) => each.name === 'driven').id)
      }
      if (what === 'meet') {
        await new Promise((resolve) => {
          meeting.push(resolve)
          if (meeting.length === 2) for (const go of meeting.splice(0)) go()
        })
      }
      return `three ${what}`
    } finally {
      now--
    }
  }
  worker.tool({ name: 'price', description: 'What it costs.', parameters: { type: 'object' }, repeatable: true },
    async (given, work, signal) => {
      const text = await counted(given.of, work, signal)
      if (given.of !== 'draw') return text
      return { text, files: [made('all.bin', new Uint8Array(20_000).map((_, at) => at % 256), 'image/png')] }
    })
  worker.agent({ name: 'teller' }, (asking, work, signal) => counted(asking.description, work, signal))
  worker.agent({ name: 'buyer', tools: true }, async (asking, work, signal) => {
    await counted('', work, signal)
    const came = asking.turns.at(-1)?.observations[0]
    return came ? came.text : { calls: [{ id: '1', tool: 'price', arguments: { of: asking.description } }] }
  })
  const late = setTimeout(() => worker.stop(), seconds * 1000)
  try {
    await worker.run()
  } finally {
    clearTimeout(late)
  }
  return { value: found }
}

const DEEDS = {
  operations: async () => ({ value: OPERATIONS }),
  call: (asked) => call(asked),
  bare: (asked) => call(asked, bare(asked)),
  sequence: async (asked) => {
    const one = client(asked)
    for (const each of asked.calls) await one[each.operation.split('.')[0]][camel(each.operation.split('.')[1])](...each.path)
    return { value: one.position }
  },
  stream: (asked) => collect(client(asked).tasks.stream(asked.task, { live: asked.live }), asked),
  each: (asked) => collect(client(asked).tasks.each(asked.request), asked),
  pause: async (asked) => ({ value: pause(asked.attempt, new Headers(asked.headers), asked.retry, asked.chance, asked.now) }),
  told: async (asked) => {
    const { name, code, requestId, retryAfter } = told(asked.status, new Headers(asked.headers), new TextDecoder().decode(Buffer.from(asked.body)))
    return { value: { kind: name, code, request_id: requestId ?? null, retry_after: retryAfter ?? null } }
  },
  webhook: async (asked) => ({ value: await verifyWebhook(asked.hex === undefined ? asked.body : Buffer.from(asked.hex, 'hex'), asked.headers, asked.secret, { now: asked.now }) }),
  plugin: async (asked) => {
    const one = client(asked).plugin(asked.plugin)
    let value
    for (const each of asked.calls) value = await one.call(each.operation, each.request)
    return { value }
  },
  worker: served,
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let said
  try {
    said = await DEEDS[asked.do](asked)
  } catch (problem) {
    said = failure(problem)
  }
  process.stdout.write(`${JSON.stringify(said)}\n`)
}
