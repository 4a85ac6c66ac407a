package app

import "sync"

// idleWorkers is how many workers stay when there is nothing to do: their stacks have grown, new ones must grow again.
const idleWorkers = 64

// lanes runs jobs of one key in the order they came and jobs of different keys side by side. A key costs nothing
// while it has no job.
type lanes struct {
	mu    sync.Mutex
	queue map[string][]func()
	idle  int         // workers that wait for a key
	keys  chan string // for them
}

func newLanes() *lanes {
	return &lanes{queue: make(map[string][]func()), keys: make(chan string, idleWorkers)}
}

// run hands a job over and returns at once.
func (l *lanes) run(key string, job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	jobs, busy := l.queue[key]
	l.queue[key] = append(jobs, job)
	switch {
	case busy:
	case l.idle > 0:
		l.idle--
		l.keys <- key
	default:
		go l.work(key)
	}
}

// work does the jobs of key, then those of other keys that are handed to it.
func (l *lanes) work(key string) {
	for {
		job, more := l.next(key)
		if job != nil {
			job()
			continue
		}
		if !more {
			return
		}
		key = <-l.keys
	}
}

// next is the next job of key. Without one the worker is free for other keys, if more says so.
func (l *lanes) next(key string) (job func(), more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if jobs := l.queue[key]; len(jobs) > 0 {
		l.queue[key] = jobs[1:]
		return jobs[0], true
	}
	delete(l.queue, key)
	if l.idle == idleWorkers {
		return nil, false
	}
	l.idle++
	return nil, true
}
