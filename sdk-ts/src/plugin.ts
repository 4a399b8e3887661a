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
  answersJson: boolean
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is open */
type Document = any

/** The server's OpenAPI document, read when it is first needed, and again where that may help. */
export class LiveDocument {
  kept: Promise<Document> | undefined
  #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The document; read anew unless somebody else has done so since `than` was read. */
  newer(than: Promise<Document> | undefined): Promise<Document> {
    if (this.kept && this.kept !== than) return this.kept
    const reading = this.#transport.read<Document>(new Request(`${this.#transport.url}/openapi.json`))
    this.kept = reading
    reading.catch(() => {
      if (this.kept === reading) this.kept = undefined
    })
    return reading
  }
}

/** One plugin of the server. Its operations have types where `sync` has written them. */
export class Plugin<P extends string = string> {
  #transport: Transport
  #document: LiveDocument

  constructor(readonly name: P, transport: Transport, document: LiveDocument) {
    this.#transport = transport
    this.#document = document
  }

  /** The names of what it offers. */
  async operations(): Promise<string[]> {
    const { kept } = this.#document
    const known = kept && described(await kept, this.name)
    return [...(known?.size ? known : described(await this.#document.newer(kept), this.name)).keys()].sort()
  }

  /**
   * What the operation answers: a JSON object, or bytes where the document names something else.
   *
   * @throws UnknownOperation the plugin is not installed, has no such operation, or not with these arguments
   * @throws ApiError the server refused, or something else than the API answered: AnswerInvalid
   */
  async call<O extends OperationOf<P>>(
    operation: O,
    ...[given = {} as Given<P, O>, options = {}]: {} extends Given<P, O>
      ? [given?: Given<P, O>, options?: CallOptions]
      : [given: Given<P, O>, options?: CallOptions]
  ): Promise<Answered<P, O>> {
    const named = given as Record<string, unknown>
    const found = await this.#found(operation, named)
    const request = made(this.#transport.url, found, named)
    if (found.answersJson) return this.#transport.read<Answered<P, O>>(request, options)
    return (await (await this.#transport.ask(request, options)).arrayBuffer()) as Answered<P, O>
  }

  /** The operation; before one is refused the document is read again: the plugin may have come since, or changed. */
  async #found(operation: string, given: Record<string, unknown>): Promise<Described> {
    const { kept } = this.#document
    if (kept) {
      try {
        return chosen(await kept, this.name, operation, given)
      } catch (refused) {
        if (!(refused instanceof UnknownOperation)) throw refused
      }
    }
    return chosen(await this.#document.newer(kept), this.name, operation, given)
  }
}

function chosen(document: Document, plugin: string, operation: string, given: Record<string, unknown>): Described {
  const known = described(document, plugin)
  const found = known.get(operation) ?? known.get(`${plugin}.${operation}`)
  if (!found) {
    const offers = [...known.keys()].sort().join(', ') || 'nothing; is it installed?'
    throw new UnknownOperation(`plugin '${plugin}' has no operation '${operation}'; it offers ${offers}`)
  }
  check(operation, found, given)
  return found
}

function described(document: Document, plugin: string): Map<string, Described> {
  const found = new Map<string, Described>()
  for (const [path, methods] of Object.entries<Record<string, Document>>(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation['x-plugin']?.split('@')[0] !== plugin) continue
      const noun: string = operation.tags[0]
      const parameters: { name: string; in: string; required?: boolean }[] = operation.parameters ?? []
      let body = operation.requestBody?.content?.['application/json']?.schema
      if (body?.$ref) body = document.components.schemas[body.$ref.split('/').pop()]
      const answer = Object.entries<Document>(operation.responses ?? {}).find(([status]) => status < '300')?.[1]
      const there = (where: string) => parameters.filter((one) => one.in === where).map((one) => one.name)
      found.set(`${noun}.${operation.operationId.slice(noun.length + 1)}`, {
        method: method.toUpperCase(),
        path,
        inPath: there('path'),
        inQuery: there('query'),
        inBody: body && Object.keys(body.properties ?? {}),
        required: new Set([...parameters.filter((one) => one.required).map((one) => one.name), ...(body?.required ?? [])]),
        answersJson: 'application/json' in (answer?.content ?? {}),
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
