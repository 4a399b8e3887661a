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
	hasBody                 bool
}

// Operations gives the names of what it offers.
func (p *Plugin) Operations(ctx context.Context) ([]string, error) {
	known, err := p.known(ctx)
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, err
}

// Call gives what the operation answers. It fails with ErrUnknownOperation where the plugin is not installed, has no
// such operation, or not with these arguments.
func (p *Plugin) Call(ctx context.Context, operation string, given map[string]any, options ...Option) (json.RawMessage, error) {
	known, err := p.known(ctx)
	if err != nil {
		return nil, err
	}
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
		return nil, &LocalError{ErrUnknownOperation, said, nil}
	}
	if err := found.check(operation, given); err != nil {
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
	return received.Body, nil
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
	} `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func (p *Plugin) known(ctx context.Context) (map[string]described, error) {
	read, err := p.client.document(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]described{}
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
			noun := operation.Tags[0]
			found[noun+"."+strings.TrimPrefix(operation.ID, noun+"_")] = one
		}
	}
	return found, nil
}
