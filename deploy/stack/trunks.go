package stack

import "hotline/deploy/asterisk"

// The trunks to other services, as lines' routes name them: emergency/110.
const (
	Emergency  = "emergency"   // to the emergency services, and from 110
	Emergency2 = "emergency2"  // another way to them
	SubCentres = "sub-centres" // to 12360, 12366 and the like
)

// Address110 is where 110 calls from: a call from this address comes in as handed over by 110.
const Address110 = "127.0.0.110"

// AddressSubCentres is where the sub-centres call from.
const AddressSubCentres = "127.0.0.66"

func (s *Stack) trunks() []asterisk.Trunk {
	return []asterisk.Trunk{
		{Name: Emergency, Context: asterisk.From110, Addresses: []string{Address110}, Contact: s.addresses.emergency},
		{Name: Emergency2, Context: asterisk.From110, Contact: s.addresses.emergency2},
		{Name: SubCentres, Context: asterisk.FromTrunk, Addresses: []string{AddressSubCentres}, Contact: s.addresses.subCentres},
	}
}

// TrunkAddress is host:port to which Asterisk sends the calls of one of these trunks; who listens there is every
// service behind it. It is empty for another name.
func (s *Stack) TrunkAddress(name string) string {
	for _, t := range s.trunks() {
		if t.Name == name {
			return t.Contact
		}
	}
	return ""
}
