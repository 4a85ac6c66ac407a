package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"hotline/deploy/internal/proc"
)

// get asks its API.
func (s *Server) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+path, nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("ask Prometheus: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask Prometheus for %s: %s", path, resp.Status)
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("read Prometheus's answer: %w", err)
	}
	return nil
}

// Sample is one series of an answer.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// Query returns what an expression is now: an instant vector.
func (s *Server) Query(ctx context.Context, expr string) ([]Sample, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := s.get(ctx, "/api/v1/query?query="+url.QueryEscape(expr), &answer); err != nil {
		return nil, err
	}
	samples := make([]Sample, 0, len(answer.Data.Result))
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("read Prometheus's answer to %s: %w", expr, err)
		}
		samples = append(samples, Sample{r.Metric, v})
	}
	return samples, nil
}

// Await asks again until an expression is one sample of this value, or ctx ends.
func (s *Server) Await(ctx context.Context, expr string, want float64) error {
	return proc.Poll(ctx, s.Done(), func(ctx context.Context) error {
		samples, err := s.Query(ctx, expr)
		if err == nil && (len(samples) != 1 || samples[0].Value != want) {
			err = fmt.Errorf("%s is %v, want %v", expr, samples, want)
		}
		return err
	})
}

// Rule is a rule as Prometheus runs it.
type Rule struct {
	Name, Health, LastError, State string
}

// Rules returns the rules that it has loaded, with how they fare.
func (s *Server) Rules(ctx context.Context) ([]Rule, error) {
	var answer struct {
		Data struct{ Groups []struct{ Rules []Rule } }
	}
	if err := s.get(ctx, "/api/v1/rules", &answer); err != nil {
		return nil, err
	}
	var rules []Rule
	for _, g := range answer.Data.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules, nil
}
