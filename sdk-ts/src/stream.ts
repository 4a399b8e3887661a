/**
 * Events as they come, each once: goes on behind the last one when the connection breaks, or ends too early.
 *
 * Made by `events.stream` and `tasks.stream`.
 */
import { ApiError, ConnectionFailed, noApi, StreamInvalid, TimedOut } from './errors.js'
import type { EventView } from './generated/types.gen.js'
import { pause, sleep, worthAnother } from './policy.js'
import { type Message, Parser } from './sse.js'
import type { CallOptions, Transport } from './transport.js'

/** What an agent says while it decides: live only, not in the log, and so without an id. */
export interface Speech {
  id?: undefined
  kind: string
  data: unknown
}

/** Which events to follow. */
export interface Follow {
  task?: string
  root?: string
  thread?: string
  kinds?: string[]
  after?: string
  live?: boolean
}

const ENDS = new Set(['task.succeeded', 'task.failed', 'task.cancelled'])
export const FINAL = new Set(['succeeded', 'failed', 'cancelled'])

/** Iterate over it. It ends with the task's last event where it follows one task, and otherwise never by itself. */
export class EventStream implements AsyncIterable<EventView | Speech> {
  /** Where to go on from: hand it to `after` of another stream. */
  lastEventId: string | undefined
  #transport: Transport
  #asked: Follow
  #options: CallOptions
  #ended = false

  constructor(transport: Transport, asked: Follow, options: CallOptions = {}) {
    this.#transport = transport
    this.#options = options
    const { after, ...rest } = asked
    this.lastEventId = after
    this.#asked = rest
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventView | Speech> {
    const { retry } = this.#transport
    const most = this.#options.retries ?? retry.retries
    let failures = 0
    let over = false
    while (!this.#ended) {
      let problem: ApiError | ConnectionFailed | undefined
      const seen = this.lastEventId
      try {
        for await (const item of this.#once()) {
          failures = 0
          yield item
        }
      } catch (failure) {
        if (failure instanceof ApiError && !worthAnother(failure.status, failure.code, new Headers())) throw failure
        if (!(failure instanceof ApiError || failure instanceof ConnectionFailed)) throw failure
        problem = failure
      }
      if (this.#ended) return
      // A clean end before the last event is a break like any other: whoever stood between has closed.
      failures++
      if (problem && failures > most) throw problem
      if (!problem && this.#asked.task !== undefined) {
        if (over && seen === this.lastEventId) return
        over = await this.#isFinal(this.#asked.task)
      }
      const wait = pause(Math.min(failures - 1, 10), new Headers(), retry, Math.random(), Date.now() / 1000)
      await sleep(wait, this.#options.signal)
    }
  }

  async #isFinal(task: string): Promise<boolean> {
    const request = new Request(`${this.#transport.url}/v1/tasks/${encodeURIComponent(task)}`)
    const view = await this.#transport.read<{ status: string }>(request, this.#options)
    return FINAL.has(view.status)
  }

  /** What one connection brings. */
  async *#once(): AsyncGenerator<EventView | Speech> {
    const gone = new AbortController()
    const own = this.#options.signal
    const signal = own ? AbortSignal.any([gone.signal, own]) : gone.signal
    const more: Record<string, string> = { accept: 'text/event-stream' }
    if (this.lastEventId !== undefined) more['last-event-id'] = this.lastEventId
    const watch = new Watchdog(this.#transport.idle, gone)
    try {
      const response = await this.#transport.open(`/v1/events/stream${query(this.#asked)}`, more, this.#options, signal)
      if (response.status === 204) {
        this.#ended = true
        return
      }
      const kind = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
      if (!response.body || kind !== 'text/event-stream') {
        const { value } = await (response.body?.getReader().read().catch(() => undefined)) ?? { value: undefined }
        const begun = new TextDecoder().decode(value)
        const where = `GET ${this.#transport.url}/v1/events/stream`
        throw new StreamInvalid(`${where} is no event stream: it ${noApi(response.headers, begun)}`)
      }
      const parser = new Parser()
      const reader = response.body.getReader()
      for (;;) {
        watch.begin()
        const { done, value } = await reader.read().catch((failure: unknown) => {
          own?.throwIfAborted()
          throw watch.fired ? new TimedOut('the stream fell silent') : new ConnectionFailed(String(failure))
        })
        if (done) return
        for (const message of parser.feed(value)) {
          const item = this.#read(message)
          if (item) yield item
          if (this.#ended) return
        }
      }
    } finally {
      watch.end()
      gone.abort()
    }
  }

  #read(message: Message): EventView | Speech | undefined {
    if (message.event === 'end') {
      this.#ended = true
      return undefined
    }
    let data: unknown
    try {
      data = JSON.parse(message.data)
    } catch {
      // Told below.
    }
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw new StreamInvalid(`the event ${message.id || message.event} holds no JSON object`)
    }
    if (!message.id) {
      if (message.id === '') this.lastEventId = undefined
      return { kind: message.event, data }
    }
    if (this.lastEventId !== undefined && !behind(message.id, this.lastEventId)) return undefined
    this.lastEventId = message.id
    if (this.#asked.task !== undefined && ENDS.has(message.event)) this.#ended = true
    return data as EventView
  }
}

/** Gives a connection up that has been silent for too long. */
class Watchdog {
  fired = false
  #timer: ReturnType<typeof setTimeout> | undefined
  constructor(readonly seconds: number, readonly gone: AbortController) {
    this.begin()
  }

  begin(): void {
    this.end()
    this.#timer = setTimeout(() => {
      this.fired = true
      this.gone.abort()
    }, this.seconds * 1000)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

function query(asked: Follow): string {
  const pairs = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, String(one)]),
  )
  return pairs.length ? `?${new URLSearchParams(pairs)}` : ''
}

/** Whether an event comes after the last one; ids are `position.number`, and others are compared as they are. */
function behind(id: string, last: string): boolean {
  const one = place(id)
  const other = place(last)
  if (!one || !other) return id !== last
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1])
}

function place(id: string): [number, number] | undefined {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(id)
  return found ? [Number(found[1]), found[2] === undefined ? Infinity : Number(found[2])] : undefined
}
