package caller

import (
	_ "embed" // the tables of places
	"encoding/binary"
	"sort"
	"strings"
)

var (
	//go:embed places/areas.txt
	areaTable string
	//go:embed places/mobile.txt
	mobileTable string
	//go:embed places/mobile.bin
	mobileRuns string // as places/README.md says; searched where it lies

	areas        = areasOf(areaTable)
	mobilePlaces = strings.Fields(mobileTable)
)

const (
	runBytes      = 5
	segmentDigits = 7 // of a mobile, which tell its place
	nowhere       = 0xFFFF
)

func areasOf(table string) map[string]string {
	all := make(map[string]string)
	for line := range strings.Lines(table) {
		if code, place, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all[code] = place
		}
	}
	return all
}

// Place is the city a number of the mainland belongs to, "江苏省常州市"; empty when it is not known.
func (n Number) Place() string {
	switch n.Kind() {
	case Mobile:
		return placeOfMobile(string(n))
	case Landline:
		return placeOfArea(string(n))
	}
	return ""
}

// placeOfArea knows area codes of three digits (010, 02X) and of four.
func placeOfArea(number string) string {
	if place, known := areas[number[:3]]; known {
		return place
	}
	return areas[number[:4]]
}

func placeOfMobile(number string) string {
	segment := 0
	for _, digit := range number[:segmentDigits] {
		segment = segment*10 + int(digit-'0')
	}
	runs := len(mobileRuns) / runBytes
	after := sort.Search(runs, func(i int) bool {
		run := mobileRuns[i*runBytes:]
		return int(run[0])<<16|int(run[1])<<8|int(run[2]) > segment
	})
	if after == 0 {
		return ""
	}
	run := mobileRuns[(after-1)*runBytes : after*runBytes]
	if at := binary.BigEndian.Uint16([]byte(run[3:])); at != nowhere {
		return mobilePlaces[at]
	}
	return ""
}
