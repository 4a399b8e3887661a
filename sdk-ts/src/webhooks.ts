/**
 * Whether a delivery is from who it says (Standard Webhooks 1.0: `webhook-id`, `-timestamp`, `-signature`).
 *
 * Called by whoever receives webhooks, with the raw bytes as they came. Needs WebCrypto, no network.
 */
import { WebhookInvalid } from './errors.js'

/** A delivery that was verified. `id` stays the same when it is sent again: keep it, and act once. */
export interface Delivery {
  id: string
  timestamp: number
  data: unknown
}

/** How far a delivery's time may be away, in seconds; `now` is in seconds since the epoch. */
export interface WebhookOptions {
  tolerance?: number
  now?: number
}

const SHARED = 'whsec_'
const PUBLIC = 'whpk_'

type Given = Headers | Record<string, string | string[] | undefined>

/**
 * The delivery, if one of the secrets signed it within `tolerance` seconds of now.
 *
 * A secret is a shared one (`whsec_...`, signatures v1) or an Ed25519 public key (`whpk_...`, signatures v1a). Name two
 * while one replaces the other.
 *
 * @throws WebhookInvalid a header is missing or malformed, the time is too far away, no signature fits, or the body is
 *   no JSON
 */
export async function verifyWebhook(
  body: Uint8Array | string,
  headers: Given,
  secret: string | string[],
  options: WebhookOptions = {},
): Promise<Delivery> {
  const lower = lowered(headers)
  const prefix = ['webhook-', 'svix-'].find((each) => `${each}signature` in lower) ?? 'webhook-'
  const [id, stamp, given] = ['id', 'timestamp', 'signature'].map((part) => lower[prefix + part] ?? '')
  if (!id || !given) throw new WebhookInvalid(`the headers ${prefix}id, ${prefix}timestamp and ${prefix}signature are needed`)
  if (!/^[0-9]{1,12}$/.test(stamp ?? '')) throw new WebhookInvalid(`${prefix}timestamp is no number of seconds`)
  const now = options.now ?? Date.now() / 1000
  if (!(Math.abs(now - Number(stamp)) <= (options.tolerance ?? 300))) {
    throw new WebhookInvalid('the delivery is too old, or from the future; compare the clocks')
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signed = joined(new TextEncoder().encode(`${id}.${stamp}.`), bytes)
  const signatures = given.split(' ')
  let fits = false
  for (const each of Array.isArray(secret) ? secret : [secret]) fits = (await signedBy(each, signed, signatures)) || fits
  if (!fits) throw new WebhookInvalid('no signature fits: the body was changed, or the secret is another one')
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return { id, timestamp: Number(stamp), data: JSON.parse(text) }
  } catch {
    throw new WebhookInvalid('the body is signed, and no JSON')
  }
}

function lowered(headers: Given): Record<string, string> {
  const found: Record<string, string> = {}
  if (headers instanceof Headers) headers.forEach((value, name) => (found[name.toLowerCase()] = value))
  else {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) found[name.toLowerCase()] = Array.isArray(value) ? value.join(' ') : value
    }
  }
  return found
}

/** Whether one of the signatures is that of this secret. `verify` compares in constant time. */
async function signedBy(secret: string, signed: Uint8Array<ArrayBuffer>, signatures: string[]): Promise<boolean> {
  const isPublic = secret.startsWith(PUBLIC)
  const prefix = isPublic ? PUBLIC : SHARED
  const key = decoded(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret)
  if (!key) throw new WebhookInvalid(`the secret is no base64 behind '${prefix}'`)
  if (!key.length) throw new WebhookInvalid('the secret is empty')
  if (isPublic && key.length !== 32) throw new WebhookInvalid(`the key behind '${prefix}' has not 32 bytes`)
  const [version, algorithm] = isPublic ? ['v1a,', { name: 'Ed25519' }] : ['v1,', { name: 'HMAC', hash: 'SHA-256' }]
  const made = await crypto.subtle.importKey('raw', key, algorithm, false, ['verify'])
  let fits = false
  for (const each of signatures) {
    const signature = each.startsWith(version) ? decoded(each.slice(version.length)) : undefined
    if (signature && (await crypto.subtle.verify(algorithm.name, made, signature, signed))) fits = true
  }
  return fits
}

/** Standard base64, in the one way that there is to write it; `undefined` where it is none. */
function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined
  const raw = atob(text)
  return btoa(raw) === text ? Uint8Array.from(raw, (one) => one.charCodeAt(0)) : undefined
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
