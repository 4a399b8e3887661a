// Remember, recall and forget, in a scope of its own: go run ./examples/memory.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/kingpost/kingpost/sdk-go"
)

func main() {
	ctx, client, scope := context.Background(), kingpost.New(), "example"

	var facts []kingpost.MemoryInput
	for _, body := range []string{"Ada drinks green tea.", "The tea is kept on the upper shelf.", "Grace sails on Sundays."} {
		facts = append(facts, kingpost.MemoryInput{Body: body, Scope: scope})
	}
	stored, err := client.Memory.Remember(ctx, kingpost.Remember{Memories: facts})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("new:", stored.New)

	asked := kingpost.Recall{Text: "What does Ada drink?", Scopes: &[]string{scope}, Limit: kingpost.Ptr(1)}
	recalled, err := client.Memory.Recall(ctx, asked)
	if err != nil {
		log.Fatal(err)
	}
	for _, one := range recalled.Found {
		fmt.Println("recalled:", one.Memory.Body)
	}

	forgotten, err := client.Memory.Forget(ctx, kingpost.Forget{Selection: kingpost.Selection{Scope: &scope}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("forgotten:", forgotten.Count)
}
