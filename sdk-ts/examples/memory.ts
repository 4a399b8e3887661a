// Remember, recall and forget, in a scope of its own: `node memory.ts`.
import { Client } from '@kingpost/sdk'

const scope = 'example'
const client = new Client()

const facts = ['Ada drinks green tea.', 'The tea is kept on the upper shelf.', 'Grace sails on Sundays.']
const stored = await client.memory.remember({ memories: facts.map((body) => ({ body, id: '', scope })) })
console.log('new:', stored.new)

const { found } = await client.memory.recall({ text: 'What does Ada drink?', scopes: [scope], limit: 1 })
for (const { memory } of found) console.log('recalled:', memory.body)

const forgotten = await client.memory.forget({ selection: { scope } })
console.log('forgotten:', forgotten.count)
