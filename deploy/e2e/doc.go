// Package e2e tests the whole hotline on the real servers: Asterisk, PostgreSQL, the gateway, SIPp as callers and
// Chromium as the agent, all driven from one process, so that a test sees callers, sound, page and database at once.
//
// Who hears whom is proved by sound. Every party sends a tone of its own; what reaches another party is cut into
// windows of 100 ms and the spectrum of each says whom it hears, with times, so that silences are measured too.
//
// Helpers, one file each: house (servers, database, metrics and what must hold after every test), hall (a house whose
// queues talk), playlist (what Asterisk says that it plays), words (what is heard of it), keys (a caller's keys), tone and party
// (sound), caller (SIPp), telephone (an agent's desk telephone), console (an agent's console without a page), page
// (the console's page in Chromium).
//
// Run them with `make e2e`; go test -short leaves them out. A picture of every phase is kept in build/screens.
package e2e
