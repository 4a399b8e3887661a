/**
 * A worker: agents and tools that an application serves from its own process, over `workers.*`.
 *
 * It registers, gives signs of life, claims calls, settles them and leaves. What a function throws is what the agent is
 * told; a claim that was lost meanwhile is let go.
 */
import { AnswerInvalid, ClaimLost, Conflict, ConnectionFailed, FinalError, NotFound, TransientError } from './errors.js'
import type { Asking, Decision, Made, OfferedAgent, SettleBody, ToolInput, Work } from './generated/types.gen.js'
import { pause, sleep } from './policy.js'
import type { Workers } from './resources.js'
import type { Transport } from './transport.js'

/** What a tool says, and the files that it made: the server keeps them as artefacts of the task. */
export interface HandedIn {
  text: string
  files: Made[]
}

/** A file that was made: a name without folders, its bytes, and its media type (RFC 6838). */
export function made(name: string, content: Uint8Array, mediaType = 'application/octet-stream'): Made {
  let text = ''
  // All at once would be more arguments than a call may have.
  for (let at = 0; at < content.length; at += 8192) text += String.fromCharCode(...content.subarray(at, at + 8192))
  return { name, content: btoa(text), media_type: mediaType }
}

/** Does what a tool does and gives text back, and files if it made some. The signal comes when the claim is lost. */
export type ToolFunction = (
  given: Record<string, unknown>,
  work: Work,
  signal: AbortSignal,
) => string | HandedIn | Promise<string | HandedIn>

/** Decides for an agent: its answer, or a decision. The signal comes when the claim is lost. */
export type AgentFunction = (
  asking: Asking,
  work: Work,
  signal: AbortSignal,
) => string | Decision | Promise<string | Decision>

/** How a worker works; seconds everywhere. */
export interface WorkerOptions {
  name?: string
  /** How many calls are served at once; else 1. */
  parallel?: number
  /** After so long a silence the server takes it for dead, and gives its calls to others; else 60. */
  ttl?: number
  /** How long one request for calls is held open, and so how long a stop may take; else 10. */
  wait?: number
  /** Told what went wrong: with a call where it was over one, and else of the connection. Else `console.warn`. */
  onProblem?: (problem: unknown, work?: Work) => void
}

type Said = Pick<SettleBody, 'decision' | 'files' | 'observation'>

/** Serves what `tool` and `agent` name until it is told to stop. */
export class Worker {
  #workers: Workers
  #transport: Transport
  #options: Required<WorkerOptions>
  #tools = new Map<string, [ToolInput, ToolFunction]>()
  #agents = new Map<string, [OfferedAgent, AgentFunction]>()
  #held = new Map<string, AbortController>()
  #hands = new Set<Promise<void>>()
  #stopped = new AbortController()
  #id = ''

  constructor(workers: Workers, transport: Transport, options: WorkerOptions = {}) {
    this.#workers = workers
    this.#transport = transport
    this.#options = { name: '', parallel: 1, ttl: 60, wait: 10, onProblem: warn, ...options }
    if (this.#options.parallel < 1) throw new RangeError(`parallel is ${this.#options.parallel}; give 1 or more`)
  }

  /** Serve a tool. Only what is `repeatable` is given to another worker when this one dies over it. */
  tool(offered: ToolInput, does: ToolFunction): this {
    this.#tools.set(offered.name, [offered, does])
    return this
  }

  /** Serve an agent. With `tools` it may decide on calls of tools, and is asked again with what came of them. */
  agent(offered: OfferedAgent, decides: AgentFunction): this {
    this.#agents.set(offered.name, [offered, decides])
    return this
  }

  /** Claim nothing more; `run` ends when what was begun is settled. */
  stop(): void {
    this.#stopped.abort()
  }

  /**
   * Serve until told to stop; then finish what was begun, and leave. A server that does not answer is waited for.
   *
   * @throws ApiError the server refuses this worker: its token, or what it offers
   */
  async run(): Promise<void> {
    const stopped = this.#stopped.signal
    const view = await this.#patient(() => this.#register())
    if (!view) return
    const over = new AbortController()
    const beats = this.#beat(view.beat, over.signal)
    try {
      while (!stopped.aborted) {
        const free = this.#options.parallel - this.#hands.size
        // One key until there is an answer: what was given out under it, and never arrived, is given out again.
        const key = crypto.randomUUID()
        if (!free) await Promise.race(this.#hands)
        else for (const work of (await this.#patient(() => this.#claim(free, key))) ?? []) this.#begin(work)
      }
    } finally {
      await Promise.all(this.#hands)
      over.abort()
      await beats
      await this.#workers.leave(this.#id, { retries: 0 }).catch(() => undefined)
    }
  }

  async #register(): Promise<{ beat: number }> {
    const { name, ttl } = this.#options
    const tools = [...this.#tools.values()].map(([offered]) => offered)
    const agents = [...this.#agents.values()].map(([offered]) => offered)
    const view = await this.#workers.register({ name, ttl, tools, agents })
    this.#id = view.id
    return view
  }

  async #claim(free: number, idempotencyKey: string): Promise<Work[]> {
    const { wait } = this.#options
    const request = { limit: Math.min(free, 100), seconds: wait }
    const options = { timeout: this.#transport.timeout + wait, idempotencyKey }
    try {
      return (await this.#workers.claim(this.#id, request, options)).work
    } catch (problem) {
      if (!(problem instanceof NotFound)) throw problem
      // Forgotten, for having been silent for long. Under a new name it may be given what it had before.
      await this.#register()
      return []
    }
  }

  /** What the server answers, however long it is away; nothing when told to stop meanwhile. */
  async #patient<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const stopped = this.#stopped.signal
    for (let failures = 0; ; failures++) {
      try {
        return await ask()
      } catch (problem) {
        // Before it was ever known there, a wrong URL is likelier than a page of maintenance.
        if (!mayPass(problem) || (problem instanceof AnswerInvalid && !this.#id)) throw problem
        this.#options.onProblem(problem)
      }
      await sleep(this.#pause(failures), stopped).catch(() => undefined)
      if (stopped.aborted) return undefined
    }
  }

  async #beat(every: number, over: AbortSignal): Promise<void> {
    while (await sleep(every, over).then(() => true, () => false)) {
      const held = [...this.#held]
      try {
        const { holds } = await this.#workers.heartbeat(this.#id)
        for (const [key, gone] of held) {
          // What was settled meanwhile is no longer held, and nothing to be broken off.
          if (!holds.includes(key) && this.#letGo(key, gone)) gone.abort()
        }
      } catch (problem) {
        // Whoever claims registers anew.
        if (!(problem instanceof NotFound)) this.#options.onProblem(problem)
      }
    }
  }

  #letGo(key: string, gone: AbortController): boolean {
    return this.#held.get(key) === gone && this.#held.delete(key)
  }

  #begin(work: Work): void {
    const gone = new AbortController()
    this.#held.set(work.key, gone)
    const hand: Promise<void> = this.#serve(work, this.#id, gone).finally(() => this.#hands.delete(hand))
    this.#hands.add(hand)
  }

  async #serve(work: Work, holder: string, gone: AbortController): Promise<void> {
    const lost = new Promise<undefined>((resolve) => gone.signal.addEventListener('abort', () => resolve(undefined)))
    const said = await Promise.race([this.#said(work, gone.signal), lost])
    if (said && this.#letGo(work.key, gone)) await this.#settle(work, holder, said)
    else this.#options.onProblem(new ClaimLost(`the claim on ${work.key} was lost`), work)
  }

  /** What the function for a call says, failures included. */
  async #said(work: Work, signal: AbortSignal): Promise<Said> {
    try {
      if (work.asking) {
        const decided = await this.#agents.get(work.asking.agent)![1](work.asking, work, signal)
        if (typeof decided === 'string') return { decision: { text: decided } }
        if (typeof decided === 'object' && decided) return { decision: decided }
        throw new TypeError(`an agent says text or a decision, not ${typeof decided}`)
      }
      const said = await this.#tools.get(work.tool)![1](work.arguments, work, signal)
      const { text, files } = typeof said === 'object' && said ? said : { text: said as unknown, files: [] }
      if (typeof text !== 'string') throw new TypeError(`a tool says text, not ${typeof text}`)
      return { observation: { call: work.call, text }, ...(files?.length ? { files } : {}) }
    } catch (problem) {
      if (!signal.aborted) this.#options.onProblem(problem, work)
      return failure(work, String(problem))
    }
  }

  /**
   * Tell the server, however long it is away: while this worker lives, nobody else is given the call. One that is there
   * and for `ttl` seconds does not take it is told that it failed. Whoever is told to stop meanwhile tries for `ttl` seconds.
   */
  async #settle(work: Work, holder: string, said: Said): Promise<void> {
    const until = Date.now() + this.#options.ttl * 1000
    let there = false
    const { task, call } = work
    let idempotencyKey: string | undefined = crypto.randomUUID()
    for (let failures = 0; ; failures++) {
      try {
        await this.#workers.observe(holder, { task, call, ...said }, idempotencyKey ? { idempotencyKey } : {})
        return
      } catch (problem) {
        if (problem instanceof NotFound || problem instanceof Conflict || problem instanceof FinalError) {
          this.#options.onProblem(new ClaimLost(`the claim on ${work.key} was lost: ${problem.message}`), work)
          return
        }
        this.#options.onProblem(problem, work)
        if (mayPass(problem)) {
          const late = Date.now() >= until
          if (late && this.#stopped.signal.aborted) return
          if (there && idempotencyKey) {
            said = failure(work, `it could not be told: ${problem}`)
            idempotencyKey = undefined
          }
          // Who answers now, and then still does not take it, is not away.
          there = late && (await this.#workers.heartbeat(this.#id).then(() => true, () => false))
          await sleep(this.#pause(failures))
        } else if (idempotencyKey) {
          // What was said is refused: the agent is told that, and not kept waiting.
          said = failure(work, String(problem))
          idempotencyKey = undefined
        } else return
      }
    }
  }

  #pause(failures: number): number {
    return pause(Math.min(failures, 10), new Headers(), this.#transport.retry, Math.random(), Date.now() / 1000)
  }
}

function mayPass(problem: unknown): boolean {
  return [TransientError, ConnectionFailed, AnswerInvalid].some((shape) => problem instanceof shape)
}

function failure(work: Work, what: string): Said {
  // Half a character is no text.
  const text = what.slice(0, 4000).replace(/\p{Surrogate}/gu, '\ufffd')
  return { observation: { call: work.call, text, error: 'tool.raised' } }
}

function warn(problem: unknown, work?: Work): void {
  console.warn(work?.key ?? 'worker', problem)
}
