// Package kingpost is the Go SDK of kingpost. It needs nothing but the standard library.
package kingpost

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// Client talks to one kingpost server: every noun of the API is a field. It is safe for concurrent use.
type Client struct {
	Agents     *AgentsService
	Artefacts  *ArtefactsService
	Calls      *CallsService
	Context    *ContextService
	Deliveries *DeliveriesService
	Endpoints  *EndpointsService
	Sources    *SourcesService
	Workers    *WorkersService
	Events     *EventsService
	Heads      *HeadsService
	Http       *HttpService
	Jobs       *JobsService
	Letters    *LettersService
	Log        *LogService
	Memory     *MemoryService
	Plugins    *PluginsService
	Schedules  *SchedulesService
	System     *SystemService
	Tasks      *TasksService
	Tenants    *TenantsService
	Tokens     *TokensService
	Tools      *ToolsService

	transport *transport
	mutex     sync.Mutex
	read      *document
}

// Setting changes a client that is being made.
type Setting func(*transport)

// URL says where the server is; else the environment's KINGPOST_URL, else http://127.0.0.1:8420.
func URL(url string) Setting { return func(t *transport) { t.url = strings.TrimRight(url, "/") } }

// Token says who asks; else the environment's KINGPOST_TOKEN.
func Token(token string) Setting { return func(t *transport) { t.token = token } }

// Timeout bounds each try; else KINGPOST_TIMEOUT (seconds), else a minute.
func Timeout(timeout time.Duration) Setting { return func(t *transport) { t.timeout = timeout } }

// Idle bounds how long a stream may be silent.
func Idle(idle time.Duration) Setting { return func(t *transport) { t.idle = idle } }

// Retries changes the policy; else KINGPOST_RETRIES, else DefaultRetry.
func Retries(retry Retry) Setting { return func(t *transport) { t.retry = retry } }

// HTTPClient is what carries the requests.
func HTTPClient(client *http.Client) Setting { return func(t *transport) { t.client = client } }

// New makes a client. Where the environment names a number that is none, or the URL is none, every call fails with
// ErrSettingsInvalid.
func New(settings ...Setting) *Client {
	t := &transport{url: "http://127.0.0.1:8420", timeout: time.Minute, idle: 45 * time.Second, retry: DefaultRetry}
	t.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if url := os.Getenv("KINGPOST_URL"); url != "" {
		URL(url)(t)
	}
	t.token = os.Getenv("KINGPOST_TOKEN")
	t.timeout = time.Duration(t.number("KINGPOST_TIMEOUT", t.timeout.Seconds(), 0.001) * float64(time.Second))
	t.retry.Retries = int(t.number("KINGPOST_RETRIES", float64(t.retry.Retries), 0))
	for _, setting := range settings {
		setting(t)
	}
	t.check(os.Getenv("KINGPOST_URL"))
	return &Client{
		Agents:     &AgentsService{t},
		Artefacts:  &ArtefactsService{t},
		Calls:      &CallsService{t},
		Context:    &ContextService{t},
		Deliveries: &DeliveriesService{t},
		Endpoints:  &EndpointsService{t},
		Sources:    &SourcesService{t},
		Workers:    &WorkersService{t},
		Events:     &EventsService{t},
		Heads:      &HeadsService{t},
		Http:       &HttpService{t},
		Jobs:       &JobsService{t},
		Letters:    &LettersService{t},
		Log:        &LogService{t},
		Memory:     &MemoryService{t},
		Plugins:    &PluginsService{t},
		Schedules:  &SchedulesService{t},
		System:     &SystemService{t},
		Tasks:      &TasksService{t},
		Tenants:    &TenantsService{t},
		Tokens:     &TokensService{t},
		Tools:      &ToolsService{t},
		transport:  t,
	}
}

// Position is the newest position of the log that an answer has told; every request is answered at least as new.
func (c *Client) Position() int64 { return c.transport.position.Load() }

// SetPosition carries a position over from another client, or 0 after the server was restored from a backup.
func (c *Client) SetPosition(position int64) { c.transport.position.Store(position) }

// Request sends any request, with everything that the operations have: token, retries, key, position.
func (c *Client) Request(ctx context.Context, method, path string, body any, options ...Option) (*Received, error) {
	return c.transport.ask(ctx, strings.ToUpper(method), path, nil, body, options)
}

// Plugin gives the operations that an installed plugin brings, checked against the server's own document.
func (c *Client) Plugin(name string) *Plugin { return &Plugin{name, c} }

// Worker makes a worker, which serves agents and tools from this process.
func (c *Client) Worker(options WorkerOptions) *Worker {
	options.Parallel = max(options.Parallel, 1)
	if options.TTL == 0 {
		options.TTL = time.Minute
	}
	if options.Wait == 0 {
		options.Wait = 10 * time.Second
	}
	return &Worker{
		options: options, client: c, held: map[string]*claim{}, stopping: make(chan struct{}),
		tools: map[string]offered[ToolInput, FilesFunction]{}, agents: map[string]offered[OfferedAgent, AgentFunction]{},
	}
}

// kept is the server's document where it was read before, and else nil.
func (c *Client) kept() *document {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.read
}

// newer is the server's document, read anew unless somebody else has done so since than was read.
func (c *Client) newer(ctx context.Context, than *document) (*document, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.read == nil || c.read == than {
		read, err := ask[document](ctx, c.transport, http.MethodGet, "/openapi.json", nil, nil, nil)
		if err != nil {
			return nil, err
		}
		c.read = read
	}
	return c.read, nil
}
