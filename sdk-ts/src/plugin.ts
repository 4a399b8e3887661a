/** Operations of installed plugins, by name: checked against the server's live document before anything is sent. */
import { UnknownOperation } from './errors.js'
import type { Answered, Given, OperationOf } from './plugins.js'
import type { CallOptions, Transport } from './transport.js'

interface Described {
  method: string
  path: string
  inPath: string[]
  inQuery: string[]
  inBody: string[] | undefined
  required: Set<string>
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is open */
type Document = any

/** One plugin of the server. Its operations have types where `sync` has written them. */
export class Plugin<P extends string = string> {
  #transport: Transport
  #document: () => Promise<Document>

  constructor(readonly name: P, transport: Transport, document: () => Promise<Document>) {
    this.#transport = transport
    this.#document = document
  }

  /** The names of what it offers. */
  async operations(): Promise<string[]> {
    return [...described(await this.#document(), this.name).keys()].sort()
  }

  /**
   * What the operation answers: JSON, or bytes where it is something else.
   *
   * @throws UnknownOperation the plugin is not installed, has no such operation, or not with these arguments
   */
  async call<O extends OperationOf<P>>(
    operation: O,
    ...[given = {} as Given<P, O>, options = {}]: {} extends Given<P, O>
      ? [given?: Given<P, O>, options?: CallOptions]
      : [given: Given<P, O>, options?: CallOptions]
  ): Promise<Answered<P, O>> {
    const known = described(await this.#document(), this.name)
    const found = known.get(operation) ?? known.get(`${this.name}.${operation}`)
    if (!found) {
      const offers = [...known.keys()].sort().join(', ') || 'nothing; is it installed?'
      throw new UnknownOperation(`plugin '${this.name}' has no operation '${operation}'; it offers ${offers}`)
    }
    const named = given as Record<string, unknown>
    check(operation, found, named)
    const response = await this.#transport.ask(made(this.#transport.url, found, named), options)
    const json = response.headers.get('content-type')?.includes('json')
    return (await (json ? response.json() : response.arrayBuffer())) as Answered<P, O>
  }
}

function described(document: Document, plugin: string): Map<string, Described> {
  const found = new Map<string, Described>()
  for (const [path, methods] of Object.entries<Record<string, Document>>(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation['x-plugin']?.split('@')[0] !== plugin) continue
      const noun: string = operation.tags[0]
      const parameters: { name: string; in: string; required?: boolean }[] = operation.parameters ?? []
      let body = operation.requestBody?.content?.['application/json']?.schema
      if (body?.$ref) body = document.components.schemas[body.$ref.split('/').pop()]
      const there = (where: string) => parameters.filter((one) => one.in === where).map((one) => one.name)
      found.set(`${noun}.${operation.operationId.slice(noun.length + 1)}`, {
        method: method.toUpperCase(),
        path,
        inPath: there('path'),
        inQuery: there('query'),
        inBody: body && Object.keys(body.properties ?? {}),
        required: new Set([...parameters.filter((one) => one.required).map((one) => one.name), ...(body?.required ?? [])]),
      })
    }
  }
  return found
}

function check(name: string, operation: Described, given: Record<string, unknown>): void {
  const known = new Set([...operation.inPath, ...operation.inQuery, ...(operation.inBody ?? [])])
  const wrong = Object.keys(given).filter((each) => !known.has(each)).map((each) => `${each} is none of its arguments`)
  const missing = [...operation.required].filter((each) => !(each in given)).map((each) => `${each} is missing`)
  const said = [...wrong, ...missing]
  if (said.length) throw new UnknownOperation(`${name}: ${said.join('; ')}`)
}

function made(url: string, operation: Described, given: Record<string, unknown>): Request {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])))
  const query = new URLSearchParams()
  for (const name of operation.inQuery) {
    for (const one of [given[name]].flat()) if (one !== undefined) query.append(name, String(one))
  }
  const init: RequestInit = { method: operation.method }
  if (operation.inBody) {
    init.headers = { 'content-type': 'application/json' }
    init.body = JSON.stringify(Object.fromEntries(operation.inBody.filter((n) => n in given).map((n) => [n, given[n]])))
  }
  return new Request(url + path + (query.size ? `?${query}` : ''), init)
}
