/**
 * Writes a module of types for the plugins that a server has installed, out of its OpenAPI document. Pure.
 *
 * Called by `npx @kingpost/sdk sync`. What it writes gives `client.plugin(...).call(...)` its types, and is nothing at run
 * time; a value that it does not know, of a newer plugin, passes through as it is.
 */
/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is open */
type Node = any

const PLAIN: Record<string, string> = {
  string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null', object: 'Record<string, unknown>',
}
const REFERENCE = '#/components/schemas/'

/** The operations of each plugin, sorted by name. */
export function offered(document: Node): Map<string, Node[]> {
  const found = new Map<string, Node[]>()
  for (const methods of Object.values<Node>(document.paths)) {
    for (const operation of Object.values<Node>(methods)) {
      const plugin = operation['x-plugin']?.split('@')[0]
      if (plugin && operation.tags?.length) found.set(plugin, [...(found.get(plugin) ?? []), operation])
    }
  }
  for (const operations of found.values()) operations.sort((one, other) => (one.operationId < other.operationId ? -1 : 1))
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** The module for these plugins. */
export function written(document: Node, plugins: string[]): string {
  const known = offered(document)
  const chosen = plugins.flatMap((plugin) => known.get(plugin)!)
  const parts = [
    `// Operations of plugins, typed: ${plugins.map((name) => known.get(name)![0]['x-plugin'].replace('@', ' ')).join(', ')}.`,
    '// Written by `npx @kingpost/sdk sync`; do not edit.',
    "import '@kingpost/sdk'\n",
  ]
  for (const name of reached(document, chosen)) parts.push(record(name, document.components.schemas[name]))
  for (const plugin of plugins) {
    parts.push(comment(`What the plugin \`${plugin}\` offers.`, ''), `export interface ${title(plugin)}Operations {`)
    for (const operation of known.get(plugin)!) {
      const noun: string = operation.tags[0]
      parts.push(comment(operation.summary, '  '))
      parts.push(`  ${key(`${noun}.${operation.operationId.slice(noun.length + 1)}`)}: {`)
      parts.push(`    given: ${fields(taken(document, operation), '    ')}`)
      parts.push(`    answer: ${answered(operation) ? shape(answered(operation)) : 'ArrayBuffer'}`, '  }')
    }
    parts.push('}\n')
  }
  parts.push("declare module '@kingpost/sdk' {", '  interface PluginOperations {')
  parts.push(...plugins.map((plugin) => `    ${key(plugin)}: ${title(plugin)}Operations`), '  }', '}')
  return `${parts.filter((part) => part !== '').join('\n')}\n`
}

/** The schemas that answers and arguments name, directly or by what they name. */
function reached(document: Node, operations: Node[]): string[] {
  const waiting = operations.flatMap((one) => named([answered(one), taken(document, one)]))
  const found = new Set<string>()
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    waiting.push(...named(document.components.schemas[name]))
  }
  return [...found].sort()
}

function named(node: Node): string[] {
  if (typeof node !== 'object' || node === null) return []
  const own = typeof node.$ref === 'string' ? [node.$ref.slice(REFERENCE.length)] : []
  return [...own, ...Object.values(node).flatMap(named)]
}

/** What `call` takes: what stands in the path, in the query and in the body, side by side. */
function taken(document: Node, operation: Node): Node {
  const parameters: Node[] = (operation.parameters ?? []).filter((one: Node) => one.in !== 'header')
  let body = operation.requestBody?.content?.['application/json']?.schema ?? {}
  if (body.$ref) body = document.components.schemas[body.$ref.slice(REFERENCE.length)]
  return {
    properties: { ...Object.fromEntries(parameters.map((one) => [one.name, one.schema])), ...body.properties },
    required: [...parameters.filter((one) => one.required).map((one) => one.name), ...(body.required ?? [])],
  }
}

/** The schema of the answer, where it is JSON. */
function answered(operation: Node): Node {
  const [, answer] = Object.entries<Node>(operation.responses).find(([status]) => status < '300') ?? []
  return answer?.content?.['application/json']?.schema
}

function record(name: string, schema: Node): string {
  const said = comment(schema.description, '')
  const type = schema.properties ? `interface ${name} ${fields(schema, '')}` : `type ${name} = ${shape(schema)}`
  return `${said && `${said}\n`}export ${type}\n`
}

function fields(schema: Node, indent: string): string {
  const required = new Set<string>(schema.required)
  const lines = Object.entries<Node>(schema.properties).map(
    ([name, each]) => `${indent}  ${key(name)}${required.has(name) ? '' : '?'}: ${shape(each)}\n`,
  )
  return lines.length ? `{\n${lines.join('')}${indent}}` : '{}'
}

function shape(schema: Node): string {
  if (schema.$ref) return schema.$ref.slice(REFERENCE.length)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one: unknown) => JSON.stringify(one)).join(' | ')
  if (schema.anyOf) {
    const members: string[] = [...new Set<string>(schema.anyOf.map(shape))]
    // Beside a plain string the known values would be lost to whoever is typing.
    return members.map((one) => (one === 'string' && members.length > 1 ? '(string & {})' : one)).join(' | ')
  }
  if (schema.type === 'array') return `Array<${shape(schema.prefixItems?.[0] ?? schema.items ?? {})}>`
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `Record<string, ${shape(schema.additionalProperties)}>`
  }
  return PLAIN[schema.type] ?? 'unknown'
}

function title(name: string): string {
  return name.replace(/(?:^|[^A-Za-z0-9]+)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}

function comment(text: string | undefined, indent: string): string {
  const safe = text?.trim().replaceAll('*/', '*\\/')
  if (!safe) return ''
  return safe.includes('\n')
    ? `${indent}/**\n${safe.split('\n').map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */`
    : `${indent}/** ${safe} */`
}
