// Serve an agent and a tool of your own from this process until it is interrupted: `node worker.ts`.
// Whoever asks the agent `clerk` for something is told its price: `kingpost run --agent clerk tea`, or any SDK.
import { Client } from '@kingpost/sdk'

const prices = new Map([['tea', 3], ['milk', 2]])

const client = new Client()
const worker = client.worker({ name: 'example', parallel: 4, wait: 2 })

// What it throws is what the agent is told; `work.key` is the same however often a call is given out.
worker.tool(
  { name: 'price', description: 'What an article costs.', parameters: { type: 'object' }, repeatable: true },
  (given, work) => {
    const article = String(given.of)
    if (!prices.has(article)) throw new Error(`there is no ${article} here`)
    return `${article} costs ${prices.get(article)}`
  },
)

// It decides on a call of the tool first, and when it is asked again, with what came of it, on the answer.
worker.agent({ name: 'clerk', tools: true }, (asking) => {
  const came = asking.turns.at(-1)?.observations[0]
  return came ? came.text : { calls: [{ id: '1', tool: 'price', arguments: { of: asking.description } }] }
})

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => worker.stop())
await worker.run() // leaves when what was begun is done
