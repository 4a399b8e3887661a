package kingpost

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// ToolFunction does what a tool does and gives text back; an error is what the agent is told. The context ends when the
// claim is lost.
type ToolFunction func(ctx context.Context, given map[string]any, work Work) (string, error)

// FilesFunction does what a tool does, and gives text back and the files that it made, which the server keeps as artefacts
// of the task.
type FilesFunction func(ctx context.Context, given map[string]any, work Work) (string, []Made, error)

// NewMade is a file that was made: a name without folders, its bytes, and its media type (RFC 6838).
func NewMade(name string, content []byte, mediaType string) Made {
	return Made{Name: name, Content: base64.StdEncoding.EncodeToString(content), MediaType: &mediaType}
}

// AgentFunction decides for an agent; an error fails the decision. The context ends when the claim is lost.
type AgentFunction func(ctx context.Context, asking Asking, work Work) (Decision, error)

// WorkerOptions say how a worker works.
type WorkerOptions struct {
	Name string
	// Parallel is how many calls are served at once; 1 where it is zero.
	Parallel int
	// TTL is the silence after which the server takes it for dead, and gives its calls to others; a minute where it is
	// zero.
	TTL time.Duration
	// Wait is how long one request for calls is held open, and so how long a stop may take; ten seconds where it is zero.
	Wait time.Duration
	// OnProblem is told what went wrong: with a call where it was over one, and else of the connection. Calls of it may
	// overlap. The log has it where it is nil.
	OnProblem func(problem error, work *Work)
}

// Worker serves agents and tools from an application's own process: it registers, gives signs of life, claims calls,
// settles them and leaves.
type Worker struct {
	options  WorkerOptions
	client   *Client
	tools    map[string]offered[ToolInput, FilesFunction]
	agents   map[string]offered[OfferedAgent, AgentFunction]
	mutex    sync.Mutex
	id       string
	held     map[string]*claim
	stopping chan struct{}
	stop     sync.Once
}

type offered[O, F any] struct {
	what     O
	function F
}

// claim is a call that this worker holds; broken off, its context ends.
type claim struct {
	work   Work
	holder string
	cancel context.CancelFunc
}

// Tool serves a tool. Only what is Repeatable is given to another worker when this one dies over it.
func (w *Worker) Tool(what ToolInput, function ToolFunction) {
	w.ToolWithFiles(what, func(ctx context.Context, given map[string]any, work Work) (string, []Made, error) {
		text, err := function(ctx, given, work)
		return text, nil, err
	})
}

// ToolWithFiles serves a tool that may make files.
func (w *Worker) ToolWithFiles(what ToolInput, function FilesFunction) {
	w.tools[what.Name] = offered[ToolInput, FilesFunction]{what, function}
}

// Agent serves an agent. With Tools it may decide on calls of tools, and is asked again with what came of them.
func (w *Worker) Agent(what OfferedAgent, function AgentFunction) {
	w.agents[what.Name] = offered[OfferedAgent, AgentFunction]{what, function}
}

// AnswerWith is the decision to answer with a text.
func AnswerWith(text string) Decision { return Decision{Text: &text} }

// Stop claims nothing more; Run ends when what was begun is settled.
func (w *Worker) Stop() { w.stop.Do(func() { close(w.stopping) }) }

// Run serves until Stop is called or the context ends; then it finishes what was begun, leaves, and gives nil. A server
// that does not answer is waited for; one that refuses this worker, its token or what it offers, is an *Error.
func (w *Worker) Run(ctx context.Context) error {
	unhook := context.AfterFunc(ctx, w.Stop)
	defer unhook()
	// What was begun is finished, whatever the context says.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var every float64
	err := w.patient(ctx, func() (err error) { every, err = w.register(ctx); return })
	if err != nil || every == 0 {
		return err
	}
	var hands, beats sync.WaitGroup
	over, end := context.WithCancel(ctx)
	beats.Add(1)
	go func() { defer beats.Done(); w.beat(over, time.Duration(every*float64(time.Second))) }()
	err = w.serving(ctx, &hands)
	hands.Wait()
	end()
	beats.Wait()
	_, _ = w.client.Workers.Leave(ctx, w.id, WithRetries(0))
	return err
}

func (w *Worker) serving(ctx context.Context, hands *sync.WaitGroup) error {
	free := make(chan struct{}, w.options.Parallel)
	for {
		select {
		case <-w.stopping:
		case free <- struct{}{}:
		}
		if w.stopped() { // while it waited for a free place, maybe
			return nil
		}
		// The place just taken, and all others that are free.
		var taken []Work
		// One key until there is an answer: what was given out under it, and never arrived, is given out again.
		places, key := 1+cap(free)-len(free), randomKey()
		err := w.patient(ctx, func() (err error) { taken, err = w.claim(ctx, places, key); return })
		<-free
		if err != nil {
			return err
		}
		for _, work := range taken {
			free <- struct{}{}
			one := &claim{work: work, holder: w.id}
			var within context.Context
			within, one.cancel = context.WithCancel(ctx)
			w.mutex.Lock()
			w.held[work.Key] = one
			w.mutex.Unlock()
			hands.Add(1)
			go func() { defer hands.Done(); defer func() { <-free }(); w.serve(within, one) }()
		}
	}
}

func (w *Worker) stopped() bool {
	select {
	case <-w.stopping:
		return true
	default:
		return false
	}
}

func (w *Worker) register(ctx context.Context) (float64, error) {
	tools, agents := []ToolInput{}, []OfferedAgent{}
	for _, each := range w.tools {
		tools = append(tools, each.what)
	}
	for _, each := range w.agents {
		agents = append(agents, each.what)
	}
	request := Register{Name: &w.options.Name, TTL: Ptr(w.options.TTL.Seconds()), Tools: &tools, Agents: &agents}
	view, err := w.client.Workers.Register(ctx, request)
	if err != nil {
		return 0, err
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.id = view.ID
	return view.Beat, nil
}

func (w *Worker) claim(ctx context.Context, places int, key string) ([]Work, error) {
	timeout := w.client.transport.timeout + w.options.Wait
	request := ClaimBody{Limit: Ptr(min(places, 100)), Seconds: Ptr(w.options.Wait.Seconds())}
	claimed, err := w.client.Workers.Claim(ctx, w.id, request, WithTimeout(timeout), WithIdempotencyKey(key))
	if errors.Is(err, ErrNotFound) {
		// Forgotten, for having been silent for long. Under a new name it may be given what it had before.
		_, err = w.register(ctx)
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return claimed.Work, nil
}

// patient asks until there is an answer, however long the server is away, or until told to stop.
func (w *Worker) patient(ctx context.Context, ask func() error) error {
	for failures := 0; ; failures++ {
		err := ask()
		// Before it was ever known there, a wrong URL is likelier than a page of maintenance.
		if err == nil || !mayPass(err) || errors.Is(err, ErrAnswerInvalid) && w.id == "" {
			return err
		}
		w.problem(err, nil)
		timer := time.NewTimer(w.pause(failures))
		select {
		case <-timer.C:
		case <-w.stopping:
			timer.Stop()
			return nil
		}
	}
}

func (w *Worker) beat(ctx context.Context, every time.Duration) {
	for wait(ctx, every) == nil {
		w.mutex.Lock()
		id, held := w.id, make([]*claim, 0, len(w.held))
		for _, one := range w.held {
			held = append(held, one)
		}
		w.mutex.Unlock()
		view, err := w.client.Workers.Heartbeat(ctx, id)
		if errors.Is(err, ErrNotFound) || ctx.Err() != nil {
			continue // whoever claims registers anew
		}
		if err != nil {
			w.problem(err, nil)
			continue
		}
		for _, one := range held {
			// What was settled meanwhile is no longer held, and nothing to be broken off.
			if !slices.Contains(view.Holds, one.work.Key) && w.letGo(one) {
				one.cancel()
			}
		}
	}
}

// letGo holds a claim no more, and reports whether it was held.
func (w *Worker) letGo(one *claim) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.held[one.work.Key] != one {
		return false
	}
	delete(w.held, one.work.Key)
	return true
}

func (w *Worker) serve(ctx context.Context, one *claim) {
	defer one.cancel()
	said, err := w.said(ctx, one.work)
	if !w.letGo(one) {
		w.problem(&LocalError{ErrClaimLost, one.work.Key, nil}, &one.work)
		return
	}
	if err != nil {
		w.problem(err, &one.work)
		said = toolRaised(one.work, err.Error())
	}
	w.settle(context.WithoutCancel(ctx), one, said)
}

// said is what the function for a call says; one that panics has failed.
func (w *Worker) said(ctx context.Context, work Work) (said SettleBody, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("panic: %v", thrown)
		}
	}()
	said = SettleBody{Task: work.Task, Call: work.Call}
	if work.Asking != nil {
		decision, err := w.agents[work.Asking.Agent].function(ctx, *work.Asking, work)
		said.Decision = &decision
		return said, err
	}
	text, files, err := w.tools[work.Tool].function(ctx, work.Arguments, work)
	said.Observation = &ObservationInput{Call: work.Call, Text: text}
	if len(files) > 0 {
		said.Files = &files
	}
	return said, err
}

// settle tells the server, however long it is away: while this worker lives, nobody else is given the call. One that is
// there and for TTL does not take it is told that it failed. Whoever is told to stop meanwhile tries for TTL.
func (w *Worker) settle(ctx context.Context, one *claim, said SettleBody) {
	until, refused, there := time.Now().Add(w.options.TTL), false, false
	options := []Option{WithIdempotencyKey(randomKey())}
	for failures := 0; ; failures++ {
		_, err := w.client.Workers.Observe(ctx, one.holder, said, options...)
		if err == nil {
			return
		}
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) || errors.Is(err, ErrFinal) {
			w.problem(&LocalError{ErrClaimLost, one.work.Key + ": " + err.Error(), err}, &one.work)
			return
		}
		w.problem(err, &one.work)
		switch {
		case mayPass(err):
			late := !time.Now().Before(until)
			if late && w.stopped() {
				return
			}
			if there && !refused {
				said, options, refused = toolRaised(one.work, "it could not be told: "+err.Error()), nil, true
			}
			// Who answers now, and then still does not take it, is not away.
			there = late && w.isThere(ctx)
			if wait(ctx, w.pause(failures)) != nil {
				return
			}
		case !refused:
			// What was said is refused: the agent is told that, and not kept waiting.
			said, options, refused = toolRaised(one.work, err.Error()), nil, true
		default:
			return
		}
	}
}

// isThere reports whether the server answers a sign of life.
func (w *Worker) isThere(ctx context.Context) bool {
	w.mutex.Lock()
	id := w.id
	w.mutex.Unlock()
	_, err := w.client.Workers.Heartbeat(ctx, id)
	return err == nil
}

func (w *Worker) pause(failures int) time.Duration {
	return pause(min(failures, 10), http.Header{}, w.client.transport.retry, mathrand.Float64(), time.Now())
}

func (w *Worker) problem(err error, work *Work) {
	if w.options.OnProblem != nil {
		w.options.OnProblem(err, work)
	} else if work != nil {
		log.Printf("kingpost: %s: %v", work.Key, err)
	} else {
		log.Printf("kingpost: worker: %v", err)
	}
}

func mayPass(err error) bool {
	return errors.Is(err, ErrTransient) || errors.Is(err, ErrConnectionFailed) || errors.Is(err, ErrAnswerInvalid)
}

func toolRaised(work Work, what string) SettleBody {
	text := what[:min(len(what), 4000)]
	told := ObservationInput{Call: work.Call, Text: text, Error: Ptr("tool.raised")}
	return SettleBody{Task: work.Task, Call: work.Call, Observation: &told}
}
