/** A loop that serves calls from an application's own process: looks for what waits, answers it, settles it. */
import { Conflict, FinalError, InvalidRequest, NotFound } from './errors.js'
import type { CallView } from './generated/types.gen.js'
import { sleep } from './policy.js'
import type { Calls } from './resources.js'

/** What an application says to a call: the text that the agent is told. */
export type Answerer = (call: CallView) => string | Promise<string>

export interface WorkerOptions {
  /** Seconds between two looks when nothing waits. */
  poll?: number
  task?: string
  waits?: string
}

/** Answers the calls that a server has waiting. `run` goes on until `stop` is called. */
export class Worker {
  #calls: Calls
  #answer: Answerer
  #options: WorkerOptions
  #stopped = new AbortController()

  constructor(calls: Calls, answer: Answerer, options: WorkerOptions = {}) {
    this.#calls = calls
    this.#answer = answer
    this.#options = options
  }

  /** End after the call that is being answered. */
  stop(): void {
    this.#stopped.abort()
  }

  /** Answer calls until told to stop. */
  async run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      if (!(await this.once())) await sleep(this.#options.poll ?? 1, this.#stopped.signal).catch(() => undefined)
    }
  }

  /** Answer all calls that wait now; how many there were. */
  async once(): Promise<number> {
    const { poll: _, ...filters } = this.#options
    let answered = 0
    for await (const call of this.#calls.each({ waits: 'answer', ...filters })) {
      if (this.#stopped.signal.aborted) break
      answered += await this.#serve(call)
    }
    return answered
  }

  async #serve(call: CallView): Promise<number> {
    let said: { text: string; error?: string }
    try {
      said = { text: await this.#answer(call) }
    } catch (problem) {
      said = { text: String(problem), error: 'tool.failed' }
    }
    try {
      await this.#calls.observe(call.task, { observation: { call: call.call, trust: 'outside', ...said } })
      return 1
    } catch (refused) {
      // Somebody else has settled it, or its task has ended.
      if ([Conflict, FinalError, NotFound, InvalidRequest].some((kind) => refused instanceof kind)) return 0
      throw refused
    }
  }
}
