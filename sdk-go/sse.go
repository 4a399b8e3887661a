package kingpost

import (
	"bytes"
	"errors"
	"strings"
)

// message is one message of an event stream; hasID is false where it had no id.
type message struct {
	event, data, id string
	hasID           bool
}

const mostBytes = 64 << 20

// parser takes the bytes of an event stream as they come (WHATWG HTML, section 9.2.6) and gives the messages that are
// whole: what is cut off before its blank line comes again after the resume.
type parser struct {
	rest    []byte
	skip    bool
	started bool
	event   string
	data    []string
	id      string
	hasID   bool
}

func (p *parser) feed(chunk []byte) ([]message, error) {
	var found []message
	for _, one := range chunk {
		// A CR has ended its line already; an LF behind it belongs to it.
		if one == '\n' && p.skip {
			p.skip = false
			continue
		}
		p.skip = one == '\r'
		if one != '\n' && one != '\r' {
			p.rest = append(p.rest, one)
			continue
		}
		line := p.rest
		if !p.started {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
			p.started = true
		}
		if len(line) > 0 {
			p.field(strings.ToValidUTF8(string(line), "\ufffd"))
		} else if len(p.data) > 0 {
			event := p.event
			if event == "" {
				event = "message"
			}
			found = append(found, message{event, strings.Join(p.data, "\n"), p.id, p.hasID})
			p.event, p.data, p.id, p.hasID = "", nil, "", false
		} else {
			p.event, p.id, p.hasID = "", "", false
		}
		p.rest = p.rest[:0]
	}
	if len(p.rest) > mostBytes {
		return found, errors.New("a line of the stream does not end")
	}
	return found, nil
}

func (p *parser) field(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "data":
		p.data = append(p.data, value)
	case "event":
		p.event = value
	case "id":
		if !strings.Contains(value, "\x00") {
			p.id, p.hasID = value, true
		}
	}
}
