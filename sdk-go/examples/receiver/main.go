// Receive the events of a task, each verified, and acted upon once: go run ./examples/receiver.
//
// The server needs sinks = ["webhooks"] under [kernel], and to send to its own machine allow = ["127.0.0.1"] under
// [webhooks].
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kingpost/kingpost/sdk-go"
)

// Event is the part of a delivery that this program looks at.
type Event struct {
	Type string `json:"type"`
	Data struct {
		Task string `json:"task"`
	} `json:"data"`
}

func main() {
	ctx, client := context.Background(), kingpost.New()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	endpoint, err := client.Endpoints.Set(ctx, "example", kingpost.SetEndpointBody{
		URL:    fmt.Sprintf("http://%s/", listener.Addr()),
		Events: &[]string{"task.queued", "task.succeeded"},
		Order:  kingpost.Ptr(kingpost.SetEndpointBodyOrderTask),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Endpoints.Remove(ctx, "example")
	events := make(chan Event, 100)
	go http.Serve(listener, receiver(endpoint.Keys, events)) // the keys are shown once: keep them where secrets are kept

	notes := []kingpost.MaterialInput{{Source: "trusses.md", Text: "A king post carries the ridge."}}
	question := kingpost.SubmitInput{Description: "What carries the ridge?", Agent: kingpost.Ptr("extract"), Material: &notes}
	task, err := client.Tasks.Submit(ctx, question)
	if err != nil {
		log.Fatal(err)
	}
	for event := range events {
		fmt.Println(event.Type)
		if event.Type == "task.succeeded" && event.Data.Task == task.ID {
			break
		}
	}
}

// receiver verifies the bytes as they came, answers at once, and passes on only what is new.
func receiver(keys []string, events chan<- Event) http.HandlerFunc {
	var seen sync.Map
	return func(writer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		delivery, err := kingpost.VerifyWebhook(body, request.Header, time.Now(), keys...)
		if err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		writer.WriteHeader(http.StatusNoContent)
		if _, again := seen.LoadOrStore(delivery.ID, true); again { // it comes again when our answer was lost
			return
		}
		var event Event
		if err := json.Unmarshal(delivery.Data, &event); err == nil {
			events <- event
		}
	}
}
