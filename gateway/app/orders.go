package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hotline/gateway/switchboard"
	"hotline/ivr"
	"hotline/ivr/prompts"
)

// Limits of what the orders' system may answer.
const (
	orderTime  = 3 * time.Second
	orderBytes = 64 << 10
)

// orders asks the city's system of work orders: it is the switchboard's Orders port.
type orders struct {
	url, header, secret string
	speak               func(ctx context.Context, text string) (prompt string, err error)
	client              *http.Client
}

// orderAnswer is what it answers with: words to be spoken, or a state that there are prompts for. Where there is no such
// order it says so by found, or by 404.
type orderAnswer struct {
	Found *bool  `json:"found"` // true when left out
	Say   string `json:"say"`
	State string `json:"state"`
}

// orderStates are the states that there are prompts for: progress_<state>.
var orderStates = []string{"accepted", "dispatched", "handling", "replied", "closed"}

// orders is nil where no system is configured.
func (c *ServeConfig) orders(voice prompts.Options) (switchboard.Orders, error) {
	if c.OrdersURL == "" {
		return nil, nil
	}
	u, err := url.Parse(strings.ReplaceAll(c.OrdersURL, "{order}", "1"))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("HOTLINE_ORDERS_URL must begin with http:// or https:// and a host")
	case !strings.Contains(c.OrdersURL, "{order}"):
		return nil, errors.New("HOTLINE_ORDERS_URL must hold {order}, in whose place the keyed number is put")
	}
	return &orders{
		url: c.OrdersURL, header: c.OrdersHeader, secret: c.OrdersSecret,
		speak: func(ctx context.Context, text string) (string, error) {
			if voice.Sounds == "" {
				return "", errors.New("HOTLINE_SOUNDS_DIR is not set, into which it would be spoken")
			}
			return prompts.BuildAnswer(ctx, voice, text)
		},
		client: &http.Client{ // the secret is for one host
			Timeout: orderTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Progress implements switchboard.Orders. Every error leads the caller to a human.
func (o *orders) Progress(ctx context.Context, orderNo string) (result string, say []string, err error) {
	if orderNo == "" || strings.Trim(orderNo, "0123456789") != "" {
		return ivr.NotFound, nil, nil
	}
	answer, err := o.ask(ctx, orderNo)
	if err != nil {
		var with *url.Error
		if errors.As(err, &with) { // its address holds the number and perhaps a key
			err = with.Err
		}
		return "", nil, fmt.Errorf("the orders' system: %w", err)
	}
	switch {
	case answer.Found != nil && !*answer.Found:
		return ivr.NotFound, nil, nil
	case strings.TrimSpace(answer.Say) != "":
		prompt, err := o.speak(ctx, answer.Say)
		if err != nil {
			return "", nil, fmt.Errorf("what the orders' system says: %w", err)
		}
		return ivr.Found, []string{prompt}, nil
	case slices.Contains(orderStates, answer.State):
		return ivr.Found, []string{"progress_" + answer.State}, nil
	}
	return "", nil, fmt.Errorf("the orders' system answers neither say nor one of the states %s", strings.Join(orderStates, ", "))
}

func (o *orders) ask(ctx context.Context, orderNo string) (answer orderAnswer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.ReplaceAll(o.url, "{order}", orderNo), http.NoBody)
	if err != nil {
		return answer, err
	}
	req.Header.Set("Accept", "application/json")
	if o.header != "" {
		req.Header.Set(o.header, o.secret)
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return orderAnswer{Found: new(bool)}, nil
	default:
		return answer, fmt.Errorf("it answers %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, orderBytes+1))
	switch {
	case err != nil:
		return answer, err
	case len(data) > orderBytes:
		return answer, fmt.Errorf("it answers with more than %d bytes", orderBytes)
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return answer, errors.New("its answer is not JSON as it should be")
	}
	return answer, nil
}
