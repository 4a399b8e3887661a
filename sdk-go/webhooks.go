package kingpost

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Delivery is a webhook delivery that was verified. ID stays the same when it is sent again: keep it, and act once.
type Delivery struct {
	ID        string          `json:"id"`
	Timestamp int64           `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Tolerance is how far a delivery's time may be away.
const Tolerance = 5 * time.Minute

var seconds = regexp.MustCompile(`^[0-9]{1,12}$`)

// VerifyWebhook gives the delivery, if one of the secrets (whsec_...) signed it within Tolerance of now (Standard
// Webhooks). It wants the raw bytes as they came, and fails with ErrWebhookInvalid.
func VerifyWebhook(body []byte, header http.Header, now time.Time, secrets ...string) (*Delivery, error) {
	prefix := "webhook-"
	if header.Get("webhook-signature") == "" && header.Get("svix-signature") != "" {
		prefix = "svix-"
	}
	id, stamp, given := header.Get(prefix+"id"), header.Get(prefix+"timestamp"), header.Get(prefix+"signature")
	if id == "" || given == "" {
		return nil, invalid("the headers " + prefix + "id, " + prefix + "timestamp and " + prefix + "signature are needed")
	}
	if !seconds.MatchString(stamp) {
		return nil, invalid(prefix + "timestamp is no number of seconds")
	}
	at, _ := strconv.ParseInt(stamp, 10, 64)
	if math.Abs(float64(now.UnixNano())/1e9-float64(at)) > Tolerance.Seconds() {
		return nil, invalid("the delivery is too old, or from the future; compare the clocks")
	}
	fits := false
	for _, secret := range secrets {
		key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 {
			return nil, invalid("the secret is empty, or no base64 behind 'whsec_'")
		}
		made := hmac.New(sha256.New, key)
		made.Write([]byte(id + "." + stamp + "."))
		made.Write(body)
		wanted := []byte("v1," + base64.StdEncoding.EncodeToString(made.Sum(nil)))
		for _, signature := range strings.Split(given, " ") {
			fits = hmac.Equal(wanted, []byte(signature)) || fits
		}
	}
	if !fits {
		return nil, invalid("no signature fits: the body was changed, or the secret is another one")
	}
	if !json.Valid(body) {
		return nil, invalid("the body is signed, and no JSON")
	}
	return &Delivery{id, at, json.RawMessage(body)}, nil
}

func invalid(what string) error { return &LocalError{ErrWebhookInvalid, what, nil} }
