package kingpost

import (
	"crypto/ed25519"
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
	"unicode/utf8"
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

// VerifyWebhook gives the delivery, if one of the secrets signed it within Tolerance of now (Standard Webhooks 1.0). A
// secret is a shared one (whsec_..., signatures v1) or an Ed25519 public key (whpk_..., signatures v1a); name two while
// one replaces the other. It wants the raw bytes as they came, and fails with ErrWebhookInvalid.
func VerifyWebhook(body []byte, header http.Header, now time.Time, secrets ...string) (*Delivery, error) {
	prefix := "webhook-"
	if len(header.Values("webhook-signature")) == 0 && len(header.Values("svix-signature")) > 0 {
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
	signed, fits := append([]byte(id+"."+stamp+"."), body...), false
	for _, secret := range secrets {
		one, err := signedBy(secret, signed, strings.Split(given, " "))
		if err != nil {
			return nil, err
		}
		fits = one || fits
	}
	if !fits {
		return nil, invalid("no signature fits: the body was changed, or the secret is another one")
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, invalid("the body is signed, and no JSON")
	}
	return &Delivery{id, at, json.RawMessage(body)}, nil
}

// signedBy reports whether one of the signatures is that of this secret; every one is looked at.
func signedBy(secret string, signed []byte, signatures []string) (bool, error) {
	text, public := strings.CutPrefix(secret, "whpk_")
	text = strings.TrimPrefix(text, "whsec_")
	key, err := base64.StdEncoding.Strict().DecodeString(text)
	// The decoder passes over line ends.
	if err != nil || len(key) == 0 || strings.ContainsAny(text, "\r\n") {
		return false, invalid("the secret is empty, or no base64 behind 'whsec_' or 'whpk_'")
	}
	if public && len(key) != ed25519.PublicKeySize {
		return false, invalid("the key behind 'whpk_' has not 32 bytes")
	}
	made := hmac.New(sha256.New, key)
	made.Write(signed)
	wanted := []byte("v1," + base64.StdEncoding.EncodeToString(made.Sum(nil)))
	fits := false
	for _, signature := range signatures {
		if encoded, ok := strings.CutPrefix(signature, "v1a,"); public && ok {
			raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
			fits = err == nil && ed25519.Verify(key, signed, raw) || fits
		} else if !public {
			fits = hmac.Equal(wanted, []byte(signature)) || fits
		}
	}
	return fits, nil
}

func invalid(what string) error { return &LocalError{ErrWebhookInvalid, what, nil} }
