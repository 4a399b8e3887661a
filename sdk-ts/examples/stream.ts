// Follow a task while it runs, each event once: `node stream.ts`.
// A connection that breaks is taken up behind the last event; the stream ends with the task.
import { Client } from '@kingpost/sdk'

const client = new Client()
const material = [{ source: 'trusses.md', text: 'Rafters lean on the king post.' }]
const task = await client.tasks.submit({ description: 'What leans on the king post?', agent: 'extract', material })
for await (const item of client.tasks.stream(task.id, { live: true })) {
  if (item.id === undefined) console.log(`(${item.kind})`) // what an agent says while it decides, in no log
  else console.log(item.kind)
}
