package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// herald is a shop that tells of new things. Its zero value keeps to what is documented.
type herald struct {
	shop
	// change makes something else of what would be sent; nil sends it.
	change func(m mail) []mail
	// refuse answers registrations with this status, mute answers them without showing what they said.
	refuse int
	mute   bool

	mu     sync.Mutex
	hooks  []hook
	due    []func() // retries that wait for the clock
	sent   sync.WaitGroup
	number int
}

type hook struct {
	URL    string   `json:"url"`
	Secure string   `json:"secure_url"`
	Events []string `json:"events"`
	Secret string   `json:"secret"`
}

// mail is a delivery before it is signed and sent.
type mail struct {
	event  string
	secret string
	body   map[string]any
	header map[string]string
	raw    string // in the place of body
	once   bool   // never retried
	after  chan struct{}
}

func (h *herald) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/hooks" && r.Method == http.MethodPost {
		h.register(w, r)
		return
	}
	h.shop.ServeHTTP(w, r)
	switch {
	case r.URL.Path == "/clock":
		h.mu.Lock()
		due := h.due
		h.due = nil
		h.mu.Unlock()
		for _, send := range due {
			send()
		}
	case r.URL.Path == "/v1/things" && r.Method == http.MethodPost:
		h.shop.mu.Lock()
		thing := h.shop.things[len(h.shop.things)-1]
		h.shop.mu.Unlock()
		h.tell("thing.made", thing)
	}
}

func (h *herald) register(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var asked hook
	_ = json.Unmarshal(body, &asked)
	w.Header().Set("Content-Type", "application/json")
	if h.refuse != 0 {
		w.WriteHeader(h.refuse)
		_, _ = io.WriteString(w, `{"error": {"code": 400, "message": "no"}}`)
		return
	}
	h.mu.Lock()
	asked.URL += asked.Secure
	h.hooks = append(h.hooks, asked)
	h.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	if h.mute {
		body = []byte(`{"ok": true}`)
	}
	_, _ = w.Write(body)
}

func (h *herald) tell(event string, thing map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, to := range h.hooks {
		h.number++
		id := "msg_" + strings.Repeat("x", h.number)
		mails := []mail{{event: event, secret: to.Secret, body: map[string]any{"type": event, "id": id, "thing": thing}}}
		if h.change != nil {
			mails = h.change(mails[0])
		}
		for _, m := range mails {
			h.sent.Go(func() { h.send(to.URL, id, m) })
		}
	}
}

// send delivers, once more after the clock was moved if the first one is refused.
func (h *herald) send(url, id string, m mail) {
	body, _ := json.Marshal(m.body)
	if m.raw != "" {
		body = []byte(m.raw)
	}
	if m.after != nil {
		<-m.after
	}
	post := func() bool {
		r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return true
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Api-Token", "hush-hush-hush")
		if m.secret != "" {
			signer, _ := standardwebhooks.NewWebhookRaw([]byte(m.secret))
			at := time.Now()
			signature, _ := signer.Sign(id, at, body)
			r.Header.Set("webhook-id", id)
			r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
			r.Header.Set("webhook-signature", signature)
		}
		for name, value := range m.header {
			r.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return true
		}
		answer.Body.Close()
		return answer.StatusCode/100 == 2
	}
	if !post() && !m.once {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.due = append(h.due, func() { post() })
	}
}
