// Package app puts the gateway together: it reads the configuration, makes the parts, gives each the ports it needs,
// and starts and stops them. It is the only package that knows all others; nothing imports it but main.
package app
