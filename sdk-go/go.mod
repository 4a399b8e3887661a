module github.com/kingpost/kingpost/sdk-go

go 1.24
