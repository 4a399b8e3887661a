// Command sync writes types for the plugins that a server has installed.
//
//	go run github.com/kingpost/kingpost/sdk-go/cmd/sync -url http://127.0.0.1:8420 -out plugins/plugins.go
//	go run github.com/kingpost/kingpost/sdk-go/cmd/sync -plugin webhooks -out plugins/plugins.go
//	go run github.com/kingpost/kingpost/sdk-go/cmd/sync -check -out plugins/plugins.go
//
// The server is else KINGPOST_URL, and the token KINGPOST_TOKEN. With -check nothing is written, and another file is a
// failure. What is written reaches the server through Client.Plugin.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kingpost/kingpost/sdk-go"
)

type names []string

func (n *names) String() string { return strings.Join(*n, ",") }

func (n *names) Set(name string) error {
	*n = append(*n, name)
	return nil
}

func main() {
	var wanted names
	url := flag.String("url", "", "the server; else KINGPOST_URL, else http://127.0.0.1:8420 (token: KINGPOST_TOKEN)")
	out := flag.String("out", "", "the file to write")
	inside := flag.String("package", "", "its package; else the name of its folder")
	check := flag.Bool("check", false, "write nothing; fail when the file is another")
	flag.Var(&wanted, "plugin", "only this one; may be repeated")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "sync: say -out FILE")
		flag.Usage()
		os.Exit(2)
	}
	if err := sync(*url, *out, *inside, wanted, *check); err != nil {
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
}

func sync(url, out, inside string, wanted []string, check bool) error {
	settings := []kingpost.Setting{}
	if url != "" {
		settings = append(settings, kingpost.URL(url))
	}
	received, err := kingpost.New(settings...).Request(context.Background(), "GET", "/openapi.json", nil)
	if err != nil {
		return err
	}
	read := &document{}
	if err := json.Unmarshal(received.Body, read); err != nil {
		return fmt.Errorf("the server's document: %w", err)
	}
	if inside == "" {
		folder, err := filepath.Abs(filepath.Dir(out))
		if err != nil {
			return err
		}
		inside = filepath.Base(folder)
	}
	known := read.offered()
	if len(wanted) == 0 {
		wanted = sorted(known)
	}
	for _, name := range wanted {
		if len(known[name]) == 0 {
			offers := strings.Join(sorted(known), ", ")
			return fmt.Errorf("no operations of %s; plugins with operations: %s", name, offers)
		}
	}
	text, err := read.written(inside, wanted)
	if err != nil {
		return err
	}
	if !check {
		err = os.WriteFile(out, text, 0o644)
	} else if there, failure := os.ReadFile(out); failure != nil || !bytes.Equal(there, text) {
		err = fmt.Errorf("%s is not what the server has; run without -check to write it", out)
	}
	if err != nil {
		return err
	}
	for _, name := range wanted {
		fmt.Printf("%s: %d operations\n", known[name][0].Plugin, len(known[name]))
	}
	return nil
}
