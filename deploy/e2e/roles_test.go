package e2e

import "testing"

// Who has no seat comes to the settings, and may edit them. The names of the roles are the gateway's and the page's.
func TestAnAdministratorComesToTheSettings(t *testing.T) {
	h := theHouse(t)
	p := h.newPage(t, "9003")
	p.login()
	p.shows("section-lines", "aria-current", "page", patience)
	until(t, "the lines are shown", patience, func() bool { return p.text("lines-count") != "" && p.text("edit-12345") != "" })
	p.picture("20-settings")
}
