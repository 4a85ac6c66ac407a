package ari

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// StoredRecordings lists the names of all recordings in Asterisk's folder, those that go on included.
func (c *Client) StoredRecordings(ctx context.Context) ([]string, error) {
	var list []struct{ Name string }
	if err := c.request(ctx, "stored_recordings", http.MethodGet, "/recordings/stored", nil, &list); err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = one.Name
	}
	return names, nil
}

// RecordingGoesOn tells whether a recording of that name goes on.
func (c *Client) RecordingGoesOn(ctx context.Context, name string) (bool, error) {
	err := c.request(ctx, "live_recording", http.MethodGet, "/recordings/live/"+url.PathEscape(name), nil, nil)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RemoveRecording removes a stored recording; what is not there is no error.
func (c *Client) RemoveRecording(ctx context.Context, name string) error {
	err := c.request(ctx, "remove_recording", http.MethodDelete, "/recordings/stored/"+url.PathEscape(name), nil, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
