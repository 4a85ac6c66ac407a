package app

import "sync"

// lanes runs jobs of one key in the order they came and jobs of different keys side by side. A key costs nothing
// while it has no job.
type lanes struct {
	mu    sync.Mutex
	queue map[string][]func()
}

func newLanes() *lanes { return &lanes{queue: make(map[string][]func())} }

// run hands a job over and returns at once.
func (l *lanes) run(key string, job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	jobs, busy := l.queue[key]
	l.queue[key] = append(jobs, job)
	if !busy {
		go l.work(key)
	}
}

func (l *lanes) work(key string) {
	for {
		job, ok := l.next(key)
		if !ok {
			return
		}
		job()
	}
}

func (l *lanes) next(key string) (func(), bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	jobs := l.queue[key]
	if len(jobs) == 0 {
		delete(l.queue, key)
		return nil, false
	}
	l.queue[key] = jobs[1:]
	return jobs[0], true
}
