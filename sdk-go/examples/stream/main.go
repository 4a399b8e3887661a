// Follow a task while it runs, each event once: go run ./examples/stream.
//
// A connection that breaks is taken up behind the last event; the stream ends with the task.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/kingpost/kingpost/sdk-go"
)

func main() {
	ctx, client := context.Background(), kingpost.New()
	notes := []kingpost.MaterialInput{{Source: "trusses.md", Text: "Rafters lean on the king post."}}
	question := kingpost.SubmitInput{Description: "What leans on the king post?", Agent: kingpost.Ptr("extract"), Material: &notes}
	task, err := client.Tasks.Submit(ctx, question)
	if err != nil {
		log.Fatal(err)
	}
	for item, err := range client.Tasks.Stream(ctx, task.ID, kingpost.EventsStreamParams{Live: kingpost.Ptr(true)}).All() {
		switch {
		case err != nil:
			log.Fatal(err)
		case item.Speech != nil: // what an agent says while it decides, in no log
			fmt.Printf("(%s)\n", item.Speech.Kind)
		default:
			fmt.Println(item.Event.Kind)
		}
	}
}
