/**
 * What plugins offer, by plugin and operation: nothing here, filled by the file that `npx @kingpost/sdk sync` writes.
 *
 * Types only. A plugin or operation that stands here is checked by the compiler, every other one when it is called.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface PluginOperations {}

/** The operations that are known of a plugin; any name where none are. */
export type OperationOf<P extends string> = P extends keyof PluginOperations
  ? keyof PluginOperations[P] & string
  : string

type Known<P extends string, O extends string> = P extends keyof PluginOperations
  ? O extends keyof PluginOperations[P]
    ? PluginOperations[P][O]
    : unknown
  : unknown

/** What an operation takes. */
export type Given<P extends string, O extends string> =
  Known<P, O> extends { given: infer G } ? G : Record<string, unknown>

/** What an operation answers. */
export type Answered<P extends string, O extends string> = Known<P, O> extends { answer: infer A } ? A : unknown
