// Package pact holds the consumer test of the Go SDK: each interaction of contracts/interactions.json is asked for through
// the SDK's own facade and agreed with Pact's mock server, and each message of contracts/messages.json is handed to the
// SDK by Pact. It is a module of its own, so that the SDK needs nothing.
package pact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"

	kingpost "github.com/kingpost/kingpost/sdk-go"
	"github.com/kingpost/kingpost/sdk-go/internal/calling"
)

const (
	consumer = "kingpost-sdk-go"
	server   = "kingpost"
	events   = "kingpost-events"
)

// agreement is one of contracts/interactions.json.
type agreement struct {
	Title     string `json:"title"`
	Operation string `json:"operation"`
	State     string `json:"state"`
	Status    uint16 `json:"status"`
	Call      struct {
		Path    []string        `json:"path"`
		Request json.RawMessage `json:"request"`
		Token   string          `json:"token"`
	} `json:"call"`
	Request struct {
		Method  string                     `json:"method"`
		Path    json.RawMessage            `json:"path"`
		Headers map[string]json.RawMessage `json:"headers"`
		Query   map[string]json.RawMessage `json:"query"`
		Body    json.RawMessage            `json:"body"`
	} `json:"request"`
	Response struct {
		Type  string          `json:"type"`
		Body  json.RawMessage `json:"body"`
		Rules json.RawMessage `json:"rules"`
	} `json:"response"`
}

// TestConsumer writes the pact with the provider that is its first argument, and, as said.json, what the SDK made of each
// interaction, into the folder that is its second. It runs at the root of the repository.
func TestConsumer(t *testing.T) {
	if flag.NArg() != 2 {
		t.Skip("run by tests/contracts, with a provider and a folder")
	}
	provider, folder := flag.Arg(0), flag.Arg(1)
	pact, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	// A port may be that of a mock server before, so no connection outlives its call.
	http.DefaultTransport.(*http.Transport).DisableKeepAlives = true
	said, parts := map[string]any{}, []string{}
	// One file for each: the library would read a common one again for every interaction that it adds.
	each := func(title string, deed func(folder string) (any, error)) {
		parts = append(parts, filepath.Join(folder, strconv.Itoa(len(parts))))
		if said[title], err = deed(parts[len(parts)-1]); err != nil {
			t.Fatalf("%s: %v", title, err)
		}
	}
	if provider == events {
		for _, row := range table[told](t, "messages.json") {
			each(row.Title, func(folder string) (any, error) { return pact.understood(&row, folder) })
		}
	} else {
		for _, row := range table[agreement](t, "interactions.json") {
			each(row.Title, func(folder string) (any, error) { return pact.agreed(&row, folder) })
		}
	}
	if err := write(filepath.Join(folder, "said.json"), said); err != nil {
		t.Fatal(err)
	}
	if err := together(parts, folder, consumer+"-"+provider+".json"); err != nil {
		t.Fatal(err)
	}
}

func table[Row any](t *testing.T, name string) (rows []Row) {
	if err := read(filepath.Join("contracts", name), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// agreed asks for one interaction of the mock server, keeps its pact and says what the SDK made of the answer.
func (l *library) agreed(row *agreement, folder string) (any, error) {
	pact := l.newPact(consumer, server)
	defer l.freePact(pact)
	if !l.specification(pact, specificationV4) || !l.stated(l.newInteraction(pact, row.Title), row) {
		return nil, errRefused
	}
	port := l.createMockServer(pact, "127.0.0.1", 0, "http", "")
	if port <= 0 {
		return nil, fmt.Errorf("no mock server: %d", port)
	}
	defer l.cleanupMockServer(port)
	said := asked(row, fmt.Sprintf("http://127.0.0.1:%d", port))
	if !l.matched(port) {
		return nil, errors.New(l.mismatches(port))
	}
	return said, l.written(pact, folder)
}

func (l *library) written(pact uint16, folder string) error {
	if code := l.writeFile(pact, folder, true); code != 0 {
		return fmt.Errorf("no pact file: %d", code)
	}
	return nil
}

// stated puts an interaction into words of the library; whatever is no text holds matchers.
func (l *library) stated(one uint32, row *agreement) bool {
	good := l.given(one, row.State) && l.request(one, row.Request.Method, text(row.Request.Path))
	for name, value := range row.Request.Headers {
		good = good && l.header(one, partRequest, name, 0, text(value))
	}
	for name, value := range row.Request.Query {
		good = good && l.query(one, name, 0, text(value))
	}
	if row.Request.Body != nil {
		good = good && l.body(one, partRequest, "application/json", text(row.Request.Body))
	}
	good = good && l.status(one, row.Status) && l.body(one, partResponse, row.Response.Type, text(row.Response.Body))
	if row.Response.Rules != nil {
		good = good && l.rules(one, partResponse, string(row.Response.Rules))
	}
	return good
}

// asked makes the SDK ask, and tells its value or its failure.
func asked(row *agreement, url string) any {
	ctx := context.Background()
	client := kingpost.New(kingpost.URL(url), kingpost.Token(row.Call.Token), kingpost.Retries(kingpost.Retry{}))
	value, err := any(nil), error(nil)
	if row.Operation == "events.stream" {
		value, err = streamed(ctx, client, row.Call.Request)
	} else {
		value, err = calling.Call(ctx, client, row.Operation, row.Call.Path, row.Call.Request)
	}
	if err == nil {
		return map[string]any{"value": value}
	}
	failure := map[string]any{"message": err.Error()}
	if refused := (*kingpost.Error)(nil); errors.As(err, &refused) {
		failure["code"], failure["status"], failure["request_id"] = refused.Code, refused.Status, refused.RequestID
	}
	return map[string]any{"error": failure}
}

func streamed(ctx context.Context, client *kingpost.Client, request json.RawMessage) (any, error) {
	var params kingpost.EventsStreamParams
	if err := json.Unmarshal(request, &params); err != nil {
		return nil, err
	}
	items := []any{}
	for item, err := range client.Events.Stream(ctx, params).All() {
		if err != nil {
			return nil, err
		}
		items = append(items, item.Event)
	}
	return items, nil
}

// together makes one pact of those with one interaction each, in the order of their descriptions.
func together(folders []string, folder, file string) error {
	var whole struct {
		Consumer     json.RawMessage   `json:"consumer"`
		Interactions []json.RawMessage `json:"interactions"`
		Metadata     json.RawMessage   `json:"metadata"`
		Provider     json.RawMessage   `json:"provider"`
	}
	found := make([]json.RawMessage, 0, len(folders))
	for _, part := range folders {
		whole.Interactions = nil
		if err := read(filepath.Join(part, file), &whole); err != nil {
			return err
		}
		found = append(found, whole.Interactions...)
	}
	sort.Slice(found, func(one, other int) bool { return described(found[one]) < described(found[other]) })
	whole.Interactions = found
	return write(filepath.Join(folder, file), whole)
}

func described(interaction json.RawMessage) string {
	var one struct{ Description string }
	_ = json.Unmarshal(interaction, &one)
	return one.Description
}

func read(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

func write(path string, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// text is a value as the library takes it.
func text(value json.RawMessage) string {
	var plain string
	if json.Unmarshal(value, &plain) == nil {
		return plain
	}
	return string(value)
}
