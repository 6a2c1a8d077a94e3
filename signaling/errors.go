package signaling

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

var (
	errUnauthorized = errors.New("not logged in")
	errForbidden    = errors.New("not allowed")
	errOrigin       = errors.New("origin not allowed")
)

// tooOften is returned when a limit on trying is reached.
type tooOften struct{ wait time.Duration }

func (e tooOften) Error() string { return "too many tries; wait " + e.wait.String() }

// seconds is how long to wait, rounded up.
func (e tooOften) seconds() int { return int(e.wait/time.Second) + 1 }

// wrongInput is an error that its text explains to people.
type wrongInput struct{ text string }

func (e wrongInput) Error() string { return e.text }

// problem maps an error to what the API answers: what happened, why, and what
// to do. Internal text goes to the log only.
func (s *Server) problem(ctx context.Context, err error) error {
	var often tooOften
	var wrong wrongInput
	var status huma.StatusError
	switch {
	case errors.As(err, &status):
		return err
	case errors.As(err, &often):
		wait := strconv.Itoa(often.seconds())
		return huma.ErrorWithHeaders(
			huma.NewError(http.StatusTooManyRequests, "Too many tries. Wait "+wait+" seconds and try again."),
			http.Header{"Retry-After": {wait}})
	case errors.As(err, &wrong):
		return huma.NewError(http.StatusUnprocessableEntity, wrong.text)
	case errors.Is(err, auth.ErrPassword):
		return huma.NewError(http.StatusUnauthorized, "The login or the password is wrong.")
	case errors.Is(err, errUnauthorized):
		return huma.NewError(http.StatusUnauthorized, "You are not logged in, or your login has expired. Log in again.")
	case errors.Is(err, errForbidden):
		return huma.NewError(http.StatusForbidden, "You may not do this.")
	case errors.Is(err, errOrigin):
		return huma.NewError(http.StatusForbidden, "Support is not set up for this web site. Its owner can add the site's address to the allowed origins.")
	case errors.Is(err, store.ErrNotFound):
		return huma.NewError(http.StatusNotFound, "There is no such thing, or it has been deleted.")
	case errors.Is(err, store.ErrState):
		return huma.NewError(http.StatusConflict, "This is not possible any more: the request has moved on meanwhile.")
	case errors.Is(err, context.Canceled):
		return huma.NewError(http.StatusServiceUnavailable, "The request was given up.")
	}
	s.opt.Log.ErrorContext(ctx, "request failed", "err", err)
	return huma.NewError(http.StatusInternalServerError, "Something went wrong on the server, and has been logged. Try again; if it persists, tell whoever runs the server.")
}

// failure maps an error on a socket to what its browser is told.
func failure(log *slog.Logger, err error) Failure {
	switch {
	case errors.Is(err, errUnauthorized):
		return Failure{Code: "unauthorized", Message: "You are not logged in, or your login has expired. Log in again.", Fatal: true}
	case errors.Is(err, errForbidden):
		return Failure{Code: "forbidden", Message: "You may not join this session.", Fatal: true}
	case errors.Is(err, errOrigin):
		return Failure{Code: "origin", Message: "Support is not set up for this web site.", Fatal: true}
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrState):
		return Failure{Code: "ended", Message: "This session is over.", Fatal: true}
	}
	log.Error("socket failed", "err", err)
	return Failure{Code: "internal", Message: "Something went wrong on the server. You will be connected again in a moment."}
}
