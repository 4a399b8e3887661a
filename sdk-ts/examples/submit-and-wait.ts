// Ask a question about a text, and wait for the answer: `node submit-and-wait.ts`.
import { Client } from '@kingpost/sdk'

const client = new Client() // KINGPOST_URL, KINGPOST_TOKEN
const material = [{ source: 'trusses.md', text: 'A king post carries the ridge. Rafters lean on it.' }]
const task = await client.tasks.submit({ description: 'What does the king post carry?', agent: 'extract', material })
const { outcome } = await client.tasks.wait(task.id, { seconds: 60 })
if (!outcome) throw new Error('no outcome within a minute')
console.log(`${outcome.status}\n${outcome.answer}`)
console.log('sources:', ...(outcome.sources ?? []).map((one) => one.source))
