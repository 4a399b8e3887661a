package kingpost

// The services of the client: one for each noun of the API, one method for each operation.

import (
	"context"
	"net/url"
)

// AgentsService is for operations on agents.
type AgentsService struct{ transport *transport }

// List: agents that can be named.
func (s *AgentsService) List(ctx context.Context, options ...Option) (*AgentList, error) {
	return ask[AgentList](ctx, s.transport, "GET", "/v1/agents", nil, nil, options)
}

// Register: make an agent out of data.
func (s *AgentsService) Register(ctx context.Context, request SetPersonaInput, options ...Option) (*SetPersona, error) {
	return ask[SetPersona](ctx, s.transport, "POST", "/v1/agents", nil, request, options)
}

// Delete: remove an agent that was made out of data.
func (s *AgentsService) Delete(ctx context.Context, name string, options ...Option) (*PersonaList, error) {
	return ask[PersonaList](ctx, s.transport, "DELETE", "/v1/agents/"+url.PathEscape(name), nil, nil, options)
}

// Get: one agent.
func (s *AgentsService) Get(ctx context.Context, name string, options ...Option) (*AgentView, error) {
	return ask[AgentView](ctx, s.transport, "GET", "/v1/agents/"+url.PathEscape(name), nil, nil, options)
}

// Update: change an agent that was made out of data.
func (s *AgentsService) Update(ctx context.Context, name string, request SetPersonaBody, options ...Option) (*SetPersona, error) {
	return ask[SetPersona](ctx, s.transport, "PUT", "/v1/agents/"+url.PathEscape(name), nil, request, options)
}

// Statistics: what an agent's tasks came to, with the number of samples.
func (s *AgentsService) Statistics(ctx context.Context, name string, options ...Option) (*Statistics, error) {
	return ask[Statistics](ctx, s.transport, "GET", "/v1/agents/"+url.PathEscape(name)+"/statistics", nil, nil, options)
}

// Personas: agents that were made out of data, by name.
func (s *AgentsService) Personas(ctx context.Context, options ...Option) (*PersonaList, error) {
	return ask[PersonaList](ctx, s.transport, "GET", "/v1/personas", nil, nil, options)
}

// ArtefactsService is for operations on artefacts.
type ArtefactsService struct{ transport *transport }

// Get: a file that a task made.
func (s *ArtefactsService) Get(ctx context.Context, id string, name string, options ...Option) ([]byte, error) {
	received, err := s.transport.ask(ctx, "GET", "/v1/tasks/"+url.PathEscape(id)+"/artefacts/"+url.PathEscape(name), nil, nil, options)
	if err != nil {
		return nil, err
	}
	return received.Body, nil
}

// CallsService is for operations on calls.
type CallsService struct{ transport *transport }

// List: calls that wait for somebody.
func (s *CallsService) List(ctx context.Context, request CallsListParams, options ...Option) (*CallPage, error) {
	return ask[CallPage](ctx, s.transport, "GET", "/v1/calls", query(request), nil, options)
}

// Reply: answer a question, or allow or refuse a call.
func (s *CallsService) Reply(ctx context.Context, id string, call string, request ReplyBody, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/calls/"+url.PathEscape(call)+"/reply", nil, request, options)
}

// Observe: settle a pending call.
func (s *CallsService) Observe(ctx context.Context, id string, request ObserveBody, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/observations", nil, request, options)
}

// ContextService is for operations on context.
type ContextService struct{ transport *transport }

// Count: count the tokens of a text.
func (s *ContextService) Count(ctx context.Context, request Count, options ...Option) (*Counted, error) {
	return ask[Counted](ctx, s.transport, "POST", "/v1/context/count", nil, request, options)
}

// Fit: fit a text into a budget.
func (s *ContextService) Fit(ctx context.Context, request Fit, options ...Option) (*Fitting, error) {
	return ask[Fitting](ctx, s.transport, "POST", "/v1/context/fit", nil, request, options)
}

// Pack: pack documents and memories for a query.
func (s *ContextService) Pack(ctx context.Context, request PackContext, options ...Option) (*Packed, error) {
	return ask[Packed](ctx, s.transport, "POST", "/v1/context/pack", nil, request, options)
}

// DeliveriesService is for operations on deliveries.
type DeliveriesService struct{ transport *transport }

// List: deliveries in and out, newest first.
func (s *DeliveriesService) List(ctx context.Context, request DeliveriesListParams, options ...Option) (*DeliveryPage, error) {
	return ask[DeliveryPage](ctx, s.transport, "GET", "/v1/webhooks/deliveries", query(request), nil, options)
}

// Replay: deliver again, with the same id.
func (s *DeliveriesService) Replay(ctx context.Context, request Replay, options ...Option) (*Replayed, error) {
	return ask[Replayed](ctx, s.transport, "POST", "/v1/webhooks/deliveries/replay", nil, request, options)
}

// EndpointsService is for operations on endpoints.
type EndpointsService struct{ transport *transport }

// List: endpoints, by id.
func (s *EndpointsService) List(ctx context.Context, options ...Option) (*EndpointList, error) {
	return ask[EndpointList](ctx, s.transport, "GET", "/v1/webhooks/endpoints", nil, nil, options)
}

// Remove: forget an endpoint.
func (s *EndpointsService) Remove(ctx context.Context, id string, options ...Option) (*EndpointList, error) {
	return ask[EndpointList](ctx, s.transport, "DELETE", "/v1/webhooks/endpoints/"+url.PathEscape(id), nil, nil, options)
}

// Set: set up an endpoint for events.
func (s *EndpointsService) Set(ctx context.Context, id string, request SetEndpointBody, options ...Option) (*EndpointView, error) {
	return ask[EndpointView](ctx, s.transport, "PUT", "/v1/webhooks/endpoints/"+url.PathEscape(id), nil, request, options)
}

// Disable: send nothing more to an endpoint, and keep its events.
func (s *EndpointsService) Disable(ctx context.Context, id string, request DisableBody, options ...Option) (*EndpointView, error) {
	return ask[EndpointView](ctx, s.transport, "POST", "/v1/webhooks/endpoints/"+url.PathEscape(id)+"/disable", nil, request, options)
}

// Enable: send to an endpoint again, what was kept first.
func (s *EndpointsService) Enable(ctx context.Context, id string, options ...Option) (*EndpointView, error) {
	return ask[EndpointView](ctx, s.transport, "POST", "/v1/webhooks/endpoints/"+url.PathEscape(id)+"/enable", nil, nil, options)
}

// Rotate: give an endpoint a new key.
func (s *EndpointsService) Rotate(ctx context.Context, id string, request RotateBody, options ...Option) (*EndpointView, error) {
	return ask[EndpointView](ctx, s.transport, "POST", "/v1/webhooks/endpoints/"+url.PathEscape(id)+"/rotate", nil, request, options)
}

// EventsService is for operations on events.
type EventsService struct{ transport *transport }

// List: a page of the log.
func (s *EventsService) List(ctx context.Context, request EventsListParams, options ...Option) (*EventPage, error) {
	return ask[EventPage](ctx, s.transport, "GET", "/v1/events", query(request), nil, options)
}

// Stream: events as they come, resumed without a gap.
func (s *EventsService) Stream(ctx context.Context, request EventsStreamParams, options ...Option) *Stream {
	return newStream(ctx, s.transport, request, options)
}

// HeadsService is for operations on heads.
type HeadsService struct{ transport *transport }

// Export: the head of the log, signed, to be kept elsewhere.
func (s *HeadsService) Export(ctx context.Context, options ...Option) (*SignedHead, error) {
	return ask[SignedHead](ctx, s.transport, "GET", "/v1/log/head", nil, nil, options)
}

// HttpService is for operations on http.
type HttpService struct{ transport *transport }

// Status: how the HTTP face stands.
func (s *HttpService) Status(ctx context.Context, options ...Option) (*HTTPStatus, error) {
	return ask[HTTPStatus](ctx, s.transport, "GET", "/v1/http/status", nil, nil, options)
}

// JobsService is for operations on jobs.
type JobsService struct{ transport *transport }

// List: jobs, newest first.
func (s *JobsService) List(ctx context.Context, options ...Option) (*JobList, error) {
	return ask[JobList](ctx, s.transport, "GET", "/v1/jobs", nil, nil, options)
}

// Get: how far a job is.
func (s *JobsService) Get(ctx context.Context, id string, options ...Option) (*Job, error) {
	return ask[Job](ctx, s.transport, "GET", "/v1/jobs/"+url.PathEscape(id), nil, nil, options)
}

// Backup: begin to copy memories and log into a folder, while work goes on.
func (s *JobsService) Backup(ctx context.Context, request Backup, options ...Option) (*Job, error) {
	return ask[Job](ctx, s.transport, "POST", "/v1/log/backup", nil, request, options)
}

// Rebuild: begin to fold the log into fresh tables.
func (s *JobsService) Rebuild(ctx context.Context, request Rebuild, options ...Option) (*Job, error) {
	return ask[Job](ctx, s.transport, "POST", "/v1/log/rebuild", nil, request, options)
}

// Verify: begin to read the whole log and name what is wrong.
func (s *JobsService) Verify(ctx context.Context, options ...Option) (*Job, error) {
	return ask[Job](ctx, s.transport, "POST", "/v1/log/verify", nil, nil, options)
}

// LettersService is for operations on letters.
type LettersService struct{ transport *transport }

// List: dead letters, newest first.
func (s *LettersService) List(ctx context.Context, request LettersListParams, options ...Option) (*TaskPage, error) {
	return ask[TaskPage](ctx, s.transport, "GET", "/v1/letters", query(request), nil, options)
}

// Get: one dead letter.
func (s *LettersService) Get(ctx context.Context, id string, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "GET", "/v1/letters/"+url.PathEscape(id), nil, nil, options)
}

// Discard: put a dead letter away.
func (s *LettersService) Discard(ctx context.Context, id string, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/letters/"+url.PathEscape(id)+"/discard", nil, nil, options)
}

// Replay: try a dead letter again, as a new task.
func (s *LettersService) Replay(ctx context.Context, id string, options ...Option) (*Submitted, error) {
	return ask[Submitted](ctx, s.transport, "POST", "/v1/letters/"+url.PathEscape(id)+"/replay", nil, nil, options)
}

// LogService is for operations on log.
type LogService struct{ transport *transport }

// Erase: erase the content of a task, or of everything that the tenant has.
func (s *LogService) Erase(ctx context.Context, request Erase, options ...Option) (*Erasure, error) {
	return ask[Erasure](ctx, s.transport, "POST", "/v1/log/erase", nil, request, options)
}

// Seal: move old frames into a segment file.
func (s *LogService) Seal(ctx context.Context, request Seal, options ...Option) (*Sealing, error) {
	return ask[Sealing](ctx, s.transport, "POST", "/v1/log/seal", nil, request, options)
}

// MemoryService is for operations on memory.
type MemoryService struct{ transport *transport }

// Remember: remember something.
func (s *MemoryService) Remember(ctx context.Context, request Remember, options ...Option) (*Remembered, error) {
	return ask[Remembered](ctx, s.transport, "POST", "/v1/memories", nil, request, options)
}

// Export: memories as they were remembered.
func (s *MemoryService) Export(ctx context.Context, request Export, options ...Option) (*Exported, error) {
	return ask[Exported](ctx, s.transport, "POST", "/v1/memories/export", nil, request, options)
}

// Forget: forget memories.
func (s *MemoryService) Forget(ctx context.Context, request Forget, options ...Option) (*Forgotten, error) {
	return ask[Forgotten](ctx, s.transport, "POST", "/v1/memories/forget", nil, request, options)
}

// Recall: find what fits a question.
func (s *MemoryService) Recall(ctx context.Context, request Recall, options ...Option) (*Recalled, error) {
	return ask[Recalled](ctx, s.transport, "POST", "/v1/memories/recall", nil, request, options)
}

// Use: count a use of memories.
func (s *MemoryService) Use(ctx context.Context, request Use, options ...Option) (*Used, error) {
	return ask[Used](ctx, s.transport, "POST", "/v1/memories/use", nil, request, options)
}

// Get: one memory.
func (s *MemoryService) Get(ctx context.Context, scope string, id string, request MemoryGetParams, options ...Option) (*Memory, error) {
	return ask[Memory](ctx, s.transport, "GET", "/v1/memories/"+url.PathEscape(scope)+"/"+url.PathEscape(id), query(request), nil, options)
}

// PluginsService is for operations on plugins.
type PluginsService struct{ transport *transport }

// List: installed plugins.
func (s *PluginsService) List(ctx context.Context, options ...Option) (*PluginList, error) {
	return ask[PluginList](ctx, s.transport, "GET", "/v1/plugins", nil, nil, options)
}

// SchedulesService is for operations on schedules.
type SchedulesService struct{ transport *transport }

// List: schedules, by id.
func (s *SchedulesService) List(ctx context.Context, options ...Option) (*Schedules, error) {
	return ask[Schedules](ctx, s.transport, "GET", "/v1/schedules", nil, nil, options)
}

// Remove: fire a schedule no more.
func (s *SchedulesService) Remove(ctx context.Context, id string, options ...Option) (*Schedules, error) {
	return ask[Schedules](ctx, s.transport, "DELETE", "/v1/schedules/"+url.PathEscape(id), nil, nil, options)
}

// Get: one schedule.
func (s *SchedulesService) Get(ctx context.Context, id string, options ...Option) (*ScheduleView, error) {
	return ask[ScheduleView](ctx, s.transport, "GET", "/v1/schedules/"+url.PathEscape(id), nil, nil, options)
}

// Set: submit a task again and again.
func (s *SchedulesService) Set(ctx context.Context, id string, request SetScheduleBody, options ...Option) (*ScheduleView, error) {
	return ask[ScheduleView](ctx, s.transport, "PUT", "/v1/schedules/"+url.PathEscape(id), nil, request, options)
}

// Pause: let a schedule rest.
func (s *SchedulesService) Pause(ctx context.Context, id string, options ...Option) (*ScheduleView, error) {
	return ask[ScheduleView](ctx, s.transport, "POST", "/v1/schedules/"+url.PathEscape(id)+"/pause", nil, nil, options)
}

// Resume: let a schedule that rests go on.
func (s *SchedulesService) Resume(ctx context.Context, id string, options ...Option) (*ScheduleView, error) {
	return ask[ScheduleView](ctx, s.transport, "POST", "/v1/schedules/"+url.PathEscape(id)+"/resume", nil, nil, options)
}

// SourcesService is for operations on sources.
type SourcesService struct{ transport *transport }

// List: sources of webhooks, by name.
func (s *SourcesService) List(ctx context.Context, options ...Option) (*SourceList, error) {
	return ask[SourceList](ctx, s.transport, "GET", "/v1/webhooks/sources", nil, nil, options)
}

// Remove: take no more deliveries of a source.
func (s *SourcesService) Remove(ctx context.Context, name string, options ...Option) (*SourceList, error) {
	return ask[SourceList](ctx, s.transport, "DELETE", "/v1/webhooks/sources/"+url.PathEscape(name), nil, nil, options)
}

// Set: set up a source of webhooks.
func (s *SourcesService) Set(ctx context.Context, name string, request SetSourceBody, options ...Option) (*SourceView, error) {
	return ask[SourceView](ctx, s.transport, "PUT", "/v1/webhooks/sources/"+url.PathEscape(name), nil, request, options)
}

// SystemService is for operations on system.
type SystemService struct{ transport *transport }

// Health: look at everything and say what to mend.
func (s *SystemService) Health(ctx context.Context, options ...Option) (*Health, error) {
	return ask[Health](ctx, s.transport, "GET", "/v1/doctor", nil, nil, options)
}

// TasksService is for operations on tasks.
type TasksService struct{ transport *transport }

// List: tasks, newest first.
func (s *TasksService) List(ctx context.Context, request TasksListParams, options ...Option) (*TaskPage, error) {
	return ask[TaskPage](ctx, s.transport, "GET", "/v1/tasks", query(request), nil, options)
}

// Submit: queue a task; answered once it is on disk.
func (s *TasksService) Submit(ctx context.Context, request SubmitInput, options ...Option) (*Submitted, error) {
	return ask[Submitted](ctx, s.transport, "POST", "/v1/tasks", nil, request, options)
}

// SubmitAll: queue up to 100 tasks, all or none.
func (s *TasksService) SubmitAll(ctx context.Context, request SubmitAll, options ...Option) (*SubmittedAll, error) {
	return ask[SubmittedAll](ctx, s.transport, "POST", "/v1/tasks/batch", nil, request, options)
}

// Get: one task as it stands.
func (s *TasksService) Get(ctx context.Context, id string, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(id), nil, nil, options)
}

// Cancel: ask a task and all below it to end.
func (s *TasksService) Cancel(ctx context.Context, id string, request CancelBody, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/cancel", nil, request, options)
}

// Fork: go on from any turn of a task, with changes.
func (s *TasksService) Fork(ctx context.Context, id string, request ForkBody, options ...Option) (*Submitted, error) {
	return ask[Submitted](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/fork", nil, request, options)
}

// Message: say something to a task.
func (s *TasksService) Message(ctx context.Context, id string, request MessageBody, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/messages", nil, request, options)
}

// Expand: bring back a passage that a context dropped.
func (s *TasksService) Expand(ctx context.Context, id string, passage string, options ...Option) (*Expanded, error) {
	return ask[Expanded](ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(id)+"/passages/"+url.PathEscape(passage), nil, nil, options)
}

// Retry: try a task that failed or was cancelled again, as a new task.
func (s *TasksService) Retry(ctx context.Context, id string, options ...Option) (*Submitted, error) {
	return ask[Submitted](ctx, s.transport, "POST", "/v1/tasks/"+url.PathEscape(id)+"/retry", nil, nil, options)
}

// Tree: a task and everything it delegated.
func (s *TasksService) Tree(ctx context.Context, id string, options ...Option) (*TaskPage, error) {
	return ask[TaskPage](ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(id)+"/tree", nil, nil, options)
}

// Turns: the turns of a task with their ledgers.
func (s *TasksService) Turns(ctx context.Context, id string, options ...Option) (*Turns, error) {
	return ask[Turns](ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(id)+"/turns", nil, nil, options)
}

// TenantsService is for operations on tenants.
type TenantsService struct{ transport *transport }

// List: tenants, by id.
func (s *TenantsService) List(ctx context.Context, options ...Option) (*TenantList, error) {
	return ask[TenantList](ctx, s.transport, "GET", "/v1/tenants", nil, nil, options)
}

// Create: make a tenant.
func (s *TenantsService) Create(ctx context.Context, request SetTenant, options ...Option) (*TenantView, error) {
	return ask[TenantView](ctx, s.transport, "POST", "/v1/tenants", nil, request, options)
}

// Erase: erase all content of a tenant, and revoke its tokens.
func (s *TenantsService) Erase(ctx context.Context, id string, options ...Option) (*Erasure, error) {
	return ask[Erasure](ctx, s.transport, "POST", "/v1/tenants/"+url.PathEscape(id)+"/erase", nil, nil, options)
}

// Limit: change what a tenant may ask for.
func (s *TenantsService) Limit(ctx context.Context, id string, request SetTenantBody, options ...Option) (*TenantView, error) {
	return ask[TenantView](ctx, s.transport, "PUT", "/v1/tenants/"+url.PathEscape(id)+"/limits", nil, request, options)
}

// TokensService is for operations on tokens.
type TokensService struct{ transport *transport }

// List: tokens, without their secrets.
func (s *TokensService) List(ctx context.Context, options ...Option) (*TokenList, error) {
	return ask[TokenList](ctx, s.transport, "GET", "/v1/tokens", nil, nil, options)
}

// Create: make a token.
func (s *TokensService) Create(ctx context.Context, request CreateToken, options ...Option) (*TokenCreated, error) {
	return ask[TokenCreated](ctx, s.transport, "POST", "/v1/tokens", nil, request, options)
}

// Revoke: end a token at once.
func (s *TokensService) Revoke(ctx context.Context, id string, options ...Option) (*TokenView, error) {
	return ask[TokenView](ctx, s.transport, "DELETE", "/v1/tokens/"+url.PathEscape(id), nil, nil, options)
}

// Rotate: replace a token, with an overlap.
func (s *TokensService) Rotate(ctx context.Context, id string, request RotateTokenBody, options ...Option) (*TokenCreated, error) {
	return ask[TokenCreated](ctx, s.transport, "POST", "/v1/tokens/"+url.PathEscape(id)+"/rotate", nil, request, options)
}

// ToolsService is for operations on tools.
type ToolsService struct{ transport *transport }

// List: tools that agents can be granted.
func (s *ToolsService) List(ctx context.Context, options ...Option) (*ToolList, error) {
	return ask[ToolList](ctx, s.transport, "GET", "/v1/tools", nil, nil, options)
}

// WorkersService is for operations on workers.
type WorkersService struct{ transport *transport }

// List: workers, by id.
func (s *WorkersService) List(ctx context.Context, options ...Option) (*WorkerList, error) {
	return ask[WorkerList](ctx, s.transport, "GET", "/v1/workers", nil, nil, options)
}

// Register: offer tools and agents from a process of your own.
func (s *WorkersService) Register(ctx context.Context, request Register, options ...Option) (*WorkerView, error) {
	return ask[WorkerView](ctx, s.transport, "POST", "/v1/workers", nil, request, options)
}

// Leave: offer nothing any more.
func (s *WorkersService) Leave(ctx context.Context, id string, options ...Option) (*WorkerList, error) {
	return ask[WorkerList](ctx, s.transport, "DELETE", "/v1/workers/"+url.PathEscape(id), nil, nil, options)
}

// Claim: take calls to work on.
func (s *WorkersService) Claim(ctx context.Context, id string, request ClaimBody, options ...Option) (*Claimed, error) {
	return ask[Claimed](ctx, s.transport, "POST", "/v1/workers/"+url.PathEscape(id)+"/claim", nil, request, options)
}

// Heartbeat: say that a worker is alive.
func (s *WorkersService) Heartbeat(ctx context.Context, id string, options ...Option) (*WorkerView, error) {
	return ask[WorkerView](ctx, s.transport, "POST", "/v1/workers/"+url.PathEscape(id)+"/heartbeat", nil, nil, options)
}

// Observe: settle a call that a worker holds.
func (s *WorkersService) Observe(ctx context.Context, id string, request SettleBody, options ...Option) (*TaskView, error) {
	return ask[TaskView](ctx, s.transport, "POST", "/v1/workers/"+url.PathEscape(id)+"/observations", nil, request, options)
}

// Operations lists every operation, as the document names it.
var Operations = []string{
	"agents.list",
	"agents.register",
	"agents.delete",
	"agents.get",
	"agents.update",
	"agents.statistics",
	"agents.personas",
	"artefacts.get",
	"calls.list",
	"calls.reply",
	"calls.observe",
	"context.count",
	"context.fit",
	"context.pack",
	"deliveries.list",
	"deliveries.replay",
	"endpoints.list",
	"endpoints.remove",
	"endpoints.set",
	"endpoints.disable",
	"endpoints.enable",
	"endpoints.rotate",
	"events.list",
	"events.stream",
	"heads.export",
	"http.status",
	"jobs.list",
	"jobs.get",
	"jobs.backup",
	"jobs.rebuild",
	"jobs.verify",
	"letters.list",
	"letters.get",
	"letters.discard",
	"letters.replay",
	"log.erase",
	"log.seal",
	"memory.remember",
	"memory.export",
	"memory.forget",
	"memory.recall",
	"memory.use",
	"memory.get",
	"plugins.list",
	"schedules.list",
	"schedules.remove",
	"schedules.get",
	"schedules.set",
	"schedules.pause",
	"schedules.resume",
	"sources.list",
	"sources.remove",
	"sources.set",
	"system.health",
	"tasks.list",
	"tasks.submit",
	"tasks.submit_all",
	"tasks.get",
	"tasks.cancel",
	"tasks.fork",
	"tasks.message",
	"tasks.expand",
	"tasks.retry",
	"tasks.tree",
	"tasks.turns",
	"tasks.wait",
	"tenants.list",
	"tenants.create",
	"tenants.erase",
	"tenants.limit",
	"tokens.list",
	"tokens.create",
	"tokens.revoke",
	"tokens.rotate",
	"tools.list",
	"workers.list",
	"workers.register",
	"workers.leave",
	"workers.claim",
	"workers.heartbeat",
	"workers.observe",
}
