package caller

import "testing"

func TestCallable(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"13800001234": true, "+8613800001234": true, "051988001234": true, "88001234": true, "8800123": true,
		"110": false, "12345": false, "8001": false, "+4915112345678": false, "0049151123456": false, "": false,
		"anonymous": false, "00123456789": false, "99001234": false, "4001234567": false, "123456789012345": false,
	} {
		if got := Parse(raw).Callable(); got != want {
			t.Errorf("%q (%s): %t", raw, Parse(raw).Kind(), got)
		}
	}
}
