package kingpost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Item is one thing that a stream brings: an Event, or Speech, which is live only and in no log.
type Item struct {
	Event  *EventView
	Speech *Speech
}

// Speech is what an agent says while it decides.
type Speech struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

var ends = map[string]bool{"task.succeeded": true, "task.failed": true, "task.cancelled": true}

func isFinal(status Status) bool { return ends["task."+string(status)] }

// Stream gives events as they come, each once: it goes on behind the last one when the connection breaks, or ends too
// early. It ends with the task's last event where it follows one task, and otherwise only with its context. It gives up
// after as many breaks in a row as a call is tried again; a server that is restarted is away for longer, and
// WithRetries(20) waits for it for some two minutes at most.
type Stream struct {
	ctx       context.Context
	transport *transport
	asked     EventsStreamParams
	settings  *call
	last      *string
	ended     bool
}

func newStream(ctx context.Context, t *transport, asked EventsStreamParams, options []Option) *Stream {
	last := asked.After
	asked.After = nil
	return &Stream{ctx: ctx, transport: t, asked: asked, settings: t.settled(options), last: last}
}

// LastEventID is where to go on from: hand it to After of another stream. Empty before the first event.
func (s *Stream) LastEventID() string {
	if s.last == nil {
		return ""
	}
	return *s.last
}

// All gives the items in order; an error is the last pair.
func (s *Stream) All() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		failures, over, going := 0, false, true
		for going && !s.ended {
			seen := s.LastEventID()
			err := s.once(func(item Item) bool {
				failures = 0
				going = yield(item, nil)
				return going
			})
			if s.ended || !going {
				return
			}
			if s.ctx.Err() != nil {
				yield(Item{}, s.ctx.Err())
				return
			}
			// A clean end before the last event is a break like any other: whoever stood between has closed.
			failures++
			if err != nil && (!s.again(err) || failures > s.settings.retries) {
				yield(Item{}, err)
				return
			}
			if err == nil && s.asked.Task != nil {
				if over && seen == s.LastEventID() {
					return
				}
				if over, err = s.isFinal(); err != nil {
					yield(Item{}, err)
					return
				}
			}
			if err := wait(s.ctx, pause(min(failures-1, 10), http.Header{}, s.transport.retry, mathrand.Float64(), time.Now())); err != nil {
				yield(Item{}, err)
				return
			}
		}
	}
}

func (s *Stream) again(err error) bool {
	var refused *Error
	if errors.As(err, &refused) {
		return worthAnother(refused.Status, refused.Code, http.Header{})
	}
	return isTransient(err)
}

func (s *Stream) isFinal() (bool, error) {
	view, err := ask[TaskView](s.ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(*s.asked.Task), nil, nil, nil)
	return err == nil && isFinal(view.Status), err
}

// once gives what one connection brings.
func (s *Stream) once(take func(Item) bool) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	watchdog := time.AfterFunc(s.transport.idle, cancel)
	defer watchdog.Stop()
	more := http.Header{"Accept": {"text/event-stream"}}
	if s.last != nil {
		more.Set("Last-Event-ID", *s.last)
	}
	target := "/v1/events/stream"
	if values := query(s.asked); len(values) > 0 {
		target += "?" + values.Encode()
	}
	response, err := s.transport.open(ctx, target, more, s.settings)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		s.ended = true
		return nil
	}
	kind, _, _ := strings.Cut(response.Header.Get("content-type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "text/event-stream") {
		begun := make([]byte, 200)
		size, _ := io.ReadAtLeast(response.Body, begun, len(begun))
		what := fmt.Sprintf("GET %s/v1/events/stream is no event stream: it %s", s.transport.url, noAPI(response.Header, begun[:size]))
		return &LocalError{ErrStreamInvalid, what, nil}
	}
	parser := &parser{}
	buffer := make([]byte, 16384)
	for {
		watchdog.Reset(s.transport.idle)
		size, failure := response.Body.Read(buffer)
		messages, err := parser.feed(buffer[:size])
		if err != nil {
			return &LocalError{ErrStreamInvalid, err.Error(), err}
		}
		for _, one := range messages {
			if goes, err := s.read(one, take); err != nil || !goes {
				return err
			}
		}
		if failure != nil {
			if failure.Error() == "EOF" {
				return nil
			}
			return failed(failure)
		}
	}
}

func (s *Stream) read(one message, take func(Item) bool) (bool, error) {
	if one.event == "end" {
		s.ended = true
		return false, nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(one.data), &object) != nil || object == nil {
		name := one.id
		if name == "" {
			name = one.event
		}
		return false, &LocalError{ErrStreamInvalid, "the event " + name + " holds no JSON object", nil}
	}
	if one.id == "" {
		if one.hasID {
			s.last = nil
		}
		return take(Item{Speech: &Speech{one.event, json.RawMessage(one.data)}}), nil
	}
	if s.last != nil && !behind(one.id, *s.last) {
		return true, nil
	}
	event := &EventView{}
	if err := json.Unmarshal([]byte(one.data), event); err != nil {
		return false, &LocalError{ErrStreamInvalid, "the event " + one.id + " is none: " + err.Error(), err}
	}
	s.last = &one.id
	if s.asked.Task != nil && ends[one.event] {
		s.ended = true
	}
	return take(Item{Event: event}) && !s.ended, nil
}

// behind says whether an event comes after the last one; ids are position.number, others are compared as they are.
func behind(id, last string) bool {
	position, number, ok := place(id)
	lastPosition, lastNumber, lastOK := place(last)
	if !ok || !lastOK {
		return id != last
	}
	return position > lastPosition || position == lastPosition && number > lastNumber
}

func place(id string) (position, number int64, ok bool) {
	before, after, dotted := strings.Cut(id, ".")
	position, err := strconv.ParseInt(before, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if !dotted {
		return position, 1 << 62, true
	}
	number, err = strconv.ParseInt(after, 10, 64)
	return position, number, err == nil
}
