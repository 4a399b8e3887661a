package kingpost

import (
	"context"
	"errors"
	"time"
)

// Worker serves calls from an application's own process: it looks for what waits, answers it, and settles it.
type Worker struct {
	// Answer says what the agent is told; an error is told too.
	Answer func(context.Context, CallView) (string, error)
	// Poll is the time between two looks when nothing waits; one second where it is zero.
	Poll   time.Duration
	Filter CallsListParams
	calls  *CallsService
}

// Run answers calls until its context ends.
func (w *Worker) Run(ctx context.Context) error {
	every := w.Poll
	if every == 0 {
		every = time.Second
	}
	for ctx.Err() == nil {
		answered, err := w.Once(ctx)
		if err != nil {
			return err
		}
		if answered == 0 && wait(ctx, every) != nil {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// Once answers all calls that wait now, and gives how many there were.
func (w *Worker) Once(ctx context.Context) (int, error) {
	filter := w.Filter
	if filter.Waits == nil {
		filter.Waits = Ptr("answer")
	}
	answered := 0
	for call, err := range w.calls.Each(ctx, filter) {
		if err != nil {
			return answered, err
		}
		said := ObservationInput{Call: call.Call, Trust: Ptr(ObservationInputTrust("outside"))}
		text, problem := w.Answer(ctx, call)
		said.Text = text
		if problem != nil {
			said.Text, said.Error = problem.Error(), Ptr("tool.failed")
		}
		_, err = w.calls.Observe(ctx, call.Task, ObserveBody{Observation: said})
		if err == nil {
			answered++
		} else if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrFinal) && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrInvalidRequest) {
			// Anything else: somebody has settled it, or its task has ended.
			return answered, err
		}
	}
	return answered, nil
}
