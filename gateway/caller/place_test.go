package caller

import "testing"

func TestPlace(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"051988001234": "江苏省常州市", "+86 519 8800 1234": "江苏省常州市", "01066668888": "北京市", "02166668888": "上海市",
		"07551234567": "广东省深圳市", "+8613813501234": "江苏省常州市", "13800101234": "北京市",
		"+85221234567": "", "12345": "", "anonymous": "", "81234567": "", "4008001234": "",
	} {
		got := Parse(raw).Place()
		if got != want {
			t.Errorf("%s is of %q, want %q", raw, got, want)
		}
	}
}

// Every number has a place or none; none is out of the tables.
func FuzzPlace(f *testing.F) {
	for _, raw := range []string{"13000000000", "19999999999", "0519", "0000000000", "099999999999", "+8610"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		n := Parse(raw)
		if place := n.Place(); place != "" && n.Kind() != Mobile && n.Kind() != Landline {
			t.Errorf("%s (%s) is of %s", n.Full(), n.Kind(), place)
		}
	})
}

func BenchmarkPlace(b *testing.B) {
	n := Parse("13016821234")
	for b.Loop() {
		_ = n.Place()
	}
}
