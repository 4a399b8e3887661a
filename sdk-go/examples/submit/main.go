// Ask a question about a text, and wait for the answer: go run ./examples/submit.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/kingpost/kingpost/sdk-go"
)

func main() {
	ctx, client := context.Background(), kingpost.New() // KINGPOST_URL, KINGPOST_TOKEN
	notes := []kingpost.MaterialInput{{Source: "trusses.md", Text: "A king post carries the ridge. Rafters lean on it."}}
	question := kingpost.SubmitInput{Description: "What does the king post carry?", Agent: kingpost.Ptr("extract"), Material: &notes}
	task, err := client.Tasks.Submit(ctx, question)
	if err != nil {
		log.Fatal(err)
	}
	done, err := client.Tasks.Wait(ctx, task.ID, kingpost.TasksWaitParams{Seconds: kingpost.Ptr(60.0)})
	if err != nil {
		log.Fatal(err)
	}
	if done.Outcome == nil {
		log.Fatal("no outcome within a minute")
	}
	fmt.Printf("%s\n%s\nsources:", done.Outcome.Status, done.Outcome.Answer)
	for _, one := range done.Outcome.Sources {
		fmt.Print(" ", one.Source)
	}
	fmt.Println()
}
