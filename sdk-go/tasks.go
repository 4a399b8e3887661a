package kingpost

import (
	"context"
	"iter"
	"math"
	"net/url"
	"time"
)

// poll is how long one request waits for an outcome; longer ones are cut by what stands between.
const poll = 30 * time.Second

// Wait gives one task, once it has an outcome; or as it stands after request.Seconds, where they are given.
func (s *TasksService) Wait(ctx context.Context, id string, request TasksWaitParams, options ...Option) (*TaskView, error) {
	until := math.Inf(1)
	if request.Seconds != nil {
		until = now() + *request.Seconds
	}
	for {
		left := math.Max(0, math.Min(poll.Seconds(), until-now()))
		timeout := s.transport.settled(options).timeout + time.Duration(left*float64(time.Second))
		patient := append(append([]Option{}, options...), WithTimeout(timeout))
		asked := query(TasksWaitParams{Seconds: &left})
		task, err := ask[TaskView](ctx, s.transport, "GET", "/v1/tasks/"+url.PathEscape(id)+"/wait", asked, nil, patient)
		if err != nil || isFinal(task.Status) || now() >= until {
			return task, err
		}
	}
}

// Run submits a task and waits for its outcome.
func (s *TasksService) Run(ctx context.Context, request SubmitInput, options ...Option) (*TaskView, error) {
	submitted, err := s.Submit(ctx, request, options...)
	if err != nil {
		return nil, err
	}
	return s.Wait(ctx, submitted.ID, TasksWaitParams{}, options...)
}

// Stream gives the events of one task from its first on, or from behind request.After, to its last.
func (s *TasksService) Stream(ctx context.Context, id string, request EventsStreamParams, options ...Option) *Stream {
	request.Task = &id
	return newStream(ctx, s.transport, request, options)
}

// Each gives all tasks that List would show, page by page, as they are asked for.
func (s *TasksService) Each(ctx context.Context, request TasksListParams, options ...Option) iter.Seq2[TaskView, error] {
	return pages(func(after *string) ([]TaskView, *string, error) {
		if after != nil {
			request.After = after
		}
		page, err := s.List(ctx, request, options...)
		if err != nil {
			return nil, nil, err
		}
		return page.Tasks, page.Next, nil
	})
}

// Each gives all dead letters, page by page, as they are asked for.
func (s *LettersService) Each(ctx context.Context, request LettersListParams, options ...Option) iter.Seq2[TaskView, error] {
	return pages(func(after *string) ([]TaskView, *string, error) {
		if after != nil {
			request.After = after
		}
		page, err := s.List(ctx, request, options...)
		if err != nil {
			return nil, nil, err
		}
		return page.Tasks, page.Next, nil
	})
}

// Each gives all calls that List would show, page by page, as they are asked for.
func (s *CallsService) Each(ctx context.Context, request CallsListParams, options ...Option) iter.Seq2[CallView, error] {
	return pages(func(after *string) ([]CallView, *string, error) {
		if after != nil {
			request.After = after
		}
		page, err := s.List(ctx, request, options...)
		if err != nil {
			return nil, nil, err
		}
		return page.Calls, page.Next, nil
	})
}

func pages[T any](page func(after *string) ([]T, *string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after *string
		for {
			items, next, err := page(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == nil || *next == "" || after != nil && *next == *after {
				return
			}
			after = next
		}
	}
}

func now() float64 { return float64(time.Now().UnixNano()) / 1e9 }

// Ptr points to a value: for fields that may be left out.
func Ptr[T any](value T) *T { return &value }
