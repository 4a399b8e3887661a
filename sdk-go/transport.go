package kingpost

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const agent = "kingpost-sdk-go/0.1.0"

// Received is an answer as it came over the wire.
type Received struct {
	Status    int
	Header    http.Header
	Body      []byte
	RequestID string
}

type call struct {
	timeout  time.Duration
	retries  int
	key      string
	header   http.Header
	response func(Received)
}

// Option changes one call.
type Option func(*call)

// WithTimeout bounds each try of the call.
func WithTimeout(timeout time.Duration) Option { return func(c *call) { c.timeout = timeout } }

// WithRetries says how often the call is tried again.
func WithRetries(retries int) Option { return func(c *call) { c.retries = retries } }

// WithIdempotencyKey names the key of a POST; without it a random one is made for each call.
func WithIdempotencyKey(key string) Option { return func(c *call) { c.key = key } }

// WithHeader adds a header.
func WithHeader(name, value string) Option { return func(c *call) { c.header.Set(name, value) } }

// WithResponse is handed every answer as it came, failures too.
func WithResponse(response func(Received)) Option { return func(c *call) { c.response = response } }

// transport carries one request over the wire, again where that may help. It knows no operation.
type transport struct {
	url      string
	token    string
	timeout  time.Duration
	idle     time.Duration
	retry    Retry
	client   *http.Client
	position atomic.Int64
	invalid  error
}

// number reads a variable of the environment; what is none is told by every call.
func (t *transport) number(name string, usual, least float64) float64 {
	text := strings.TrimSpace(os.Getenv(name))
	if text == "" {
		return usual
	}
	found, err := strconv.ParseFloat(text, 64)
	if err == nil && found >= least && found <= math.MaxInt32 {
		return found
	}
	what := fmt.Sprintf("%s is %q; give a number of %v or more, or leave it out", name, text, least)
	t.invalid = &LocalError{ErrSettingsInvalid, what, nil}
	return usual
}

var address = regexp.MustCompile(`^(?i:https?)://(?:[^\s/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(?::[0-9]{1,5})?(?:/[^\s?#]*)?$`)

// check looks whether the URL is one; there is what the environment says it is.
func (t *transport) check(there string) {
	if t.invalid != nil || address.MatchString(t.url) {
		return
	}
	name := "URL"
	if there != "" && strings.TrimRight(there, "/") == t.url {
		name = "KINGPOST_URL"
	}
	what := fmt.Sprintf("%s is %q; give the server's address, such as http://127.0.0.1:8420", name, t.url)
	t.invalid = &LocalError{ErrSettingsInvalid, what, nil}
}

func (t *transport) settled(options []Option) *call {
	made := &call{timeout: t.timeout, retries: t.retry.Retries, header: http.Header{}}
	for _, option := range options {
		option(made)
	}
	return made
}

// ask gives a typed answer.
func ask[T any](ctx context.Context, t *transport, method, path string, query url.Values, body any, options []Option) (*T, error) {
	received, err := t.ask(ctx, method, path, query, body, options)
	if err != nil {
		return nil, err
	}
	made := new(T)
	if err := read(method, t.url+path, received, made); err != nil {
		return nil, err
	}
	return made, nil
}

// ask gives the answer to a request, which is tried again as the policy says. It fails with *Error where the server
// refuses, and with ErrConnectionFailed where nobody answers.
func (t *transport) ask(ctx context.Context, method, path string, query url.Values, body any, options []Option) (*Received, error) {
	if t.invalid != nil {
		return nil, t.invalid
	}
	settings := t.settled(options)
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	target := t.url + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	header := t.header(method, settings)
	if sent != nil {
		header.Set("content-type", "application/json")
	}
	for attempt := 0; ; attempt++ {
		if attempt > 0 {
			header.Set("x-retry-count", strconv.Itoa(attempt))
		}
		received, err := t.once(ctx, method, target, header, sent, settings)
		if err == nil {
			return received, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		answered := http.Header{}
		again := isTransient(err)
		var refused *Error
		if errors.As(err, &refused) {
			answered = received.Header
			again = worthAnother(refused.Status, refused.Code, answered)
		}
		if attempt >= settings.retries || !again {
			return nil, err
		}
		if err := wait(ctx, pause(attempt, answered, t.retry, mathrand.Float64(), time.Now())); err != nil {
			return nil, err
		}
	}
}

func (t *transport) once(ctx context.Context, method, target string, header http.Header, sent []byte, settings *call) (*Received, error) {
	ctx, cancel := context.WithTimeout(ctx, settings.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	request.Header = header.Clone()
	response, err := t.client.Do(request)
	if err != nil {
		return nil, failed(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, failed(err)
	}
	received := t.seen(response, body, settings)
	if response.StatusCode/100 != 2 {
		return received, told(response.StatusCode, response.Header, body)
	}
	return received, nil
}

// open gives one answer that is read as it comes; tried once.
func (t *transport) open(ctx context.Context, target string, more http.Header, settings *call) (*http.Response, error) {
	if t.invalid != nil {
		return nil, t.invalid
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+target, nil)
	if err != nil {
		return nil, err
	}
	request.Header = t.header(http.MethodGet, settings)
	for name, values := range more {
		request.Header[name] = values
	}
	response, err := t.client.Do(request)
	if err != nil {
		return nil, failed(err)
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	t.seen(response, body, settings)
	return nil, told(response.StatusCode, response.Header, body)
}

// header is what goes with every request; a POST carries a key, so that the server does it once.
func (t *transport) header(method string, settings *call) http.Header {
	header := http.Header{"User-Agent": {agent}}
	if t.token != "" {
		header.Set("authorization", "Bearer "+t.token)
	}
	if position := t.position.Load(); position > 0 {
		header.Set("kingpost-position", strconv.FormatInt(position, 10))
	}
	if method == http.MethodPost {
		key := settings.key
		if key == "" {
			key = randomKey()
		}
		header.Set("idempotency-key", key)
	}
	for name, values := range settings.header {
		header[name] = values
	}
	return header
}

func randomKey() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random)
	return hex.EncodeToString(random)
}

func (t *transport) seen(response *http.Response, body []byte, settings *call) *Received {
	if position, ok := new(big.Int).SetString(response.Header.Get("kingpost-position"), 10); ok && position.IsInt64() {
		for {
			known := t.position.Load()
			if position.Int64() <= known || t.position.CompareAndSwap(known, position.Int64()) {
				break
			}
		}
	}
	received := &Received{response.StatusCode, response.Header, body, response.Header.Get("x-request-id")}
	if settings.response != nil {
		settings.response(*received)
	}
	return received
}

func failed(err error) error {
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		return &LocalError{ErrTimedOut, err.Error(), err}
	}
	return &LocalError{ErrConnectionFailed, err.Error(), err}
}

func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// query writes a struct's fields as a query; what is nil is left out.
func query(request any) url.Values {
	text, _ := json.Marshal(request)
	fields := map[string]json.RawMessage{}
	_ = json.Unmarshal(text, &fields)
	values := url.Values{}
	for name, raw := range fields {
		var many []json.RawMessage
		if json.Unmarshal(raw, &many) != nil {
			many = []json.RawMessage{raw}
		}
		for _, one := range many {
			var word string
			if json.Unmarshal(one, &word) != nil {
				word = string(one)
			}
			if word != "null" || one[0] == '"' {
				values.Add(name, word)
			}
		}
	}
	return values
}
