package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/switchboard"
)

// lockedError refuses a sign-in for a while.
type lockedError struct{ wait time.Duration }

func (e lockedError) Error() string { return "too many wrong passwords; wait before the next try" }

// status is the one place where errors become HTTP: the status and what is told to the person.
func (h *Handler) status(err error) (int, string) {
	var locked lockedError
	for _, is := range []struct {
		err     error
		code    int
		message string // empty: the error's own words, which are this package's
	}{
		{errNoSession, http.StatusUnauthorized, ""},
		{errForbidden, http.StatusForbidden, ""},
		{errNoTicket, http.StatusUnauthorized, ""},
		{errOrigin, http.StatusForbidden, ""},
		{errWrong, http.StatusUnauthorized, errWrong.Error()},
		{h.o.Errors.Credentials, http.StatusUnauthorized, errWrong.Error()},
		{errNotFound, http.StatusNotFound, errNotFound.Error()},
		{h.o.Errors.NotFound, http.StatusNotFound, errNotFound.Error()},
		{h.o.Errors.Exists, http.StatusConflict, "this was done already"},
		{errFavourites, http.StatusConflict, ""},
		{errBlocksOff, http.StatusForbidden, ""},
		{h.o.Errors.SamePerson, http.StatusForbidden, "who proposed an entry cannot approve it: somebody else must"},
		{h.o.Errors.Trusted, http.StatusForbidden, "this number cannot be blocked: it is trusted, a service's, or withheld"},
		{h.o.Errors.NotEvidence, http.StatusUnprocessableEntity, "a call of the evidence is not of this number"},
		{h.o.Errors.Invalid, http.StatusBadRequest, "a parameter is not valid"},
		{errAuditFails, http.StatusServiceUnavailable, errAuditFails.Error()},
		{errRecording, http.StatusServiceUnavailable, errRecording.Error()},
		{errPhone, http.StatusServiceUnavailable, errPhone.Error()},
		{h.o.Errors.Unavailable, http.StatusServiceUnavailable, "the database does not answer; calls go on, try again soon"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "the gateway waited too long for an answer; try again soon"},
	} {
		if is.err == nil || !errors.Is(err, is.err) {
			continue
		}
		if is.message == "" {
			is.message = is.err.Error()
		}
		return is.code, is.message
	}
	if errors.As(err, &locked) {
		return http.StatusTooManyRequests, locked.Error()
	}
	var refused *switchboard.Error
	if errors.As(err, &refused) && refusals[refused.Code] != 0 {
		return refusals[refused.Code], refused.Message
	}
	return http.StatusInternalServerError, "the gateway failed; it is in its log"
}

// fault is an error as the API's operations return it. What is not the client's doing is logged.
func (h *Handler) fault(route string, err error) error {
	var already huma.StatusError
	if errors.As(err, &already) {
		return err
	}
	code, message := h.status(err)
	if code >= http.StatusInternalServerError {
		h.log.Error("request failed", "route", route, "status", code, "err", err)
	}
	var locked lockedError
	told := huma.NewError(code, message)
	if errors.As(err, &locked) {
		return huma.ErrorWithHeaders(told, http.Header{"Retry-After": {retryAfter(locked.wait)}})
	}
	return told
}

// fail answers a request that is no operation of the API.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, message := h.status(err)
	if code >= http.StatusInternalServerError {
		h.log.Error("request failed", "route", r.Pattern, "status", code, "err", err)
	}
	problem(w, code, message)
}

// sessionFault answers when a web session cannot be read or kept.
func (h *Handler) sessionFault(w http.ResponseWriter, r *http.Request, err error) { h.fail(w, r, err) }

// problem writes an error as the API does (RFC 9457).
func problem(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(code), Status: code, Detail: message})
}

func retryAfter(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}
