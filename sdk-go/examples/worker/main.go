// Serve an agent and a tool of your own from this process until it is interrupted: go run ./examples/worker.
//
// Whoever asks the agent clerk for something is told its price: kingpost run --agent clerk tea, or any SDK.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kingpost/kingpost/sdk-go"
)

var prices = map[string]int{"tea": 3, "milk": 2}

func main() {
	client := kingpost.New()
	worker := client.Worker(kingpost.WorkerOptions{Name: "example", Parallel: 4, Wait: 2 * time.Second})

	offered := kingpost.ToolInput{
		Name: "price", Description: "What an article costs.", Parameters: map[string]any{"type": "object"},
		Repeatable: kingpost.Ptr(true),
	}
	worker.Tool(offered, price)
	worker.Agent(kingpost.OfferedAgent{Name: "clerk", Tools: kingpost.Ptr(true)}, clerk)

	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		worker.Stop()
	}()
	if err := worker.Run(context.Background()); err != nil { // leaves when what was begun is done
		log.Fatal(err)
	}
}

// price says what an article costs. Its error is what the agent is told; work.Key is the same however often a call is
// given out.
func price(_ context.Context, given map[string]any, work kingpost.Work) (string, error) {
	article := fmt.Sprint(given["of"])
	cost, there := prices[article]
	if !there {
		return "", fmt.Errorf("there is no %s here", article)
	}
	return fmt.Sprintf("%s costs %d", article, cost), nil
}

// clerk decides on a call of the tool first, and when it is asked again, with what came of it, on the answer.
func clerk(_ context.Context, asking kingpost.Asking, _ kingpost.Work) (kingpost.Decision, error) {
	if turns := len(asking.Turns); turns > 0 {
		return kingpost.AnswerWith(asking.Turns[turns-1].Observations[0].Text), nil
	}
	calls := []kingpost.CallInput{{ID: "1", Tool: "price", Arguments: &map[string]any{"of": asking.Description}}}
	return kingpost.Decision{Calls: &calls}, nil
}
