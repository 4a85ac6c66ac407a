package caller

// Callable says whether people of this city may be called back at the number: mobiles, landlines with area code and
// local ones of seven or eight digits. Short numbers are extensions and services, foreign ones cost too much to be
// dialled on somebody's word, and what fits nothing is nobody's telephone.
func (n Number) Callable() bool {
	switch n.Kind() {
	case Mobile:
		return true
	case Landline:
		return n[1] != '0'
	case Unknown:
		return (len(n) == 7 || len(n) == 8) && n[0] >= '2' && n[0] <= '8'
	}
	return false
}
