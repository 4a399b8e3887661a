package kingpost

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// Plugin is the operations of one plugin that the server has installed, by name, checked against its live document.
type Plugin struct {
	Name   string
	client *Client
}

type described struct {
	Method, Path            string
	inPath, inQuery, inBody []string
	required                []string
	hasBody, answersJSON    bool
}

// Operations gives the names of what it offers.
func (p *Plugin) Operations(ctx context.Context) ([]string, error) {
	kept := p.client.kept()
	known := p.known(kept)
	if len(known) == 0 {
		read, err := p.client.newer(ctx, kept)
		if err != nil {
			return nil, err
		}
		known = p.known(read)
	}
	return slices.Sorted(maps.Keys(known)), nil
}

// Call gives what the operation answers. It fails with ErrUnknownOperation where the plugin is not installed, has no
// such operation, or not with these arguments, and with ErrAnswerInvalid where something else than the API answers.
func (p *Plugin) Call(ctx context.Context, operation string, given map[string]any, options ...Option) (json.RawMessage, error) {
	found, err := p.found(ctx, operation, given)
	if err != nil {
		return nil, err
	}
	path, values := found.Path, url.Values{}
	var body map[string]any
	if found.hasBody {
		body = map[string]any{}
	}
	for name, value := range given {
		switch {
		case slices.Contains(found.inPath, name):
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(fmt.Sprint(value)))
		case slices.Contains(found.inQuery, name):
			for key, each := range query(map[string]any{name: value}) {
				values[key] = each
			}
		default:
			body[name] = value
		}
	}
	var sent any
	if body != nil {
		sent = body
	}
	received, err := p.client.transport.ask(ctx, found.Method, path, values, sent, options)
	if err != nil {
		return nil, err
	}
	if found.answersJSON {
		err = read(found.Method, p.client.transport.url+path, received, &map[string]json.RawMessage{})
	}
	return received.Body, err
}

// found is the operation; before one is refused the document is read again: the plugin may have come since, or changed.
func (p *Plugin) found(ctx context.Context, operation string, given map[string]any) (described, error) {
	kept := p.client.kept()
	if kept != nil {
		if found, err := p.chosen(kept, operation, given); err == nil {
			return found, nil
		}
	}
	read, err := p.client.newer(ctx, kept)
	if err != nil {
		return described{}, err
	}
	return p.chosen(read, operation, given)
}

func (p *Plugin) chosen(read *document, operation string, given map[string]any) (described, error) {
	known := p.known(read)
	found, ok := known[operation]
	if !ok {
		found, ok = known[p.Name+"."+operation]
	}
	if !ok {
		offers := strings.Join(slices.Sorted(maps.Keys(known)), ", ")
		if offers == "" {
			offers = "nothing; is it installed?"
		}
		said := fmt.Sprintf("plugin %q has no operation %q; it offers %s", p.Name, operation, offers)
		return found, &LocalError{ErrUnknownOperation, said, nil}
	}
	return found, found.check(operation, given)
}

func (d described) check(name string, given map[string]any) error {
	var said []string
	for each := range given {
		if !slices.Contains(d.inPath, each) && !slices.Contains(d.inQuery, each) && !slices.Contains(d.inBody, each) {
			said = append(said, each+" is none of its arguments")
		}
	}
	for _, each := range d.required {
		if _, there := given[each]; !there {
			said = append(said, each+" is missing")
		}
	}
	if len(said) == 0 {
		return nil
	}
	sort.Strings(said)
	return &LocalError{ErrUnknownOperation, name + ": " + strings.Join(said, "; "), nil}
}

type schema struct {
	Ref        string                     `json:"$ref"`
	Properties map[string]json.RawMessage `json:"properties"`
	Required   []string                   `json:"required"`
}

type document struct {
	Paths map[string]map[string]struct {
		ID         string   `json:"operationId"`
		Plugin     string   `json:"x-plugin"`
		Tags       []string `json:"tags"`
		Parameters []struct {
			Name     string `json:"name"`
			In       string `json:"in"`
			Required bool   `json:"required"`
		} `json:"parameters"`
		Body struct {
			Content map[string]struct {
				Schema schema `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
		Responses map[string]struct {
			Content map[string]json.RawMessage `json:"content"`
		} `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

// known is what the plugin offers by name; nothing where no document was read.
func (p *Plugin) known(read *document) map[string]described {
	found := map[string]described{}
	if read == nil {
		return found
	}
	for path, methods := range read.Paths {
		for method, operation := range methods {
			owner, _, _ := strings.Cut(operation.Plugin, "@")
			if owner != p.Name || owner == "" || len(operation.Tags) == 0 {
				continue
			}
			one := described{Method: strings.ToUpper(method), Path: path}
			for _, parameter := range operation.Parameters {
				switch parameter.In {
				case "path":
					one.inPath = append(one.inPath, parameter.Name)
				case "query":
					one.inQuery = append(one.inQuery, parameter.Name)
				}
				if parameter.Required {
					one.required = append(one.required, parameter.Name)
				}
			}
			if content, ok := operation.Body.Content["application/json"]; ok {
				shape := content.Schema
				if shape.Ref != "" {
					shape = read.Components.Schemas[shape.Ref[strings.LastIndex(shape.Ref, "/")+1:]]
				}
				one.hasBody = true
				one.required = append(one.required, shape.Required...)
				for name := range shape.Properties {
					one.inBody = append(one.inBody, name)
				}
			}
			for status, answer := range operation.Responses {
				if _, ok := answer.Content["application/json"]; ok && status < "300" {
					one.answersJSON = true
				}
			}
			noun := operation.Tags[0]
			found[noun+"."+strings.TrimPrefix(operation.ID, noun+"_")] = one
		}
	}
	return found
}
