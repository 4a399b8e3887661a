package pact

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	kingpost "github.com/kingpost/kingpost/sdk-go"
)

// told is one of contracts/messages.json.
type told struct {
	Title    string                     `json:"title"`
	Metadata map[string]json.RawMessage `json:"metadata"`
	Contents json.RawMessage            `json:"contents"`
}

// message is a message as Pact hands it over, without its matchers.
type message struct {
	Contents struct {
		Content json.RawMessage `json:"content"`
	} `json:"contents"`
	Metadata map[string]string `json:"metadata"`
}

var key = []byte("a key of whoever receives")

// understood agrees on one message, hands it to the SDK, keeps its pact and says what the SDK made of it.
func (l *library) understood(row *told, folder string) (any, error) {
	pact := l.newPact(consumer, events)
	defer l.freePact(pact)
	if !l.specification(pact, specificationV4) {
		return nil, errRefused
	}
	one := l.newMessage(pact, row.Title)
	good := l.body(one, partRequest, "application/json", text(row.Contents))
	for name, value := range row.Metadata {
		good = good && l.metadata(one, name, text(value), partRequest)
	}
	var handed message
	if !good {
		return nil, errRefused
	} else if err := json.Unmarshal([]byte(l.reify(one)), &handed); err != nil {
		return nil, err
	}
	said, err := handed.taken()
	if err != nil {
		return nil, err
	}
	return said, l.written(pact, folder)
}

func (m *message) taken() (any, error) {
	if event := m.Metadata["event"]; event != "" {
		return m.followed(event)
	}
	return m.delivered()
}

func (m *message) followed(event string) (any, error) {
	var about struct{ ID string }
	if err := json.Unmarshal(m.Contents.Content, &about); err != nil {
		return nil, err
	}
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(answer, "id: %s\nevent: %s\ndata: %s\n\nevent: end\ndata: {}\n\n", about.ID, event, m.Contents.Content)
	}))
	defer server.Close()
	client := kingpost.New(kingpost.URL(server.URL), kingpost.Token("kp_example"))
	var found *kingpost.EventView
	for item, err := range client.Events.Stream(context.Background(), kingpost.EventsStreamParams{}).All() {
		if err != nil {
			return nil, err
		}
		found = item.Event
	}
	return found, nil
}

// delivered signs the message again with our key: that of the example nobody keeps.
func (m *message) delivered() (any, error) {
	header := http.Header{}
	for name, value := range m.Metadata {
		header.Set(name, value)
	}
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	made := hmac.New(sha256.New, key)
	fmt.Fprintf(made, "%s.%s.%s", id, stamp, m.Contents.Content)
	header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(made.Sum(nil)))
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, err
	}
	secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
	return kingpost.VerifyWebhook(m.Contents.Content, header, time.Unix(seconds, 0), secret)
}
