package ari

import (
	"context"
	"net"
	"net/http"
)

// DialWith makes the client connect through dial instead of the network.
func (c *Client) DialWith(dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	c.dialer = dial
	c.http.Transport = &http.Transport{DialContext: dial}
}
