package pact

import (
	"errors"
	"fmt"
	"os"

	"github.com/ebitengine/purego"
)

// The Pact library (pact_ffi) is the one that Pact for Python brings, called without a C compiler. A handle is a struct
// of one number, which is passed as the number.
type library struct {
	newPact           func(consumer, provider string) uint16
	specification     func(pact uint16, version int32) bool
	newInteraction    func(pact uint16, description string) uint32
	newMessage        func(pact uint16, description string) uint32
	given             func(interaction uint32, state string) bool
	request           func(interaction uint32, method, path string) bool
	query             func(interaction uint32, name string, index uintptr, value string) bool
	header            func(interaction uint32, part int32, name string, index uintptr, value string) bool
	body              func(interaction uint32, part int32, contentType, body string) bool
	rules             func(interaction uint32, part int32, rules string) bool
	metadata          func(interaction uint32, name, value string, part int32) bool
	status            func(interaction uint32, status uint16) bool
	reify             func(interaction uint32) string
	createMockServer  func(pact uint16, address string, port uint16, transport, config string) int32
	matched           func(port int32) bool
	mismatches        func(port int32) string
	cleanupMockServer func(port int32) bool
	writeFile         func(pact uint16, folder string, overwrite bool) int32
	freePact          func(pact uint16) uint32
}

const (
	specificationV4 = 5
	partRequest     = 0
	partResponse    = 1
)

var errRefused = errors.New("the Pact library refuses what it is told")

// opened loads the library that PACT_FFI_LIBRARY names.
func opened() (*library, error) {
	// An empty name would open this program itself.
	path := os.Getenv("PACT_FFI_LIBRARY")
	if path == "" {
		return nil, errors.New("PACT_FFI_LIBRARY names no library")
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("PACT_FFI_LIBRARY names no library: %w", err)
	}
	made := &library{}
	for name, function := range map[string]any{
		"new_pact": &made.newPact, "with_specification": &made.specification, "new_interaction": &made.newInteraction,
		"new_message_interaction": &made.newMessage, "with_metadata": &made.metadata, "message_reify": &made.reify,
		"given": &made.given, "with_request": &made.request,
		"with_query_parameter_v2": &made.query, "with_header_v2": &made.header, "with_body": &made.body,
		"with_matching_rules": &made.rules, "response_status": &made.status,
		"create_mock_server_for_transport": &made.createMockServer,
		"mock_server_matched":              &made.matched, "mock_server_mismatches": &made.mismatches,
		"cleanup_mock_server": &made.cleanupMockServer, "pact_handle_write_file": &made.writeFile,
		"free_pact_handle": &made.freePact,
	} {
		purego.RegisterLibFunc(function, handle, "pactffi_"+name)
	}
	return made, nil
}
