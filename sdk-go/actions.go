package kingpost

import "encoding/json"

// UnknownKind is a member of a union that is newer than this SDK, with all that the server said of it.
type UnknownKind struct {
	Kind string
	Raw  json.RawMessage
}

// DecodeAction gives what an agent decided: *Answer, *Calls, or *UnknownKind for what a newer server may say.
func DecodeAction(raw Action) (any, error) {
	var tag struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &tag); err != nil {
		return nil, err
	}
	switch tag.Kind {
	case "answer":
		made := &Answer{}
		return made, json.Unmarshal(raw, made)
	case "calls":
		made := &Calls{}
		return made, json.Unmarshal(raw, made)
	}
	return &UnknownKind{tag.Kind, json.RawMessage(raw)}, nil
}
