package kingpost

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Retry says how often a request is tried again, and bounds the back-off.
type Retry struct {
	Retries int
	First   time.Duration
	Longest time.Duration
}

// DefaultRetry is what is usual, in every SDK.
var DefaultRetry = Retry{Retries: 2, First: 500 * time.Millisecond, Longest: 8 * time.Second}

const longestAsked = time.Minute

var decimal = regexp.MustCompile(`^(\d+\.?\d*|\.\d+)$`)

// worthAnother says whether the same request may succeed: 408, 429, 5xx, a lock, or where the server says so.
func worthAnother(status int, code string, header http.Header) bool {
	switch header.Get("x-should-retry") {
	case "true":
		return true
	case "false":
		return false
	}
	locked := status == 409 && (code == "idempotency.in_flight" || code == "transient.conflict")
	return status == 408 || status == 429 || status >= 500 || locked || code == "position.ahead"
}

// pause is the time before the next try. attempt counts from 0, chance is in [0, 1).
//
// What the server asks for (retry-after-ms, or Retry-After: RFC 9110, section 10.2.3) is kept up to a minute; otherwise
// full jitter: anywhere below a bound that doubles.
func pause(attempt int, header http.Header, retry Retry, chance float64, now time.Time) time.Duration {
	if asked, ok := askedFor(header, now); ok && asked >= 0 && asked <= longestAsked {
		return asked
	}
	bound := math.Min(float64(retry.Longest), float64(retry.First)*math.Pow(2, float64(attempt)))
	return time.Duration(chance * bound)
}

func askedFor(header http.Header, now time.Time) (time.Duration, bool) {
	if text := strings.TrimSpace(header.Get("retry-after-ms")); decimal.MatchString(text) {
		number, _ := strconv.ParseFloat(text, 64)
		return time.Duration(number * float64(time.Millisecond)), true
	}
	text := strings.TrimSpace(header.Get("retry-after"))
	if decimal.MatchString(text) {
		number, _ := strconv.ParseFloat(text, 64)
		return time.Duration(number * float64(time.Second)), true
	}
	at, err := http.ParseTime(text)
	return max(0, at.Sub(now)), err == nil
}
