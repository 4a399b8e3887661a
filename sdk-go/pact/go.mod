module github.com/kingpost/kingpost/sdk-go/pact

go 1.25.0

require (
	github.com/ebitengine/purego v0.11.3
	github.com/kingpost/kingpost/sdk-go v0.1.0
)

replace github.com/kingpost/kingpost/sdk-go => ../
