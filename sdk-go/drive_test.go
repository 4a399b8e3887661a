package kingpost

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/kingpost/kingpost/sdk-go/internal/calling"
)

type command struct {
	Do     string `json:"do"`
	Client struct {
		URL     string   `json:"url"`
		Token   string   `json:"token"`
		Retries *int     `json:"retries"`
		Timeout *float64 `json:"timeout"`
		Idle    *float64 `json:"idle"`
		First   *float64 `json:"first"`
	} `json:"client"`
	Operation string            `json:"operation"`
	Path      []string          `json:"path"`
	Request   json.RawMessage   `json:"request"`
	Calls     []command         `json:"calls"`
	Task      string            `json:"task"`
	Live      bool              `json:"live"`
	Most      int               `json:"most"`
	Attempt   int               `json:"attempt"`
	Chance    float64           `json:"chance"`
	Now       float64           `json:"now"`
	Headers   map[string]string `json:"headers"`
	Retry     struct {
		First   float64 `json:"first"`
		Longest float64 `json:"longest"`
	} `json:"retry"`
	Status   int             `json:"status"`
	Body     string          `json:"body"`
	Hex      *string         `json:"hex"`
	Secret   json.RawMessage `json:"secret"`
	Plugin   string          `json:"plugin"`
	Parallel int             `json:"parallel"`
	TTL      float64         `json:"ttl"`
	Seconds  float64         `json:"seconds"`
	Options  struct {
		Timeout *float64          `json:"timeout"`
		Retries *int              `json:"retries"`
		Key     string            `json:"idempotency_key"`
		Headers map[string]string `json:"headers"`
	} `json:"options"`
	Environment map[string]string `json:"environment"`
}

// options are what the call does differently.
func (c *command) options() []Option {
	made := []Option{}
	if c.Options.Timeout != nil {
		made = append(made, WithTimeout(time.Duration(*c.Options.Timeout*float64(time.Second))))
	}
	if c.Options.Retries != nil {
		made = append(made, WithRetries(*c.Options.Retries))
	}
	if c.Options.Key != "" {
		made = append(made, WithIdempotencyKey(c.Options.Key))
	}
	for name, value := range c.Options.Headers {
		made = append(made, WithHeader(name, value))
	}
	return made
}

// bare is a client that is told by the environment what the command does not tell.
func (c *command) bare() *Client {
	for name, value := range c.Environment {
		_ = os.Setenv(name, value)
		defer os.Unsetenv(name)
	}
	if c.Client.Token != "" {
		return New(Token(c.Client.Token))
	}
	return New()
}

// TestDrive does what it is told, a line of JSON at a time, through the SDK's own facade, and answers a line of JSON for
// each. tests/contracts gives the same commands to the SDKs of all three languages.
func TestDrive(t *testing.T) {
	if os.Getenv("KINGPOST_DRIVE") == "" {
		t.Skip("driven by tests/contracts")
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var asked command
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			t.Fatal(err)
		}
		said, err := done(&asked)
		if err != nil {
			said = map[string]any{"error": failure(err)}
		}
		text, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.Write(append(text, '\n'))
	}
}

func failure(err error) map[string]any {
	told := map[string]any{"message": err.Error(), "kind": "error"}
	var refused *Error
	var local *LocalError
	if errors.As(err, &local) {
		told["kind"] = local.Kind().Name
	} else if errors.As(err, &refused) {
		told["kind"], told["code"], told["status"] = refused.Kind().Name, refused.Code, refused.Status
		told["request_id"] = refused.RequestID
	}
	return told
}

func (c *command) client() *Client {
	seconds := func(value *float64, usual float64) time.Duration {
		if value == nil {
			value = &usual
		}
		return time.Duration(*value * float64(time.Second))
	}
	retry := Retry{Retries: 2, First: seconds(c.Client.First, 0.01), Longest: 20 * time.Millisecond}
	if c.Client.Retries != nil {
		retry.Retries = *c.Client.Retries
	}
	return New(URL(c.Client.URL), Token(c.Client.Token), Retries(retry), Timeout(seconds(c.Client.Timeout, 20)), Idle(seconds(c.Client.Idle, 20)))
}

func header(values map[string]string) http.Header {
	made := http.Header{}
	for name, value := range values {
		made.Set(name, value)
	}
	return made
}

func done(c *command) (map[string]any, error) {
	ctx := context.Background()
	value := func(value any, err error) (map[string]any, error) { return map[string]any{"value": value}, err }
	switch c.Do {
	case "operations":
		return value(Operations, nil)
	case "call":
		if c.Operation == "events.stream" {
			var asked EventsStreamParams
			_ = json.Unmarshal(c.Request, &asked)
			return value(collected(c.client().Events.Stream(ctx, asked), c.Most))
		}
		return called(ctx, c.client(), c)
	case "bare":
		return called(ctx, c.bare(), c)
	case "sequence":
		client := c.client()
		for _, each := range c.Calls {
			if _, err := called(ctx, client, &each); err != nil {
				return nil, err
			}
		}
		return value(client.Position(), nil)
	case "stream":
		return value(collected(c.client().Tasks.Stream(ctx, c.Task, EventsStreamParams{}), c.Most))
	case "each":
		var asked TasksListParams
		_ = json.Unmarshal(c.Request, &asked)
		items := []TaskView{}
		for item, err := range c.client().Tasks.Each(ctx, asked) {
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		return value(items, nil)
	case "pause":
		retry := Retry{0, time.Duration(c.Retry.First * 1e9), time.Duration(c.Retry.Longest * 1e9)}
		now := time.Unix(0, int64(c.Now*1e9))
		return value(pause(c.Attempt, header(c.Headers), retry, c.Chance, now).Seconds(), nil)
	case "told":
		problem := told(c.Status, header(c.Headers), []byte(c.Body))
		said := map[string]any{"kind": problem.Kind().Name, "code": problem.Code, "request_id": nil, "retry_after": nil}
		if problem.RetryAfter > 0 {
			said["retry_after"] = problem.RetryAfter.Seconds()
		}
		if problem.RequestID != "" {
			said["request_id"] = problem.RequestID
		}
		return value(said, nil)
	case "webhook":
		var secrets []string
		if json.Unmarshal(c.Secret, &secrets) != nil {
			var one string
			_ = json.Unmarshal(c.Secret, &one)
			secrets = []string{one}
		}
		body := []byte(c.Body)
		if c.Hex != nil {
			body, _ = hex.DecodeString(*c.Hex)
		}
		return value(VerifyWebhook(body, header(c.Headers), time.Unix(0, int64(c.Now*1e9)), secrets...))
	case "plugin":
		one := c.client().Plugin(c.Plugin)
		var last json.RawMessage
		for _, each := range c.Calls {
			given := map[string]any{}
			_ = json.Unmarshal(each.Request, &given)
			answer, err := one.Call(ctx, each.Operation, given)
			if err != nil {
				return nil, err
			}
			last = answer
		}
		return value(last, nil)
	case "worker":
		return value(served(ctx, c.client(), c))
	}
	return nil, errors.New("no such deed: " + c.Do)
}

func collected(stream *Stream, most int) ([]any, error) {
	items := []any{}
	for item, err := range stream.All() {
		if err != nil {
			return items, err
		}
		if item.Event != nil {
			items = append(items, item.Event)
		} else {
			items = append(items, item.Speech)
		}
		if most > 0 && len(items) >= most {
			break
		}
	}
	return items, nil
}

func called(ctx context.Context, client *Client, c *command) (map[string]any, error) {
	var last Received
	options := []any{WithResponse(func(one Received) { last = one })}
	for _, option := range c.options() {
		options = append(options, option)
	}
	answer, err := calling.Call(ctx, client, c.Operation, c.Path, c.Request, options...)
	if err != nil {
		return nil, err
	}
	return map[string]any{"value": answer, "status": last.Status, "request_id": last.RequestID, "position": client.Position()}, nil
}

// served serves the agent buyer and the tool price, which do as they are told, until so many functions have been called, or
// so many seconds have passed.
func served(ctx context.Context, client *Client, c *command) (map[string]any, error) {
	var mutex sync.Mutex
	problems, now, most, calls, forgotten, meeting := []string{}, 0, 0, 0, false, make(chan struct{})
	var worker *Worker
	counted := func(ctx context.Context, what string, work Work) (string, error) {
		mutex.Lock()
		now, calls = now+1, calls+1
		most = max(most, now)
		if calls >= c.Most {
			worker.Stop()
		}
		forget := what == "forget" && !forgotten
		forgotten = forgotten || forget
		mutex.Unlock()
		defer func() { mutex.Lock(); now--; mutex.Unlock() }()
		switch {
		case what == "fail":
			return "", errors.New("sold out")
		case what == "odd":
			panic("odd")
		case what == "half":
			return "\xff", nil
		case what == "lost":
			if _, err := client.Tasks.Cancel(ctx, work.Task, CancelBody{}); err != nil {
				return "", err
			}
			<-ctx.Done()
		case forget:
			list, err := client.Workers.List(ctx)
			if err != nil {
				return "", err
			}
			for _, each := range list.Workers {
				if each.Name == "driven" {
					_, err = client.Workers.Leave(ctx, each.ID)
				}
			}
			return "", err
		case what == "meet":
			select {
			case meeting <- struct{}{}:
			case <-meeting:
			}
		}
		return "three " + what, nil
	}
	worker = client.Worker(WorkerOptions{
		Name: "driven", Parallel: c.Parallel, TTL: time.Duration(c.TTL * float64(time.Second)), Wait: time.Second,
		OnProblem: func(problem error, _ *Work) {
			mutex.Lock()
			defer mutex.Unlock()
			problems = append(problems, failure(problem)["kind"].(string))
		},
	})
	price := ToolInput{Name: "price", Description: "What it costs.", Parameters: map[string]any{"type": "object"}, Repeatable: Ptr(true)}
	worker.ToolWithFiles(price, func(ctx context.Context, given map[string]any, work Work) (string, []Made, error) {
		text, err := counted(ctx, given["of"].(string), work)
		if given["of"] != "draw" {
			return text, nil, err
		}
		content := make([]byte, 20_000)
		for at := range content {
			content[at] = byte(at % 256)
		}
		return text, []Made{NewMade("all.bin", content, "image/png")}, err
	})
	worker.Agent(OfferedAgent{Name: "teller"}, func(ctx context.Context, asking Asking, work Work) (Decision, error) {
		text, err := counted(ctx, asking.Description, work)
		return AnswerWith(text), err
	})
	worker.Agent(OfferedAgent{Name: "buyer", Tools: Ptr(true)}, func(ctx context.Context, asking Asking, work Work) (Decision, error) {
		if _, err := counted(ctx, "", work); err != nil {
			return Decision{}, err
		}
		if turns := len(asking.Turns); turns > 0 {
			return AnswerWith(asking.Turns[turns-1].Observations[0].Text), nil
		}
		calls := []CallInput{{ID: "1", Tool: "price", Arguments: &map[string]any{"of": asking.Description}}}
		return Decision{Calls: &calls}, nil
	})
	defer time.AfterFunc(time.Duration(c.Seconds*float64(time.Second)), worker.Stop).Stop()
	err := worker.Run(ctx)
	return map[string]any{"problems": problems, "most_at_once": most, "calls": calls}, err
}
