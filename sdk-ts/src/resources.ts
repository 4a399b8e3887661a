/**
 * The resources of the client: one class for each noun of the API, one method for each operation.
 *
 * Also to be had one by one, for bundles that hold nothing else: `new Tasks(new Transport({ url }))`.
 */
import {
  agentsDelete,
  agentsGet,
  agentsList,
  agentsPersonas,
  agentsRegister,
  agentsStatistics,
  agentsUpdate,
  artefactsGet,
  callsList,
  callsObserve,
  callsReply,
  contextCount,
  contextFit,
  contextPack,
  deliveriesList,
  deliveriesReplay,
  endpointsDisable,
  endpointsEnable,
  endpointsList,
  endpointsRemove,
  endpointsRotate,
  endpointsSet,
  eventsList,
  headsExport,
  httpStatus,
  jobsBackup,
  jobsGet,
  jobsList,
  jobsRebuild,
  jobsVerify,
  lettersDiscard,
  lettersGet,
  lettersList,
  lettersReplay,
  logErase,
  logSeal,
  memoryExport,
  memoryForget,
  memoryGet,
  memoryRecall,
  memoryRemember,
  memoryUse,
  pluginsList,
  schedulesGet,
  schedulesList,
  schedulesPause,
  schedulesRemove,
  schedulesResume,
  schedulesSet,
  sourcesList,
  sourcesRemove,
  sourcesSet,
  systemHealth,
  tasksCancel,
  tasksExpand,
  tasksFork,
  tasksGet,
  tasksList,
  tasksMessage,
  tasksRetry,
  tasksSubmit,
  tasksSubmitAll,
  tasksTree,
  tasksTurns,
  tasksWait,
  tenantsCreate,
  tenantsErase,
  tenantsLimit,
  tenantsList,
  tokensCreate,
  tokensList,
  tokensRevoke,
  tokensRotate,
  toolsList,
  workersClaim,
  workersHeartbeat,
  workersLeave,
  workersList,
  workersObserve,
  workersRegister,
} from './generated/sdk.gen.js'
import type {
  AgentList,
  AgentView,
  Backup,
  CallPage,
  CallView,
  CallsListData,
  CancelBody,
  ClaimBody,
  Claimed,
  Count,
  Counted,
  CreateToken,
  DeliveriesListData,
  DeliveryPage,
  DisableBody,
  EndpointList,
  EndpointView,
  Erase,
  Erasure,
  EventPage,
  EventsListData,
  Expanded,
  Export,
  Exported,
  Fit,
  Fitting,
  Forget,
  Forgotten,
  ForkBody,
  Health,
  HttpStatus,
  Job,
  JobList,
  LettersListData,
  Memory as MemoryRecord,
  MemoryGetData,
  MessageBody,
  ObserveBody,
  PackContext,
  Packed,
  PersonaList,
  PluginList,
  Rebuild,
  Recall,
  Recalled,
  Recorded,
  Register,
  Remember,
  Remembered,
  Replay,
  Replayed,
  ReplyBody,
  RotateBody,
  RotateTokenBody,
  ScheduleView,
  Schedules as ScheduleList,
  Seal,
  Sealing,
  SetEndpointBody,
  SetPersona,
  SetPersonaBody,
  SetPersonaInput,
  SetScheduleBody,
  SetSourceBody,
  SetTenant,
  SetTenantBody,
  SettleBody,
  SignedHead,
  SourceList,
  SourceView,
  Statistics,
  SubmitAll,
  SubmitInput,
  Submitted,
  SubmittedAll,
  TaskPage,
  TaskView,
  TasksListData,
  TasksWaitData,
  TenantList,
  TenantView,
  TokenCreated,
  TokenList,
  TokenView,
  ToolList,
  Turns,
  Use,
  Used,
  WorkerList,
  WorkerView,
} from './generated/types.gen.js'
import { read } from './errors.js'
import { EventStream, FINAL, type Follow } from './stream.js'
import { type CallOptions, Transport } from './transport.js'

export { Transport }

/** Seconds that one request waits for an outcome; longer ones are cut by what stands between. */
const POLL = 30

/** An operation of the ground floor. Its own options differ from one to the next; `ask` sets the ones they share. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Operation = (options: any) => Promise<{ data: unknown; request?: Request; response?: Response }>

/** One noun of the API. */
export class Resource {
  constructor(protected readonly transport: Transport) {}

  protected async ask<T>(operation: Operation, given: object, options: CallOptions = {}): Promise<T> {
    const fetch = (request: Request) => this.transport.ask(request, options)
    const asked = { parseAs: 'text', ...given, client: this.transport.ground, fetch, throwOnError: true }
    const { data, request, response } = await operation(asked)
    return typeof data === 'string' ? read<T>(request!, response!, data) : (data as T)
  }
}

/** All items of a list that comes in pages, as they are asked for. */
async function* pages<P, T>(
  page: (after: string | undefined) => Promise<P>,
  items: (page: P) => T[],
  next: (page: P) => string | undefined,
  first?: string,
): AsyncGenerator<T> {
  for (let after = first; ; ) {
    const found = await page(after)
    yield* items(found)
    const following = next(found)
    if (!following || following === after) return
    after = following
  }
}

/** Operations on agents. */
export class Agents extends Resource {
  /** Agents that can be named. */
  list(options?: CallOptions): Promise<AgentList> {
    return this.ask(agentsList, {}, options)
  }

  /** One agent. */
  get(name: string, options?: CallOptions): Promise<AgentView> {
    return this.ask(agentsGet, { path: { name } }, options)
  }

  /** What an agent's tasks came to, with the number of samples. */
  statistics(name: string, options?: CallOptions): Promise<Statistics> {
    return this.ask(agentsStatistics, { path: { name } }, options)
  }

  /** Remove an agent that was made out of data. */
  delete(name: string, options?: CallOptions): Promise<PersonaList> {
    return this.ask(agentsDelete, { path: { name } }, options)
  }

  /** Agents that were made out of data, by name. */
  personas(options?: CallOptions): Promise<PersonaList> {
    return this.ask(agentsPersonas, {}, options)
  }

  /** Make an agent out of data. */
  register(request: SetPersonaInput, options?: CallOptions): Promise<SetPersona> {
    return this.ask(agentsRegister, { body: request }, options)
  }

  /** Change an agent that was made out of data. */
  update(name: string, request: SetPersonaBody = {}, options?: CallOptions): Promise<SetPersona> {
    return this.ask(agentsUpdate, { path: { name }, body: request }, options)
  }
}

/** Operations on artefacts. */
export class Artefacts extends Resource {
  /** A file that a task made. */
  get(id: string, name: string, options?: CallOptions): Promise<ArrayBuffer> {
    return this.ask(artefactsGet, { path: { id, name }, parseAs: 'arrayBuffer' }, options)
  }
}

/** Operations on calls. */
export class Calls extends Resource {
  /** Calls that wait for somebody. */
  list(request: NonNullable<CallsListData['query']> = {}, options?: CallOptions): Promise<CallPage> {
    return this.ask(callsList, { query: request }, options)
  }

  /** Answer a question, or allow or refuse a call. */
  reply(id: string, call: string, request: ReplyBody = {}, options?: CallOptions): Promise<TaskView> {
    return this.ask(callsReply, { path: { id, call }, body: request }, options)
  }

  /** Settle a pending call. */
  observe(id: string, request: ObserveBody, options?: CallOptions): Promise<TaskView> {
    return this.ask(callsObserve, { path: { id }, body: request }, options)
  }

  /** All calls that `list` would show, page by page, as they are asked for. */
  each(request: NonNullable<CallsListData['query']> = {}, options?: CallOptions): AsyncGenerator<CallView> {
    return pages((after) => this.list({ ...request, after }, options), (page) => page.calls, (page) => page.next, request.after)
  }
}

/** Operations on context. */
export class Context extends Resource {
  /** Count the tokens of a text. */
  count(request: Count, options?: CallOptions): Promise<Counted> {
    return this.ask(contextCount, { body: request }, options)
  }

  /** Fit a text into a budget. */
  fit(request: Fit, options?: CallOptions): Promise<Fitting> {
    return this.ask(contextFit, { body: request }, options)
  }

  /** Pack documents and memories for a query. */
  pack(request: PackContext, options?: CallOptions): Promise<Packed> {
    return this.ask(contextPack, { body: request }, options)
  }
}

/** Operations on events. */
export class Events extends Resource {
  /** A page of the log. */
  list(request: NonNullable<EventsListData['query']> = {}, options?: CallOptions): Promise<EventPage> {
    return this.ask(eventsList, { query: request }, options)
  }

  /**
   * Events as they come, resumed without a gap.
   *
   * It gives up after as many breaks in a row as a call is tried again. A server that is restarted is away for longer:
   * `{ retries: 20 }` waits for some two minutes at most.
   */
  stream(request: Follow = {}, options?: CallOptions): EventStream {
    return new EventStream(this.transport, request, options)
  }

  /** All frames of the log behind `after`, page by page, up to its end as it is then. */
  each(request: NonNullable<EventsListData['query']> = {}, options?: CallOptions): AsyncGenerator<Recorded> {
    return pages(
      (after) => this.list({ ...request, after: Number(after ?? 0) }, options),
      (page) => page.frames,
      (page) => (page.frames.length ? String(page.position) : undefined),
      String(request.after ?? 0),
    )
  }
}

/** Operations on heads. */
export class Heads extends Resource {
  /** The head of the log, signed, to be kept elsewhere. */
  export(options?: CallOptions): Promise<SignedHead> {
    return this.ask(headsExport, {}, options)
  }
}

/** Operations on http. */
export class Http extends Resource {
  /** How the HTTP face stands. */
  status(options?: CallOptions): Promise<HttpStatus> {
    return this.ask(httpStatus, {}, options)
  }
}

/** Operations on jobs. */
export class Jobs extends Resource {
  /** Jobs, newest first. */
  list(options?: CallOptions): Promise<JobList> {
    return this.ask(jobsList, {}, options)
  }

  /** How far a job is. */
  get(id: string, options?: CallOptions): Promise<Job> {
    return this.ask(jobsGet, { path: { id } }, options)
  }

  /** Begin to copy memories and log into a folder, while work goes on. */
  backup(request: Backup, options?: CallOptions): Promise<Job> {
    return this.ask(jobsBackup, { body: request }, options)
  }

  /** Begin to fold the log into fresh tables. */
  rebuild(request: Rebuild = {}, options?: CallOptions): Promise<Job> {
    return this.ask(jobsRebuild, { body: request }, options)
  }

  /** Begin to read the whole log and name what is wrong. */
  verify(options?: CallOptions): Promise<Job> {
    return this.ask(jobsVerify, {}, options)
  }
}

/** Operations on letters. */
export class Letters extends Resource {
  /** Dead letters, newest first. */
  list(request: NonNullable<LettersListData['query']> = {}, options?: CallOptions): Promise<TaskPage> {
    return this.ask(lettersList, { query: request }, options)
  }

  /** One dead letter. */
  get(id: string, options?: CallOptions): Promise<TaskView> {
    return this.ask(lettersGet, { path: { id } }, options)
  }

  /** Put a dead letter away. */
  discard(id: string, options?: CallOptions): Promise<TaskView> {
    return this.ask(lettersDiscard, { path: { id } }, options)
  }

  /** Try a dead letter again, as a new task. */
  replay(id: string, options?: CallOptions): Promise<Submitted> {
    return this.ask(lettersReplay, { path: { id } }, options)
  }

  /** All dead letters, page by page, as they are asked for. */
  each(request: NonNullable<LettersListData['query']> = {}, options?: CallOptions): AsyncGenerator<TaskView> {
    return pages((after) => this.list({ ...request, after }, options), (page) => page.tasks, (page) => page.next, request.after)
  }
}

/** Operations on log. */
export class Log extends Resource {
  /** Erase the content of a task, or of everything that the tenant has. */
  erase(request: Erase = {}, options?: CallOptions): Promise<Erasure> {
    return this.ask(logErase, { body: request }, options)
  }

  /** Move old frames into a segment file. */
  seal(request: Seal, options?: CallOptions): Promise<Sealing> {
    return this.ask(logSeal, { body: request }, options)
  }
}

/** Operations on memory. */
export class Memory extends Resource {
  /** Remember something. */
  remember(request: Remember, options?: CallOptions): Promise<Remembered> {
    return this.ask(memoryRemember, { body: request }, options)
  }

  /** Memories as they were remembered. */
  export(request: Export, options?: CallOptions): Promise<Exported> {
    return this.ask(memoryExport, { body: request }, options)
  }

  /** Forget memories. */
  forget(request: Forget, options?: CallOptions): Promise<Forgotten> {
    return this.ask(memoryForget, { body: request }, options)
  }

  /** Find what fits a question. */
  recall(request: Recall, options?: CallOptions): Promise<Recalled> {
    return this.ask(memoryRecall, { body: request }, options)
  }

  /** One memory. */
  get(scope: string, id: string, request: NonNullable<MemoryGetData['query']> = {}, options?: CallOptions): Promise<MemoryRecord> {
    return this.ask(memoryGet, { path: { scope, id }, query: request }, options)
  }

  /** Count a use of memories. */
  use(request: Use, options?: CallOptions): Promise<Used> {
    return this.ask(memoryUse, { body: request }, options)
  }
}

/** Operations on plugins. */
export class Plugins extends Resource {
  /** Installed plugins. */
  list(options?: CallOptions): Promise<PluginList> {
    return this.ask(pluginsList, {}, options)
  }
}

/** Operations on schedules. */
export class Schedules extends Resource {
  /** Schedules, by id. */
  list(options?: CallOptions): Promise<ScheduleList> {
    return this.ask(schedulesList, {}, options)
  }

  /** Fire a schedule no more. */
  remove(id: string, options?: CallOptions): Promise<ScheduleList> {
    return this.ask(schedulesRemove, { path: { id } }, options)
  }

  /** One schedule. */
  get(id: string, options?: CallOptions): Promise<ScheduleView> {
    return this.ask(schedulesGet, { path: { id } }, options)
  }

  /** Submit a task again and again. */
  set(id: string, request: SetScheduleBody, options?: CallOptions): Promise<ScheduleView> {
    return this.ask(schedulesSet, { path: { id }, body: request }, options)
  }

  /** Let a schedule rest. */
  pause(id: string, options?: CallOptions): Promise<ScheduleView> {
    return this.ask(schedulesPause, { path: { id } }, options)
  }

  /** Let a schedule that rests go on. */
  resume(id: string, options?: CallOptions): Promise<ScheduleView> {
    return this.ask(schedulesResume, { path: { id } }, options)
  }
}

/** Operations on system. */
export class System extends Resource {
  /** Look at everything and say what to mend. */
  health(options?: CallOptions): Promise<Health> {
    return this.ask(systemHealth, {}, options)
  }
}

/** Operations on tasks. */
export class Tasks extends Resource {
  /** Tasks, newest first. */
  list(request: NonNullable<TasksListData['query']> = {}, options?: CallOptions): Promise<TaskPage> {
    return this.ask(tasksList, { query: request }, options)
  }

  /** Queue a task; answered once it is on disk. */
  submit(request: SubmitInput, options?: CallOptions): Promise<Submitted> {
    return this.ask(tasksSubmit, { body: request }, options)
  }

  /** Queue up to 100 tasks, all or none. */
  submitAll(request: SubmitAll, options?: CallOptions): Promise<SubmittedAll> {
    return this.ask(tasksSubmitAll, { body: request }, options)
  }

  /** One task as it stands. */
  get(id: string, options?: CallOptions): Promise<TaskView> {
    return this.ask(tasksGet, { path: { id } }, options)
  }

  /** Ask a task and all below it to end. */
  cancel(id: string, request: CancelBody = {}, options?: CallOptions): Promise<TaskView> {
    return this.ask(tasksCancel, { path: { id }, body: request }, options)
  }

  /** Go on from any turn of a task, with changes. */
  fork(id: string, request: ForkBody = {}, options?: CallOptions): Promise<Submitted> {
    return this.ask(tasksFork, { path: { id }, body: request }, options)
  }

  /** Say something to a task. */
  message(id: string, request: MessageBody, options?: CallOptions): Promise<TaskView> {
    return this.ask(tasksMessage, { path: { id }, body: request }, options)
  }

  /** Bring back a passage that a context dropped. */
  expand(id: string, passage: string, options?: CallOptions): Promise<Expanded> {
    return this.ask(tasksExpand, { path: { id, passage } }, options)
  }

  /** Try a task that failed or was cancelled again, as a new task. */
  retry(id: string, options?: CallOptions): Promise<Submitted> {
    return this.ask(tasksRetry, { path: { id } }, options)
  }

  /** A task and everything it delegated. */
  tree(id: string, options?: CallOptions): Promise<TaskPage> {
    return this.ask(tasksTree, { path: { id } }, options)
  }

  /** The turns of a task with their ledgers. */
  turns(id: string, options?: CallOptions): Promise<Turns> {
    return this.ask(tasksTurns, { path: { id } }, options)
  }

  /** One task, once it has an outcome; or as it stands after `seconds`, where they are given. */
  async wait(id: string, { seconds }: { seconds?: number } = {}, options: CallOptions = {}): Promise<TaskView> {
    const until = seconds === undefined ? Infinity : Date.now() / 1000 + seconds
    for (;;) {
      const left = Math.max(0, Math.min(POLL, until - Date.now() / 1000))
      const timeout = (options.timeout ?? this.transport.timeout) + left
      const given = { path: { id }, query: { seconds: left } }
      const task = await this.ask<TaskView>(tasksWait, given, { ...options, timeout })
      if (FINAL.has(task.status) || Date.now() / 1000 >= until) return task
    }
  }

  /** Submit a task and wait for its outcome. */
  async run(request: SubmitInput, options?: CallOptions): Promise<TaskView> {
    const { id } = await this.submit(request, options)
    return this.wait(id, {}, options)
  }

  /**
   * The events of one task from its first on, or from behind `after`, to its last.
   *
   * It gives up after as many breaks in a row as a call is tried again. A server that is restarted is away for longer:
   * `{ retries: 20 }` waits for some two minutes at most.
   */
  stream(id: string, request: { after?: string; live?: boolean } = {}, options?: CallOptions): EventStream {
    return new EventStream(this.transport, { task: id, ...request }, options)
  }

  /** All tasks that `list` would show, page by page, as they are asked for. */
  each(request: NonNullable<TasksListData['query']> = {}, options?: CallOptions): AsyncGenerator<TaskView> {
    return pages((after) => this.list({ ...request, after }, options), (page) => page.tasks, (page) => page.next, request.after)
  }
}

/** Operations on tenants. */
export class Tenants extends Resource {
  /** Tenants, by id. */
  list(options?: CallOptions): Promise<TenantList> {
    return this.ask(tenantsList, {}, options)
  }

  /** Make a tenant. */
  create(request: SetTenant, options?: CallOptions): Promise<TenantView> {
    return this.ask(tenantsCreate, { body: request }, options)
  }

  /** Erase all content of a tenant, and revoke its tokens. */
  erase(id: string, options?: CallOptions): Promise<Erasure> {
    return this.ask(tenantsErase, { path: { id } }, options)
  }

  /** Change what a tenant may ask for. */
  limit(id: string, request: SetTenantBody = {}, options?: CallOptions): Promise<TenantView> {
    return this.ask(tenantsLimit, { path: { id }, body: request }, options)
  }
}

/** Operations on tokens. */
export class Tokens extends Resource {
  /** Tokens, without their secrets. */
  list(options?: CallOptions): Promise<TokenList> {
    return this.ask(tokensList, {}, options)
  }

  /** Make a token. */
  create(request: CreateToken = {}, options?: CallOptions): Promise<TokenCreated> {
    return this.ask(tokensCreate, { body: request }, options)
  }

  /** End a token at once. */
  revoke(id: string, options?: CallOptions): Promise<TokenView> {
    return this.ask(tokensRevoke, { path: { id } }, options)
  }

  /** Replace a token, with an overlap. */
  rotate(id: string, request: RotateTokenBody = {}, options?: CallOptions): Promise<TokenCreated> {
    return this.ask(tokensRotate, { path: { id }, body: request }, options)
  }
}

/** Operations on tools. */
export class Tools extends Resource {
  /** Tools that agents can be granted. */
  list(options?: CallOptions): Promise<ToolList> {
    return this.ask(toolsList, {}, options)
  }
}

/** Operations on deliveries. */
export class Deliveries extends Resource {
  /** Deliveries in and out, newest first. */
  list(request: NonNullable<DeliveriesListData['query']> = {}, options?: CallOptions): Promise<DeliveryPage> {
    return this.ask(deliveriesList, { query: request }, options)
  }

  /** Deliver again, with the same id. */
  replay(request: Replay = {}, options?: CallOptions): Promise<Replayed> {
    return this.ask(deliveriesReplay, { body: request }, options)
  }
}

/** Operations on endpoints. */
export class Endpoints extends Resource {
  /** Endpoints, by id. */
  list(options?: CallOptions): Promise<EndpointList> {
    return this.ask(endpointsList, {}, options)
  }

  /** Forget an endpoint. */
  remove(id: string, options?: CallOptions): Promise<EndpointList> {
    return this.ask(endpointsRemove, { path: { id } }, options)
  }

  /** Set up an endpoint for events. */
  set(id: string, request: SetEndpointBody, options?: CallOptions): Promise<EndpointView> {
    return this.ask(endpointsSet, { path: { id }, body: request }, options)
  }

  /** Send nothing more to an endpoint, and keep its events. */
  disable(id: string, request: DisableBody = {}, options?: CallOptions): Promise<EndpointView> {
    return this.ask(endpointsDisable, { path: { id }, body: request }, options)
  }

  /** Send to an endpoint again, what was kept first. */
  enable(id: string, options?: CallOptions): Promise<EndpointView> {
    return this.ask(endpointsEnable, { path: { id } }, options)
  }

  /** Give an endpoint a new key. */
  rotate(id: string, request: RotateBody = {}, options?: CallOptions): Promise<EndpointView> {
    return this.ask(endpointsRotate, { path: { id }, body: request }, options)
  }
}

/** Operations on sources. */
export class Sources extends Resource {
  /** Sources of webhooks, by name. */
  list(options?: CallOptions): Promise<SourceList> {
    return this.ask(sourcesList, {}, options)
  }

  /** Take no more deliveries of a source. */
  remove(name: string, options?: CallOptions): Promise<SourceList> {
    return this.ask(sourcesRemove, { path: { name } }, options)
  }

  /** Set up a source of webhooks. */
  set(name: string, request: SetSourceBody, options?: CallOptions): Promise<SourceView> {
    return this.ask(sourcesSet, { path: { name }, body: request }, options)
  }
}

/** Operations on workers. */
export class Workers extends Resource {
  /** Workers, by id. */
  list(options?: CallOptions): Promise<WorkerList> {
    return this.ask(workersList, {}, options)
  }

  /** Offer tools and agents from a process of your own. */
  register(request: Register = {}, options?: CallOptions): Promise<WorkerView> {
    return this.ask(workersRegister, { body: request }, options)
  }

  /** Offer nothing any more. */
  leave(id: string, options?: CallOptions): Promise<WorkerList> {
    return this.ask(workersLeave, { path: { id } }, options)
  }

  /** Take calls to work on. */
  claim(id: string, request: ClaimBody = {}, options?: CallOptions): Promise<Claimed> {
    return this.ask(workersClaim, { path: { id }, body: request }, options)
  }

  /** Say that a worker is alive. */
  heartbeat(id: string, options?: CallOptions): Promise<WorkerView> {
    return this.ask(workersHeartbeat, { path: { id } }, options)
  }

  /** Settle a call that a worker holds. */
  observe(id: string, request: SettleBody, options?: CallOptions): Promise<TaskView> {
    return this.ask(workersObserve, { path: { id }, body: request }, options)
  }
}

/** Every operation, as the document names it. */
export const OPERATIONS = [
  'agents.list',
  'agents.register',
  'agents.delete',
  'agents.get',
  'agents.update',
  'agents.statistics',
  'agents.personas',
  'artefacts.get',
  'calls.list',
  'calls.reply',
  'calls.observe',
  'context.count',
  'context.fit',
  'context.pack',
  'deliveries.list',
  'deliveries.replay',
  'endpoints.list',
  'endpoints.remove',
  'endpoints.set',
  'endpoints.disable',
  'endpoints.enable',
  'endpoints.rotate',
  'events.list',
  'events.stream',
  'heads.export',
  'http.status',
  'jobs.list',
  'jobs.get',
  'jobs.backup',
  'jobs.rebuild',
  'jobs.verify',
  'letters.list',
  'letters.get',
  'letters.discard',
  'letters.replay',
  'log.erase',
  'log.seal',
  'memory.remember',
  'memory.export',
  'memory.forget',
  'memory.recall',
  'memory.use',
  'memory.get',
  'plugins.list',
  'schedules.list',
  'schedules.remove',
  'schedules.get',
  'schedules.set',
  'schedules.pause',
  'schedules.resume',
  'sources.list',
  'sources.remove',
  'sources.set',
  'system.health',
  'tasks.list',
  'tasks.submit',
  'tasks.submit_all',
  'tasks.get',
  'tasks.cancel',
  'tasks.fork',
  'tasks.message',
  'tasks.expand',
  'tasks.retry',
  'tasks.tree',
  'tasks.turns',
  'tasks.wait',
  'tenants.list',
  'tenants.create',
  'tenants.erase',
  'tenants.limit',
  'tokens.list',
  'tokens.create',
  'tokens.revoke',
  'tokens.rotate',
  'tools.list',
  'workers.list',
  'workers.register',
  'workers.leave',
  'workers.claim',
  'workers.heartbeat',
  'workers.observe',
] as const
