/** When a request is tried again, and how long the client waits first. The same rules in every SDK: behaviour.json. */

/** How often a request is tried again, and the bounds of the back-off in seconds. */
export interface Retry {
  retries: number
  first: number
  longest: number
}

export const RETRY: Retry = { retries: 2, first: 0.5, longest: 8 }
const LOCKS = new Set(['idempotency.in_flight', 'transient.conflict'])
const LONGEST_ASKED = 60
/** A date of HTTP (RFC 9110, section 5.6.7): as it is written now, and as it once was. */
const DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})$/

/** Whether the same request may succeed: 408, 429, 5xx, a lock, or where the server says so. */
export function worthAnother(status: number, code: string, headers: Headers): boolean {
  const said = headers.get('x-should-retry')
  if (said === 'true' || said === 'false') return said === 'true'
  if (status === 408 || status === 429 || status >= 500) return true
  return (status === 409 && LOCKS.has(code)) || code === 'position.ahead'
}

/**
 * Seconds before the next try. `attempt` counts from 0, `chance` is in [0, 1), `now` is in seconds since the epoch.
 *
 * What the server asks for (`retry-after-ms`, or `Retry-After`: RFC 9110, section 10.2.3) is kept up to a minute;
 * otherwise full jitter: anywhere below a bound that doubles.
 */
export function pause(attempt: number, headers: Headers, retry: Retry, chance: number, now: number): number {
  const asked = askedFor(headers, now)
  if (asked !== undefined && asked <= LONGEST_ASKED) return asked
  return chance * Math.min(retry.longest, retry.first * 2 ** attempt)
}

/** Seconds that the server asks to be waited for, `undefined` where it says nothing that can be read. */
export function askedFor(headers: Headers, now: number): number | undefined {
  for (const [name, unit] of [['retry-after-ms', 0.001], ['retry-after', 1]] as const) {
    const text = (headers.get(name) ?? '').trim()
    if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text) * unit
    if (name === 'retry-after' && DATE.test(text)) {
      // All of the three forms are in GMT, also the one that does not say so.
      const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
      return Number.isNaN(at) ? undefined : Math.max(0, at / 1000 - now)
    }
  }
  return undefined
}

/** Wait; an abort ends it at once. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', give)
      resolve()
    }, seconds * 1000)
    if (signal?.aborted) give()
    else signal?.addEventListener('abort', give, { once: true })
  })
}
