// Package calling calls an operation of the SDK by its name, as the tests do that hold for every language. It knows
// nothing of the SDK but that a client has a field for each noun and a method for each verb.
package calling

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// Call calls the method of an operation, "tasks.submit" for one, with what stands in its path, a request as JSON where it
// takes one, and options of the call.
func Call(ctx context.Context, client any, operation string, path []string, request json.RawMessage, options ...any) (any, error) {
	noun, verb, _ := strings.Cut(operation, ".")
	service := reflect.ValueOf(client).Elem().FieldByName(strings.ToUpper(noun[:1]) + noun[1:])
	name := ""
	for _, part := range strings.Split(verb, "_") {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	method := service.MethodByName(name)
	if !method.IsValid() {
		return nil, errors.New("no such method: " + operation)
	}
	given := []reflect.Value{reflect.ValueOf(ctx)}
	for index := 1; index < method.Type().NumIn()-1; index++ {
		kind := method.Type().In(index)
		if kind.Kind() == reflect.String {
			given, path = append(given, reflect.ValueOf(path[0])), path[1:]
			continue
		}
		made := reflect.New(kind)
		if len(request) > 0 {
			if err := json.Unmarshal(request, made.Interface()); err != nil {
				return nil, err
			}
		}
		given = append(given, made.Elem())
	}
	for _, option := range options {
		given = append(given, reflect.ValueOf(option))
	}
	results := method.Call(given)
	if err, _ := results[1].Interface().(error); err != nil {
		return nil, err
	}
	answer := results[0].Interface()
	if raw, ok := answer.([]byte); ok {
		answer = map[string]any{"bytes": raw}
	}
	return answer, nil
}
