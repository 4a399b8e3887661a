/** The client: every noun of the API as a property. Made by whoever talks to a kingpost server. */
import { LiveDocument, Plugin } from './plugin.js'
import * as resources from './resources.js'
import { type CallOptions, type ClientOptions, type Received, Transport } from './transport.js'
import { Worker, type WorkerOptions } from './worker.js'

/** Talks to one kingpost server. Safe to share. */
export class Client {
  readonly agents: resources.Agents
  readonly artefacts: resources.Artefacts
  readonly calls: resources.Calls
  readonly context: resources.Context
  readonly deliveries: resources.Deliveries
  readonly endpoints: resources.Endpoints
  readonly sources: resources.Sources
  readonly workers: resources.Workers
  readonly events: resources.Events
  readonly heads: resources.Heads
  readonly http: resources.Http
  readonly jobs: resources.Jobs
  readonly letters: resources.Letters
  readonly log: resources.Log
  readonly memory: resources.Memory
  readonly plugins: resources.Plugins
  readonly schedules: resources.Schedules
  readonly system: resources.System
  readonly tasks: resources.Tasks
  readonly tenants: resources.Tenants
  readonly tokens: resources.Tokens
  readonly tools: resources.Tools
  #transport: Transport
  #document: LiveDocument

  constructor(options: ClientOptions = {}) {
    const transport = (this.#transport = new Transport(options))
    this.#document = new LiveDocument(transport)
    this.agents = new resources.Agents(transport)
    this.artefacts = new resources.Artefacts(transport)
    this.calls = new resources.Calls(transport)
    this.context = new resources.Context(transport)
    this.deliveries = new resources.Deliveries(transport)
    this.endpoints = new resources.Endpoints(transport)
    this.sources = new resources.Sources(transport)
    this.workers = new resources.Workers(transport)
    this.events = new resources.Events(transport)
    this.heads = new resources.Heads(transport)
    this.http = new resources.Http(transport)
    this.jobs = new resources.Jobs(transport)
    this.letters = new resources.Letters(transport)
    this.log = new resources.Log(transport)
    this.memory = new resources.Memory(transport)
    this.plugins = new resources.Plugins(transport)
    this.schedules = new resources.Schedules(transport)
    this.system = new resources.System(transport)
    this.tasks = new resources.Tasks(transport)
    this.tenants = new resources.Tenants(transport)
    this.tokens = new resources.Tokens(transport)
    this.tools = new resources.Tools(transport)
  }

  /** The newest position of the log that an answer has told; every request is answered at least as new. */
  get position(): number {
    return this.#transport.position
  }

  /** Carry a position over from another client, or 0 after the server was restored from a backup. */
  set position(position: number) {
    this.#transport.position = position
  }

  /**
   * Any request to the server, with everything that the operations have: token, retries, key, position.
   *
   * @throws ApiError the server refused
   * @throws ConnectionFailed nobody answered
   */
  async request(method: string, path: string, json?: unknown, options?: CallOptions): Promise<Received> {
    const init: RequestInit = { method: method.toUpperCase() }
    if (json !== undefined) {
      init.headers = { 'content-type': 'application/json' }
      init.body = JSON.stringify(json)
    }
    const response = await this.#transport.ask(new Request(this.#transport.url + path, init), options)
    const { status, headers } = response
    return { status, headers, body: await response.arrayBuffer(), requestId: headers.get('x-request-id') ?? undefined }
  }

  /** The operations that an installed plugin brings, checked against the server's own document. */
  plugin<P extends string>(name: P): Plugin<P> {
    return new Plugin(name, this.#transport, this.#document)
  }

  /**
   * The server's OpenAPI document, with the operations of its plugins; asked for once.
   *
   * Asked for again by `plugin` where an operation or an argument is not in it.
   */
  document(): Promise<unknown> {
    return this.#document.kept ?? this.#document.newer(undefined)
  }

  /** A worker, which serves agents and tools from this process. */
  worker(options?: WorkerOptions): Worker {
    return new Worker(this.workers, this.#transport, options)
  }
}
