package store_test

import (
	"context"
	"testing"
	"time"

	"hotline/gateway/call"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestJobsGatherByThemselves(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	told := make(chan []store.Callback, 100)
	jobs := func() func() {
		return runUntil(t, store.NewJobs(d.store, store.JobsOptions{
			Policies: settings.DefaultPolicies, Every: 50 * time.Millisecond, Log: storetest.Log(t),
			Gathered: func(open []store.Callback) {
				select {
				case told <- open:
				default:
				}
			},
		}).Run)
	}
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2) // left by an earlier run
	stop := jobs()
	waitForTasks(t, told, 1)
	d.ended("b", "13800000002", call.LostSystem, 1, 0, 2)
	waitForTasks(t, told, 2)
	stop()
	d.ended("c", "13800000003", call.Abandoned, 1, 0, 2) // nobody looks
	jobs()
	waitForTasks(t, told, 3)
}

func waitForTasks(t *testing.T, told <-chan []store.Callback, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		select {
		case open := <-told:
			if len(open) == n {
				return
			}
		case <-ctx.Done():
			t.Fatalf("%d tasks never came", n)
		}
	}
}

func TestJobsWaitForPostgreSQL(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, nowhere)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := store.NewJobs(s, store.JobsOptions{Policies: settings.DefaultPolicies}).Run(ctx); err != nil {
		t.Error(err)
	}
}
