package kingpost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Error is a failure that the server reports, as a problem document (RFC 9457). Code never changes; RequestID is what
// the server's log knows the request by. Compare with errors.Is and one of the Err values.
type Error struct {
	Status    int
	Code      string
	Detail    string
	RequestID string
	Body      []byte
	// URL is where an ErrAnswerInvalid came from, and else empty.
	URL string
	// RetryAfter is for how long the server asks to be left alone, or 0 where it does not say.
	RetryAfter time.Duration
	kinds      []*Kind
}

// Kind is what a caller can do about a failure; use with errors.Is.
type Kind struct {
	Name   string
	parent *Kind
}

func (k *Kind) Error() string { return k.Name }

// The tree of failures: errors.Is(err, ErrInput) holds for ErrNotFound as well.
var (
	ErrAPI             = &Kind{Name: "ApiError"}
	ErrInput           = &Kind{"InputError", ErrAPI}
	ErrInvalidRequest  = &Kind{"InvalidRequest", ErrInput}
	ErrUnreadableInput = &Kind{"UnreadableInput", ErrInput}
	ErrUnknownName     = &Kind{"UnknownName", ErrInput}
	ErrBudgetTooSmall  = &Kind{"BudgetTooSmall", ErrInput}
	ErrNotFound        = &Kind{"NotFound", ErrInput}
	ErrUnauthorized    = &Kind{"Unauthorized", ErrInput}
	ErrForbidden       = &Kind{"Forbidden", ErrInput}
	ErrKeyReused       = &Kind{"KeyReused", ErrInput}
	ErrConfiguration   = &Kind{"ConfigurationError", ErrAPI}
	ErrTransient       = &Kind{"TransientError", ErrAPI}
	ErrUnavailable     = &Kind{"Unavailable", ErrTransient}
	ErrConflict        = &Kind{"Conflict", ErrTransient}
	ErrInFlight        = &Kind{"InFlight", ErrTransient}
	ErrOverloaded      = &Kind{"Overloaded", ErrTransient}
	ErrBehind          = &Kind{"Behind", ErrTransient}
	ErrFinal           = &Kind{"FinalError", ErrAPI}
	ErrAnswerInvalid   = &Kind{"AnswerInvalid", ErrAPI} // a success that no kingpost server says: a proxy's page, most often

	ErrConnectionFailed = &Kind{Name: "ConnectionFailed"}
	ErrTimedOut         = &Kind{"TimedOut", ErrConnectionFailed}
	ErrStreamInvalid    = &Kind{Name: "StreamInvalid"}
	ErrWebhookInvalid   = &Kind{Name: "WebhookInvalid"}
	ErrUnknownOperation = &Kind{Name: "UnknownOperation"}
	ErrClaimLost        = &Kind{Name: "ClaimLost"}
	ErrSettingsInvalid  = &Kind{Name: "SettingsInvalid"}
)

func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Detail)
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Is reports whether the failure is of a kind, or below it.
func (e *Error) Is(target error) bool {
	for _, kind := range e.kinds {
		if kind == target {
			return true
		}
	}
	return false
}

// Kind is the most exact one.
func (e *Error) Kind() *Kind { return e.kinds[0] }

// LocalError is a failure on this side of the wire.
type LocalError struct {
	kind  *Kind
	what  string
	cause error
}

func (e *LocalError) Error() string { return e.kind.Name + ": " + e.what }

// Unwrap gives what happened below, where something did.
func (e *LocalError) Unwrap() error { return e.cause }

// Is reports whether the failure is of a kind, or below it.
func (e *LocalError) Is(target error) bool {
	return e.kind == target || e.kind.parent == target && target != error(nil)
}

// Kind is the most exact one.
func (e *LocalError) Kind() *Kind { return e.kind }

var codes = map[string]*Kind{
	"input.invalid": ErrInvalidRequest, "input.unreadable": ErrUnreadableInput, "input.unknown_name": ErrUnknownName,
	"input.budget_too_small": ErrBudgetTooSmall, "input.not_found": ErrNotFound, "access.unauthorized": ErrUnauthorized,
	"access.forbidden": ErrForbidden, "idempotency.mismatch": ErrKeyReused, "idempotency.in_flight": ErrInFlight,
	"transient.unavailable": ErrUnavailable, "transient.conflict": ErrConflict, "transient.overloaded": ErrOverloaded,
	"position.ahead": ErrBehind,
}

var families = map[string]*Kind{
	"input": ErrInput, "access": ErrInput, "configuration": ErrConfiguration, "plugin": ErrConfiguration,
	"transient": ErrTransient, "final": ErrFinal,
}

var statuses = map[int]*Kind{
	401: ErrUnauthorized, 403: ErrForbidden, 404: ErrNotFound, 408: ErrTransient, 409: ErrConflict, 412: ErrBehind,
	429: ErrOverloaded,
}

// told is the failure that an answer tells of; one that is no problem document is judged by its status.
func told(status int, header http.Header, body []byte) *Error {
	var problem struct {
		Code      string `json:"code"`
		Detail    string `json:"detail"`
		Title     string `json:"title"`
		RequestID string `json:"request_id"`
	}
	_ = json.Unmarshal(bytes.TrimPrefix(body, mark), &problem)
	made := &Error{Status: status, Code: problem.Code, Detail: problem.Detail, RequestID: header.Get("x-request-id"), Body: body}
	if made.Code == "" {
		made.Code = fmt.Sprintf("http.%d", status)
	}
	if made.Detail == "" {
		made.Detail = problem.Title
	}
	if made.Detail == "" {
		made.Detail = string(body[:min(len(body), 200)])
	}
	if made.RequestID == "" {
		made.RequestID = problem.RequestID
	}
	family, _, _ := strings.Cut(made.Code, ".")
	kind := first(codes[made.Code], families[family], statuses[status])
	if kind == nil && status >= 500 {
		kind = ErrTransient
	} else if kind == nil {
		kind = ErrInput
	}
	made.kinds = kind.up()
	if asked, ok := askedFor(header, time.Now()); ok {
		made.RetryAfter = asked
	}
	return made
}

// up is a kind and all that it is below of.
func (k *Kind) up() (kinds []*Kind) {
	for ; k != nil; k = k.parent {
		kinds = append(kinds, k)
	}
	return kinds
}

// mark is the byte order mark, which a text may begin with.
var mark = []byte("\ufeff")

// read puts the JSON object that an operation answers into made. It fails with ErrAnswerInvalid where it is none: a login
// page or a page of maintenance comes with a 200 too.
func read(method, target string, received *Received, made any) error {
	var object map[string]json.RawMessage
	told, text := "", bytes.TrimPrefix(received.Body, mark)
	if err := json.Unmarshal(text, &object); err != nil || object == nil || !utf8.Valid(text) {
		told = noAPI(received.Header, received.Body)
	} else if err := json.Unmarshal(text, made); err != nil {
		told = "got JSON that does not fit: " + err.Error()
	} else {
		return nil
	}
	return &Error{
		Status: received.Status, Code: "answer.invalid", Detail: method + " " + target + " " + told, Body: received.Body,
		RequestID: received.RequestID, URL: target, kinds: ErrAnswerInvalid.up(),
	}
}

// noAPI says what came in the place of an answer of the API, and what to look at.
func noAPI(header http.Header, body []byte) string {
	kind := header.Get("content-type")
	if kind == "" {
		kind = "no content type"
	}
	came := kind + " and nothing in it"
	if len(body) > 0 {
		came = fmt.Sprintf("%s that begins with %q", kind, body[:min(len(body), 200)])
	}
	return "got " + came + ", which no kingpost server says; compare the URL, and look for a proxy that answers in its place"
}

func first(kinds ...*Kind) *Kind {
	for _, kind := range kinds {
		if kind != nil {
			return kind
		}
	}
	return nil
}

func isTransient(err error) bool {
	var local *LocalError
	return errors.As(err, &local) && errors.Is(local, ErrConnectionFailed)
}
