/**
 * Every failure that the SDK reports. A class says what the caller can do; `code` never changes.
 *
 * KingpostError
 * ├── ApiError: InputError (InvalidRequest, UnreadableInput, UnknownName, BudgetTooSmall, NotFound, Unauthorized,
 * │   Forbidden, KeyReused) · ConfigurationError · TransientError (Unavailable, Conflict, InFlight, Overloaded, Behind)
 * │   · FinalError · AnswerInvalid
 * ├── ConnectionFailed: TimedOut
 * └── StreamInvalid · WebhookInvalid · ClaimLost · UnknownOperation · SettingsInvalid
 */
import { askedFor } from './policy.js'

export class KingpostError extends Error {
  override name: string = 'KingpostError'
  /** What the server's log knows the request by, where there was an answer. */
  requestId?: string
}

/** The server refused. */
export class ApiError extends KingpostError {
  override name = 'ApiError'
  /** For how many seconds the server asks to be left alone, where it says so. */
  retryAfter?: number
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    requestId: string | undefined,
    readonly body: string = '',
  ) {
    super(`${status} ${code}: ${detail}${requestId ? ` (request ${requestId})` : ''}`)
    if (requestId !== undefined) this.requestId = requestId
  }
}

/** The request must change. */
export class InputError extends ApiError { override name = 'InputError' }
/** A value is missing, malformed or out of its bounds. */
export class InvalidRequest extends InputError { override name = 'InvalidRequest' }
/** A named input cannot be read. */
export class UnreadableInput extends InputError { override name = 'UnreadableInput' }
/** Nobody offers this agent, tool or plugin. */
export class UnknownName extends InputError { override name = 'UnknownName' }
/** The task itself does not fit into its budget. */
export class BudgetTooSmall extends InputError { override name = 'BudgetTooSmall' }
/** Nothing has this id. */
export class NotFound extends InputError { override name = 'NotFound' }
/** No token, or none that holds. */
export class Unauthorized extends InputError { override name = 'Unauthorized' }
/** The token may not do this. */
export class Forbidden extends InputError { override name = 'Forbidden' }
/** The idempotency key came before, with another request. */
export class KeyReused extends InputError { override name = 'KeyReused' }
/** The server's configuration must change, or a plugin of it. */
export class ConfigurationError extends ApiError { override name = 'ConfigurationError' }
/** The same request may succeed later. */
export class TransientError extends ApiError { override name = 'TransientError' }
/** Something behind the server does not answer. */
export class Unavailable extends TransientError { override name = 'Unavailable' }
/** Somebody else was first. */
export class Conflict extends TransientError { override name = 'Conflict' }
/** The first request with this idempotency key is still being answered. */
export class InFlight extends TransientError { override name = 'InFlight' }
/** Too much at once. */
export class Overloaded extends TransientError { override name = 'Overloaded' }
/** This server has not yet seen what the client has seen. */
export class Behind extends TransientError { override name = 'Behind' }
/** Trying again does not help. */
export class FinalError extends ApiError { override name = 'FinalError' }

/**
 * What answered with success is not the API: a proxy's page, most often, or another server. `url` says where.
 *
 * `status` and `body` are what came, and `code` is `answer.invalid`. Not tried again: a page stays a page.
 */
export class AnswerInvalid extends ApiError {
  override name = 'AnswerInvalid'
  constructor(status: number, readonly url: string, detail: string, requestId: string | undefined, body: string) {
    super(status, 'answer.invalid', detail, requestId, body)
  }
}

/** Nobody answered, as often as it was tried. */
export class ConnectionFailed extends KingpostError { override name = 'ConnectionFailed' }
/** No answer came in time. */
export class TimedOut extends ConnectionFailed { override name = 'TimedOut' }
/** What came is no event stream. */
export class StreamInvalid extends KingpostError { override name = 'StreamInvalid' }
/** A delivery is malformed, too old, or not signed with any of the secrets. */
export class WebhookInvalid extends KingpostError { override name = 'WebhookInvalid' }
/** A call that this worker had claimed went to another one, or nobody waits for it any more. */
export class ClaimLost extends KingpostError { override name = 'ClaimLost' }
/** A variable of the environment holds no number, or one out of its bounds, or the URL of the server is none. */
export class SettingsInvalid extends KingpostError { override name = 'SettingsInvalid' }
/** No installed plugin has such an operation, or not with these arguments. */
export class UnknownOperation extends KingpostError { override name = 'UnknownOperation' }

type Shape = new (...told: ConstructorParameters<typeof ApiError>) => ApiError

const CODES: Record<string, Shape> = {
  'input.invalid': InvalidRequest, 'input.unreadable': UnreadableInput, 'input.unknown_name': UnknownName,
  'input.budget_too_small': BudgetTooSmall, 'input.not_found': NotFound, 'access.unauthorized': Unauthorized,
  'access.forbidden': Forbidden, 'idempotency.mismatch': KeyReused, 'idempotency.in_flight': InFlight,
  'transient.unavailable': Unavailable, 'transient.conflict': Conflict, 'transient.overloaded': Overloaded,
  'position.ahead': Behind,
}
const FAMILIES: Record<string, Shape> = {
  input: InputError, access: InputError, configuration: ConfigurationError, plugin: ConfigurationError,
  transient: TransientError, final: FinalError,
}
const STATUSES: Record<number, Shape> = {
  401: Unauthorized, 403: Forbidden, 404: NotFound, 408: TransientError, 409: Conflict, 412: Behind, 429: Overloaded,
}

/** The failure that an answer tells of; one that is no problem document (RFC 9457) is judged by its status. */
export function told(status: number, headers: Headers, body: string): ApiError {
  let problem: Record<string, unknown> = {}
  try {
    const read: unknown = JSON.parse(body)
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) problem = read as Record<string, unknown>
  } catch {
    // Whatever stands between may answer in its own words.
  }
  const said = (name: string) => (typeof problem[name] === 'string' ? problem[name] : '')
  const code = said('code') || `http.${status}`
  const detail = said('detail') || said('title') || body.slice(0, 200)
  const requestId = headers.get('x-request-id') || said('request_id') || undefined
  const family = code.split('.')[0] ?? ''
  const shape = CODES[code] ?? FAMILIES[family] ?? STATUSES[status] ?? (status >= 500 ? TransientError : InputError)
  const refused = new shape(status, code, detail, requestId, body)
  const asked = askedFor(headers, Date.now() / 1000)
  if (asked !== undefined) refused.retryAfter = asked
  return refused
}

/**
 * The JSON object that an operation answers.
 *
 * @throws AnswerInvalid it is none; a login page or a page of maintenance comes with a 200 too
 */
export function read<T>(asked: Request, response: Response, body: string): T {
  try {
    const found: unknown = JSON.parse(body)
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as T
  } catch {
    // Told below, with what came.
  }
  const detail = `${asked.method} ${asked.url} ${noApi(response.headers, body)}`
  throw new AnswerInvalid(response.status, asked.url, detail, response.headers.get('x-request-id') ?? undefined, body)
}

/** What came in the place of an answer of the API, and what to look at. */
export function noApi(headers: Headers, body: string): string {
  const kind = headers.get('content-type') || 'no content type'
  const came = body ? `${kind} that begins with '${body.slice(0, 200)}'` : `${kind} and nothing in it`
  return `got ${came}, which no kingpost server says; compare the URL, and look for a proxy that answers in its place`
}
