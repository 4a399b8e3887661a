/** Carries one request over the wire, again where that may help. Called by every resource; knows no operation. */
import { type ApiError, ConnectionFailed, read, SettingsInvalid, TimedOut, told } from './errors.js'
import { createClient, type Client as Ground } from './generated/client/index.js'
import { pause, type Retry, RETRY, sleep, worthAnother } from './policy.js'

/** An answer as it came over the wire. */
export interface Received {
  status: number
  headers: Headers
  body: ArrayBuffer
  requestId: string | undefined
}

/** What one call does differently. Seconds for `timeout`; `onResponse` is handed every answer, failures too. */
export interface CallOptions {
  timeout?: number
  retries?: number
  idempotencyKey?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  onResponse?: (received: Received) => void
}

/** What a client is made of. Seconds everywhere; `idle` is how long a stream may be silent. */
export interface ClientOptions {
  /** Else the environment's `KINGPOST_URL`, else `http://127.0.0.1:8420`. */
  url?: string
  /** Else the environment's `KINGPOST_TOKEN`. */
  token?: string
  /** For each try. Else `KINGPOST_TIMEOUT`, else 60. */
  timeout?: number
  /** `retries` is else `KINGPOST_RETRIES`, else 2. */
  retry?: Partial<Retry>
  idle?: number
  fetch?: typeof fetch
}

const URLS = /^https?:\/\/(?:[^\s/?#@]*@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?(?:\/[^\s?#]*)?$/i
const AGENT = 'kingpost-sdk-ts/0.1.0'

/** Browsers send a name of their own, and ask the server about every header that they do not know. */
const IN_BROWSER = typeof (globalThis as { document?: unknown }).document !== 'undefined'

export class Transport {
  readonly url: string
  readonly timeout: number
  readonly retry: Retry
  readonly idle: number
  readonly ground: Ground
  /** The newest position of the log that an answer has told. */
  position = 0
  #token: string | undefined
  #fetch: typeof fetch

  constructor(options: ClientOptions) {
    const from = environment()
    const url = options.url || from.KINGPOST_URL || 'http://127.0.0.1:8420'
    // A page may name a server by a path of its own.
    if (!IN_BROWSER && !URLS.test(url)) {
      const name = options.url ? 'url' : 'KINGPOST_URL'
      throw new SettingsInvalid(`${name} is '${url}'; give the server's address, such as http://127.0.0.1:8420`)
    }
    this.url = url.replace(/\/+$/, '')
    this.#token = options.token || from.KINGPOST_TOKEN || undefined
    this.timeout = options.timeout ?? number(from, 'KINGPOST_TIMEOUT', 60, 0.001)
    const retries = options.retry?.retries ?? Math.floor(number(from, 'KINGPOST_RETRIES', RETRY.retries, 0))
    this.retry = { ...RETRY, ...options.retry, retries }
    this.idle = options.idle ?? 45
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
    this.ground = createClient({ baseUrl: this.url })
  }

  /**
   * The answer to a request, which is tried again as the policy says.
   *
   * @throws ApiError the server refused
   * @throws ConnectionFailed nobody answered
   */
  async ask(request: Request, options: CallOptions = {}): Promise<Response> {
    const retries = options.retries ?? this.retry.retries
    const body = request.method === 'GET' || request.method === 'DELETE' ? undefined : await request.text()
    const headers = this.headers(request, options)
    for (let attempt = 0; ; attempt++) {
      if (attempt && !IN_BROWSER) headers.set('x-retry-count', String(attempt))
      let problem: ApiError | ConnectionFailed
      let answered = new Headers()
      try {
        const response = await this.#once(request, headers, body, options)
        const bytes = await response.arrayBuffer()
        this.#seen(response, bytes, options)
        // A status without content refuses a body, an empty one too.
        if (response.ok) return new Response(bytes.byteLength ? bytes : null, response)
        answered = response.headers
        problem = told(response.status, answered, new TextDecoder().decode(bytes))
      } catch (failure) {
        options.signal?.throwIfAborted()
        problem = failed(failure)
      }
      const again = 'status' in problem ? worthAnother(problem.status, problem.code, answered) : true
      if (attempt >= retries || !again) throw problem
      await sleep(pause(attempt, answered, this.retry, Math.random(), Date.now() / 1000), options.signal)
    }
  }

  /**
   * The JSON object that answers a request.
   *
   * @throws ApiError the server refused, or something else than the API answered: AnswerInvalid
   * @throws ConnectionFailed nobody answered
   */
  async read<T>(request: Request, options: CallOptions = {}): Promise<T> {
    const response = await this.ask(request, options)
    return read<T>(request, response, await response.text())
  }

  /**
   * One answer that is read as it comes; tried once.
   *
   * @throws ApiError the server refused
   * @throws ConnectionFailed nobody answered
   */
  async open(url: string, more: Record<string, string>, options: CallOptions, signal: AbortSignal): Promise<Response> {
    const request = new Request(this.url + url, { headers: more })
    let response: Response
    try {
      response = await this.#fetch(request.url, { headers: this.headers(request, options), signal, redirect: 'manual' })
    } catch (failure) {
      options.signal?.throwIfAborted()
      throw failed(failure)
    }
    if (response.ok) return response
    const bytes = await response.arrayBuffer()
    this.#seen(response, bytes, options)
    throw told(response.status, response.headers, new TextDecoder().decode(bytes))
  }

  /** What goes with every request; a POST carries a key, so that the server does it once. */
  headers(request: Request, options: CallOptions): Headers {
    const headers = new Headers(request.headers)
    if (!IN_BROWSER) headers.set('user-agent', AGENT)
    if (this.#token) headers.set('authorization', `Bearer ${this.#token}`)
    if (this.position) headers.set('kingpost-position', String(this.position))
    if (request.method === 'POST') headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID())
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
    return headers
  }

  #once(request: Request, headers: Headers, body: string | undefined, options: CallOptions): Promise<Response> {
    const late = AbortSignal.timeout((options.timeout ?? this.timeout) * 1000)
    const signal = options.signal ? AbortSignal.any([late, options.signal]) : late
    const init: RequestInit = { method: request.method, headers, signal, redirect: 'manual' }
    if (body) init.body = body
    return this.#fetch(request.url, init)
  }

  #seen(response: Response, body: ArrayBuffer, options: CallOptions): void {
    const position = response.headers.get('kingpost-position') ?? ''
    if (/^\d{1,15}$/.test(position)) this.position = Math.max(this.position, Number(position))
    const { status, headers } = response
    options.onResponse?.({ status, headers, body, requestId: headers.get('x-request-id') ?? undefined })
  }
}

function failed(failure: unknown): ConnectionFailed {
  const error = failure as { name?: string; message?: string; cause?: { message?: string } }
  const shape = error.name === 'TimeoutError' ? TimedOut : ConnectionFailed
  return new shape(`${error.message ?? failure}${error.cause?.message ? `: ${error.cause.message}` : ''}`, { cause: failure })
}

function environment(): Record<string, string | undefined> {
  const there = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process
  return there?.env ?? {}
}

function number(from: Record<string, string | undefined>, name: string, usual: number, least: number): number {
  const text = from[name]?.trim()
  const found = text ? Number(text) : usual
  if (found >= least && found < Infinity) return found
  throw new SettingsInvalid(`${name} is '${text}'; give a number of ${least} or more, or leave it out`)
}
