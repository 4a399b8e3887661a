/**
 * Bytes of an event stream as messages (WHATWG HTML, section 9.2.6). Does no input or output.
 *
 * A message counts only when its blank line has come: what is cut off before that comes again after the resume.
 */
import { StreamInvalid } from './errors.js'

/** One message; `id` is absent where it had none, and empty where it takes back what was said before. */
export interface Message {
  event: string
  data: string
  id?: string
}

const MOST = 64 * 1024 * 1024

export class Parser {
  #decoder = new TextDecoder('utf-8')
  #rest: string[] = []
  #size = 0
  #skip = false
  #event = ''
  #data: string[] = []
  #id: string | undefined

  /** The messages that this chunk completes. */
  *feed(chunk: Uint8Array): Generator<Message> {
    // The decoder keeps half a character for the next chunk, and drops the byte order mark.
    let text = this.#decoder.decode(chunk, { stream: true })
    if (this.#skip && text) {
      if (text.startsWith('\n')) text = text.slice(1)
      this.#skip = false
    }
    if (text.endsWith('\r')) this.#skip = true
    this.#rest.push(text)
    this.#size += text.length
    if (!/[\r\n]/.test(text)) {
      // A long line comes in many chunks: it is looked at when it has ended, and not with each of them.
      if (this.#size > MOST) throw new StreamInvalid('a line of the stream does not end')
      return
    }
    const lines = this.#rest.join('').split(/\r\n|\r|\n/)
    const rest = lines.pop() ?? ''
    this.#rest = [rest]
    this.#size = rest.length
    for (const line of lines) {
      if (line) this.#field(line)
      else {
        const message = this.#ended()
        if (message) yield message
      }
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
  }

  #ended(): Message | undefined {
    const message: Message = { event: this.#event || 'message', data: this.#data.join('\n') }
    if (this.#id !== undefined) message.id = this.#id
    const has = this.#data.length > 0
    this.#event = ''
    this.#data = []
    this.#id = undefined
    return has ? message : undefined
  }
}
